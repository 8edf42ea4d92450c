"""Balance, dues, payoff and statement of any day are answered alike before and after a restart and a replay.

Long: a drawn life of several loans on real processes; lending is killed, started, and every loan computed anew.
"""

import asyncio
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest

from services.lending.accounts.actions.restating import Change, RestatementCause, lock, restate
from shared.db import Database
from tests.faults.convergence import ensure_settled
from tests.faults.loans import own_loan
from tests.journeys.tiny_county import Place
from tools.demo.county import Loan

pytestmark = [pytest.mark.chaos, pytest.mark.long, pytest.mark.asyncio(loop_scope="session")]

LOANS = 3
SEED = 20171220
DAYS = [f"{date(2017, 6, 1) + timedelta(days=97 * number)}" for number in range(14)]


async def live(place: Place, loan: Loan, draw: Random) -> None:
    """Let a loan receive money on drawn days in drawn order, and let some of it be taken back by two persons."""
    clerk, chief = place.county.offices.bank_officers(loan.bank_code)
    for number in range(draw.randint(3, 5)):
        body = {
            "bank_reference": f"drawn-{number}-{loan.loan_id[-12:]}",
            "kind": draw.choice(["repayment", "repayment", "prepayment"]),
            "paid_on": f"{loan.disbursed_on + timedelta(days=draw.randint(0, 900))}",
            "amount": f"{Decimal(draw.choice([100, 30_000, 190_000, 2_000_000])).scaleb(-2):.2f}",
        }
        paid = await clerk.post(f"/loans/{loan.loan_id}/repayments", body)
        if draw.random() < 0.3:
            asked = {"cause": "other", "reason": "登记有误", "proposed_on": "2021-01-04"}
            proposed = await clerk.post(f"/repayments/{paid['id']}/reversals", asked)
            decision = {"decision": "confirm", "decided_on": "2021-01-05"}
            await chief.post(f"/repayment-reversals/{proposed['id']}/decisions", decision)


async def answers(place: Place, loans: list[Loan]) -> list[Any]:
    """Return all that is answered of the loans, for many days."""
    reader = place.county.offices["auditor"]
    found: list[Any] = []
    for loan in loans:
        path = f"/loans/{loan.loan_id}"
        found += [await reader.get(f"{path}/account", as_of=day) for day in DAYS]
        found += [await reader.get(f"{path}/statement", from_on="2017-01-01", through_on=day) for day in DAYS[::4]]
        found += [await reader.get(path), await reader.get(f"{path}/installments")]
        bank = place.county.offices.bank(loan.bank_code)
        found.append(await bank.download("/dues.csv", due_through=DAYS[-1], paid_on=DAYS[-1]))
    return found


async def replay(place: Place, loans: list[Loan]) -> None:
    """Compute loans anew from their postings and write what is found."""
    database = await Database.connect(place.platform.env["LENDING_DATABASE_URL"])
    try:
        async with database.transaction() as conn:
            ids = sorted(UUID(loan.loan_id) for loan in loans)
            await lock(conn, ids)
            cause = RestatementCause.HELD_MONEY
            await restate(conn, [Change(loan_id, cause, date(2017, 1, 1)) for loan_id in ids])
    finally:
        await database.close()


async def test_the_same_is_answered_after_a_restart_and_a_replay(lent: Place) -> None:
    draw, loans = Random(SEED), [own_loan(lent) for _ in range(LOANS)]
    for loan in loans:
        await live(lent, loan, draw)
    await ensure_settled(lent)
    before = await answers(lent, loans)
    await asyncio.to_thread(lent.platform.kill, "lending")
    await asyncio.to_thread(lent.platform.start, "lending")
    assert await answers(lent, loans) == before
    await replay(lent, loans)
    assert await answers(lent, loans) == before
    await ensure_settled(lent)
