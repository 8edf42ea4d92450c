"""What lending and registry publish, in any order and any number of times, counts once."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from services.subsidy.tests.county import Loan, lend, look, mark, open_programme, prepare
from shared.events.base import Event
from shared.events.envelope import encode
from shared.events.lending import InterestPart, LoanClosed
from shared.events.received import Received
from shared.events.registry import HouseholdsRegistered, RegisteredHousehold
from shared.ids import new_id
from shared.testing.service import ServiceUnderTest


def _received(loan: Loan, version: int, event: Event) -> Received[Event]:
    kind = event.event_type
    return Received(
        event=event,
        event_id=new_id(),
        aggregate_id=loan.loan_id,
        aggregate_version=version,
        region_code=loan.village,
        occurred_at=datetime.now(UTC),
        traceparent=None,
        stream_sequence=version,
        subject=f"{kind.owner}.{kind.name}.v1.50.02.36",
        body=_envelope(loan, version, event),
    )


def _envelope(loan: Loan, version: int, event: Event) -> bytes:
    return encode(
        event.event_type,
        event_id=new_id(),
        aggregate_id=loan.loan_id,
        aggregate_version=version,
        region_code=loan.village,
        occurred_at=datetime.now(UTC),
        traceparent=None,
        data=event.model_dump_json(),
    )


def _life(loan: Loan) -> list[Event]:
    closed = LoanClosed(
        loan_id=loan.loan_id,
        household_id=loan.household_id,
        village_code=loan.village,
        principal=Decimal(loan.principal),
        closed_on=date(2018, 3, 1),
        repaid_on_time=True,
    )
    later = (date(2017, 12, 20), date(2018, 3, 1))
    return [
        loan.disbursed(),
        loan.paid("100.00", penalty="1.00"),
        loan.paid("20.00", on=date(2018, 3, 1), period=later, number=2),
        closed,
    ]


async def _kept(service: ServiceUnderTest, loan: Loan) -> list[Any]:
    pool = service.database.pool
    interest = (
        "SELECT amount, installment_number, loan_version FROM interest_payment WHERE loan_id = $1"
        " AND superseded_by IS NULL ORDER BY 3, 2"
    )
    return [
        await pool.fetchval("SELECT closed_on FROM subsidy_account WHERE loan_id = $1", loan.loan_id),
        [tuple(row) for row in await pool.fetch(interest, loan.loan_id)],
        await pool.fetchval(
            "SELECT sum(amount) FROM penalty_payment WHERE loan_id = $1 AND superseded_by IS NULL", loan.loan_id
        ),
    ]


async def test_every_order_of_a_loans_events_ends_in_the_same_account(subsidy: ServiceUnderTest) -> None:
    expected = [date(2018, 3, 1), [(Decimal("100.00"), 1, 2), (Decimal("20.00"), 2, 3)], Decimal("1.00")]
    for order in permutations(range(4)):
        loan = Loan()
        life = [_received(loan, version, event) for version, event in enumerate(_life(loan), start=1)]
        for index in order:
            await subsidy.deliver_all([life[index]])
        await subsidy.deliver_all(list(reversed(life)))  # and everything once more
        assert await _kept(subsidy, loan) == expected, order


async def test_what_a_loan_tells_anew_counts_and_nothing_else_in_every_order(subsidy: ServiceUnderTest) -> None:
    later = (date(2017, 12, 20), date(2018, 3, 1))
    expected = [None, [(Decimal("70.00"), 1, 5), (Decimal("30.00"), 2, 5), (Decimal("9.00"), 3, 6)], Decimal("2.00")]
    for order in permutations(range(6)):
        if order[0] % 2:
            continue  # half of the orders shows it
        loan = Loan()
        first, wrong = loan.paid("100.00", penalty="1.00"), loan.paid("20.00", number=2, period=later)
        split = loan.paid("70.00", penalty="2.00").model_copy(update={"repayment_id": first.repayment_id})
        moved = loan.paid("30.00", number=2, period=later)
        closed = _life(loan)[3]
        events = [loan.disbursed(), first, wrong, closed,
                  loan.restated(split, moved, reversed_repayments=[wrong.repayment_id]),
                  loan.paid("9.00", number=3, period=later)]  # fmt: skip
        life = [_received(loan, version, event) for version, event in enumerate(events, start=1)]
        for index in order:
            await subsidy.deliver_all([life[index]])
        await subsidy.deliver_all(list(reversed(life)))
        assert await _kept(subsidy, loan) == expected, order


async def test_a_batch_of_many_loans_is_kept_with_all_parts(subsidy: ServiceUnderTest) -> None:
    loans = [Loan() for _ in range(200)]
    parts = [
        InterestPart(
            installment_number=number,
            period_from=date(2017, 3, number),
            period_until=date(2017, 3, number + 1),
            amount=Decimal("1.25"),
        )
        for number in (1, 2)
    ]
    events = [_received(loan, 1, loan.disbursed()) for loan in loans]
    events += [_received(loan, 2, loan.paid("2.50", parts=parts)) for loan in loans]
    await subsidy.deliver_all(events)
    batch = await prepare(subsidy, await open_programme(subsidy))
    assert (batch["line_count"], batch["household_count"], batch["amount"]) == (400, 200, "500.00")


@pytest.mark.clause("FJ-6b")
async def test_states_count_by_their_day_and_version_not_by_their_arrival(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    await lend(subsidy, loan, loan.paid("1776.25"))
    await mark(subsidy, loan, "lifted", date(2017, 7, 26), version=4)  # corrects version 3 and arrives before it
    await mark(subsidy, loan, "stably_lifted", date(2017, 7, 26), version=3)
    await mark(subsidy, loan, "registered", date(2016, 1, 1), version=1)
    await mark(subsidy, loan, "registered", date(2016, 1, 1), version=1)
    batch = await prepare(subsidy, await open_programme(subsidy))
    assert batch["amount"] == "1776.25"


async def test_a_sheets_households_stand_as_they_were_registered_until_a_later_event(subsidy: ServiceUnderTest) -> None:
    first, second = Loan(), Loan()
    for loan in (first, second):
        await lend(subsidy, loan, loan.paid("100.00"))
    await mark(subsidy, second, "registered", date(2016, 1, 1), version=1)  # corrects the sheet, and arrives first
    registered = HouseholdsRegistered(
        import_id=new_id(),
        county_code="500236",
        households=tuple(
            RegisteredHousehold(
                household_id=loan.household_id,
                village_code=loan.village,
                state="stably_lifted",
                effective_from=date(2016, 1, 1),
            )
            for loan in (first, second)
        ),
    )
    await subsidy.deliver(registered, aggregate_id=new_id(), aggregate_version=1, region_code="500236")
    kept = await subsidy.database.pool.fetch("SELECT household_id, version, state FROM household_state")
    assert {tuple(each) for each in kept} == {
        (first.household_id, 0, "stably_lifted"),
        (second.household_id, 0, "stably_lifted"),
        (second.household_id, 1, "registered"),
    }
    batch = await prepare(subsidy, await open_programme(subsidy))
    assert (batch["line_count"], batch["amount"]) == (2, "100.00")  # stably lifted before it borrowed


async def test_the_report_tells_which_interest_still_waits_for_a_batch(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    await lend(subsidy, loan, loan.paid("10.00"), loan.paid("5.00", on=date(2018, 1, 5), number=2))
    await prepare(subsidy, await open_programme(subsidy))
    report = await look(subsidy, "/reports/subsidy?region_code=500236")
    assert (report["interest_without_batch"], report["subsidy_prepared"]) == ("5.00", "10.00")
