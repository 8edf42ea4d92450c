"""A county whose contracts float: each takes the published rate anew on its days, from a running service."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.lending.rate_changes.actions import reprice
from services.lending.tests.county import COUNTY, County, county_with_pack
from services.lending.tests.rate_changes.test_following import TODAY, publish, restated
from services.lending.tests.repayments.test_allocation_in_sql import ensure_ledgers_agree
from shared.access import Role
from shared.testing.service import ServiceUnderTest

Start = Callable[..., Awaitable[ServiceUnderTest]]
JANUARY: dict[str, Any] = {"frequency": "january_first"}


async def floating_county(start_service: Start, repricing: dict[str, Any], **changed: Any) -> County:
    """Return a county whose pack lets contracts float."""
    service = await start_service("lending")
    return await county_with_pack(service, interest__rate_fixed=False, interest__repricing=repricing, **changed)


@pytest.fixture
async def county(start_service: Start) -> County:
    """Return a county whose contracts take the published rate anew every 1 January."""
    return await floating_county(start_service, JANUARY)


async def day(county: County, as_of: str) -> dict[str, Any]:
    """Run the day of the county's loans."""
    path = "/api/v1/jobs/mark-overdue/runs"
    answer = await county.post(path, {"as_of": as_of, "county_code": COUNTY}, role=Role.SERVICE_CENTRE)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def rates(county: County, loan_id: str) -> list[tuple[date, Decimal]]:
    """Return the changes of a loan's rate that hold."""
    rows = await county.service.database.pool.fetch(
        "SELECT from_on, annual_rate FROM loan_rate WHERE loan_id = $1 AND replaced_on IS NULL ORDER BY from_on",
        loan_id,
    )
    return [tuple(row) for row in rows]


def yuan(exact: Decimal) -> Decimal:
    """Return an amount in whole fen, halves up."""
    return exact.quantize(Decimal("0.01"), "ROUND_HALF_UP")


async def interest(county: County, loan_id: str) -> list[Decimal]:
    """Return the interest of the instalments in force."""
    return [Decimal(row["interest_due"]) for row in await county.installments(loan_id)]


async def test_a_contract_takes_the_rate_of_the_day_anew_and_shows_the_coming_one(county: County) -> None:
    """50 000 of 2017-03-06 at 4.75 %; 4.35 % from October holds for it from 1 January on."""
    loan = await county.lend()
    await publish(county, "4.35", effective_from="2017-10-01", revision=1)
    assert (await day(county, "2017-12-31"))["loans_repriced"] == 0
    shown = (await county.account(loan["id"], "2017-12-31"))["coming_rate"]
    assert shown == {"from_on": "2018-01-01", "annual_rate": "4.35", "spread": "0"}

    assert (await day(county, "2018-01-01"))["loans_repriced"] == 1
    assert (await day(county, "2018-01-02"))["loans_repriced"] == 0

    after = await county.loan(loan["id"])
    assert (after["signed_rate"], after["annual_rate"]) == ("4.75", "4.35")
    first, second, *_ = await interest(county, loan["id"])
    assert first == yuan(Decimal(50000) * Decimal("4.75") * 289 / 36000)  # 03-06 to 12-20
    spans = Decimal("4.75") * 12 + Decimal("4.35") * 353  # 12-20 to 01-01, to 12-20
    assert second == yuan(Decimal(50000) * spans / 36000)
    (event,) = await restated(county, loan["id"])
    assert (event.cause, event.annual_rate, event.restated_on) == ("rate", Decimal("4.35"), date(2018, 1, 1))
    assert (await county.account(loan["id"], "2018-01-02"))["coming_rate"]["from_on"] == "2019-01-01"
    await ensure_ledgers_agree(county)


async def test_days_that_were_missed_are_caught_up_and_a_contract_ends_with_its_last_rate(county: County) -> None:
    watched = await county.lend()
    await publish(county, "4.35", effective_from="2017-10-01", revision=1)
    await publish(county, "3.85", effective_from="2018-10-01", revision=1)
    for each in ("2018-01-01", "2019-01-01"):
        await day(county, each)
    late = await county.lend()  # its bank reports it years after
    await publish(county, "5.00", effective_from="2019-10-01", revision=1)
    assert (await day(county, "2020-06-01"))["loans_repriced"] == 2
    steps = [(date(2018, 1, 1), Decimal("4.35")), (date(2019, 1, 1), Decimal("3.85")), (date(2020, 1, 1), Decimal(5))]
    assert await rates(county, watched["id"]) == await rates(county, late["id"]) == steps
    assert await interest(county, watched["id"]) == await interest(county, late["id"])
    assert (await county.account(late["id"], "2020-06-01"))["coming_rate"] is None
    # Matured on 2020-03-06: nothing is taken anew after that.
    await publish(county, "6.00", effective_from="2020-07-01", revision=1)
    assert (await day(county, "2021-01-01"))["loans_repriced"] == 0
    await ensure_ledgers_agree(county)


async def test_a_receipt_booked_before_or_after_the_day_pays_the_same(county: County) -> None:
    early, late = await county.lend(), await county.lend()
    await publish(county, "4.35", effective_from="2017-10-01", revision=1)
    await county.repay(early["id"], "11906.60", "2018-02-10", "R1", "prepayment")
    await day(county, "2018-03-01")
    await county.repay(late["id"], "11906.60", "2018-02-10", "R2", "prepayment")
    accounts = [await county.account(loan["id"], "2018-03-01") for loan in (early, late)]
    for each in accounts:
        each.pop("loan_id")
    figures = [[{**due, "number": 0} for due in each.pop("dues") if due["cancelled_on"] is None] for each in accounts]
    assert figures[0] == figures[1]
    assert accounts[0] == accounts[1]
    await ensure_ledgers_agree(county)


async def test_a_rate_of_the_day_that_comes_late_or_is_corrected_is_followed(county: County) -> None:
    """Lower: given back from the day on. Higher: asked from today; until then the rate before it holds."""
    loan = await county.lend(disbursed_on=date(TODAY.year - 1, 3, 6))
    first = date(TODAY.year, 1, 1)
    await day(county, first.isoformat())
    assert (await county.loan(loan["id"]))["annual_rate"] == "4.75"
    before = date(TODAY.year - 1, 12, 20).isoformat()
    late = {"basis": "PBOC_BENCHMARK", "effective_from": before, "up_to_1y": "4.25", "over_1y_to_5y": "4.25"}
    body = {"publications": [late], "as_of": TODAY.isoformat()}
    shown = (await county.post("/api/v1/rate-consequences", body, role=Role.SERVICE, region="")).json()
    assert [(each["loan_id"], each["rate_after"]) for each in shown["items"]] == [(loan["id"], "4.25")]
    await publish(county, "4.25", effective_from=before, revision=1)  # published late
    assert (await county.loan(loan["id"]))["interest_charged"] == shown["interest_after"]
    assert await rates(county, loan["id"]) == [(first, Decimal("4.25"))]
    await publish(county, "4.45", effective_from=before, revision=2)  # and put right
    assert await rates(county, loan["id"]) == [(first, Decimal("4.25")), (TODAY, Decimal("4.45"))]
    await publish(county, None, effective_from=before, revision=3)  # nothing was published for that day
    assert (await county.loan(loan["id"]))["annual_rate"] == "4.75"
    await ensure_ledgers_agree(county)


async def test_a_rate_published_while_the_day_runs_is_not_missed(county: County) -> None:
    """The run has read what was published and is not over: the publication waits for it, and is followed then."""
    loan = await county.lend()
    async with county.service.database.connection() as conn:
        async with conn.transaction():
            assert await reprice(conn, COUNTY, date(2018, 1, 1)) == 0
            published = asyncio.create_task(publish(county, "4.35", effective_from="2017-10-01", revision=1))
            await asyncio.wait([published], timeout=0.5)
        await published
    assert await rates(county, loan["id"]) == [(date(2018, 1, 1), Decimal("4.35"))]


async def test_points_that_the_bank_stated_stay_and_the_largest_rate_bounds(start_service: Start) -> None:
    """4.95 % is 20 points above 4.75; a published 5.50 makes 5.70, of which the county allows 5.60."""
    repricing = {"frequency": "anniversary", "rate_max": "5.6"}
    county = await floating_county(start_service, repricing, interest__rate_form="stated")
    body = {"contract_number": "C1", "bank_reference": "D1", "disbursed_on": "2017-03-06", "amount": "50000.00"}
    path = f"/api/v1/applications/{await county.hand_over()}/disbursements"
    loan = (await county.post(path, {**body, "annual_rate": "4.95"})).json()
    await publish(county, "4.35", effective_from="2018-03-06", revision=1)
    await publish(county, "5.50", effective_from="2018-12-01", revision=1)
    await day(county, "2019-03-06")
    assert await rates(county, loan["id"]) == [
        (date(2018, 3, 6), Decimal("4.55")),
        (date(2019, 3, 6), Decimal("5.6")),
    ]
    # The publication of the day of the contract was wrong: the bank's rate stays, its points are 40.
    await publish(county, "4.55", effective_from="2015-10-24", revision=2)
    after = await county.loan(loan["id"])
    assert (after["signed_rate"], after["annual_rate"]) == ("4.95", "5.6")
    assert await rates(county, loan["id"]) == [(date(2018, 3, 6), Decimal("4.55")), (date(2019, 3, 6), Decimal("5.6"))]


async def test_a_loan_that_was_repaid_before_the_run_owes_what_its_days_bore(county: County) -> None:
    """Repaid on 2018-02-10 at the old rate while the day of 1 January was not run: 40 days more than it should bear."""
    loan, gone = await county.lend(), await county.lend()
    await publish(county, "4.35", effective_from="2017-10-01", revision=1)
    await county.repay(loan["id"], "1906.60", "2017-12-20", "R1")
    settled = Decimal(50000) + yuan(Decimal(50000) * Decimal("4.75") * 52 / 36000)
    await county.repay(loan["id"], f"{settled}", "2018-02-10", "R2", "prepayment")
    await county.repay(gone["id"], "51906.60", "2017-12-20", "R3", "prepayment")
    assert {(await county.loan(each["id"]))["state"] for each in (loan, gone)} == {"closed"}
    assert (await day(county, "2018-03-01"))["loans_repriced"] == 1
    right = yuan(Decimal(50000) * (Decimal("4.75") * 12 + Decimal("4.35") * 40) / 36000)
    account = await county.account(loan["id"], "2018-03-01")
    assert Decimal(account["held"]) == settled - 50000 - right
    assert (await county.loan(gone["id"]))["annual_rate"] == "4.75"
    await ensure_ledgers_agree(county)


@pytest.mark.parametrize("method", ["equal_installment", "equal_principal"])
async def test_instalments_are_planned_anew_on_the_day_interest_falls_due(start_service: Start, method: str) -> None:
    """30/360, quarterly: at 4.35 % signed, each quarter from 2017-06-20 on bears 3.85 % of what is owed then."""
    county = await floating_county(
        start_service,
        {"frequency": "due_day"},
        interest__repayment_method=method,
        interest__day_count="30/360",
        interest__settlement_period_months=3,
    )
    loan = await county.lend(term_months=12)
    signed = await county.installments(loan["id"])
    await publish(county, "3.85", effective_from="2017-05-01", revision=1)
    assert (await day(county, "2017-06-20"))["loans_repriced"] == 1
    rows = await county.installments(loan["id"])
    taken = [row for row in rows if row["period_from"] < "2017-06-20"]
    for row, before in zip(taken, signed, strict=False):
        assert (row["principal_due"], row["interest_due"]) == (before["principal_due"], before["interest_due"])
    owed = Decimal(50000) - sum(Decimal(row["principal_due"]) for row in taken)
    coming = rows[len(taken) :]
    for row in coming:
        assert Decimal(row["interest_due"]) == yuan(owed * Decimal("3.85") * row["days"] / 36000)
        owed -= Decimal(row["principal_due"])
    assert owed == 0
    totals = [Decimal(row["principal_due"]) + Decimal(row["interest_due"]) for row in coming]
    if method == "equal_installment":
        assert max(totals[:-1]) - min(totals[:-1]) == 0
    await ensure_ledgers_agree(county)
