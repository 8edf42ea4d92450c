"""Steps of duties: the day's job, what stands open, what an office records."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx

from services.registry.tests.county import COUNTY, VILLAGE, get, post
from shared.access import Role
from shared.events.lending import LoanClosed, LoanDisbursed
from shared.ids import new_id
from shared.testing.service import ServiceUnderTest

TOWNSHIP = "500236001"
OTHER_TOWNSHIP = "500236117"
ASSUMED = "assumed: true, reason: set by this test only"


async def governed_by(registry: ServiceUnderTest, text: str, subject: str = "maker") -> None:
    """Submit and confirm a pack of this text."""
    headers = registry.headers(Role.POVERTY_OFFICE, subject=subject)
    pack = await registry.client.post("/api/v1/policy-packs", content=text.encode(), headers=headers)
    assert pack.status_code == 201, pack.text
    headers = registry.headers(Role.POVERTY_OFFICE, subject="checker")
    confirmed = await registry.client.post(f"/api/v1/policy-packs/{pack.json()['id']}/confirmations", headers=headers)
    assert confirmed.status_code == 201, confirmed.text


async def lend(registry: ServiceUnderTest, household: str, disbursed_on: date, bank: str = "RCB", **other: Any) -> UUID:
    """Deliver the event that a loan was paid out, and return its id."""
    loan_id = new_id()
    event = LoanDisbursed(
        loan_id=loan_id,
        application_id=new_id(),
        household_id=UUID(household),
        contract_number=f"C{loan_id}",
        bank_code=bank,
        village_code=VILLAGE,
        principal=Decimal(30_000),
        annual_rate=Decimal("4.35"),
        day_count="ACT/360",
        repayment_method="interest_only",
        term_months=12,
        disbursed_on=disbursed_on,
        matures_on=disbursed_on.replace(year=disbursed_on.year + 1),
        industry="planting",
        loan_round=1,
        pack_version=1,
        **other,
    )
    await registry.deliver(event)
    return loan_id


async def close(registry: ServiceUnderTest, household: str, loan_id: UUID, closed_on: date) -> None:
    """Deliver the event that a loan was repaid."""
    await registry.deliver(
        LoanClosed(
            loan_id=loan_id,
            household_id=UUID(household),
            village_code=VILLAGE,
            principal=Decimal(30_000),
            closed_on=closed_on,
            repaid_on_time=True,
        )
    )


async def run_day(registry: ServiceUnderTest, as_of: str, county: str = COUNTY) -> dict[str, Any]:
    """Run the job of a business day."""
    body = {"as_of": as_of, "county_code": county}
    answer = await post(registry, "/jobs/open-duties/runs", body, Role.SERVICE_CENTRE, region=county)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def duties(
    registry: ServiceUnderTest, *, role: Role = Role.SERVICE_CENTRE, region: str = COUNTY, **query: Any
) -> list[dict[str, Any]]:
    """List the duties of a region, in the order in which they fall due."""
    asked = "".join(f"&{name}={value}" for name, value in query.items())
    answer = await get(registry, f"/duties?limit=500&region_code={region}{asked}", role, region=region)
    assert answer.status_code == 200, answer.text
    return sorted(answer.json()["items"], key=lambda each: (each["due_on"], each["region_code"]))


async def duty(registry: ServiceUnderTest, duty_id: str) -> dict[str, Any]:
    """Show a duty with its records."""
    found: dict[str, Any] = (await get(registry, f"/duties/{duty_id}", Role.SERVICE_CENTRE)).json()
    return found


async def done(
    registry: ServiceUnderTest,
    duty_id: str,
    done_on: str,
    *,
    role: Role = Role.SERVICE_CENTRE,
    region: str = COUNTY,
    subject: str = "doer",
    **said: Any,
) -> httpx.Response:
    """Record that a duty was done."""
    body = {"done_on": done_on, "text": "情况已核实。", **said}
    return await post(registry, f"/duties/{duty_id}/records", body, role, region=region, subject=subject)


async def withdrawn(
    registry: ServiceUnderTest, record_id: str, on: str, subject: str = "head", role: Role = Role.POVERTY_OFFICE
) -> httpx.Response:
    """Withdraw a record."""
    body = {"withdrawn_on": on, "reason": "填错了事项"}
    return await post(registry, f"/duty-records/{record_id}/withdrawals", body, role, subject=subject)


def ranking(last: str, first: str) -> list[dict[str, Any]]:
    """Return the results of a ranking of the county's two townships."""
    return [{"subject": first, "place": 1}, {"subject": last, "place": 2}]
