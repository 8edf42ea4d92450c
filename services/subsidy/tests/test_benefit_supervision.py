"""Dividends and income money are supervised as projects are; what benefits come to over a period."""

from typing import Any

import pytest

from services.subsidy.tests.benefit import HOUSEHOLDS, ZHIJIN, confirm_packs, draft, get, in_force, post, terms
from services.subsidy.tests.county import Loan, ask, lend, look
from services.subsidy.tests.project_steps import plan, project_until
from shared.access import Role
from shared.testing.service import ServiceUnderTest, StartService


@pytest.fixture
async def service(start_service: StartService) -> ServiceUnderTest:
    """Start the service with two counties."""
    return await start_service("subsidy", prepared=confirm_packs)


def _finding(office: str, subject: str = "dividend") -> dict[str, Any]:
    said = {"finding": "分红未按期到户", "found_on": "2017-03-01", "due_on": "2017-03-31"}
    return {"office": office, "subject": subject, **said}


def _money(project: dict[str, Any]) -> list[dict[str, str]]:
    return [{name: each[name] for name in ("programme_id", "fund_source")} for each in project["money"]]


@pytest.mark.clause("DZ-7(c)")
async def test_four_offices_supervise_dividends_and_income_money(service: ServiceUnderTest) -> None:
    agreement = await in_force(service, draft(terms()))
    path = f"/agreements/{agreement}/findings"
    offices = (Role.POVERTY_OFFICE, Role.SERVICE_CENTRE, Role.FINANCE_BUREAU, Role.TOWNSHIP)
    found = [await post(service, path, role, _finding(role)) for role in offices]
    income = await post(service, path, Role.FINANCE_BUREAU, _finding("finance_bureau", "income_money"))
    listed = (await get(service, f"/findings?agreement_id={agreement}&only_late=true"))["items"]
    assert [each["id"] for each in listed] == [each["id"] for each in (*found, income)]
    assert {(each["agreement_id"], each["project_id"]) for each in listed} == {(agreement, None)}
    refusal = await post(service, path, Role.FINANCE_BUREAU, _finding("poverty_office"), expect=403)
    assert refusal["code"] == "finding-of-another-office"
    assert (await post(service, path, Role.BANK, _finding("poverty_office"), expect=403))["code"] == "right-missing"
    refusal = await post(service, path, Role.POVERTY_OFFICE, _finding("poverty_office", "quality"), expect=409)
    assert refusal["code"] == "finding-subject-elsewhere"
    early = _finding("poverty_office") | {"found_on": "2016-12-01"}
    assert (await post(service, path, Role.POVERTY_OFFICE, early, expect=422))["code"] == "date-before-step"
    first = found[0]["id"]
    said = {"answer": "已补发", "answered_on": "2017-03-20"}
    await post(service, f"/findings/{first}/answers", Role.TOWNSHIP, said, subject="township.clerk")
    word = {"decision": "close", "decided_on": "2017-03-25", "note": "复查到户"}
    refusal = await post(service, f"/findings/{first}/decisions", Role.TOWNSHIP, word, expect=403)
    assert refusal["code"] == "finding-of-another-office"
    closed = await post(service, f"/findings/{first}/decisions", Role.POVERTY_OFFICE, word)
    assert (closed["state"], closed["answers"][0]["decided_by"]) == ("closed", "poverty_office")


async def test_dividends_are_found_on_agreements_alone(subsidy: ServiceUnderTest) -> None:
    project = await project_until(subsidy, "under_way")
    path = f"/projects/{project['id']}/findings"
    refusal = await ask(subsidy, path, Role.POVERTY_OFFICE, _finding("poverty_office"), expect=409)
    assert refusal["code"] == "finding-subject-elsewhere"


@pytest.mark.clause("ZJ-11")
async def test_totals_of_loans_and_agreements_count_each_household_once(service: ServiceUnderTest) -> None:
    await in_force(service, draft(terms()))
    village = f"{ZHIJIN}001001"
    for household in (HOUSEHOLDS[0], HOUSEHOLDS[0]):
        await lend(service, Loan(principal="20000.00", village=village, household_id=household))
    asked = f"/reports/benefits?region_code={ZHIJIN}&period_from=2016-01-01"
    found = await get(service, f"{asked}&period_until=2018-01-01")
    assert found["loans"] == [{"product_code": "small_loan", "loans": 2, "households": 1, "amount": "40000.00"}]
    (agreement,) = found["agreements"]
    shared = {each["household_id"] for each in terms()["shares"]}
    assert (agreement["agreements"], agreement["households"]) == (1, len(shared))
    assert found["households"] == len(shared | {str(HOUSEHOLDS[0])})
    before = await get(service, f"{asked}&period_until=2016-02-01")
    assert (before["loans"], before["agreements"], before["households"]) == ([], [], 0)
    answer = await service.client.get(
        f"/api/v1{asked}&period_until=2016-01-01", headers=service.headers(Role.POVERTY_OFFICE, region=ZHIJIN)
    )
    assert answer.json()["code"] == "period-reversed"


@pytest.mark.clause("ZJ-11")
async def test_totals_of_projects_are_of_their_approval(subsidy: ServiceUnderTest) -> None:
    project = await project_until(subsidy, "under_way")
    await plan(subsidy, name="另一项目", money=[{**each, "amount": "1.00"} for each in _money(project)])
    asked = "/reports/benefits?region_code=500236&period_from=2017-01-01&period_until=2018-01-01"
    found = await look(subsidy, asked)
    (total,) = found["projects"]
    assert (total["kind"], total["projects"], total["amount"]) == ("centralised", 1, "100000.00")
    assert found["grants"] == {"grants": 0, "households": 0, "amount": "0.00", "paid": "0.00"}
