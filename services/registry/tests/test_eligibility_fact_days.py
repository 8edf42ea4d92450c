"""Facts of the question that begin and end on a day, and whose fact it is when two could be meant."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from services.registry.tests.county import VILLAGE, post, registered, row
from shared.access import Role
from shared.ids import new_id
from shared.testing.service import ServiceUnderTest

DAY, BEFORE, AFTER = date(2017, 6, 1), date(2017, 5, 31), date(2017, 6, 2)
START = date(2017, 2, 1)
ENTITY = UUID(int=88)
_RATING = """
INSERT INTO rating (household_id, village_code, bank_code, grade, credit_limit, cause, loan_id, valid_from, valid_until)
VALUES ($1, $2, $3, $4, $5, 'repaid_on_time', uuid7(), $6, '2019-01-01')
"""
_MEMBER = """
INSERT INTO member (id, household_id, is_head, relation, name_sealed, resident_id_sealed, resident_id_index, born_on,
  joined_on)
VALUES ($2, $1, false, 'child', '\\x00', '\\x00', '\\x01', '1990-01-01', '2014-05-06')
"""
_LISTING = """
INSERT INTO listing (id, household_id, entity_id, village_code, list_name, cause, loan_id, listed_on, source, reason,
  evidence, state, cleared_on, clear_cause, office)
VALUES (uuid7(), $1, $2, $3, $4, 'malicious', coalesce($5, uuid7()), $6, 'event', 'x', '[{}]', $7, $8, $9, 'bank')
"""
_LOAN = """
INSERT INTO household_loan (loan_id, household_id, village_code, principal, disbursed_on, closed_on, repaid_on_time,
  malicious, defaulted_on)
VALUES ($2, $1, $3, 40000, '2017-02-01', $4, $5, $6, $7)
"""
_ENTITY = """
INSERT INTO implementing_entity (id, version, county_code, region_code, name, credit_code, kind,
  legal_representative_sealed, bank_code, settlement_account_sealed, state, registered_on, registered_by, ended_on,
  end_reason, ended_by)
VALUES ($1, 1, $2, $2, '合作社', $3, 'cooperative', '\\x00', 'RCB', '\\x00', $4, $5, 'x', $6, $7, $7)
"""
_CONDITION = """
INSERT INTO entity_condition (entity_id, condition, met, valid_from, valid_until, reason, evidence, checked_by)
VALUES ($1, $2, $3, $4, $5, 'x', '[{}]', 'x')
"""
_ASSESSMENT = """
INSERT INTO entity_assessment (id, entity_id, households_max, amount_max, assessed_on, valid_until, reason, evidence,
  proposed_by, state, decided_by, decided_on, decision_reason, decided_at)
VALUES (uuid7(), $1, $2, 50000, '2017-02-01', '2018-03-01', 'x', '[{}]', 'x', $3, 'y', $4, 'x', now())
"""
_BINDING = """
INSERT INTO entity_household (id, entity_id, household_id, mode, agreement_number, amount, valid_from, bound_by,
  valid_until,
  end_reason, ended_by, ended_at)
VALUES (uuid7(), $1, $2, $3, $4, 20000, $5, 'x', $6::date, $7::text, $7::text,
  CASE WHEN $7::text IS NOT NULL THEN now() END)
"""


async def _do(registry: ServiceUnderTest, statement: str, *arguments: Any) -> None:
    await registry.database.pool.execute(statement, *arguments)


async def _household(registry: ServiceUnderTest, place: int = 1, **other: Any) -> UUID:
    [household] = await registered(registry, row(place, **other))
    return UUID(household)


async def _facts(registry: ServiceUnderTest, household: UUID, as_of: date = DAY, **loan_request: Any) -> dict[str, Any]:
    """Return the facts that are kept with a question asked on a day."""
    item = {"household_id": str(household), "amount": "20000.00", "term_months": 12, **loan_request}
    body = {"as_of": as_of.isoformat(), "asker_regions": [""], "for_application": True, "items": [item]}
    answer = await post(registry, "/eligibility-checks", body, Role.SERVICE, region="")
    assert answer.status_code == 200, answer.text
    facts: dict[str, Any] = await registry.database.pool.fetchval(
        "SELECT facts FROM eligibility_question WHERE household_id = $1 AND as_of = $2 ORDER BY id DESC LIMIT 1",
        household,
        as_of,
    )
    return facts


async def _on_each(
    registry: ServiceUnderTest, household: UUID, fact: str, *days: date, **loan_request: Any
) -> list[Any]:
    return [_part(await _facts(registry, household, day, **loan_request), fact) for day in days]


def _part(facts: dict[str, Any], fact: str) -> Any:
    """Return a fact by its path, `entity.lists`; None where the part is missing."""
    found: Any = facts
    for name in fact.split("."):
        found = None if found is None else found[name]
    return found


async def test_a_state_counts_from_its_day_on(registry: ServiceUnderTest) -> None:
    household = await _household(registry)
    statement = (
        "INSERT INTO household_state_change (household_id, state, effective_from, reason, recorded_by)"
        " VALUES ($1, 'lifted', $2, 'x', 'x')"
    )
    await _do(registry, statement, household, DAY)
    assert await _on_each(registry, household, "state", BEFORE, DAY, AFTER) == ["registered", "lifted", "lifted"]


@pytest.mark.clause("MS-2(j)")
async def test_a_family_debt_counts_until_the_day_before_its_end(registry: ServiceUnderTest) -> None:
    household = await _household(registry)
    statement = (
        "INSERT INTO family_debt (id, household_id, bank_code, kind, valid_from, recorded_by, valid_until, end_reason,"
        " ended_by, ended_at) VALUES (uuid7(), $1, 'RCB', 'credit_limit', $2, 'x', $3, 'x', 'x', now())"
    )
    await _do(registry, statement, household, BEFORE, DAY)
    assert await _on_each(registry, household, "family_debt_banks", BEFORE, DAY) == [["RCB"], []]


def _entry(cleared_on: date | None, cause: str = "removal_accepted") -> tuple[str, date | None, str | None]:
    return ("cleared", cleared_on, cause) if cleared_on else ("listed", None, None)


@pytest.mark.clause("FJ-12(a)", "LG-22")
async def test_a_household_is_listed_from_its_day_to_the_day_before_clearing(registry: ServiceUnderTest) -> None:
    household = await _household(registry)
    listed = (household, None, VILLAGE, "blacklist", None, DAY)
    await _do(registry, _LISTING, *listed, *_entry(AFTER))
    assert await _on_each(registry, household, "lists", BEFORE, DAY, AFTER) == [[], ["blacklist"], []]


async def test_a_loan_is_open_until_the_day_before_it_is_closed(registry: ServiceUnderTest) -> None:
    household = await _household(registry)
    await _do(registry, _LOAN, household, new_id(), VILLAGE, DAY, True, None, None)
    assert await _on_each(registry, household, "open_loans", BEFORE, DAY) == [1, 0]


@pytest.mark.clause("MS-2(h)")
async def test_a_malicious_default_is_known_from_its_day_on(registry: ServiceUnderTest) -> None:
    malicious, other = await _household(registry), await _household(registry, 2)
    await _do(registry, _LOAN, malicious, new_id(), VILLAGE, None, None, True, DAY)
    await _do(registry, _LOAN, other, new_id(), VILLAGE, None, None, False, DAY)
    assert await _on_each(registry, malicious, "malicious", BEFORE, DAY) == [False, True]
    assert await _on_each(registry, other, "malicious", DAY) == [False]


@pytest.mark.parametrize(
    ("list_name", "cause", "stays"),
    [
        pytest.param("blacklist", "appeal_accepted", False, marks=pytest.mark.clause("LG-22")),
        ("blacklist", "debt_cleared", True),
        ("dishonesty", "appeal_accepted", True),
    ],
)
async def test_only_an_accepted_appeal_against_the_blacklist_takes_a_malicious_default_back(
    registry: ServiceUnderTest, list_name: str, cause: str, stays: bool
) -> None:
    household, loan = await _household(registry), new_id()
    await _do(registry, _LOAN, household, loan, VILLAGE, None, None, True, START)
    await _do(registry, _LISTING, household, None, VILLAGE, list_name, loan, START, *_entry(BEFORE, cause))
    assert (await _facts(registry, household))["malicious"] is stays


async def test_only_the_account_in_use_counts(registry: ServiceUnderTest) -> None:
    household = await _household(registry)
    await _do(registry, "UPDATE bank_account SET valid = false WHERE household_id = $1", household)
    facts = await _facts(registry, household)
    assert (facts["has_account"], facts["account_bank"]) == (False, None)


async def test_what_is_not_known_of_the_head_is_what_is_known_of_the_household(registry: ServiceUnderTest) -> None:
    household, child = await _household(registry, civil_capacity="限制", able_to_work="否"), new_id()
    await _do(registry, "UPDATE member SET civil_capacity = NULL, labour = NULL WHERE household_id = $1", household)
    await _do(registry, _MEMBER, household, child)
    head, other = await _facts(registry, household), await _facts(registry, household, borrower_member_id=str(child))
    assert (head["civil_capacity"], head["able_to_work"]) == ("limited", False)
    assert (other["civil_capacity"], other["able_to_work"], other["born_on"]) == (None, True, "1990-01-01")


async def test_the_head_is_the_living_one_or_the_last(registry: ServiceUnderTest) -> None:
    household = await _household(registry)
    left = "UPDATE member SET left_on = $2, left_reason = 'death' WHERE household_id = $1"
    await _do(registry, left, household, BEFORE)
    assert (await _facts(registry, household))["borrower"] == "died"
    await _do(registry, _MEMBER.replace("false", "true").replace("'child'", "'head'"), household, new_id())
    facts = await _facts(registry, household)
    assert (facts["borrower"], facts["born_on"]) == ("active", "1990-01-01")


async def _rate(
    registry: ServiceUnderTest, household: UUID, bank: str | None, credit_limit: str, valid_from: date
) -> None:
    await _do(registry, _RATING, household, VILLAGE, bank, "A", Decimal(credit_limit), valid_from)


async def test_the_rating_that_holds_goes_before_one_to_come_however_near(registry: ServiceUnderTest) -> None:
    household = await _household(registry)
    for credit_limit, valid_from in (("30000.00", START), ("40000.00", DAY), ("20000.00", date(2017, 1, 5))):
        await _rate(registry, household, None, credit_limit, valid_from)
    days = (date(2017, 1, 5), BEFORE, DAY)
    assert await _on_each(registry, household, "rating.credit_limit", *days) == ["20000.00", "30000.00", "40000.00"]
    assert await _on_each(registry, household, "rating.valid_from", date(2017, 1, 4)) == ["2017-01-05"]


@pytest.mark.clause("LG-10(b)")
async def test_a_banks_rating_is_the_asked_banks_or_that_of_the_account(registry: ServiceUnderTest) -> None:
    household = await _household(registry)
    for whose, credit_limit_given in ((None, "50000.00"), ("RCB", "40000.00"), ("PSBC", "30000.00")):
        await _rate(registry, household, whose, credit_limit_given, START)
    for bank, credit_limit in ((None, "40000.00"), ("PSBC", "30000.00"), ("ABC", None)):
        facts = await _facts(registry, household, bank_code=bank)
        assert (_part(facts, "rating.credit_limit"), _part(facts, "bank_rating.credit_limit")) == (
            "50000.00",
            credit_limit,
        ), bank


async def _entity(registry: ServiceUnderTest, entity: UUID = ENTITY, **other: Any) -> None:
    """Set an entity down from 2017-02-01 on; `other` gives another county, first or last day."""
    ended_on, county = other.get("ended_on"), other.get("county", "500236")
    state, why = ("ended", "x") if ended_on else ("active", None)
    code = f"93500236MA5XX{entity.int % 1000:04d}A"
    await _do(registry, _ENTITY, entity, county, code, state, other.get("registered_on", START), ended_on, why)


async def _active(registry: ServiceUnderTest, household: UUID, *days: date, **loan_request: Any) -> list[Any]:
    asked = {"mode": "indirect", "entity_id": str(ENTITY), **loan_request}
    return await _on_each(registry, household, "entity.active", *days, **asked)


@pytest.mark.clause("SX-4(b)")
async def test_an_entity_is_on_file_from_its_first_day_and_active_until_its_last(registry: ServiceUnderTest) -> None:
    household = await _household(registry)
    await _entity(registry, registered_on=BEFORE, ended_on=AFTER)
    days = (date(2017, 5, 30), BEFORE, DAY, AFTER)
    assert await _active(registry, household, *days) == [None, True, True, False]
    assert await _active(registry, household, DAY, mode="direct") == [None]


async def test_an_entity_of_another_county_is_not_known(registry: ServiceUnderTest) -> None:
    household = await _household(registry)
    await _entity(registry, county="500237")
    assert await _active(registry, household, DAY) == [None]


async def test_a_condition_is_met_as_the_latest_check_that_has_begun_says(registry: ServiceUnderTest) -> None:
    household = await _household(registry)
    await _entity(registry)
    checks = (
        ("registered", True, START, None),
        ("local_account", True, START, DAY),
        ("creditworthy", True, START, None),
        ("creditworthy", False, DAY, None),
        ("no_dispute", False, START, None),
        ("no_dispute", True, DAY, None),
    )
    for check in checks:
        await _do(registry, _CONDITION, ENTITY, *check)
    indirect = {"mode": "indirect", "entity_id": str(ENTITY)}
    assert await _on_each(registry, household, "entity.conditions_met", BEFORE, DAY, **indirect) == [
        ["creditworthy", "local_account", "registered"],
        ["no_dispute", "registered"],
    ]


@pytest.mark.clause("LG-22")
async def test_an_entity_is_listed_from_its_day_to_the_day_before_clearing(registry: ServiceUnderTest) -> None:
    household = await _household(registry)
    await _entity(registry)
    await _do(registry, _LISTING, None, ENTITY, None, "blacklist", None, DAY, *_entry(AFTER))
    indirect = {"mode": "indirect", "entity_id": str(ENTITY)}
    found = await _on_each(registry, household, "entity.lists", BEFORE, DAY, AFTER, **indirect)
    assert found == [[], ["blacklist"], []]


@pytest.mark.clause("SX-4(h)")
async def test_the_latest_confirmed_assessment_counts_from_its_confirmation_on(registry: ServiceUnderTest) -> None:
    household = await _household(registry)
    await _entity(registry)
    for households_max, state, decided_on in ((5, "confirmed", DAY), (3, "confirmed", START), (9, "rejected", DAY)):
        await _do(registry, _ASSESSMENT, ENTITY, households_max, state, decided_on)
    indirect = {"mode": "indirect", "entity_id": str(ENTITY)}
    found = await _on_each(registry, household, "entity.households_max", BEFORE, DAY, AFTER, **indirect)
    assert found == [3, 5, 5]


@pytest.mark.clause("SX-4(h)")
async def test_other_households_take_room_while_they_are_bound(registry: ServiceUnderTest) -> None:
    household, other = await _household(registry), await _household(registry, 2)
    await _entity(registry)
    await _do(registry, _BINDING, ENTITY, household, "indirect", "A1", START, None, None)
    await _do(registry, _BINDING, ENTITY, other, "indirect", "A2", DAY, AFTER, "x")
    indirect = {"mode": "indirect"}
    assert await _on_each(registry, household, "entity.households", BEFORE, DAY, AFTER, **indirect) == [0, 1, 0]
    assert await _on_each(registry, household, "entity.amount", DAY, **indirect) == ["20000.00"]


@pytest.mark.clause("SX-4(b)")
async def test_the_agreement_that_holds_names_the_entity(registry: ServiceUnderTest) -> None:
    household = await _household(registry)
    await _entity(registry)
    await _do(registry, _BINDING, ENTITY, household, "indirect", "A1", DAY, AFTER, "x")
    found = await _on_each(registry, household, "entity.active", BEFORE, DAY, AFTER, mode="indirect")
    assert found == [None, True, None]


async def test_an_agreement_of_another_mode_names_no_entity(registry: ServiceUnderTest) -> None:
    household = await _household(registry)
    await _entity(registry)
    await _do(registry, _BINDING, ENTITY, household, "enterprise_use", "A1", START, None, None)
    assert await _on_each(registry, household, "entity.active", DAY, mode="indirect") == [None]
