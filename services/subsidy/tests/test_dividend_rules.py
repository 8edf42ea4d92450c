"""What a year brings each household: the documents' figures, and that the parts always add up."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.subsidy.agreements.rules.years import years_of
from services.subsidy.dividends.rules.shares import Share, YearTerms, dividends_of_year, guaranteed, split
from shared.money import FEN, ZERO

WHOLE = years_of(date(2017, 1, 1), date(2018, 1, 1))[0]
MONEY = st.decimals(min_value=0, max_value=10**7, places=2)
RATES = st.decimals(min_value=0, max_value=100, places=2)


def yuans(*amounts: str) -> tuple[Decimal, ...]:
    """Return amounts in yuan."""
    return tuple(map(Decimal, amounts))


@pytest.mark.clause("FJ-9b")
def test_twenty_households_get_six_percent_on_the_grant_and_four_seventy_five_on_their_loans() -> None:
    shares = [Share(Decimal(10000), Decimal(50000))] * 20  # 1 000 000 of loans beside 200 000 of the government
    terms = YearTerms(grant_rate=Decimal(6), loan_rate=Decimal("4.75"))
    assert dividends_of_year(shares, terms, WHOLE) == yuans("2975.00") * 20  # 600 and 2 375


@pytest.mark.clause("FJ-9c")
def test_two_partners_with_fifty_thousand_each_get_six_percent() -> None:
    shares = [Share(ZERO, Decimal(50000))] * 2
    assert dividends_of_year(shares, YearTerms(loan_rate=Decimal(6)), WHOLE) == yuans("3000.00", "3000.00")


@pytest.mark.clause("ZJ-5(a)")
def test_equity_gives_the_households_their_share_of_the_yield_by_their_money() -> None:
    shares = [Share(Decimal(10000), ZERO), Share(Decimal(20000), ZERO)]
    terms = YearTerms(household_share=Decimal("0.7"), year_yield=Decimal("1000.00"))
    assert dividends_of_year(shares, terms, WHOLE) == yuans("233.33", "466.67")


@pytest.mark.clause("ZJ-4(a)")
def test_a_broken_year_brings_its_days_of_the_whole() -> None:
    (broken,) = years_of(date(2019, 7, 1), date(2020, 1, 1))  # 184 of the 366 days to 1 July 2020
    assert guaranteed(Decimal(30000), Decimal(5), broken) == Decimal("754.10")
    assert guaranteed(Decimal(30000), Decimal(5), WHOLE) == Decimal("1500.00")


def test_fen_left_over_go_to_the_largest_remainders_then_to_the_first() -> None:
    assert split(Decimal("1.00"), [Decimal(1)] * 3) == yuans("0.34", "0.33", "0.33")
    assert split(Decimal("0.05"), [Decimal(1), Decimal(2), Decimal(3)]) == yuans("0.01", "0.02", "0.02")
    assert split(ZERO, []) == ()
    assert split(ZERO, [ZERO]) == (ZERO,)


@given(total=MONEY, weights=st.lists(MONEY, min_size=1, max_size=30).filter(any))
def test_the_parts_add_up_and_none_is_a_fen_off(total: Decimal, weights: list[Decimal]) -> None:
    parts = split(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - total * weight / sum(weights)) < FEN
        assert weight or not part


@given(money=MONEY, rate=RATES, cut=st.integers(1, 364))
def test_two_halves_of_a_year_bring_what_the_whole_brings(money: Decimal, rate: Decimal, cut: int) -> None:
    first, until = date(2017, 1, 1), date(2018, 1, 1)
    middle = date.fromordinal(first.toordinal() + cut)
    halves = guaranteed(money, rate, years_of(first, middle)[0]) + money * rate / 100 * (until - middle).days / 365
    assert abs(halves - guaranteed(money, rate, WHOLE)) <= FEN


@given(
    shares=st.lists(st.tuples(MONEY, MONEY), min_size=1, max_size=10),
    rates=st.lists(RATES, min_size=2, max_size=2, unique=True).map(sorted),
)
def test_a_higher_rate_never_brings_the_households_less(
    shares: list[tuple[Decimal, Decimal]], rates: list[Decimal]
) -> None:
    held = [Share(grant, loan) for grant, loan in shares]
    lower, higher = (sum(dividends_of_year(held, YearTerms(grant_rate=each), WHOLE)) for each in rates)
    assert lower <= higher
