"""Lending asks the registry in an officer's name, and learns no more than that officer may: both services are real."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.registry.tests.county import OTHER_VILLAGE, VILLAGE, rated, registered, row
from shared.access import Role
from shared.testing.service import ServiceUnderTest, StartService
from tests.registry_and_lending import BANK, lending_beside, set_up_registry

OWN, ELSEWHERE = VILLAGE[:9], OTHER_VILLAGE[:9]
INVENTED = str(UUID(int=3))


@dataclass
class Both:
    """A registry with a household in each of two townships, and the lending that asks it."""

    registry: ServiceUnderTest
    lending: ServiceUnderTest
    own: str
    foreign: str

    async def post(
        self, path: str, body: dict[str, Any], role: Role = Role.TOWNSHIP, region: str = OWN, bank: str | None = None
    ) -> httpx.Response:
        """Send a write to lending as an officer of the first township, unless somebody else is named."""
        headers = self.lending.headers(role, region=region, organisation=bank)
        return await self.lending.client.post(f"/api/v1{path}", json=body, headers=headers)

    async def batch(self, *households: dict[str, Any]) -> httpx.Response:
        """File a batch of the first township for these households."""
        items = [{**household, **LOAN} for household in households]
        body = {"township_code": OWN, "bank_code": BANK, "filed_on": "2017-03-01", "items": items}
        return await self.post("/application-batches", body)

    async def stored(self) -> dict[str, int]:
        """Count what both services stored of anybody's question."""
        tables = [
            (self.registry, "eligibility_question"),
            *((self.lending, name) for name in ("application_batch", "application", "idempotency_key", "outbox")),
        ]
        return {
            table: await service.database.pool.fetchval(f"SELECT count(*) FROM {table}") for service, table in tables
        }


LOAN = {"amount": "20000.00", "term_months": 12, "industry": "planting", "purpose": "planting"}


@pytest.fixture
async def both(start_service: StartService) -> Both:
    """Return the two services, each with the county's pack."""
    registry = await start_service("registry")
    await set_up_registry(registry)
    own, foreign = await registered(registry, row(1), row(2, village_code=OTHER_VILLAGE))
    await rated(registry)
    return Both(registry, await lending_beside(start_service, registry), own, foreign)


def said(answer: httpx.Response, *names: str) -> str:
    """Return a refusal with the names that were sent struck out, and with what differs between any two answers."""
    problem = answer.json()
    text = str(
        {key: value for key, value in sorted(problem.items()) if key not in {"request_id", "trace_id", "instance"}}
    )
    for name in names:
        text = text.replace(name, "…")
    return text


@pytest.mark.clause("SX-7")
async def test_an_officer_files_for_households_of_the_own_township(both: Both) -> None:
    filed = await both.batch({"household_id": both.own})
    assert (filed.status_code, filed.json()["filed_count"]) == (201, 1)
    assert (await both.stored())["eligibility_question"] == 1


@pytest.mark.clause("SX-7")
@pytest.mark.parametrize(
    "foreign", [{"household_number": "FJ00002"}, {"household_id": "foreign"}], ids=["number", "id"]
)
async def test_a_batch_with_a_household_of_elsewhere_is_refused_whole_as_with_an_invented_one(
    both: Both, foreign: dict[str, str]
) -> None:
    ((kind, name),) = foreign.items()
    foreign = {kind: both.foreign if name == "foreign" else name}
    invented = {kind: INVENTED if kind == "household_id" else "FJ99999"}
    nothing = await both.stored()
    answers = [await both.batch({"household_id": both.own}, other) for other in (foreign, invented)]
    assert [(each.status_code, each.json()["code"]) for each in answers] == [(404, "household-unknown")] * 2
    (real, made_up) = (said(each, name) for each, name in zip(answers, (foreign[kind], invented[kind]), strict=True))
    assert real == made_up
    assert ELSEWHERE not in real
    assert await both.stored() == nothing


@pytest.mark.clause("SX-7")
async def test_a_single_application_for_a_household_of_elsewhere_looks_as_for_an_invented_one(both: Both) -> None:
    nothing = await both.stored()
    answers = [
        await both.post("/applications", {"household_id": named, "bank_code": BANK, "filed_on": "2017-03-01", **LOAN})
        for named in (both.foreign, INVENTED)
    ]
    assert [(each.status_code, each.json()["code"]) for each in answers] == [(404, "household-unknown")] * 2
    real, made_up = said(answers[0], both.foreign), said(answers[1], INVENTED)
    assert real == made_up
    assert ELSEWHERE not in real
    assert await both.stored() == nothing


@pytest.mark.clause("SX-7")
async def test_many_guessed_numbers_bring_nothing_to_light(both: Both) -> None:
    nothing = await both.stored()
    guessed = await both.batch(*({"household_number": f"FJ{number:05d}"} for number in range(2, 200)))
    assert (guessed.status_code, guessed.json()["code"]) == (404, "household-unknown")
    assert len(guessed.json()["values"]["households"]) == 198
    assert await both.stored() == nothing


@pytest.mark.clause("SX-7")
async def test_a_bank_of_another_county_learns_nothing_of_a_household_by_its_legacy_loans(both: Both) -> None:
    lender = {"code": "WSB", "name": "巫山银行", "kind": "village"}
    assert (await both.post("/lenders", lender, Role.SERVICE_CENTRE, region="500237")).status_code == 201
    loan = {
        "contract_number": "OC1",
        "bank_reference": "OD1",
        "principal": "80000.00",
        "granted_on": "2016-06-01",
        "term_months": 36,
        "annual_rate": "4.75",
        "industry": "planting",
        "purpose": "planting",
    }
    answers = []
    for named in (both.foreign, INVENTED):
        body = {"county_code": "500237", "onboarded_on": "2017-03-01", "items": [{**loan, "household_id": named}]}
        answers.append(await both.post("/legacy-loans", body, Role.BANK, region="500237", bank="WSB"))
    assert [each.json()["refusals"][0]["reasons"][0]["code"] for each in answers] == ["household-unknown"] * 2
    assert said(answers[0], both.foreign) == said(answers[1], INVENTED)


@pytest.mark.clause("LG-12(b)")
async def test_a_notice_names_whom_the_register_names_in_the_regions_of_who_reads_it(both: Both) -> None:
    papers = {"documents": ["application_form", "review_form", "commitment_letter", "loan_contract"]}
    filed = (await both.batch({"household_id": both.own, **papers})).json()
    checks = {"identity_confirmed": True, "purpose_confirmed": True, "amount_confirmed": True}
    decided = {"stage": "village", "decision": "approve", "decided_on": "2017-03-02", "checks": checks}
    assert (await both.post(f"/application-batches/{filed['id']}/decisions", decided, Role.VILLAGE)).status_code == 201
    started = {"level": "village", "started_on": "2017-03-02"}
    path = f"/application-batches/{filed['id']}/public-notices"
    notice = (await both.post(path, started, Role.VILLAGE)).json()["id"]
    for role, name in ((Role.VILLAGE, "王大乙"), (Role.HELPER, "王**")):
        headers = both.lending.headers(role, region=OWN)
        (entry,) = (await both.lending.client.get(f"/api/v1/public-notices/{notice}", headers=headers)).json()[
            "entries"
        ]
        assert (entry["household_head"], entry["place"]) == (name, "永安街道诗城社区")


async def test_names_in_clear_are_for_services_and_in_the_regions_of_who_asks(both: Both) -> None:
    asked = {"household_ids": [both.foreign, both.own, INVENTED], "asker_regions": [OWN]}
    path = "/api/v1/household-name-lookups"
    answers = [
        await both.registry.client.post(path, json=body, headers=both.registry.headers(role, region=region))
        for body, role, region in (
            (asked, Role.SERVICE, ""),
            ({"household_ids": [both.own]}, Role.SERVICE, ""),
            (asked, Role.TOWNSHIP, OWN),
        )
    ]
    named = answers[0].json()
    assert [each["household_id"] for each in named["households"]] == [both.own]
    assert named["unknown"] == [both.foreign, INVENTED]
    assert [each.json().get("code") for each in answers[1:]] == ["asker-regions-missing", "right-missing"]
