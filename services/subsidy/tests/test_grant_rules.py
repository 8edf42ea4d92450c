"""How much direct grants may come to. Pure."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.subsidy.grants.rules.caps import GrantRules, ensure_average, ensure_granted, rules_of
from services.subsidy.tests.county import PACK_FILE
from shared.errors import Refusal
from shared.policy.load import read_pack

ON = date(2017, 3, 1)
RULES = GrantRules(
    total_max=Decimal(20000),
    average_max=Decimal(20000),
    agreement_years_min=3,
    after_acceptance=True,
    by_standard=False,
    bars_listed=True,
)
LINE: dict[str, Any] = {
    "household_id": UUID(int=1),
    "amount": Decimal("8000.00"),
    "known": True,
    "listed": False,
    "standard_max": None,
    "total": Decimal("20000.00"),
    "valid_from": date(2017, 1, 1),
    "valid_until": date(2020, 1, 1),
}


def code_of(rules: GrantRules, **changes: Any) -> str | None:
    """Return why a line is refused, or None."""
    try:
        ensure_granted({**LINE, **changes}, rules, ON)
    except Refusal as refused:
        return refused.code
    return None


@pytest.mark.clause("ZJ-6(b)")
def test_the_agreement_runs_three_years_and_is_in_force_on_the_day() -> None:
    assert code_of(RULES) is None
    for none in (
        {"valid_until": date(2019, 12, 31)},
        {"valid_from": None, "valid_until": None},
        {"valid_from": date(2017, 3, 2), "valid_until": date(2021, 1, 1)},
        {"valid_from": date(2013, 1, 1), "valid_until": ON},
    ):
        assert code_of(RULES, **none) == "grant-agreement-missing", none
    assert code_of(replace(RULES, agreement_years_min=None), valid_from=None, valid_until=None) is None


@pytest.mark.clause("DY-7(a)")
def test_a_grant_is_never_above_its_standard() -> None:
    by_list = replace(RULES, by_standard=True)
    assert code_of(by_list) == "grant-above-standard"
    assert code_of(by_list, standard_max=Decimal("8000.00")) is None
    for rules in (by_list, RULES):
        assert code_of(rules, standard_max=Decimal("7999.99")) == "grant-above-standard"


def test_a_household_gets_no_more_than_its_total_and_is_known_at_the_place() -> None:
    assert code_of(RULES, total=Decimal("20000.01")) == "grant-total-exceeded"
    assert code_of(replace(RULES, total_max=None), total=Decimal("20000.01")) is None
    assert code_of(RULES, known=False) == "grant-household-unknown"
    assert code_of(RULES, listed=True) == "grant-household-listed"
    assert code_of(replace(RULES, bars_listed=False), listed=True) is None


@pytest.mark.clause("ZJ-6(a)")
def test_the_average_of_the_county_is_at_most_twenty_thousand() -> None:
    ensure_average(Decimal("60000.00"), 3, RULES)
    with pytest.raises(Refusal) as refused:
        ensure_average(Decimal("60000.01"), 3, RULES)
    assert refused.value.code == "grant-average-exceeded"
    ensure_average(Decimal("60000.01"), 3, replace(RULES, average_max=None))


@given(st.lists(st.integers(1, 5_000_000), min_size=1, max_size=30))
def test_the_average_holds_exactly_when_no_fen_is_beyond_it(fen: list[int]) -> None:
    total = Decimal(sum(fen)) / 100
    beyond = sum(fen) > 2_000_000 * len(fen)
    if beyond:
        with pytest.raises(Refusal):
            ensure_average(total, len(fen), RULES)
    else:
        ensure_average(total, len(fen), RULES)


def _pack(name: str) -> GrantRules:
    file = Path(PACK_FILE.parent / f"{name}.yaml")
    return rules_of(read_pack(file.read_text(encoding="utf-8"), file.name))


def test_counties_say_what_their_grants_follow() -> None:
    assert _pack("zhijin") == RULES
    assert _pack("dingyuan").by_standard
    silent = GrantRules(None, None, None, after_acceptance=True, by_standard=False, bars_listed=True)
    assert rules_of(None) == silent
