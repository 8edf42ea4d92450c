"""Money that is held: on its day it pays the next due, for the list of dues too, whenever that day's run comes."""

import csv
from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.lending.accounts.loading import books_of
from services.lending.accounts.rules.position import allocations
from services.lending.accounts.rules.replay import replay
from services.lending.tests.county import COUNTY, county_with_pack
from shared.access import Role
from shared.testing.service import ServiceUnderTest


async def test_a_repayment_before_held_money_was_used_pays_what_the_replay_says(
    start_service: Callable[..., Awaitable[ServiceUnderTest]],
) -> None:
    """Interest by the month, a window of 30 days: on 18 February both February's and March's interest may be paid."""
    terms = {"interest__settlement_period_months": 1, "repayment__early_payment_window_days": 30}
    county = await county_with_pack(await start_service("lending"), **terms)
    loan = await county.lend(disbursed_on=date(2018, 1, 10), handed_over_on=date(2018, 1, 10))
    january, february, *_ = await county.installments(loan["id"])
    ahead = Decimal(january["interest_due"]) + Decimal(february["interest_due"])
    held = (await county.repay(loan["id"], f"{ahead:.2f}", "2018-01-20", "R1")).json()["held"]
    assert held == february["interest_due"]
    run = {"as_of": "2018-02-21", "county_code": COUNTY}
    assert (await county.post("/api/v1/jobs/mark-overdue/runs", run, role=Role.SERVICE_CENTRE)).status_code == 201

    assert (await county.repay(loan["id"], "50.00", "2018-02-18", "R2")).status_code == 201

    async with county.service.database.pool.acquire() as conn:
        (books,) = await books_of(conn, [UUID(loan["id"])])
    account = replay(books.contract, books.postings, books.rest_days, date(2018, 2, 21))
    assert books.allocated == allocations(account)
    assert books.loan["held"] == account.held == Decimal("50.00")


async def test_the_list_of_dues_of_a_later_day_takes_held_money_as_used_on_its_day(
    start_service: Callable[..., Awaitable[ServiceUnderTest]],
) -> None:
    """Of the first interest 100.00 is missing: penalty is counted on that alone, before the run of any day."""
    county = await county_with_pack(await start_service("lending"))
    loan = await county.lend()
    first = Decimal((await county.installments(loan["id"]))[0]["interest_due"])
    held = (await county.repay(loan["id"], f"{first - 100:.2f}", "2017-10-01", "R1")).json()["held"]
    assert Decimal(held) == first - 100

    text = (await county.get("/api/v1/dues.csv?due_through=2017-12-20&paid_on=2018-01-19")).text

    (row,) = csv.DictReader(text.splitlines())
    penalty = Decimal(row["penalty"])
    assert (row["interest"], row["principal"], row["held"]) == ("100.00", "0.00", "0.00")
    assert row["to_pay"] == row["total"] == f"{100 + penalty:.2f}"
    assert penalty == Decimal("0.59")  # 100.00 at 4.75 % and half as much again, 30 days of 360
