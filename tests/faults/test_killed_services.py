"""kill -9 at the worst instants of a repayment and a hand-over: the client repeats its request, and all comes right."""

import asyncio
import signal
from contextlib import suppress
from decimal import Decimal

import pytest

from tests.faults.convergence import ensure_settled
from tests.faults.payments import Payment, ensure_problem
from tests.journeys.tiny_county import Place, trigger
from tools.demo import applying
from tools.demo.reviewing import review

pytestmark = [pytest.mark.chaos, pytest.mark.asyncio(loop_scope="session")]

DEATH_SECONDS = 120.0
BURST = 24


async def armed(place: Place, service: str, failpoint: str, action: str = "kill") -> None:
    """Let a service kill itself, or fail, when it passes the failpoint next."""
    trigger(place.platform, service, f"{failpoint}={action}").touch()


async def revived(place: Place, service: str) -> None:
    """Wait until the service has killed itself, then start it as it was."""
    code = await asyncio.to_thread(place.platform.children()[service].wait, DEATH_SECONDS)
    assert code == -signal.SIGKILL
    await asyncio.to_thread(place.platform.start, service)


@pytest.mark.parametrize("failpoint", ["relay.before_publish", "relay.after_publish"])
async def test_lending_is_killed_between_commit_and_publish(lent: Place, failpoint: str) -> None:
    await armed(lent, "lending", failpoint)
    payment = Payment(lent)
    first = await payment.send()  # answered or not: the kill races with the response
    assert first.status_code in (201, 503)
    await revived(lent, "lending")
    again = await payment.send()
    assert again.status_code == 201
    assert first.status_code == 503 or first.content == again.content
    assert [row["amount"] for row in await payment.recorded()] == [payment.body["amount"]]
    await ensure_settled(lent)


@pytest.mark.parametrize("failpoint", ["consumer.before_commit", "consumer.after_commit"])
async def test_subsidy_and_riskfund_are_killed_between_effect_and_acknowledgement(lent: Place, failpoint: str) -> None:
    for service in ("subsidy", "riskfund"):
        await armed(lent, service, failpoint)
    assert (await Payment(lent).send()).status_code == 201
    for service in ("subsidy", "riskfund"):
        await revived(lent, service)
    await ensure_settled(lent)


@pytest.mark.parametrize("failpoint", ["web.before_commit", "web.after_commit"])
async def test_lending_is_killed_around_its_commit_and_the_retried_repayment_counts_once(
    lent: Place, failpoint: str
) -> None:
    await armed(lent, "lending", failpoint)
    payment = Payment(lent)
    problem = ensure_problem(await payment.send(), 503, "service-unavailable")
    assert problem["values"] == {"service": "lending"}
    await revived(lent, "lending")
    second, third = await payment.send(), await payment.send()
    assert second.status_code == 201
    assert (third.status_code, third.content) == (201, second.content)
    assert len(await payment.recorded()) == 1
    await ensure_settled(lent)


async def test_a_failing_commit_is_answered_and_leaves_nothing(lent: Place) -> None:
    await armed(lent, "lending", "web.before_commit", "raise")
    payment = Payment(lent)
    ensure_problem(await payment.send(), 500, "internal-error")
    assert await payment.recorded() == []
    assert (await payment.send()).status_code == 201
    assert len(await payment.recorded()) == 1
    await ensure_settled(lent)


async def test_riskfund_is_killed_after_reserving_cover_and_the_retried_handover_reserves_once(lent: Place) -> None:
    county, batch = lent.county, lent.waiting.pop()
    filed = await applying.file(county, batch)
    await review(county, batch)
    await armed(lent, "riskfund", "web.after_commit")
    reserved_before = await _reserved(lent)
    path, body = f"/application-batches/{batch.batch_id}/hand-overs", {"handed_over_on": f"{batch.handed_over_on}"}
    handing_over = asyncio.create_task(county.offices["service.centre"].post(path, body))  # repeats under one key
    await revived(lent, "riskfund")
    answer = await handing_over
    assert answer["handed_over"]["count"] == filed["filed_count"]
    admitted = [
        loan_request
        for loan_request in batch.loan_requests
        if loan_request.household.household_number not in county.refused_numbers
    ]
    asked = sum((loan_request.amount for loan_request in admitted), Decimal(0))
    assert await _reserved(lent) == reserved_before + asked
    assert await applying.disburse(county) >= filed["filed_count"]
    await ensure_settled(lent)


async def _reserved(place: Place) -> Decimal:
    report = await place.county.offices["auditor"].get("/reports/riskfund", region_code=place.county.code)
    return Decimal(report["reserved"])


async def test_every_service_is_killed_in_turn_while_repayments_come_in(lent: Place) -> None:
    payments = [Payment(lent) for _ in range(BURST)]

    async def insist(payment: Payment) -> None:
        while True:
            with suppress(Exception):
                if (await payment.send()).status_code == 201:
                    return
            await asyncio.sleep(0.3)

    async def trickle() -> None:
        async with asyncio.TaskGroup() as group:
            for payment in payments:
                group.create_task(insist(payment))
                await asyncio.sleep(0.15)

    coming_in = asyncio.create_task(trickle())
    for service in lent.platform.services:
        await asyncio.to_thread(lent.platform.kill, service)
        await asyncio.sleep(0.2)
        await asyncio.to_thread(lent.platform.start, service)
    await coming_in
    for payment in payments:
        assert len(await payment.recorded()) == 1
    await ensure_settled(lent)
