"""A wrong subsidy comes back in money, is given up by two officers, and what was booked wrongly is put right (DZ-7)."""

from datetime import date
from typing import Any

import pytest

from services.subsidy.tests.county import Loan, approved_batch, ask, look, mark, open_programme
from services.subsidy.tests.test_clawbacks import LATER, decide, paid_line, pay_interest, propose
from shared.access import Role
from shared.ids import new_id
from shared.testing.service import ServiceUnderTest


async def approved(subsidy: ServiceUnderTest, line: str, amount: str | None = None) -> str:
    clawback = str((await propose(subsidy, line, amount))["id"])
    await decide(subsidy, clawback)
    return clawback


async def receive(
    subsidy: ServiceUnderTest, clawback: str, amount: str, reference: str, *, expect: int = 201, **more: Any
) -> dict[str, Any]:
    body = {"amount": amount, "bank_reference": reference, "payer": "张三", "received_on": "2018-03-01", "note": "退款"}
    return await ask(subsidy, f"/clawbacks/{clawback}/receipts", Role.POVERTY_OFFICE, body | more, expect=expect)


async def give_up(subsidy: ServiceUnderTest, clawback: str, amount: str | None = None, **who: Any) -> dict[str, Any]:
    body = {"amount": amount, "ground": "户主去世，无遗产", "proposed_on": "2018-04-01"}
    return await ask(subsidy, f"/clawbacks/{clawback}/write-offs", Role.POVERTY_OFFICE, body, **who)


async def reverse(subsidy: ServiceUnderTest, entry: str, proposed_on: str = "2018-04-02", **who: Any) -> dict[str, Any]:
    body = {"ground": "记错户", "proposed_on": proposed_on}
    return await ask(subsidy, f"/clawback-entries/{entry}/reversals", Role.POVERTY_OFFICE, body, **who)


async def sign(
    subsidy: ServiceUnderTest,
    entry: dict[str, Any],
    decision: str = "approve",
    on: str = "2018-04-02",
    reference: str | None = None,
    **who: Any,
) -> dict[str, Any]:
    path = f"/clawback-entries/{entry['id']}/decisions"
    body = {"decision": decision, "decided_on": on, "bank_reference": reference}
    return await ask(subsidy, path, Role.FINANCE_BUREAU, body, **who)


async def _stands(subsidy: ServiceUnderTest, clawback: str) -> tuple[str, str, str, str]:
    found = next(each for each in (await look(subsidy, "/clawbacks"))["items"] if each["id"] == clawback)
    return found["received_amount"], found["written_off_amount"], found["open_amount"], found["state"]


async def programme(subsidy: ServiceUnderTest) -> tuple[str, str, str]:
    (found,) = (await look(subsidy, "/programmes"))["items"]
    return found["paid"], found["returned"], found["available"]


@pytest.mark.clause("DZ-7(b)")
async def test_money_comes_back_in_parts_to_the_programme_that_paid(subsidy: ServiceUnderTest) -> None:
    line = await paid_line(subsidy, Loan(), "100.00")
    first = await approved(subsidy, line, "60.00")
    rest = await approved(subsidy, line)  # one line is clawed back as often as something of it is left
    assert await programme(subsidy) == ("100.00", "0.00", "999900.00")
    await receive(subsidy, first, "25.00", "T-1")
    assert await _stands(subsidy, first) == ("25.00", "0.00", "35.00", "approved")
    assert (await receive(subsidy, first, "25.00", "T-1", expect=409))["code"] == "clawback-receipt-recorded"
    await receive(subsidy, rest, "10.00", "T-1")  # one transfer may pay several
    early = await receive(subsidy, first, "35.00", "T-3", expect=422, received_on="2018-01-31")
    assert early["code"] == "date-before-step"
    await receive(subsidy, first, "35.00", "T-4")
    await receive(subsidy, rest, "30.00", "T-5")
    assert await _stands(subsidy, first) == ("60.00", "0.00", "0.00", "settled")
    assert await programme(subsidy) == ("100.00", "100.00", "1000000.00")
    assert (await propose(subsidy, line, expect=409))["code"] == "subsidy-line-clawed-back"


@pytest.mark.clause("DZ-7(b)")
async def test_who_is_late_is_listed_until_nothing_is_open(subsidy: ServiceUnderTest) -> None:
    clawback = await approved(subsidy, await paid_line(subsidy, Loan(), "100.00"))  # due on 2018-03-03
    assert (await look(subsidy, "/clawbacks?late_on=2018-03-03"))["items"] == []
    (late,) = (await look(subsidy, "/clawbacks?late_on=2018-03-04"))["items"]
    assert (late["id"], late["open_amount"]) == (clawback, "100.00")
    await receive(subsidy, clawback, "100.00", "T-1")
    assert (await look(subsidy, "/clawbacks?late_on=2018-03-04"))["items"] == []


@pytest.mark.clause("DZ-7(b)")
async def test_what_cannot_come_back_is_given_up_by_two_officers(subsidy: ServiceUnderTest) -> None:
    clawback = await approved(subsidy, await paid_line(subsidy, Loan(), "100.00"))
    await receive(subsidy, clawback, "30.00", "T-1")
    asked = await give_up(subsidy, clawback, subject="li")
    assert (asked["amount"], asked["state"]) == ("70.00", "proposed")
    assert (await give_up(subsidy, clawback, expect=409))["code"] == "clawback-entry-proposed"
    assert (await sign(subsidy, asked, subject="li", expect=403))["code"] == "maker-is-checker"
    assert (await sign(subsidy, asked, on="2018-03-31", expect=422))["code"] == "date-before-step"
    assert (await sign(subsidy, asked, "return"))["state"] == "refused"
    assert await _stands(subsidy, clawback) == ("30.00", "0.00", "70.00", "approved")
    again = await give_up(subsidy, clawback)
    await receive(subsidy, clawback, "10.00", "T-2")  # before the second word: less is open than was asked
    above = await sign(subsidy, again, expect=409)
    assert (above["code"], above["values"]["above"]) == ("clawback-above-open", "10.00")
    await sign(subsidy, again, "return")
    await sign(subsidy, await give_up(subsidy, clawback))
    assert await _stands(subsidy, clawback) == ("40.00", "60.00", "0.00", "settled")
    assert await programme(subsidy) == ("100.00", "40.00", "999940.00")  # what is given up does not come back
    assert (await sign(subsidy, again, expect=409))["code"] == "clawback-entry-decided"


@pytest.mark.clause("DZ-7(b)")
async def test_a_receipt_that_was_booked_wrongly_is_reversed_by_two_officers(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    clawback = await approved(subsidy, await paid_line(subsidy, loan, "100.00"))
    wrong = await receive(subsidy, clawback, "100.00", "T-1")
    asked = await reverse(subsidy, wrong["id"])
    assert (await reverse(subsidy, wrong["id"], expect=409))["code"] == "clawback-entry-proposed"
    assert (await reverse(subsidy, asked["id"], expect=404))["code"] == "clawback-entry-unknown"
    assert await _stands(subsidy, clawback) == ("100.00", "0.00", "0.00", "settled")
    await sign(subsidy, asked)
    assert await _stands(subsidy, clawback) == ("0.00", "0.00", "100.00", "approved")
    assert await programme(subsidy) == ("100.00", "0.00", "999900.00")
    assert (await reverse(subsidy, wrong["id"], expect=404))["code"] == "clawback-entry-unknown"  # once
    await receive(subsidy, clawback, "40.00", "T-1")  # as the bank's advice really says
    await pay_interest(subsidy, loan, "110.00", 3)  # the next subsidy offsets what is still open, and no more
    await approved_batch(subsidy, await open_programme(subsidy, year=2018), **LATER)
    assert await _stands(subsidy, clawback) == ("40.00", "0.00", "0.00", "settled")
    listed = (await look(subsidy, f"/clawbacks/{clawback}/entries"))["items"]
    assert [(each["kind"], each["amount"]) for each in listed] == [
        ("receipt", "100.00"),
        ("reversal", "100.00"),
        ("receipt", "40.00"),
    ]


async def test_each_stays_in_its_region_and_money_waits_for_the_second_word(subsidy: ServiceUnderTest) -> None:
    proposed = str((await propose(subsidy, await paid_line(subsidy, Loan(), "100.00")))["id"])
    assert (await receive(subsidy, proposed, "1.00", "T-1", expect=409))["code"] == "clawback-not-open"
    assert (await receive(subsidy, str(new_id()), "1.00", "T-1", expect=404))["code"] == "clawback-unknown"
    assert (await give_up(subsidy, proposed, region="500237", expect=404))["code"] == "clawback-unknown"
    assert (await sign(subsidy, {"id": str(new_id())}, expect=404))["code"] == "clawback-entry-unknown"


async def test_what_came_back_is_not_taken_off_again_once_it_is_promised_to_others(subsidy: ServiceUnderTest) -> None:
    clawback = await approved(subsidy, await paid_line(subsidy, Loan(), "100.00"))
    asked = await reverse(subsidy, (await receive(subsidy, clawback, "100.00", "T-1"))["id"])
    await subsidy.database.pool.execute("UPDATE programme SET budget = 100, committed = 0.01")
    refusal = await sign(subsidy, asked, expect=409)
    assert (refusal["code"], refusal["values"]["available"]) == ("returned-money-promised", "99.99")
    assert await _stands(subsidy, clawback) == ("100.00", "0.00", "0.00", "settled")
    await subsidy.database.pool.execute("UPDATE programme SET committed = 0")
    assert (await sign(subsidy, asked))["state"] == "recorded"


@pytest.mark.clause("DZ-7(b)")
async def test_what_was_given_up_is_not_supplemented_when_the_facts_turn(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    line = await paid_line(subsidy, loan, "1776.25")
    await mark(subsidy, loan, "stably_lifted", date(2017, 7, 26))
    clawback = await approved(subsidy, line, "888.12")
    await sign(subsidy, await give_up(subsidy, clawback, "800.00"))
    await mark(subsidy, loan, "lifted", date(2017, 7, 26), 3)  # the mark was wrong: all of it had been due
    (lacking,) = (await look(subsidy, "/underpaid-lines?county_code=500236"))["items"]
    assert lacking["underpaid"] == "88.12"  # the 800.00 given up stayed with the household
