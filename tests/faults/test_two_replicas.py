"""Two hundred histories on two replicas at once: each loan is what its postings say, whoever asks and hears of it.

Every receipt is sent to both replicas at the same moment, a third is taken back, a job makes up for missed days while
money comes in, and files book on twins of the loans what counts in the end. The other services hear everything
from the beginning, in any order and partly twice. Long: the rules themselves are drawn in `test_replay_properties`.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import cycle
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.lending.accounts.rules.postings import Posting, PostingKind
from services.lending.tests.accounts.test_corrections import confirm, propose
from services.lending.tests.accounts.test_life import LAST, LENT_ON, Life, ensure_account, ensure_books
from services.lending.tests.county import County, county_with_pack
from services.lending.tests.repayments.test_allocation_in_sql import HEADER, ensure_ledgers_agree
from services.riskfund.tests import county as fund
from services.subsidy.tests.county import confirmed, pack
from shared.events.base import Event, find_event
from shared.events.envelope import decode, encode, subject_of
from shared.events.received import Received
from shared.testing.service import ServiceUnderTest, StartService, started
from tests.faults.convergence import LENDING, RISKFUND, SUBSIDY
from tests.plugin.databases import Databases

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]

HISTORIES, AT_ONCE, SENT_AT_ONCE = 200, 6, 100
MISSED = timedelta(days=5)  # from a day's run to the next one: four days on which nothing ran
Step = Callable[[], Awaitable[Any]]


class EitherReplica(httpx.AsyncBaseTransport):
    """Sends each request to the other replica than the one before."""

    def __init__(self, *replicas: ServiceUnderTest) -> None:
        self._next = cycle([httpx.ASGITransport(each.app, raise_app_exceptions=False) for each in replicas])

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request."""
        return await next(self._next).handle_async_request(request)


@pytest.fixture
async def county(start_service: StartService, databases: Databases, keys_dir: Path) -> AsyncIterator[County]:
    """Return a county of which two replicas on one database serve every second request."""
    url = await databases.copy_of(await databases.service_template("lending"))
    async with AsyncExitStack() as stack:
        one, other = [await started(stack, "lending", url, keys_dir, {}) for _ in range(2)]
        http = httpx.AsyncClient(transport=EitherReplica(one, other), base_url="http://test")
        client = await stack.enter_async_context(http)
        yield await county_with_pack(replace(one, client=client), repayment__tolerance="1.00")


async def side_by_side(steps: Sequence[Step]) -> None:
    """Take all steps, some of them at the same time."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def take(step: Step) -> None:
        async with gate:
            await step()

    async with asyncio.TaskGroup() as group:
        for step in steps:
            group.create_task(take(step))


async def receive(life: Life, reference: str, kind: str, day: date, amount: Decimal) -> None:
    """Send a receipt to both replicas at once: it is booked once."""
    sent = (life.loan_id, f"{amount:.2f}", f"{day}", life.prefix + reference, kind)
    answers = await asyncio.gather(*(life.county.repay(*sent) for _ in range(2)))
    assert [answer.status_code for answer in answers] == [201, 201], [answer.text for answer in answers]
    assert sorted(answer.json()["already_recorded"] for answer in answers) == [False, True]
    (booked,) = {answer.json()["id"] for answer in answers}
    life.repayments[reference] = booked
    life.counts[reference] = Posting(UUID(booked), PostingKind(kind), day, reference, amount)


async def take_back(life: Life, reference: str) -> None:
    """Take a receipt back by two persons, the second of whom decides on both replicas at once."""
    proposed = await propose(life.county, life.repayments[reference], proposed_on=f"{LAST}")
    assert proposed.status_code == 201, proposed.text
    decided = [confirm(life.county, proposed.json()["id"], decided_on=f"{LAST}") for _ in range(2)]
    answers = await asyncio.gather(*decided)
    assert sorted(answer.status_code for answer in answers) == [201, 409], [answer.text for answer in answers]
    del life.counts[reference]


def history(life: Life, draw: random.Random) -> list[Step]:
    """Draw what is received on one loan."""
    steps: list[Step] = []
    for number in range(draw.randint(1, 6)):
        day = LENT_ON + timedelta(days=draw.randint(0, (LAST - LENT_ON).days))
        amount = draw.choice([Decimal("50000.00"), Decimal("2407.99"), Decimal(draw.randint(1, 5_000_000)).scaleb(-2)])
        kind = draw.choice(["repayment", "repayment", "prepayment"])
        steps.append(lambda n=number, k=kind, d=day, a=amount: receive(life, f"R{n}", k, d, a))  # type: ignore[misc]
    return steps


async def by_files(lived: Sequence[Life], twins: Sequence[Life], draw: random.Random) -> None:
    """Book on the twins, by files on both replicas and in another order, what counts on the loans."""
    lines = []
    for life, twin in zip(lived, twins, strict=True):
        contract = (await life.county.loan(twin.loan_id))["contract_number"]
        twin.counts = dict(life.counts)
        lines += [
            f"{twin.prefix}{each.reference},{contract},{each.kind},{each.value_on},{each.amount:.2f}"
            for each in life.counts.values()
        ]
    draw.shuffle(lines)

    async def send(part: list[str]) -> None:
        answer = (await lived[0].county.send_file("repayment-files", HEADER, part)).json()
        assert (answer["recorded_count"], answer["rejections"]) == (len(part), [])

    await asyncio.gather(*(send(lines[first::4]) for first in range(4)))


def as_received(row: Any, number: int) -> Received[Event]:
    """Return a row of the outbox as it is heard."""
    event = find_event(row["event_name"], row["schema_version"])
    assert event is not None
    named = ("event_id", "aggregate_id", "aggregate_version", "region_code", "occurred_at", "traceparent")
    body = encode(event.event_type, data=row["body"], **{name: row[name] for name in named})
    return decode(subject_of(event.event_type, row["region_code"]), body, number)


async def deliver_in_any_order(lending: ServiceUnderTest, hearing: ServiceUnderTest, draw: random.Random) -> None:
    """Tell a service everything from the beginning, in any order and every fifth event twice."""
    rows = list(await lending.database.pool.fetch("SELECT *, data::text AS body FROM outbox ORDER BY position"))
    rows += draw.sample(rows, len(rows) // 5)
    draw.shuffle(rows)
    events = [as_received(row, number) for number, row in enumerate(rows, start=1)]
    for first in range(0, len(events), SENT_AT_ONCE):
        await hearing.deliver_all(events[first : first + SENT_AT_ONCE])
    assert await hearing.database.pool.fetchval("SELECT count(*) FROM inbox WHERE state <> 'applied'") == 0


async def said_by(service: ServiceUnderTest, query: str) -> dict[UUID, tuple[Any, ...]]:
    """Return what a service says of every loan."""
    return {row[0]: tuple(row.values())[1:] for row in await service.database.pool.fetch(query)}


async def test_two_hundred_histories_on_two_replicas(county: County, start_service: StartService) -> None:
    draw, lending = random.Random(20210601), county.service
    loans = [await county.lend(disbursed_on=LENT_ON) for _ in range(2 * HISTORIES)]
    lives = [Life(county, loan["id"], f"{loan['contract_number']}-") for loan in loans]
    lived, twins = lives[:HISTORIES], lives[HISTORIES:]
    received = [step for life in lived for step in history(life, draw)]
    draw.shuffle(received)
    half, day = len(received) // 2, date(2019, 6, 3)
    await side_by_side(received[:half])
    await lived[0].pass_day(day)
    late = [lambda: lived[0].pass_day(day + MISSED)] * 2
    await side_by_side([*received[half : half + AT_ONCE], *late, *received[half + AT_ONCE :]])
    wrong = [(life, reference) for life in lived for reference in life.counts if draw.random() < 1 / 3]
    await side_by_side([lambda life=life, r=r: take_back(life, r) for life, r in wrong])  # type: ignore[misc]
    await by_files(lived, twins, draw)

    await ensure_ledgers_agree(county)
    for number, life in enumerate(lives):
        look = ensure_account if number % 20 == 0 else ensure_books  # the list of dues is one of the whole county
        await look(life, LENT_ON + timedelta(days=draw.randint(0, (LAST - LENT_ON).days)))
    booked = await said_by(lending, LENDING)
    assert [booked[UUID(each.loan_id)] for each in lived] == [booked[UUID(each.loan_id)] for each in twins]

    subsidy, riskfund = await start_service("subsidy"), await start_service("riskfund")
    await subsidy.deliver(confirmed(pack()))
    await fund.County(riskfund).confirm_pack(fund.fengjie())
    await fund.County(riskfund).open_fund()
    for hearing in (subsidy, riskfund):
        await deliver_in_any_order(lending, hearing, draw)
    assert await said_by(riskfund, RISKFUND) == {loan: figures[:1] for loan, figures in booked.items()}
    assert await said_by(subsidy, SUBSIDY) == {loan: figures[1:] for loan, figures in booked.items()}
