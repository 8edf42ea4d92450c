"""What lending's events do to exposure and reservations, in any order and however often they come."""

from datetime import date
from decimal import Decimal
from itertools import permutations
from typing import Any

from services.riskfund.tests.county import County
from shared.events.base import Event
from shared.events.lending import LoanWrittenOff, WriteOffWithdrawn
from shared.events.received import Received
from shared.ids import new_id


async def exceptions(county: County) -> list[tuple[str, Decimal]]:
    rows = await county.service.database.pool.fetch("SELECT kind, amount FROM cover_exception ORDER BY id")
    return [(row["kind"], row["amount"]) for row in rows]


async def cover_in_use(county: County) -> tuple[str, str]:
    fund = await county.fund()
    return fund["exposure"], fund["reserved"]


async def test_a_disbursement_turns_the_reservation_into_exposure(county: County) -> None:
    await county.open_fund()
    loan = await county.lend("50000.00")
    assert await cover_in_use(county) == ("50000.00", "0.00")
    row = await county.service.database.pool.fetchrow("SELECT state, loan_id FROM cover_reservation")
    assert row is not None
    assert (row["state"], row["loan_id"]) == ("used", loan.loan_id)
    assert await exceptions(county) == []


async def test_a_batch_of_hundreds_is_applied_at_once_and_once(county: County) -> None:
    await county.open_fund()
    loans = [county.loan("50000.00") for _ in range(400)]
    await county.reserve([(loan.application_id, "50000.00") for loan in loans])
    paid_out = [county.disbursed(loan) for loan in loans]
    repaid = [county.repaid(loan, "10000.00", "500.00") for loan in loans]
    await county.service.deliver_all([*paid_out, *repaid])
    await county.service.deliver_all([*repaid, *paid_out])
    assert await cover_in_use(county) == ("16000000.00", "0.00")


async def test_every_order_of_a_loans_events_ends_the_same(county: County) -> None:
    await county.open_fund()
    for order in permutations(range(4)):
        loan = county.loan("50000.00")
        await county.reserve([(loan.application_id, "50000.00")])
        events: list[Received[Event]] = [
            county.disbursed(loan),
            county.repaid(loan, "20000.00"),
            county.repaid(loan, "30000.00"),
            county.closed(loan),
        ]
        for place in order:
            await county.service.deliver_all([events[place]])
        assert await cover_in_use(county) == ("0.00", "0.00")
    assert await exceptions(county) == []
    states = await county.service.database.pool.fetch("SELECT DISTINCT state FROM covered_loan")
    assert [row["state"] for row in states] == ["closed"]


async def test_a_loan_that_its_bank_wrote_off_stays_covered_until_it_is_paid(county: County) -> None:
    await county.open_fund()
    loan = await county.default("50000.00")
    of: dict[str, Any] = {"loan_id": loan.loan_id, "household_id": loan.household_id, "village_code": loan.village_code,
          "bank_code": loan.bank_code, "write_off_id": new_id(), "amount": Decimal("50000.00")}  # fmt: skip
    written_off = LoanWrittenOff(**of, written_off_on=date(2018, 7, 2), ground="defaulted", owed=Decimal("51000.01"))
    withdrawn = WriteOffWithdrawn(**of, withdrawn_on=date(2018, 7, 9))
    for event, left in ((written_off, "30000.00"), (withdrawn, "10000.00")):
        before = await cover_in_use(county)
        loan.version += 1
        await county.deliver(event, loan.loan_id, loan.version)
        assert await cover_in_use(county) == before
        await county.service.deliver_all([county.repaid(loan, "20000.00")])
        assert await cover_in_use(county) == (left, "0.00")
    state = await county.service.database.pool.fetchval("SELECT state FROM covered_loan")
    assert (state, await exceptions(county)) == ("defaulted", [])


async def test_a_loan_without_reservation_counts_and_is_noted(county: County) -> None:
    await county.open_fund()
    await county.service.deliver_all([county.disbursed(county.loan("50000.00"))])
    assert await cover_in_use(county) == ("50000.00", "0.00")
    assert await exceptions(county) == [("disbursed-without-reservation", Decimal("50000.00"))]


async def test_a_loan_above_its_reservation_counts_whole_and_is_noted(county: County) -> None:
    await county.open_fund()
    loan = county.loan("50000.00")
    await county.reserve([(loan.application_id, "40000.00")])
    await county.service.deliver_all([county.disbursed(loan)])
    assert await cover_in_use(county) == ("50000.00", "0.00")
    assert await exceptions(county) == [("disbursed-above-reservation", Decimal("10000.00"))]


async def test_loans_of_a_county_without_fund_are_onboarded_when_it_opens_one(county: County) -> None:
    loan = county.loan("50000.00")
    await county.service.deliver_all([county.disbursed(loan)])
    await county.service.deliver_all([county.repaid(loan, "20000.00")])
    await county.open_fund()
    assert await cover_in_use(county) == ("30000.00", "0.00")
    assert [kind for kind, _ in await exceptions(county)] == ["disbursed-without-reservation", "county-without-fund"]
    days = (await county.get(f"/reports/riskfund?region_code={county.code}&as_of=2018-12-31")).json()["cover_by_day"]
    assert days[-1]["exposure"] == "30000.00"


async def test_a_difference_to_lendings_balance_is_noted(county: County) -> None:
    await county.open_fund()
    loan = await county.lend("50000.00")
    loan.outstanding -= Decimal("1.00")  # lending lost track of one yuan
    await county.service.deliver_all([county.repaid(loan, "20000.00")])
    assert await exceptions(county) == [("outstanding-differs", Decimal("1.00"))]


async def test_a_repayment_that_crossed_the_compensation_is_noted_and_changes_nothing(county: County) -> None:
    await county.open_fund()
    loan = await county.default("50000.00")
    await county.compensate(loan)
    await county.service.deliver_all([county.repaid(loan, "500.00")])
    assert await cover_in_use(county) == ("0.00", "0.00")
    assert await exceptions(county) == [("repaid-after-compensation", Decimal("500.00"))]


async def test_the_report_shows_cover_day_by_day(county: County) -> None:
    await county.open_fund("10000.00")
    loan = await county.lend("50000.00")
    await county.service.deliver_all([county.repaid(loan, "20000.00")])
    report: dict[str, Any] = (await county.get(f"/reports/riskfund?region_code={county.code}&as_of=2018-12-31")).json()
    assert report["cover_by_day"] == [
        {
            "as_of": "2017-01-05",
            "fund_balance": "10000.00",
            "exposure": "0.00",
            "reserved": "0.00",
            "limit": "100000.00",
        },
        {
            "as_of": "2017-03-01",
            "fund_balance": "10000.00",
            "exposure": "50000.00",
            "reserved": "0.00",
            "limit": "100000.00",
        },
        {
            "as_of": "2017-12-18",
            "fund_balance": "10000.00",
            "exposure": "30000.00",
            "reserved": "0.00",
            "limit": "100000.00",
        },
    ]
    assert (report["exposure"], report["available"], report["loans_covered"]) == ("30000.00", "70000.00", 1)
    assert report["exposure_by_bank"] == [
        {"code": "cqrcb", "loans": 1, "principal": "50000.00", "outstanding": "30000.00"}
    ]
    assert [part["code"] for part in report["exposure_by_township"]] == ["500236001"]
