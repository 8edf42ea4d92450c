"""The township's person and the bank's rate, grant and take the application at one visit; both services are real."""

from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from services.registry.tests.county import GOOD_ANSWERS, PACK_TEXT, VILLAGE, registered, row
from shared.access import Role
from shared.policy.load import read_pack
from shared.testing.service import ServiceUnderTest, StartService
from tests.registry_and_lending import BANK, lending_beside, set_up_registry

AT_VISITS = PACK_TEXT.replace(
    "  finalised_by:\n    value: [service_centre]",
    "  at_visit: {value: true, clause: FJ-10}\n  finalised_by:\n    value: [bank]",
)
LOAN = {"amount": "20000.00", "term_months": 12, "industry": "planting", "purpose": "planting", "bank_code": BANK}


@dataclass
class Pair:
    """A registry and a lending, and the two who visit."""

    registry: ServiceUnderTest
    lending: ServiceUnderTest
    household: str

    async def visit(self, on: str = "2017-03-01", **answers: Any) -> httpx.Response:
        """Visit the household as the township's person."""
        collected = {code: str(value) for code, value in GOOD_ANSWERS.items()} | answers
        body = {"household_id": self.household, "visited_on": on, "answers": collected, **LOAN}
        headers = self.lending.headers(Role.TOWNSHIP, subject="township", region=VILLAGE[:9])
        return await self.lending.client.post("/api/v1/visits", json=body, headers=headers)

    async def grant(self, visit: str, on: str = "2017-03-01", bank: str = BANK) -> httpx.Response:
        """Grant a visit as the bank's person."""
        headers = self.lending.headers(Role.BANK, subject="bank", organisation=bank)
        body = {"granted_on": on}
        return await self.lending.client.post(f"/api/v1/visits/{visit}/grants", json=body, headers=headers)

    async def rating(self, on: str = "2017-03-01") -> dict[str, Any]:
        """Return the household's rating as the registry shows it."""
        path = f"/api/v1/households/{self.household}/rating?as_of={on}"
        answer = await self.registry.client.get(path, headers=self.registry.headers(Role.TOWNSHIP))
        return dict(answer.json()["ratings"][0]) if answer.json()["ratings"] else {}


@pytest.fixture
async def pair(start_service: StartService) -> Pair:
    """Return the county where a visit rates, and the bank makes ratings final."""
    registry = await start_service("registry")
    await set_up_registry(registry, AT_VISITS)
    (household,) = await registered(registry, row(1))
    return Pair(registry, await lending_beside(start_service, registry, pack=read_pack(AT_VISITS)), household)


@pytest.mark.clause("DY-4(a)")
async def test_one_visit_rates_grants_and_takes_the_application(pair: Pair) -> None:
    visit = (await pair.visit()).json()
    assert (visit["state"], visit["opened_as"], await pair.rating()) == ("open", "township", {})
    granted = (await pair.grant(visit["id"])).json()
    assert (granted["state"], granted["granted_as"], granted["application_state"]) == ("filed", "bank", "filed")
    rating = await pair.rating()
    assert (rating["cause"], rating["grade"], rating["credit_limit"], rating["valid_from"]) == (
        "visit",
        granted["grade"],
        granted["credit_limit"],
        "2017-03-01",
    )
    application = await pair.lending.client.get(
        f"/api/v1/applications/{granted['application_id']}", headers=pair.lending.headers(Role.TOWNSHIP)
    )
    shown = application.json()
    assert (shown["grade"], shown["credit_limit"], shown["filed_by"], shown["filed_on"]) == (
        granted["grade"],
        granted["credit_limit"],
        "township",
        "2017-03-01",
    )


@pytest.mark.clause("DY-4(a)")
async def test_every_office_takes_its_own_part_and_nobody_two(pair: Pair) -> None:
    visit = (await pair.visit()).json()["id"]
    other = await pair.grant(visit, bank="OTHER")
    assert (other.status_code, other.json()["code"]) == (404, "visit-unknown")
    body = {"visit_id": visit, "household_id": pair.household, "surveyed_on": "2017-03-01", "rated_on": "2017-03-01"}
    codes = []
    for role, subject in ((Role.SERVICE_CENTRE, "centre"), (Role.TOWNSHIP, "township"), (Role.BANK, "township")):
        headers = pair.registry.headers(role, subject=subject, organisation=BANK if role is Role.BANK else None)
        answer = await pair.registry.client.post("/api/v1/visit-ratings", json=body, headers=headers)
        codes.append(answer.json()["code"])
    assert codes == ["other-office", "right-missing", "maker-is-checker"]
    assert await pair.rating() == {}


async def test_a_visit_below_the_lowest_grade_grants_nothing_and_can_be_taken_anew(pair: Pair) -> None:
    poor = dict.fromkeys(GOOD_ANSWERS, "0") | {"bad_records": "5"}
    visit = (await pair.visit(**poor)).json()["id"]
    refused = (await pair.grant(visit)).json()
    assert (refused["code"], refused["values"]["peer_code"]) == ("peer-refused", "grade-not-reached")
    body = {"withdrawn_on": "2017-03-01", "reason": "未达到最低等级"}
    headers = pair.lending.headers(Role.TOWNSHIP, subject="township")
    ended = await pair.lending.client.post(f"/api/v1/visits/{visit}/withdrawals", json=body, headers=headers)
    assert ended.json()["state"] == "withdrawn"
    again = (await pair.visit("2017-03-08")).json()["id"]
    assert (await pair.grant(again, "2017-03-09")).json()["state"] == "filed"


async def test_the_registry_rates_a_visit_once_and_by_the_survey_of_its_day(pair: Pair) -> None:
    visit = (await pair.visit()).json()["id"]
    body = {"visit_id": visit, "household_id": pair.household, "surveyed_on": "2017-03-01", "rated_on": "2017-03-02"}

    async def rate(**changed: Any) -> dict[str, Any]:
        headers = pair.registry.headers(Role.BANK, subject="bank", organisation=BANK)
        asked = {**body, **changed}
        return dict((await pair.registry.client.post("/api/v1/visit-ratings", json=asked, headers=headers)).json())

    assert (await rate(surveyed_on="2017-02-28"))["code"] == "not-surveyed-that-day"
    assert (await rate(rated_on="2017-02-28"))["code"] == "date-before-step"
    first, second = await rate(), await rate(rated_on="2017-03-05")
    assert (first, first["rated_on"], first["office"]) == (second, "2017-03-02", "bank")
    await pair.lending.client.post(
        f"/api/v1/visits/{visit}/withdrawals",
        json={"withdrawn_on": "2017-03-02", "reason": "重新入户"},
        headers=pair.lending.headers(Role.TOWNSHIP),
    )
    await pair.visit("2017-03-08")
    assert (await rate(surveyed_on="2017-03-08", rated_on="2017-03-08"))["code"] == "visit-rated-otherwise"
