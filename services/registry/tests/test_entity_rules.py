"""What bars an entity from a household is listed in one order, on the pack's conditions only."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.standing.eligibility.pack_rules import borrowing_rules
from services.registry.standing.eligibility.rules.facts import BorrowingRules
from services.registry.standing.entities.rules.binding import Bound, HouseholdToBind, barriers, entity_barriers
from services.registry.standing.entities.rules.capacity import capacity_of
from services.registry.tests.county import PACK
from services.registry.tests.entity_steps import CONDITIONS
from shared.policy.household_facts import EntityFacts
from shared.policy.in_force import ConfirmedPack
from shared.policy.vocabulary import LoanMode

RULES: BorrowingRules = borrowing_rules(ConfirmedPack(UUID(int=1), PACK))
FIT = EntityFacts(
    conditions_met=frozenset(CONDITIONS),
    assessed_on=date(2017, 1, 1),
    valid_until=date(2018, 1, 1),
    households_max=2,
    amount_max=Decimal("100000.00"),
)
DAY = date(2017, 6, 1)


@pytest.mark.parametrize("missing", CONDITIONS)
def test_each_missing_condition_is_named(missing: str) -> None:
    entity = replace(FIT, conditions_met=frozenset(CONDITIONS) - {missing})
    [reason] = entity_barriers(entity, RULES, DAY)
    assert reason.code == "entity-condition-missing"
    [term] = [term for term in RULES.entities.conditions if term.code == missing]
    assert term.zh in reason.zh
    assert term.en in reason.en


@pytest.mark.clause("SX-4(g)")
def test_the_four_conditions_and_nothing_else_are_asked() -> None:
    assert tuple(term.code for term in RULES.entities.conditions) == CONDITIONS
    assert barriers(HouseholdToBind(), FIT, LoanMode.INDIRECT, Decimal("50000.00"), RULES, DAY) == ()


@pytest.mark.clause("LG-28(a)")
@pytest.mark.parametrize(("day", "codes"), [(date(2017, 12, 7), []), (date(2017, 12, 8), ["enterprise-use-banned"])])
def test_enterprise_use_ends_with_the_seventh_of_december_2017(day: date, codes: list[str]) -> None:
    modes = (*RULES.entities.modes, LoanMode.ENTERPRISE_USE)
    rules = replace(RULES, entities=replace(RULES.entities, modes=modes))
    found = barriers(HouseholdToBind(), FIT, LoanMode.ENTERPRISE_USE, Decimal("50000.00"), rules, day)
    assert [reason.code for reason in found] == codes
    assert all("2017-12-07" in reason.en for reason in found)
    indirect = barriers(HouseholdToBind(), FIT, LoanMode.INDIRECT, Decimal("50000.00"), rules, day)
    assert [reason.code for reason in indirect] == codes


@pytest.mark.clause("LG-22")
def test_every_reason_is_given_in_one_order() -> None:
    entity = EntityFacts(lists=("blacklist",))
    household = HouseholdToBind(("blacklist",), DAY, Bound("甲社", "2016-1", date(2016, 1, 1)))
    rules = replace(RULES, entities=replace(RULES.entities, modes=(LoanMode.DIRECT,)))
    found = barriers(household, entity, LoanMode.ENTERPRISE_USE, Decimal("1.00"), rules, date(2018, 1, 1))
    assert [reason.code for reason in found] == [
        "mode-not-offered",
        "enterprise-use-banned",
        "household-ended",
        "household-blacklisted",
        "household-bound",
        "entity-listed",
        "entity-condition-missing",
        "entity-not-assessed",
    ]
    assert all(reason.zh and reason.en and reason.clause for reason in found)


@pytest.mark.clause("LG-22")
@pytest.mark.parametrize(
    ("lists", "codes"),
    [
        (("dishonesty",), []),
        (("blacklist", "dishonesty"), ["household-blacklisted"]),
    ],
)
def test_the_blacklist_bars_a_household_and_the_dishonesty_list_does_not(
    lists: tuple[str, ...], codes: list[str]
) -> None:
    found = barriers(HouseholdToBind(lists), FIT, LoanMode.INDIRECT, Decimal("50000.00"), RULES, DAY)
    assert [reason.code for reason in found] == codes


@pytest.mark.parametrize(("days", "codes"), [(-1, []), (0, ["household-ended"]), (1, ["household-ended"])])
def test_a_household_is_bound_until_the_day_before_it_ends(days: int, codes: list[str]) -> None:
    household, valid_from = HouseholdToBind(ended_on=DAY), DAY + timedelta(days=days)
    found = barriers(household, FIT, LoanMode.INDIRECT, Decimal("50000.00"), RULES, valid_from)
    assert [reason.code for reason in found] == codes


@pytest.mark.clause("SX-4(h)")
@given(
    st.integers(1, 50),
    st.integers(0, 60),
    st.integers(1, 10_000_000),
    st.integers(0, 12_000_000),
    st.integers(1, 10_000),
)
def test_what_is_left_admits_exactly_what_fits(
    households_max: int, households: int, fen_max: int, fen_used: int, fen_asked: int
) -> None:
    limit, used, asked = (Decimal(fen) / 100 for fen in (fen_max, fen_used, fen_asked))
    entity = replace(FIT, households_max=households_max, households=households, amount_max=limit, amount=used)
    left = capacity_of(entity)
    assert left.households_left is not None
    assert left.amount_left is not None
    assert left.households_left >= 0 <= left.amount_left
    fits = left.households_left >= 1 and asked <= left.amount_left
    codes = [reason.code for reason in entity_barriers(entity, RULES, DAY, asked)]
    assert codes == ([] if fits else ["entity-full"])
    assert left.exceeded is (households > households_max or used > limit)


def test_an_entity_without_assessment_has_no_figures() -> None:
    left = capacity_of(EntityFacts())
    assert (left.households_left, left.amount_left, left.exceeded) == (None, None, False)
