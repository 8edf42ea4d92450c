"""Lines grow by repaying on time: gradient increase and rolling grades (FJ-10)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.credit.rating.rules.limit_growth import NextLimit, next_limit
from services.registry.credit.rating.rules.validity import is_stale
from services.registry.tests.county import SCHEME
from shared.dates import add_months
from shared.policy.vocabulary import NextLimitChoice

LINES = {"A": Decimal(50_000), "B": Decimal(40_000), "C": Decimal(30_000)}
money = st.integers(100_000, 5_000_000).map(lambda fen: Decimal(fen) / 100)


@pytest.mark.parametrize(
    ("choice", "grade", "principal", "expected_grade", "expected_limit"),
    [
        pytest.param(NextLimitChoice.ROLLING, "C", "30000", "B", "40000", marks=pytest.mark.clause("FJ-10(c)")),
        pytest.param(NextLimitChoice.ROLLING, "B", "40000", "A", "50000", marks=pytest.mark.clause("FJ-10(c)")),
        (NextLimitChoice.ROLLING, "A", "50000", "A", "50000"),
        pytest.param(NextLimitChoice.GRADIENT, "C", "30000", "C", "36000", marks=pytest.mark.clause("FJ-10(b)")),
        pytest.param(NextLimitChoice.GRADIENT, "B", "40000", "B", "48000", marks=pytest.mark.clause("FJ-10(b)")),
        pytest.param(NextLimitChoice.GRADIENT, "A", "50000", "A", "50000", marks=pytest.mark.clause("FJ-10(b)")),
        pytest.param(NextLimitChoice.GRADIENT, "C", "10000", "C", "30000", marks=pytest.mark.clause("FJ-10(b)")),
        (NextLimitChoice.GRADIENT, "C", "30000.01", "C", "36000.01"),  # 36 000.012 in whole fen
        (NextLimitChoice.HIGHER, "C", "30000", "B", "40000"),
        pytest.param(NextLimitChoice.HIGHER, "C", "40000", "B", "48000", marks=pytest.mark.clause("FJ-10(b)")),
        (NextLimitChoice.HIGHER, "B", "40000", "A", "50000"),
    ],
)
def test_the_next_limit_follows_the_pack(
    choice: NextLimitChoice, grade: str, principal: str, expected_grade: str, expected_limit: str
) -> None:
    scheme = replace(SCHEME, next_limit=choice)
    found = next_limit(grade, LINES[grade], Decimal(principal), scheme)
    assert found == NextLimit(expected_grade, Decimal(expected_limit))


@pytest.mark.clause("FJ-10(c)")
def test_three_loans_repaid_on_time_lead_from_c_to_a() -> None:
    now = NextLimit("C", LINES["C"])
    seen = []
    for _ in range(3):
        now = next_limit(now.grade, now.credit_limit, now.credit_limit, SCHEME)
        seen.append((now.grade, now.credit_limit))
    assert seen == [("B", Decimal(40_000)), ("A", Decimal(50_000)), ("A", Decimal(50_000))]


def test_a_county_without_growth_keeps_the_line() -> None:
    scheme = replace(SCHEME, promotion_path=(), gradient_multiplier=None)
    assert next_limit("C", LINES["C"], Decimal(30_000), scheme) == NextLimit("C", LINES["C"])


@pytest.mark.parametrize("choice", [NextLimitChoice.ROLLING, NextLimitChoice.HIGHER])
def test_a_grade_of_an_earlier_pack_does_not_roll(choice: NextLimitChoice) -> None:
    scheme = replace(SCHEME, next_limit=choice)
    found = next_limit("D", Decimal(20_000), Decimal(10_000), scheme)
    assert found == NextLimit("D", Decimal(20_000))


@given(st.sampled_from(sorted(LINES)), money, st.sampled_from(list(NextLimitChoice)))
def test_repaying_never_lowers_a_line_nor_passes_the_cap(
    grade: str, principal: Decimal, choice: NextLimitChoice
) -> None:
    found = next_limit(grade, LINES[grade], principal, replace(SCHEME, next_limit=choice))
    assert LINES[grade] <= found.credit_limit <= SCHEME.household_cap


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2017, 1, 31), 1, date(2017, 2, 28)),
        (date(2017, 1, 31), 2, date(2017, 3, 31)),
        (date(2016, 2, 29), 12, date(2017, 2, 28)),
        (date(2017, 12, 15), 24, date(2019, 12, 15)),
    ],
)
def test_months_end_on_the_last_day_there_is(day: date, months: int, later: date) -> None:
    assert add_months(day, months) == later


@pytest.mark.clause("DZ-4b(b)")
def test_facts_are_stale_after_the_collection_period() -> None:
    collected = date(2017, 1, 4)
    assert not is_stale(collected, 12, date(2018, 1, 3))
    assert is_stale(collected, 12, date(2018, 1, 4))
    assert is_stale(None, 12, date(2017, 1, 1))
