"""kill -9 between commit and publish of every producer, and between effect and acknowledgement of every consumer.

Long: `test_killed_services` kills one of each kind, this file goes round all others.
"""

import asyncio
from collections.abc import Callable, Coroutine
from itertools import count

import pytest

from tests.faults.convergence import ensure_settled
from tests.faults.payments import Payment
from tests.faults.test_killed_services import armed, revived
from tests.journeys.tiny_county import Place
from tools.demo.setting_up import publish_by_two

pytestmark = [pytest.mark.chaos, pytest.mark.long, pytest.mark.asyncio(loop_scope="session")]

_number = count(1)


async def mark_a_household(place: Place) -> None:
    """Registry tells household-status-changed."""
    household_id = sorted(place.county.household_ids.values())[next(_number)]
    body = {
        "household_ids": [household_id],
        "state": "monitored",
        "effective_from": "2018-11-01",
        "reason": "动态监测",
    }
    answer = await place.county.offices["poverty.office"].post("/household-status-changes", body)
    assert answer["changed_count"] == 1


async def publish_a_rate(place: Place) -> None:
    """Subsidy tells reference-rate-published; lending keeps the rate."""
    rate = {"basis": "LPR", "effective_from": f"2025-07-{next(_number):02d}", "up_to_1y": "3.00", "over_5y": "3.50"}
    await publish_by_two(place.county.offices, [rate])


async def pay_into_the_fund(place: Place) -> None:
    """Riskfund tells fund-contribution-received."""
    body = {
        "amount": "1000.00",
        "received_on": "2018-12-03",
        "source": "县财政",
        "bank_reference": f"fault-{next(_number)}",
    }
    await place.county.offices["finance.bureau"].post(f"/funds/{place.county.accounts[None]}/contributions", body)


async def pay_a_due(place: Place) -> None:
    """Lending tells repayment-recorded."""
    assert (await Payment(place).send()).status_code == 201


Act = Callable[[Place], Coroutine[None, None, None]]


@pytest.mark.parametrize("failpoint", ["relay.before_publish", "relay.after_publish"])
@pytest.mark.parametrize(
    ("producer", "act"),
    [("registry", mark_a_household), ("subsidy", publish_a_rate), ("riskfund", pay_into_the_fund)],
)
async def test_a_producer_is_killed_between_commit_and_publish(
    lent: Place, producer: str, act: Act, failpoint: str
) -> None:
    await armed(lent, producer, failpoint)
    acting = asyncio.create_task(act(lent))  # repeated under one key when the kill comes before the answer
    await revived(lent, producer)
    await acting
    await ensure_settled(lent)  # the stream holds each event of the outbox once, each consumer applied it once


@pytest.mark.parametrize("failpoint", ["consumer.before_commit", "consumer.after_commit"])
@pytest.mark.parametrize(("consumer", "act"), [("registry", pay_a_due), ("lending", publish_a_rate)])
async def test_a_consumer_is_killed_between_effect_and_acknowledgement(
    lent: Place, consumer: str, act: Act, failpoint: str
) -> None:
    await armed(lent, consumer, failpoint)
    await act(lent)
    await revived(lent, consumer)
    await ensure_settled(lent)
