"""A wrong subsidy comes back with the household's next batch."""

from datetime import date
from typing import Any

import pytest

from services.subsidy.tests.county import (
    Loan,
    approved_batch,
    ask,
    confirm,
    deliver,
    instructions,
    lend,
    look,
    mark,
    open_programme,
    paid_rows,
    pay,
    prepare,
    review,
)
from shared.access import Role
from shared.testing.service import ServiceUnderTest

LATER = {"period_from": "2018-01-01", "period_until": "2019-01-01"}


async def paid_line(subsidy: ServiceUnderTest, loan: Loan, amount: str) -> str:
    await lend(subsidy, loan, loan.paid(amount))
    batch = await approved_batch(subsidy, await open_programme(subsidy))
    run = await pay(subsidy, batch)
    await confirm(subsidy, run["id"], paid_rows(await instructions(subsidy, run["id"])))
    (line,) = (await look(subsidy, f"/subsidy-batches/{batch}/lines"))["items"]
    return str(line["id"])


async def propose(subsidy: ServiceUnderTest, line_id: str, amount: str | None = None, **more: Any) -> dict[str, Any]:
    body = {"line_id": line_id, "amount": amount, "reason": "重复申报", "decided_on": "2018-02-01"}
    return await ask(subsidy, "/clawbacks", Role.POVERTY_OFFICE, body, **more)


async def decide(subsidy: ServiceUnderTest, clawback: str, decision: str = "approve", **more: Any) -> dict[str, Any]:
    body = {"decision": decision, "approved_on": "2018-02-02"}
    return await ask(subsidy, f"/clawbacks/{clawback}/approvals", Role.FINANCE_BUREAU, body, **more)


async def pay_interest(subsidy: ServiceUnderTest, loan: Loan, amount: str, number: int) -> None:
    period = (date(2018, number, 1), date(2018, number + 1, 1))
    await deliver(subsidy, loan, loan.paid(amount, on=date(2018, 6, 1), period=period, number=number + 10))


@pytest.mark.clause("DZ-7")
async def test_a_wrong_subsidy_is_offset_by_the_next_batches(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    line = await paid_line(subsidy, loan, "100.00")
    proposed = await propose(subsidy, line)
    assert (proposed["state"], proposed["amount"], proposed["due_on"]) == ("proposed", "100.00", "2018-03-03")
    assert (await decide(subsidy, proposed["id"]))["state"] == "approved"
    programme = await open_programme(subsidy, year=2018)

    await pay_interest(subsidy, loan, "30.00", 1)
    first = await prepare(subsidy, programme, expect=201, **LATER)
    assert (first["amount"], first["clawed_back"], first["household_count"]) == ("0.00", "30.00", 0)
    await review(subsidy, first["id"], "return")  # a returned batch nets nothing off
    (open_one,) = (await look(subsidy, "/clawbacks"))["items"]
    assert (open_one["offset_amount"], open_one["state"]) == ("0.00", "approved")

    await pay_interest(subsidy, loan, "110.00", 3)
    batch = await approved_batch(subsidy, programme, **LATER)
    run = await pay(subsidy, batch)
    assert run["amount"] == "40.00"
    done = await confirm(subsidy, run["id"], paid_rows(await instructions(subsidy, run["id"]), "2018-12-30"))
    assert done["batch_state"] == "settled"
    (closed,) = (await look(subsidy, "/clawbacks?state=offset"))["items"]
    assert closed["offset_amount"] == "100.00"
    report = await look(subsidy, "/reports/subsidy?region_code=500236")
    assert (report["subsidy_paid"], report["clawed_back"]) == ("140.00", "100.00")


async def test_two_people_decide_once(subsidy: ServiceUnderTest) -> None:
    line = await paid_line(subsidy, Loan(), "100.00")
    clawback = (await propose(subsidy, line, subject="li"))["id"]
    assert (await propose(subsidy, line, expect=409))["code"] == "subsidy-line-clawed-back"
    assert (await decide(subsidy, clawback, subject="li", expect=403))["code"] == "maker-is-checker"
    assert (await decide(subsidy, clawback, "return"))["state"] == "refused"
    assert (await decide(subsidy, clawback, expect=409))["code"] == "clawback-decided"
    assert (await propose(subsidy, line))["state"] == "proposed"  # a dropped one may be proposed again


async def test_refuses_a_line_that_paid_nothing_or_lies_elsewhere(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    await lend(subsidy, loan, loan.paid("10.00"))
    batch = await approved_batch(subsidy, await open_programme(subsidy))
    (line,) = (await look(subsidy, f"/subsidy-batches/{batch}/lines"))["items"]
    assert (await propose(subsidy, line["id"], expect=409))["code"] == "subsidy-line-not-paid"
    refusal = await propose(subsidy, line["id"], region="500237", expect=404)
    assert refusal["code"] == "subsidy-line-unknown"
    assert (await decide(subsidy, line["id"], expect=404))["code"] == "clawback-unknown"


@pytest.mark.clause("DZ-7")
async def test_a_late_mark_shows_what_was_overpaid_and_only_that_comes_back(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    line = await paid_line(subsidy, loan, "1776.25")
    assert (await look(subsidy, "/overpaid-lines?county_code=500236"))["items"] == []
    await mark(subsidy, loan, "stably_lifted", date(2017, 7, 26))
    (found,) = (await look(subsidy, "/overpaid-lines?county_code=500236"))["items"]
    assert (found["line_id"], found["due_today"], found["overpaid"]) == (line, "888.13", "888.12")
    assert (await propose(subsidy, line, amount="1776.26", expect=409))["code"] == "clawback-above-line"
    proposed = await propose(subsidy, line, amount=found["overpaid"])
    assert proposed["amount"] == "888.12"
    (found,) = (await look(subsidy, "/overpaid-lines?county_code=500236"))["items"]
    assert found["clawback_id"] == proposed["id"]
    assert (await look(subsidy, "/overpaid-lines?county_code=500236", region="500237"))["items"] == []


async def test_a_bank_sees_the_claw_backs_of_its_own_loans(subsidy: ServiceUnderTest) -> None:
    line = await paid_line(subsidy, Loan(), "100.00")  # of CQRCB
    clawback = (await propose(subsidy, line))["id"]
    for bank, seen in (("CQRCB", [clawback]), ("PSBC", [])):
        listed = await look(subsidy, "/clawbacks", Role.BANK, organisation=bank)
        assert [each["id"] for each in listed["items"]] == seen
