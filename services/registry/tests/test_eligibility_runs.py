"""Checks, screenings and simulations answer every bound of every pack with the reasons of the rules, in their words."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID, uuid5

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.registry.standing.eligibility.catalogue import KINDS, NOT_OFFERED, PLACE_BY_CODE
from services.registry.standing.eligibility.fact_rows import facts_stored, loan_request_stored, stored
from services.registry.standing.eligibility.rules.facts import BorrowingRules
from services.registry.standing.eligibility.rules.judging import ENTITY_RULES, RULES, reasons, verdict
from services.registry.tests.borrowing import DAYS, PACKS, RULES_BY_PACK, households, loan_requests
from services.registry.tests.bounds import DAY, at_every_bound
from services.registry.tests.county import every_page, post
from services.registry.tests.fit_households import fit
from services.registry.tests.on_file import OnFile, put_on_file, put_regions
from services.registry.tests.possible import possible
from services.registry.tests.rule_sets import PACK_BY_NAME, RULES_BY_NAME, Question, submitted_text
from shared.access import Role
from shared.ids import new_id
from shared.policy.household_facts import LoanRequest
from shared.testing.service import ServiceUnderTest

_VILLAGES = count(1)
_FIT = replace(fit("fengjie"), entity=None)
_REQUEST = LoanRequest(Decimal("20000.00"), 12)
# Who is neither registered nor living where a pack holds has no pack: the question is refused, not answered.
WITHOUT_PACK = "residence-outside-area"
ONLY_CONDITIONS = {"term-above-normal", "loan-not-covered"}  # refuse nobody where no county says so
questions = st.sampled_from(DAYS).flatmap(lambda day: st.tuples(st.just(day), households(day), loan_requests(day)))


async def _submitted(registry: ServiceUnderTest, name: str) -> str:
    regions = PACK_BY_NAME[name].header.regions
    await put_regions(registry, regions)
    headers = registry.headers(Role.POVERTY_OFFICE, region=regions[0][:6], subject="maker")
    answer = await registry.client.post("/api/v1/policy-packs", content=submitted_text(name).encode(), headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def _confirmed(registry: ServiceUnderTest, name: str) -> None:
    county, pack = PACK_BY_NAME[name].header.regions[0][:6], await _submitted(registry, name)
    headers = registry.headers(Role.POVERTY_OFFICE, region=county, subject="checker")
    answer = await registry.client.post(f"/api/v1/policy-packs/{pack}/confirmations", headers=headers)
    assert answer.status_code == 201, answer.text


def _here(rules: BorrowingRules) -> str:
    return rules.areas[0].ljust(12, "1")


def _on_file(name: str) -> Iterator[OnFile]:
    """Yield a household for every bound of a rule set, where a pack holds for it."""
    rules = RULES_BY_NAME[name]
    for place, (day, facts, loan_request) in enumerate(at_every_bound(rules)):
        household = uuid5(UUID(int=0), f"{name} {place}")
        parts = (uuid5(household, "member"), uuid5(household, "entity"))
        known, loan_request = possible(facts, loan_request, day, _here(rules), parts)
        if WITHOUT_PACK not in _codes(reasons(known, loan_request, rules, day)):
            yield OnFile(household, known, loan_request)


def _codes(found: Sequence[Any]) -> list[str]:
    return [reason.code for reason in found]


async def _checked(registry: ServiceUnderTest, asked: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    items = orjson.loads(orjson.dumps(asked, default=str))
    body = {"as_of": DAY.isoformat(), "asker_regions": [""], "for_application": True, "items": items}
    answer = await post(registry, "/eligibility-checks", body, Role.SERVICE, region="")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


@pytest.mark.clause("DZ-4")
async def test_every_bound_is_answered_from_the_tables_with_the_reasons_of_the_rules(
    empty_registry: ServiceUnderTest,
) -> None:
    seen: set[str] = set()
    for name, rules in RULES_BY_NAME.items():
        await _confirmed(empty_registry, name)
        known = list(_on_file(name))
        await put_on_file(empty_registry, known, DAY)
        found = await _checked(
            empty_registry, [{"household_id": each.id, **stored(each.loan_request)} for each in known]
        )
        for each, answer in zip(known, found, strict=True):
            expected = verdict(each.facts, each.loan_request, rules, DAY)
            assert answer["reasons"] == [asdict(reason) for reason in expected.reasons], (name, each)
            conditions = [{**asdict(one.reason), "consequence": one.consequence} for one in expected.conditions]
            assert answer["conditions"] == conditions, (name, each)
            seen.update(_codes(expected.reasons), (condition["code"] for condition in conditions))
        kept = await empty_registry.database.pool.fetch(
            "SELECT household_id, facts, loan_request FROM eligibility_question WHERE household_id = ANY ($1::uuid[])",
            [each.id for each in known],
        )
        assert {
            row["household_id"]: (facts_stored(row["facts"]), loan_request_stored(row["loan_request"])) for row in kept
        } == {each.id: (each.facts, each.loan_request) for each in known}
    assert seen == {kind.code for kind in KINDS} - {WITHOUT_PACK, NOT_OFFERED.code}


async def _screened(registry: ServiceUnderTest, county: str, **loan_request: Any) -> dict[str, list[dict[str, str]]]:
    """Screen a county; return the reasons against each household."""
    body = {"region_code": county, "as_of": DAY.isoformat(), **loan_request}
    answer = await post(registry, "/eligibility-screenings", body, Role.SERVICE_CENTRE, region=county)
    assert answer.status_code == 201, answer.text
    path = f"/eligibility-screenings/{answer.json()['id']}/households?region_code={county}"
    found = {each["household_id"]: each["reasons"] for each in await every_page(registry, path, county)}
    assert len(found) == answer.json()["household_count"]
    return found


@pytest.mark.clause("DZ-4")
@pytest.mark.parametrize("name", ["miaoshan", "asks for everything"])
@pytest.mark.parametrize(
    "request_", [{"amount": "30000.00", "bank_code": "RCB"}, {"amount": "50000.01", "mode": "indirect"}]
)
async def test_a_screening_gives_at_every_bound_the_answers_of_one_by_one(
    empty_registry: ServiceUnderTest, name: str, request_: dict[str, Any]
) -> None:
    await _confirmed(empty_registry, name)
    await put_on_file(empty_registry, list(_on_file(name)), DAY)
    loan_request = {"term_months": 24, **request_}
    together = await _screened(empty_registry, PACK_BY_NAME[name].header.regions[0][:6], **loan_request)
    alone = await _checked(empty_registry, [{"household_id": household, **loan_request} for household in together])
    assert len(together) > 300
    assert together == {answer["household_id"]: answer["reasons"] for answer in alone}


_BEFORE = "entity-full"
_QUESTIONS = """
WITH asked AS (
  SELECT * FROM jsonb_to_recordset($1::jsonb) AS q (id uuid, as_of date, facts jsonb, loan_request jsonb)
), registered AS (
  INSERT INTO household (id, county_code, number, village_code, version, poverty_state, poverty_state_from,
    registered_on, member_count, labourer_count, civil_capacity, able_to_work, credit_record, import_id, content_digest)
  SELECT id, left($2, 6), id::text, $2, 1, 'general', '2000-01-01', '2000-01-01', 1, 1, 'full', true, 'clean',
         (SELECT id FROM household_import), '' FROM asked
)
INSERT INTO eligibility_question (id, household_id, county_code, village_code, as_of, loan_request, facts, pack_id,
  reasons, eligible, digest, requested_by)
SELECT id, id, left($2, 6), $2, as_of, loan_request, facts, $3, jsonb_build_array($4::jsonb), false, uuid_send(id),
       'test' FROM asked
"""


async def _simulated(
    registry: ServiceUnderTest, pack: str, village: str, asked: Sequence[Question]
) -> list[list[dict[str, str]]]:
    """Store questions of a village with an answer that none of them has, and simulate a pack for it.

    Return the reasons that would stand against each; those of a question that keeps its answer are that answer.
    """
    county, before = village[:6], {"code": _BEFORE, "zh": "x", "en": "x", "clause": "x"}
    await put_regions(registry, [village])
    ids = [str(new_id()) for _ in asked]
    rows = [
        {"id": question, "as_of": day, "facts": stored(facts), "loan_request": stored(loan_request)}
        for question, (day, facts, loan_request) in zip(ids, asked, strict=True)
    ]
    await registry.database.pool.execute(_QUESTIONS, rows, village, UUID(pack), before)
    body = {"period_from": "2016-01-01", "period_until": "2100-01-01", "region_code": village}
    answer = await post(registry, f"/policy-packs/{pack}/simulations", body, Role.POVERTY_OFFICE, region=county)
    assert answer.status_code == 201, answer.text
    assert answer.json()["applications"]["count"] == len(asked)
    path = f"/pack-simulations/{answer.json()['id']}/applications"
    found = {each["question_id"]: each["reasons_after"] for each in await every_page(registry, path, county)}
    return [found.get(question, [before]) for question in ids]


def _ensure_those_of_the_rules(name: str, asked: Sequence[Question], found: list[list[dict[str, str]]]) -> set[str]:
    seen: set[str] = set()
    for (day, facts, loan_request), said in zip(asked, found, strict=True):
        expected = reasons(facts, loan_request, RULES_BY_NAME[name], day)
        seen.update(reason.code for reason in expected)
        unchanged = [reason.code for reason in expected] == [_BEFORE]
        assert unchanged or said == [asdict(reason) for reason in expected], (name, facts, loan_request)
    return seen


@pytest.fixture
async def packs(empty_registry: ServiceUnderTest) -> dict[str, str]:
    """Submit the pack of every rule set and put a household on file; return the packs' ids by name."""
    await put_on_file(empty_registry, [OnFile(new_id(), _FIT, _REQUEST)], DAY)
    return {name: await _submitted(empty_registry, name) for name in RULES_BY_NAME}


@pytest.mark.clause("DZ-4")
async def test_a_simulation_judges_stored_facts_at_every_bound_by_the_rules(
    empty_registry: ServiceUnderTest, packs: dict[str, str]
) -> None:
    seen: set[str] = set()
    for name, rules in RULES_BY_NAME.items():
        asked = list(at_every_bound(rules))
        found = await _simulated(empty_registry, packs[name], _here(rules), asked)
        seen |= _ensure_those_of_the_rules(name, asked, found)
    assert seen == {kind.code for kind in KINDS} - ONLY_CONDITIONS - {NOT_OFFERED.code}


async def test_a_simulation_says_that_a_pack_has_no_such_product(
    empty_registry: ServiceUnderTest, packs: dict[str, str]
) -> None:
    village = _here(RULES_BY_NAME["fengjie"])
    asked = [(DAY, _FIT, replace(_REQUEST, product_code="forest")), (DAY, _FIT, _REQUEST)]
    gone, offered = await _simulated(empty_registry, packs["fengjie"], village, asked)
    assert [reason["code"] for reason in gone] == [NOT_OFFERED.code]
    assert NOT_OFFERED.code not in [reason["code"] for reason in offered]


@pytest.mark.clause("DZ-4")
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(name=st.sampled_from(sorted(RULES_BY_NAME)), asked=st.lists(questions, min_size=10, max_size=25))
async def test_a_simulation_judges_stored_facts_of_any_kind_by_the_rules(
    empty_registry: ServiceUnderTest, packs: dict[str, str], name: str, asked: list[Question]
) -> None:
    area = RULES_BY_NAME[name].areas[0]
    village = f"{area}{next(_VILLAGES):0{12 - len(area)}d}"
    found = await _simulated(empty_registry, packs[name], village, asked)
    _ensure_those_of_the_rules(name, asked, found)


@settings(max_examples=200, deadline=None)
@given(asked=questions)
def test_facts_and_requests_come_back_from_json_as_they_were(asked: Question) -> None:
    _, facts, loan_request = asked
    plain = orjson.loads(orjson.dumps([stored(facts), stored(loan_request)], default=str))
    assert (facts_stored(plain[0]), loan_request_stored(plain[1])) == (facts, loan_request)


def test_every_rule_gives_the_reason_that_stands_beside_it() -> None:
    assert len(KINDS) == len({kind.code for kind in KINDS})
    for rules in RULES_BY_NAME.values():
        for day, facts, loan_request in at_every_bound(rules):
            found = [(kind, rule(facts, loan_request, rules, day)) for kind, rule in RULES]
            found += [(kind, rule(facts.entity, loan_request, rules, day)) for kind, rule in ENTITY_RULES]
            assert all(reason is None or reason.code == kind.code for kind, reason in found)


@settings(max_examples=200, deadline=None)
@given(name=st.sampled_from(sorted(RULES_BY_NAME)), asked=questions)
def test_reasons_come_in_the_order_of_their_kinds(name: str, asked: Question) -> None:
    day, facts, loan_request = asked
    places = [PLACE_BY_CODE[reason.code] for reason in reasons(facts, loan_request, RULES_BY_NAME[name], day)]
    assert places == sorted(places)


@pytest.mark.parametrize("name", PACKS)
def test_every_kind_of_reason_has_its_clause_under_every_pack(name: str) -> None:
    rules = RULES_BY_PACK[name]
    values = {**asdict(rules.loan), **asdict(rules.entities), **asdict(rules.eligibility)}
    for kind in (each for each in KINDS if each is not NOT_OFFERED):  # no clause: the pack has no such product
        left_out = kind.value in values and values[kind.value] is None
        assert kind.origin(rules.clauses) or left_out, kind.code
