"""(f) One loan with a hundred postings, computed from them anew, as every back-dated repayment asks for."""

import time
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import httpx

from services.lending.accounts.loading import Books, books_of
from services.lending.accounts.rules.replay import replay
from shared.access import Role
from shared.ids import new_id
from tools.bench.loans_sql import BANK, loan_id, next_reference
from tools.bench.ratios import Bound, Comparison, Series, Target
from tools.bench.world import World

POSTINGS: Final = 100
REPLAYED: Final = (
    "no floor: milliseconds from a loan's contract and its hundred postings to its account, all dues and penalty, and "
    "what each posting pays. They were recorded over HTTP, the latest day first, so that each of them was a replay."
)
REPLAYS: Final = 50
LAST_DAY: Final = date(2019, 6, 30)
AMOUNT: Final = Decimal("7.00")


class PostingsMissing(RuntimeError):
    """The loan does not hold the postings that were sent."""


async def measure(world: World) -> list[Comparison]:
    """Post a hundred repayments on one loan, none in order, and compute it again and again."""
    number = world.sizes.replayed_loan
    await _post(world, number)
    async with world.database("lending") as connection:
        (books,) = await books_of(connection, [loan_id(number)])
    if len(books.postings) < POSTINGS:
        raise PostingsMissing(f"{len(books.postings)} of {POSTINGS}")
    return [
        Comparison(
            "f",
            f"重放一笔贷款的 {POSTINGS} 笔记账",
            f"Replay of one loan with {POSTINGS} postings",
            Series("replay", "ms", tuple(_milliseconds(books) for _ in range(REPLAYS))),
            None,
            Target(Bound.AT_MOST, 10),
        )
    ]


def _milliseconds(books: Books) -> float:
    began = time.perf_counter()
    replay(books.contract, books.postings, books.rest_days, LAST_DAY)
    return (time.perf_counter() - began) * 1000


async def _post(world: World, number: int) -> None:
    host, port = world.address("lending")
    token = world.token("lending", Role.BANK, "bench.bank", BANK)
    path = f"http://{host}:{port}/api/v1/loans/{loan_id(number)}/repayments"
    async with httpx.AsyncClient(trust_env=False, headers={"Authorization": f"Bearer {token}"}) as http:
        for place in range(POSTINGS):
            paid_on = LAST_DAY - timedelta(days=5 * place)
            body = {"bank_reference": next_reference(), "paid_on": paid_on.isoformat(), "amount": str(AMOUNT)}
            answer = await http.post(path, json=body, headers={"Idempotency-Key": str(new_id())})
            answer.raise_for_status()
