"""Implementing entities: registered by code, checked on the pack's conditions only, assessed, and never overfilled."""

import asyncio
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.eligibility.facts import BorrowingRules, EntityFacts
from services.registry.eligibility.pack_rules import borrowing_rules
from services.registry.entities.binding import Bound, HouseholdToBind, barriers, entity_barriers
from services.registry.entities.capacity import capacity_of
from services.registry.entities.credit_code import ALPHABET, CreditCodeInvalid, check_character, ensure_valid
from services.registry.entities.facts import entity_facts
from services.registry.packs.queries import PackInForce
from services.registry.tests.county import COUNTY, OTHER_VILLAGE, PACK, VILLAGE, facts, get, post, registered, row
from services.registry.tests.family import change, changed
from shared.access import Role
from shared.events.registry import EntityListed, EntityUnlisted
from shared.policy.vocabulary import LoanMode
from shared.testing.service import ServiceUnderTest

UNKNOWN = str(UUID(int=9))
EVIDENCE = [{"reference": "营业执照复印件", "sha256": "cd" * 32}]
CONDITIONS = ("registered", "local_account", "creditworthy", "no_dispute")
RULES: BorrowingRules = borrowing_rules(PackInForce(UUID(int=1), PACK))
FIT = EntityFacts(
    conditions_met=frozenset(CONDITIONS),
    assessed_on=date(2017, 1, 1),
    valid_until=date(2018, 1, 1),
    households_max=2,
    amount_max=Decimal("100000.00"),
)
DAY = date(2017, 6, 1)


def _code(place: int) -> str:
    first = f"93500236MA5U{place:04d}X"
    return first + check_character(first)


def _entity(place: int = 1, **other: Any) -> dict[str, Any]:
    return {
        "name": f"白帝脐橙专业合作社{place}",
        "credit_code": _code(place),
        "kind": "cooperative",
        "region_code": "500236117",
        "legal_representative": "王甲乙",
        "bank_code": "RCB",
        "settlement_account": "6217000000009911",
        "registered_on": "2017-01-01",
        **other,
    }


async def _registered_entity(registry: ServiceUnderTest, place: int = 1, **other: Any) -> str:
    answer = await post(registry, "/implementing-entities", _entity(place, **other), Role.SERVICE_CENTRE)
    assert answer.status_code == 201, answer.text
    entity: str = answer.json()["id"]
    return entity


def _check(condition: str, **other: Any) -> dict[str, Any]:
    return {
        "condition": condition,
        "met": True,
        "valid_from": "2017-01-02",
        "reason": "现场核查",
        "evidence": EVIDENCE,
        **other,
    }


def _assessment(households_max: int = 2, amount_max: str = "100000.00", **other: Any) -> dict[str, Any]:
    return {
        "households_max": households_max,
        "amount_max": amount_max,
        "assessed_on": "2017-01-03",
        "valid_until": "2018-01-03",
        "reason": "按上年产值测算",
        "evidence": EVIDENCE,
        **other,
    }


async def _checked(registry: ServiceUnderTest, entity: str, *conditions: str) -> None:
    for condition in conditions:
        path = f"/implementing-entities/{entity}/conditions"
        answer = await post(registry, path, _check(condition), Role.SERVICE_CENTRE)
        assert answer.status_code == 201, answer.text


async def _assessed(registry: ServiceUnderTest, entity: str, body: dict[str, Any], on: str = "2017-01-05") -> str:
    proposed = await post(registry, f"/implementing-entities/{entity}/assessments", body, Role.SERVICE_CENTRE)
    assert proposed.status_code == 201, proposed.text
    assessment: str = proposed.json()["id"]
    decided = await _decide(registry, assessment, on=on)
    assert decided.status_code == 201, decided.text
    return assessment


async def _decide(
    registry: ServiceUnderTest, assessment: str, decision: str = "confirm", on: str = "2017-01-05", **other: Any
) -> httpx.Response:
    body = {"decision": decision, "reason": "同意", "decided_on": on}
    return await post(registry, f"/entity-assessments/{assessment}/decisions", body, Role.FINANCE_BUREAU, **other)


async def _fit(registry: ServiceUnderTest, households_max: int = 2, amount_max: str = "100000.00") -> str:
    """Return an entity that may take on households from 2017-01-05 on."""
    entity = await _registered_entity(registry)
    await _checked(registry, entity, *CONDITIONS)
    await _assessed(registry, entity, _assessment(households_max, amount_max))
    return entity


async def _bind(
    registry: ServiceUnderTest, entity: str, household: str, number: str = "2017-1", **other: Any
) -> httpx.Response:
    role, region = other.pop("role", Role.TOWNSHIP), other.pop("region", COUNTY)
    body = {
        "entity_id": entity,
        "household_id": household,
        "agreement_number": number,
        "amount": "50000.00",
        "from_on": "2017-02-01",
        **other,
    }
    return await post(registry, "/entity-bindings", body, role, region=region)


async def _show(registry: ServiceUnderTest, entity: str, as_of: str = "2017-02-01") -> dict[str, Any]:
    answer = await get(registry, f"/implementing-entities/{entity}?as_of={as_of}", Role.TOWNSHIP, region=VILLAGE[:9])
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def _codes(answer: httpx.Response) -> list[str]:
    assert (answer.status_code, answer.json()["code"]) == (409, "entity-binding-refused"), answer.text
    return [reason["code"] for reason in answer.json()["values"]["reasons"]]


async def _list_entity(registry: ServiceUnderTest, entity: str, on: str = "2017-03-01") -> str:
    body = {
        "entity_id": entity,
        "list_name": "blacklist",
        "cause": "malicious_evasion",
        "reason": "拒付保底收益",
        "evidence": EVIDENCE,
        "filed_on": on,
    }
    request = (await post(registry, "/listing-proposals", body, Role.SERVICE_CENTRE)).json()["id"]
    decision = {"decision": "accept", "reason": "属实", "decided_on": on}
    decided = await post(registry, f"/listing-requests/{request}/decisions", decision, Role.POVERTY_OFFICE)
    assert decided.status_code == 201, decided.text
    listing: str = decided.json()["listing_id"]
    return listing


# Codes.


def test_the_code_of_the_standards_example_is_right() -> None:
    assert ensure_valid(" 91350100m000100y43 ") == "91350100M000100Y43"


@pytest.mark.parametrize(
    "code",
    ["91350100M000100Y44", "91350100M000100Y4", "91350100M000100Y433", "9135010OM000100Y43", "I1350100M000100Y43", ""],
)
def test_a_wrong_code_is_refused(code: str) -> None:
    with pytest.raises(CreditCodeInvalid):
        ensure_valid(code)


_FIRST_17 = st.builds(
    lambda office, region, rest: office + region + rest,
    st.text(ALPHABET, min_size=2, max_size=2),
    st.text("0123456789", min_size=6, max_size=6),
    st.text(ALPHABET, min_size=9, max_size=9),
)


@given(_FIRST_17)
def test_exactly_one_check_character_fits(first: str) -> None:
    right = [character for character in ALPHABET if _is_valid(first + character)]
    assert right == [check_character(first)]


@given(_FIRST_17, st.integers(0, 16), st.sampled_from(ALPHABET))
def test_one_wrong_character_never_passes(first: str, place: int, other: str) -> None:
    code = first + check_character(first)
    if code[place] != other:
        assert not _is_valid(code[:place] + other + code[place + 1 :])


@given(_FIRST_17, st.integers(0, 15))
def test_two_neighbours_exchanged_never_pass(first: str, place: int) -> None:
    code = first + check_character(first)
    if code[place] != code[place + 1]:
        assert not _is_valid(code[:place] + code[place + 1] + code[place] + code[place + 2 :])


def _is_valid(code: str) -> bool:
    try:
        return ensure_valid(code) == code
    except CreditCodeInvalid:
        return False


# Rules.


@pytest.mark.clause("SX-4")
@pytest.mark.parametrize("missing", CONDITIONS)
def test_each_missing_condition_is_named(missing: str) -> None:
    entity = replace(FIT, conditions_met=frozenset(CONDITIONS) - {missing})
    [reason] = entity_barriers(entity, RULES, DAY)
    assert reason.code == "entity-condition-missing"
    [term] = [term for term in RULES.entities.conditions if term.code == missing]
    assert term.zh in reason.zh
    assert term.en in reason.en


@pytest.mark.clause("SX-4")
def test_the_four_conditions_and_nothing_else_are_asked() -> None:
    assert tuple(term.code for term in RULES.entities.conditions) == CONDITIONS
    assert barriers(HouseholdToBind(), FIT, LoanMode.INDIRECT, Decimal("50000.00"), RULES, DAY) == ()


@pytest.mark.clause("LG-28")
@pytest.mark.parametrize(("day", "codes"), [(date(2017, 12, 7), []), (date(2017, 12, 8), ["enterprise-use-banned"])])
def test_enterprise_use_ends_with_the_seventh_of_december_2017(day: date, codes: list[str]) -> None:
    modes = (*RULES.entities.modes, LoanMode.ENTERPRISE_USE)
    rules = replace(RULES, entities=replace(RULES.entities, modes=modes))
    found = barriers(HouseholdToBind(), FIT, LoanMode.ENTERPRISE_USE, Decimal("50000.00"), rules, day)
    assert [reason.code for reason in found] == codes
    assert all("2017-12-07" in reason.en for reason in found)
    assert barriers(HouseholdToBind(), FIT, LoanMode.INDIRECT, Decimal("50000.00"), rules, date(2017, 12, 8)) == ()


@pytest.mark.clause("SX-4", "LG-22", "LG-28")
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


@pytest.mark.clause("SX-4")
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


# Over HTTP.


@pytest.mark.clause("SX-4")
async def test_an_entity_is_registered_once_with_its_secrets_masked(registry: ServiceUnderTest) -> None:
    answer = await post(registry, "/implementing-entities", _entity(), Role.TOWNSHIP, region="500236117")
    entity = answer.json()
    assert (entity["legal_representative"], entity["settlement_account"]) == ("王**", "************9911")
    assert (entity["county_code"], entity["kind"], entity["state"]) == (COUNTY, "cooperative", "active")
    assert entity["conditions_missing"] == list(CONDITIONS)
    assert [each["code"] for each in entity["barriers"]] == ["entity-condition-missing", "entity-not-assessed"]
    again = await post(registry, "/implementing-entities", _entity(name="另名"), Role.SERVICE_CENTRE)
    assert (again.status_code, again.json()["code"]) == (409, "entity-registered")
    kept = await registry.database.pool.fetchrow("SELECT * FROM implementing_entity")
    assert kept is not None
    assert "王甲乙".encode() not in kept["legal_representative_sealed"]
    assert b"6217000000009911" not in kept["settlement_account_sealed"]


async def test_a_correction_keeps_what_stood_there_before(registry: ServiceUnderTest) -> None:
    entity = await _registered_entity(registry)
    path = f"/implementing-entities/{entity}/corrections"
    body = {"corrected_on": "2017-03-01", "reason": "变更法定代表人", "evidence": EVIDENCE}
    answer = await post(registry, path, {**body, "legal_representative": "李丙丁"}, Role.TOWNSHIP, subject="feng")
    assert (answer.json()["legal_representative"], answer.json()["settlement_account"]) == ("李**", "************9911")
    [before] = (await _show(registry, entity))["corrections"]
    assert (before["legal_representative"], before["corrected_by"], before["corrected_on"]) == (
        "王**",
        "feng",
        "2017-03-01",
    )
    for other, code in (
        ({}, "nothing-corrected"),
        ({"bank_code": "RCB"}, "nothing-corrected"),
        ({"bank_code": "PSBC", "corrected_on": "2016-12-31"}, "entity-day-out-of-order"),
        ({"credit_code": _code(2)}, "invalid-request"),
    ):
        refused = await post(registry, path, {**body, **other}, Role.TOWNSHIP)
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    with pytest.raises(Exception, match="only grows"):
        await registry.database.pool.execute("DELETE FROM entity_correction")


@pytest.mark.parametrize(
    ("broken", "status", "code"),
    [
        ({"credit_code": _code(1)[:17] + ALPHABET[ALPHABET.index(_code(1)[17]) - 1]}, 422, "credit-code-invalid"),
        ({"region_code": "500236999"}, 422, "entity-region-unknown"),
        ({"region_code": "50"}, 403, "outside-region"),
        ({"region_code": "500237100"}, 403, "outside-region"),
        ({"kind": "bank"}, 422, "invalid-request"),
        ({"settlement_account": "12 34"}, 422, "invalid-request"),
        ({"guarantor": "x"}, 422, "invalid-request"),
    ],
)
async def test_an_entity_that_makes_no_sense_is_refused(
    registry: ServiceUnderTest, broken: dict[str, Any], status: int, code: str
) -> None:
    answer = await post(registry, "/implementing-entities", {**_entity(), **broken}, Role.SERVICE_CENTRE)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.clause("SX-4")
async def test_no_further_barrier_may_be_added(registry: ServiceUnderTest) -> None:
    entity = await _registered_entity(registry)
    path = f"/implementing-entities/{entity}/conditions"
    answer = await post(registry, path, _check("three_years_in_business"), Role.SERVICE_CENTRE)
    assert (answer.status_code, answer.json()["code"]) == (422, "entity-condition-unknown")
    assert answer.json()["values"]["conditions"] == list(CONDITIONS)
    assert "no further barrier" in answer.json()["detail"]


@pytest.mark.clause("SX-4")
async def test_the_latest_check_that_has_begun_counts(registry: ServiceUnderTest) -> None:
    entity = await _registered_entity(registry)
    await _checked(registry, entity, *CONDITIONS)
    path = f"/implementing-entities/{entity}/conditions"
    lost = _check("no_dispute", met=False, valid_from="2017-05-01", reason="合同纠纷立案")
    await post(registry, path, lost, Role.POVERTY_OFFICE)
    short = _check("creditworthy", valid_from="2017-01-02", valid_until="2017-06-01")
    await post(registry, path, short, Role.POVERTY_OFFICE)
    for as_of, missing in (
        ("2017-01-01", list(CONDITIONS)),
        ("2017-04-30", []),
        ("2017-05-01", ["no_dispute"]),
        ("2017-06-01", ["creditworthy", "no_dispute"]),
    ):
        shown = await _show(registry, entity, as_of)
        assert shown["conditions_missing"] == missing
        assert {each["condition"] for each in shown["conditions"] if not each["met"]} == set(missing)
    assert len(shown["checks"]) == 6
    backwards = await post(registry, path, _check("registered", valid_until="2017-01-02"), Role.SERVICE_CENTRE)
    assert (backwards.status_code, backwards.json()["code"]) == (422, "entity-day-out-of-order")


@pytest.mark.clause("SX-4")
async def test_a_capacity_is_confirmed_by_another(registry: ServiceUnderTest) -> None:
    entity = await _registered_entity(registry)
    path = f"/implementing-entities/{entity}/assessments"
    proposed = (await post(registry, path, _assessment(), Role.SERVICE_CENTRE, subject="wu")).json()
    assert (await _show(registry, entity))["households_max"] is None
    second = await post(registry, path, _assessment(), Role.SERVICE_CENTRE)
    assert (second.status_code, second.json()["code"]) == (409, "entity-assessment-open")
    own = await _decide(registry, proposed["id"], subject="wu")
    assert (own.status_code, own.json()["code"]) == (403, "maker-is-checker")
    early = await _decide(registry, proposed["id"], on="2017-01-02")
    assert (early.status_code, early.json()["code"]) == (422, "entity-day-out-of-order")
    expired = await _decide(registry, proposed["id"], on="2018-01-03")
    assert (expired.status_code, expired.json()["code"]) == (422, "entity-day-out-of-order")
    foreign = await _decide(registry, proposed["id"], region="500237")
    assert (foreign.status_code, foreign.json()["code"]) == (404, "entity-assessment-unknown")
    answers = await asyncio.gather(*(_decide(registry, proposed["id"], subject=f"zheng-{n}") for n in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"entity-assessment-decided"}
    shown = await _show(registry, entity)
    assert (shown["households_max"], shown["amount_max"], shown["households_left"]) == (2, "100000.00", 2)
    assert [each["state"] for each in shown["assessments"]] == ["confirmed"]


async def test_a_rejected_assessment_counts_for_nothing(registry: ServiceUnderTest) -> None:
    entity = await _registered_entity(registry)
    path = f"/implementing-entities/{entity}/assessments"
    proposed = (await post(registry, path, _assessment(), Role.SERVICE_CENTRE)).json()
    assert (await _decide(registry, proposed["id"], "reject")).json()["state"] == "rejected"
    assert (await _show(registry, entity))["households_max"] is None
    backwards = await post(registry, path, _assessment(valid_until="2017-01-03"), Role.SERVICE_CENTRE)
    assert (backwards.status_code, backwards.json()["code"]) == (422, "entity-day-out-of-order")


@pytest.mark.clause("SX-4")
async def test_a_household_is_bound_within_the_capacity(registry: ServiceUnderTest) -> None:
    first, second, third = await registered(registry, row(1), row(2), row(3, village_code=OTHER_VILLAGE))
    entity = await _fit(registry)
    bound = await _bind(registry, entity, first)
    assert bound.status_code == 201, bound.text
    assert (bound.json()["mode"], bound.json()["amount"], bound.json()["flagged"]) == ("indirect", "50000.00", False)
    shown = await _show(registry, entity)
    assert (shown["household_count"], shown["amount"], shown["households_left"], shown["amount_left"]) == (
        1,
        "50000.00",
        1,
        "50000.00",
    )
    assert _codes(await _bind(registry, entity, second, "2017-2", amount="50000.01")) == ["entity-full"]
    assert (await _bind(registry, entity, second, "2017-2")).status_code == 201
    assert _codes(await _bind(registry, entity, third, "2017-3", amount="0.01")) == ["entity-full"]
    assert [each["code"] for each in (await _show(registry, entity))["barriers"]] == ["entity-full"]
    ended = {"until_on": "2017-03-01", "reason": "协议终止"}
    ending = await post(registry, f"/entity-bindings/{bound.json()['id']}/endings", ended, Role.TOWNSHIP)
    assert (ending.status_code, ending.json()["until_on"]) == (201, "2017-03-01")
    assert (await _bind(registry, entity, third, "2017-3", from_on="2017-03-01")).status_code == 201
    again = await post(registry, f"/entity-bindings/{bound.json()['id']}/endings", ended, Role.TOWNSHIP)
    assert (again.status_code, again.json()["code"]) == (409, "entity-binding-ended")


@pytest.mark.clause("SX-4")
async def test_many_at_once_never_pass_the_capacity(registry: ServiceUnderTest) -> None:
    households = await registered(registry, *(row(place) for place in range(1, 9)))
    entity = await _fit(registry, households_max=3, amount_max="1000000.00")
    answers = await asyncio.gather(
        *(_bind(registry, entity, household, f"N{place}") for place, household in enumerate(households))
    )
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * 5
    assert all(_codes(answer) == ["entity-full"] for answer in answers if answer.status_code == 409)
    assert (await _show(registry, entity))["households_left"] == 0


async def test_one_household_at_two_entities_at_once_is_bound_once(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    entities = [await _fit(registry)]
    entities.append(await _registered_entity(registry, 2))
    await _checked(registry, entities[1], *CONDITIONS)
    await _assessed(registry, entities[1], _assessment())
    answers = await asyncio.gather(*(_bind(registry, entity, household) for entity in entities))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    [refused] = [answer for answer in answers if answer.status_code == 409]
    assert _codes(refused) == ["household-bound"]


async def test_an_unfit_entity_is_refused_for_every_reason(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    entity = await _registered_entity(registry)
    await _checked(registry, entity, "registered", "local_account", "no_dispute")
    refused = await _bind(registry, entity, household)
    assert _codes(refused) == ["entity-condition-missing", "entity-not-assessed"]
    assert "信用良好" in refused.json()["values"]["reasons"][0]["zh"]
    await _checked(registry, entity, "creditworthy")
    await _assessed(registry, entity, _assessment())
    assert _codes(await _bind(registry, entity, household, from_on="2018-01-03")) == ["entity-not-assessed"]
    assert _codes(await _bind(registry, entity, household, mode="enterprise_use")) == ["mode-not-offered"]
    banned = await _bind(registry, entity, household, mode="enterprise_use", from_on="2017-12-08")
    assert _codes(banned) == ["mode-not-offered", "enterprise-use-banned"]
    assert (await _bind(registry, entity, household)).status_code == 201


async def test_bindings_need_their_right_region_household_and_number(registry: ServiceUnderTest) -> None:
    first, second = await registered(registry, row(1), row(2))
    entity = await _fit(registry)
    for other, status, code in (
        ({"role": Role.VILLAGE}, 403, "right-missing"),
        ({"region": "500236117"}, 404, "households-unknown"),
        ({"household_id": UNKNOWN}, 404, "households-unknown"),
        ({"entity_id": UNKNOWN}, 404, "entity-unknown"),
        ({"amount": "0.00"}, 422, "invalid-request"),
        ({"mode": "direct"}, 422, "invalid-request"),
    ):
        answer = await _bind(registry, entity, first, **other)
        assert (answer.status_code, answer.json()["code"]) == (status, code), other
    binding = (await _bind(registry, entity, first)).json()["id"]
    used = await _bind(registry, entity, second)
    assert (used.status_code, used.json()["code"]) == (409, "agreement-number-used")
    path, body = f"/entity-bindings/{binding}/endings", {"until_on": "2017-01-31", "reason": "误"}
    early = await post(registry, path, body, Role.TOWNSHIP)
    assert (early.status_code, early.json()["code"]) == (422, "entity-day-out-of-order")
    foreign = await post(registry, path, body, Role.TOWNSHIP, region="500236117")
    assert (foreign.status_code, foreign.json()["code"]) == (404, "entity-binding-unknown")


@pytest.mark.clause("LG-22")
async def test_a_blacklisted_entity_gets_no_new_household_and_its_bindings_are_flagged(
    registry: ServiceUnderTest,
) -> None:
    first, second = await registered(registry, row(1), row(2))
    entity = await _fit(registry)
    await _bind(registry, entity, first)
    listing = await _list_entity(registry, entity)
    [(told, version)] = await facts(registry, EntityListed)
    assert (str(told.entity_id), told.county_code, told.list_name, version) == (entity, COUNTY, "blacklist", 1)
    assert _codes(await _bind(registry, entity, second, "2017-2", from_on="2017-03-01")) == ["entity-listed"]
    assert _codes(await _bind(registry, entity, second, "2017-2", from_on="2017-02-01")) == ["entity-listed"]
    path = f"/entity-bindings?region={COUNTY}&entity={entity}&as_of="
    for as_of, flagged in (("2017-02-28", False), ("2017-03-01", True)):
        [binding] = (await get(registry, path + as_of, Role.BANK)).json()["items"]
        assert (binding["household_id"], binding["flagged"]) == (first, flagged)
    standing = await get(registry, f"/listings/standing?entity={entity}&as_of=2017-03-01", Role.BANK)
    assert [each["code"] for each in standing.json()["barred"]] == [
        "no-new-household",
        "bindings-flagged",
        "no-support",
        "no-grant",
        "no-project",
    ]
    plea = {"reason": "收益已补发", "evidence": EVIDENCE, "filed_on": "2017-04-01"}
    request = (await post(registry, f"/listings/{listing}/removals", plea, Role.SERVICE_CENTRE)).json()["id"]
    decision = {"decision": "accept", "reason": "已补发", "decided_on": "2017-04-05"}
    await post(registry, f"/listing-requests/{request}/decisions", decision, Role.POVERTY_OFFICE)
    [(unlisted, version)] = await facts(registry, EntityUnlisted)
    assert (unlisted.cause, unlisted.cleared_on, version) == ("removal_accepted", date(2017, 4, 5), 2)
    assert (await _bind(registry, entity, second, "2017-2", from_on="2017-04-05")).status_code == 201


@pytest.mark.clause("LG-22")
async def test_a_blacklisted_household_is_not_bound(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    entity = await _fit(registry)
    body = {
        "household_id": household,
        "list_name": "blacklist",
        "cause": "misuse",
        "reason": "挪用",
        "evidence": EVIDENCE,
        "filed_on": "2017-03-01",
    }
    request = (await post(registry, "/listing-proposals", body, Role.TOWNSHIP)).json()["id"]
    decision = {"decision": "accept", "reason": "属实", "decided_on": "2017-03-02"}
    await post(registry, f"/listing-requests/{request}/decisions", decision, Role.POVERTY_OFFICE)
    for from_on in ("2017-02-01", "2017-03-02"):
        assert _codes(await _bind(registry, entity, household, from_on=from_on)) == ["household-blacklisted"]


async def test_an_entity_ends_when_nobody_is_bound_to_it(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    entity = await _fit(registry)
    binding = (await _bind(registry, entity, household)).json()["id"]
    path = f"/implementing-entities/{entity}/endings"
    body = {"ended_on": "2017-05-01", "reason": "注销"}
    bound = await post(registry, path, body, Role.SERVICE_CENTRE)
    assert (bound.status_code, bound.json()["code"]) == (409, "households-still-bound")
    ending = {"until_on": "2017-05-01", "reason": "主体注销"}
    await post(registry, f"/entity-bindings/{binding}/endings", ending, Role.TOWNSHIP)
    early = await post(registry, path, {**body, "ended_on": "2016-12-31"}, Role.SERVICE_CENTRE)
    assert (early.status_code, early.json()["code"]) == (422, "entity-day-out-of-order")
    assert (await post(registry, path, body, Role.SERVICE_CENTRE)).json()["state"] == "ended"
    again = await post(registry, path, body, Role.SERVICE_CENTRE)
    assert (again.status_code, again.json()["code"]) == (409, "entity-ended")
    refused = await _bind(registry, entity, household, "2017-2", from_on="2017-05-01")
    assert _codes(refused) == ["entity-missing"]


async def test_entities_are_read_in_the_whole_county_and_nowhere_else(registry: ServiceUnderTest) -> None:
    entity = await _fit(registry)
    await _registered_entity(registry, 2, kind="enterprise", region_code=VILLAGE)
    path = f"/implementing-entities?region={COUNTY}&as_of=2017-02-01"
    for role, region in ((Role.VILLAGE, VILLAGE), (Role.BANK, COUNTY), (Role.AUDITOR, "")):
        items = (await get(registry, path, role, region=region)).json()["items"]
        assert [(each["kind"], [reason["code"] for reason in each["barriers"]]) for each in items] == [
            ("cooperative", []),
            ("enterprise", ["entity-condition-missing", "entity-not-assessed"]),
        ]
    for query, count in (("kind=enterprise", 1), (f"credit_code={_code(1)}", 1), ("state=ended", 0), ("limit=1", 1)):
        assert len((await get(registry, f"{path}&{query}", Role.BANK)).json()["items"]) == count
    assert (await get(registry, path, Role.TOWNSHIP, region="500237100")).json()["items"] == []
    hidden = await get(registry, f"/implementing-entities/{entity}", Role.TOWNSHIP, region="500237100")
    assert (hidden.status_code, hidden.json()["code"]) == (404, "entity-unknown")
    denied = await get(registry, path, Role.INSURER)
    assert (denied.status_code, denied.json()["code"]) == (403, "right-missing")


async def test_a_household_shows_its_entity_and_facts_are_as_of_a_day(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    entity = await _fit(registry)
    await _bind(registry, entity, household)
    path = f"/entity-bindings?region={COUNTY}&household={household}&only_open=true&as_of="
    assert (await get(registry, path + "2017-01-31", Role.VILLAGE, region=VILLAGE)).json()["items"] == []
    [item] = (await get(registry, path + "2017-02-01", Role.VILLAGE, region=VILLAGE)).json()["items"]
    assert (item["entity_id"], item["entity_name"]) == (entity, "白帝脐橙专业合作社1")
    file = (await get(registry, f"/households/{household}", Role.VILLAGE, region=VILLAGE)).json()
    assert [(each["entity_id"], each["amount"], each["until_on"]) for each in file["help_agreements"]] == [
        (entity, "50000.00", None)
    ]
    assert file["list_entries"] == []
    async with registry.database.connection() as conn:
        known = (await entity_facts(conn, [UUID(entity)], date(2017, 2, 1)))[UUID(entity)]
        before = (await entity_facts(conn, [UUID(entity)], date(2016, 12, 31)))[UUID(entity)]
    assert (known.conditions_met, known.households, known.amount) == (frozenset(CONDITIONS), 1, Decimal("50000.00"))
    assert (before.active, before.conditions_met, before.households_max) == (False, frozenset(), None)


async def test_a_household_that_ends_frees_its_place(registry: ServiceUnderTest) -> None:
    first, second = await registered(registry, row(1), row(2))
    entity = await _fit(registry, households_max=1)
    await _bind(registry, entity, first)
    assert _codes(await _bind(registry, entity, second, "2017-2", from_on="2017-03-01")) == ["entity-full"]
    await changed(registry, change("household_ended", first, end_reason="error"))
    [ended] = (await get(registry, f"/entity-bindings?region={COUNTY}&household={first}", Role.BANK)).json()["items"]
    assert (ended["until_on"], ended["end_reason"]) == ("2017-03-01", "household ended")
    again = await _bind(registry, entity, first, "2017-3", from_on="2017-03-01", amount="50000.01")
    assert _codes(again) == ["household-ended"]
    assert (await _bind(registry, entity, second, "2017-2", from_on="2017-03-01")).status_code == 201


async def test_what_is_on_file_is_kept(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    entity = await _fit(registry)
    binding = (await _bind(registry, entity, household)).json()["id"]
    ended = {"until_on": "2017-05-01", "reason": "终止"}
    await post(registry, f"/entity-bindings/{binding}/endings", ended, Role.TOWNSHIP)
    for statement in (
        "DELETE FROM implementing_entity",
        "UPDATE entity_condition SET met = false",
        "UPDATE entity_assessment SET households_max = 99",
        "UPDATE entity_household SET until_on = NULL",
        "DELETE FROM entity_household",
    ):
        with pytest.raises(Exception, match="only grows"):
            await registry.database.pool.execute(statement)
