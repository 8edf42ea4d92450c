"""Who prepares, reviews, approves and pays is whom the county's pack names; the table of rights bounds it."""

from pathlib import Path
from typing import Any

import pytest

from services.subsidy.tests.county import COUNTY, Loan, confirmed, confirmed_programme, lend, open_programme
from services.subsidy.tests.test_programmes import PROGRAMME
from shared.access import Role
from shared.policy.load import load_pack
from shared.testing.service import ServiceUnderTest

PACKS = Path(__file__).resolve().parents[3] / "policy" / "packs"
YEAR = {"period_from": "2017-01-01", "period_until": "2018-01-01", "prepared_on": "2017-12-25"}
REVIEW = {"decision": "approve", "note": "核对无误", "reviewed_on": "2017-12-26"}
APPROVAL = {"decision": "approve", "note": "同意拨付", "approved_on": "2017-12-27"}
PAYMENT = {"paid_on": "2017-12-28"}


async def tried(service: ServiceUnderTest, path: str, body: Any, role: Role, region: str = COUNTY) -> str:
    """Send a step as a role and return the refusal's code, or the new thing's id."""
    headers = service.headers(role, subject=f"{role} {path}", region=region)
    answer = await service.client.post(f"/api/v1{path}", json=body, headers=headers)
    found = answer.json()
    if found.get("code") == "other-office":
        return ",".join(found["values"]["offices"])
    return str(found["id"] if answer.status_code == 201 else found["code"])


@pytest.mark.clause("XX-4(d)")
async def test_in_the_district_poverty_office_and_finance_bureau_carry_the_subsidy_out(
    subsidy: ServiceUnderTest,
) -> None:
    rules = load_pack(PACKS / "xx-district.yaml")
    district = rules.header.regions[0]
    await subsidy.deliver(confirmed(rules, county=district))
    loan = Loan(village=f"{district}001201")
    await lend(subsidy, loan, loan.paid("1776.25"))
    programme = {**PROGRAMME, "county_code": district, "budget": "100000.00", "budget_document": "预算决议"}
    programme_id = await confirmed_programme(subsidy, programme, district)
    asked = {"county_code": district, "programme_id": programme_id, **YEAR}
    for role in (Role.SERVICE_CENTRE, Role.FINANCE_BUREAU):
        assert await tried(subsidy, "/subsidy-batches", asked, role, district) == "poverty_office"
    path = f"/subsidy-batches/{await tried(subsidy, '/subsidy-batches', asked, Role.POVERTY_OFFICE, district)}"
    for role in (Role.SERVICE_CENTRE, Role.POVERTY_OFFICE):
        assert await tried(subsidy, f"{path}/reviews", REVIEW, role, district) == "finance_bureau"
        assert await tried(subsidy, f"{path}/approvals", APPROVAL, role, district) == "right-missing"
    await tried(subsidy, f"{path}/reviews", REVIEW, Role.FINANCE_BUREAU, district)
    await tried(subsidy, f"{path}/approvals", APPROVAL, Role.FINANCE_BUREAU, district)
    await tried(subsidy, f"{path}/payment-runs", PAYMENT, Role.FINANCE_BUREAU, district)
    recorded = await subsidy.database.pool.fetchrow(
        "SELECT b.office AS prepared, (SELECT array_agg(office ORDER BY step DESC) FROM batch_decision) AS decided, "
        "(SELECT office FROM payment_run) AS paid FROM subsidy_batch b"
    )
    assert tuple(recorded) == ("poverty_office", ["finance_bureau", "finance_bureau"], "finance_bureau")


@pytest.mark.clause("FJ-11")
async def test_the_treasury_alone_approves_and_pays(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    await lend(subsidy, loan, loan.paid("1776.25"))
    asked = {"county_code": COUNTY, "programme_id": await open_programme(subsidy), **YEAR}
    path = f"/subsidy-batches/{await tried(subsidy, '/subsidy-batches', asked, Role.SERVICE_CENTRE)}"
    assert await tried(subsidy, f"{path}/reviews", REVIEW, Role.SERVICE_CENTRE) == "poverty_office"
    await tried(subsidy, f"{path}/reviews", REVIEW, Role.POVERTY_OFFICE)
    for role in (Role.SERVICE_CENTRE, Role.POVERTY_OFFICE, Role.TOWNSHIP):
        assert await tried(subsidy, f"{path}/approvals", APPROVAL, role) == "right-missing"
        assert await tried(subsidy, f"{path}/payment-runs", PAYMENT, role) == "right-missing"


@pytest.mark.clause("SX-7(b)")
@pytest.mark.parametrize("region", ["50", "5002"])
async def test_the_province_and_the_prefecture_prepare_and_pay_nothing(subsidy: ServiceUnderTest, region: str) -> None:
    loan = Loan()
    await lend(subsidy, loan, loan.paid("1776.25"))
    asked = {"county_code": COUNTY, "programme_id": await open_programme(subsidy), **YEAR}
    assert await tried(subsidy, "/subsidy-batches", asked, Role.SERVICE_CENTRE, region) == "acts-in-the-county"
    batch_id = await tried(subsidy, "/subsidy-batches", asked, Role.SERVICE_CENTRE)
    path = f"/subsidy-batches/{batch_id}"
    assert await tried(subsidy, f"{path}/reviews", REVIEW, Role.POVERTY_OFFICE, region) == "acts-in-the-county"
    assert await tried(subsidy, f"{path}/approvals", APPROVAL, Role.FINANCE_BUREAU, region) == "acts-in-the-county"
    assert await tried(subsidy, f"{path}/payment-runs", PAYMENT, Role.FINANCE_BUREAU, region) == "acts-in-the-county"
    read = await subsidy.client.get(f"/api/v1{path}", headers=subsidy.headers(Role.POVERTY_OFFICE, region=region))
    assert read.status_code == 200
