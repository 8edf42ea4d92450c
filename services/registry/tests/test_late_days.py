"""The day's run lists who has been late for as long as the pack says, whenever the loan was found late (FJ-12)."""

import re
from datetime import date
from uuid import UUID

import pytest

from services.registry.tests.conftest import load_regions
from services.registry.tests.county import COUNTY, PACK_TEXT, get, post, rated, registered, row
from services.registry.tests.published_loans import LATE, LATE_SINCE, PublishedLoan
from shared.access import Role
from shared.events.base import Event
from shared.events.lending import RepaymentRecorded
from shared.testing.service import ServiceUnderTest, StartService


async def publish(registry: ServiceUnderTest, *events: Event) -> None:
    for event in events:
        loan_id: UUID = event.loan_id  # type: ignore[attr-defined]
        await registry.deliver(event, aggregate_id=loan_id)


async def run(registry: ServiceUnderTest, as_of: str) -> int:
    body = {"as_of": as_of, "county_code": COUNTY}
    answer = await post(registry, "/jobs/list-late-borrowers/runs", body, Role.SERVICE_CENTRE)
    assert answer.status_code == 201, answer.text
    count: int = answer.json()["listed_count"]
    return count


async def listed(registry: ServiceUnderTest) -> list[tuple[str, str, str | None]]:
    items = (await get(registry, f"/listings?region_code={COUNTY}", Role.BANK)).json()["items"]
    return [(item["household_id"], item["listed_on"], item["cleared_on"]) for item in items]


async def _put_in_force(registry: ServiceUnderTest) -> None:
    await load_regions(registry)
    text = re.sub(r"(dishonesty_after_days_late:\n\s+value:) 1\n", r"\1 30\n", PACK_TEXT)
    assert text != PACK_TEXT
    headers = registry.headers(Role.POVERTY_OFFICE, subject="maker")
    pack = await registry.client.post("/api/v1/policy-packs", content=text.encode(), headers=headers)
    assert pack.status_code == 201, pack.text
    path = f"/policy-packs/{pack.json()['id']}/confirmations"
    assert (await post(registry, path, None, Role.POVERTY_OFFICE, subject="checker")).status_code == 201


@pytest.fixture
async def registry(start_service: StartService) -> ServiceUnderTest:
    """Return a registry whose pack lists from the thirtieth day on."""
    return await start_service("registry", prepared=_put_in_force)


def still_late(loan: PublishedLoan, since: date | None) -> Event:
    paid = loan.repaid(LATE.principal_outstanding / 10, date(2018, 4, 2))
    assert isinstance(paid, RepaymentRecorded)
    return paid.model_copy(update={"overdue_from": since})


@pytest.mark.clause("FJ-12(a)")
async def test_a_borrower_who_is_found_late_on_the_first_day_is_listed_on_the_thirtieth(
    registry: ServiceUnderTest,
) -> None:
    late, paid_up, paid_some = await registered(registry, row(1), row(2), row(3))
    await rated(registry)
    for household in (late, paid_up, paid_some):
        loan = PublishedLoan(household)
        await publish(registry, loan.disbursed(), loan.overdue())
        if household != late:
            await publish(registry, still_late(loan, None if household == paid_up else LATE_SINCE))
    assert await run(registry, "2018-04-18") == 0
    assert await run(registry, "2018-04-19") == 2
    assert sorted(await listed(registry)) == sorted((who, "2018-04-19", None) for who in (late, paid_some))
    assert await run(registry, "2018-04-19") == 2  # what its first run found
    assert await run(registry, "2018-04-20") == 0


async def test_who_left_the_list_is_not_listed_again_for_the_same_time(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    loan = PublishedLoan(household)
    await publish(registry, loan.disbursed(), loan.overdue())
    assert await run(registry, "2018-05-01") == 1
    await publish(registry, loan.closed(on_time=False, on=date(2018, 5, 3)))
    assert await listed(registry) == [(household, "2018-05-01", "2018-05-03")]
    assert await run(registry, "2018-06-01") == 0
