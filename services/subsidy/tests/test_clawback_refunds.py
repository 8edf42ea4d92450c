"""Money that came back beyond what is owed goes back; each word on a claw-back can be taken back by two (DZ-7)."""

from datetime import date
from typing import Any

import pytest

from services.subsidy.tests.county import Loan, approved_batch, ask, look, open_programme, prepare, review
from services.subsidy.tests.test_clawbacks import LATER, paid_line, pay_interest
from services.subsidy.tests.test_money_back import approved, give_up, programme, receive, reverse, sign
from shared.access import Role
from shared.testing.service import ServiceUnderTest


async def refund(subsidy: ServiceUnderTest, clawback: str, amount: str | None = None, **who: Any) -> dict[str, Any]:
    body = {"amount": amount, "payee": "张三", "ground": "重复缴款", "proposed_on": "2018-03-10"}
    return await ask(subsidy, f"/clawbacks/{clawback}/refunds", Role.POVERTY_OFFICE, body, **who)


async def withdraw(subsidy: ServiceUnderTest, clawback: str, **who: Any) -> dict[str, Any]:
    body = {"ground": "原贴息无误", "proposed_on": "2018-04-01"}
    return await ask(subsidy, f"/clawbacks/{clawback}/withdrawals", Role.POVERTY_OFFICE, body, **who)


async def stands(subsidy: ServiceUnderTest, clawback: str) -> tuple[str, str, str, str]:
    found = next(each for each in (await look(subsidy, "/clawbacks"))["items"] if each["id"] == clawback)
    return found["received_amount"], found["held_amount"], found["open_amount"], found["state"]


@pytest.mark.clause("DZ-7(b)")
async def test_what_is_too_much_is_held_and_refunded_by_two(subsidy: ServiceUnderTest) -> None:
    clawback = await approved(subsidy, await paid_line(subsidy, Loan(), "100.00"))
    await receive(subsidy, clawback, "90.00", "T-1")
    await receive(subsidy, clawback, "30.00", "T-2")
    assert await stands(subsidy, clawback) == ("100.00", "20.00", "0.00", "settled")
    await receive(subsidy, clawback, "5.00", "T-3")  # nothing is owed any more, and the money is there
    assert await stands(subsidy, clawback) == ("100.00", "25.00", "0.00", "settled")
    assert await programme(subsidy) == ("100.00", "100.00", "1000000.00")  # the programme never gets what is held
    assert (await refund(subsidy, clawback, "25.01", expect=409))["code"] == "clawback-above-held"
    asked = await refund(subsidy, clawback, subject="li")
    assert (asked["kind"], asked["amount"], asked["payee"]) == ("refund", "25.00", "张三")
    assert (await refund(subsidy, clawback, "1.00", expect=409))["code"] == "clawback-entry-proposed"
    assert (await sign(subsidy, asked, subject="li", reference="B-1", expect=403))["code"] == "maker-is-checker"
    assert (await sign(subsidy, asked, expect=409))["code"] == "clawback-refund-reference"
    assert (await sign(subsidy, asked, "return", reference="B-1", expect=409))["code"] == "clawback-refund-reference"
    assert (await sign(subsidy, asked, reference="T-1", expect=409))["code"] == "clawback-receipt-recorded"
    done = await sign(subsidy, asked, reference="B-1")
    assert (done["state"], done["bank_reference"]) == ("recorded", "B-1")
    assert await stands(subsidy, clawback) == ("100.00", "0.00", "0.00", "settled")
    assert (await refund(subsidy, clawback, expect=409))["code"] == "clawback-above-held"
    assert await programme(subsidy) == ("100.00", "100.00", "1000000.00")


@pytest.mark.clause("DZ-7(b)")
async def test_a_refund_that_came_back_is_held_again_and_its_receipt_waits_for_it(subsidy: ServiceUnderTest) -> None:
    clawback = await approved(subsidy, await paid_line(subsidy, Loan(), "100.00"))
    receipt = await receive(subsidy, clawback, "120.00", "T-1")
    out = await sign(subsidy, await refund(subsidy, clawback), reference="B-1")
    wrong = await reverse(subsidy, receipt["id"])
    refusal = await sign(subsidy, wrong, expect=409)
    assert (refusal["code"], refusal["values"]["refunded"]) == ("clawback-receipt-refunded", "20.00")
    await sign(subsidy, await reverse(subsidy, out["id"]))
    assert await stands(subsidy, clawback) == ("100.00", "20.00", "0.00", "settled")
    await sign(subsidy, wrong)
    assert await stands(subsidy, clawback) == ("0.00", "0.00", "100.00", "approved")
    assert await programme(subsidy) == ("100.00", "0.00", "999900.00")


@pytest.mark.clause("DZ-7(b)")
async def test_money_held_pays_what_a_returned_batch_had_offset(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    clawback = await approved(subsidy, await paid_line(subsidy, loan, "100.00"))
    await pay_interest(subsidy, loan, "60.00", 1)
    batch = await prepare(subsidy, await open_programme(subsidy, year=2018), expect=201, **LATER)
    await receive(subsidy, clawback, "100.00", "T-1")
    assert await stands(subsidy, clawback) == ("40.00", "60.00", "0.00", "settled")
    await review(subsidy, batch["id"], "return")
    assert await stands(subsidy, clawback) == ("100.00", "0.00", "0.00", "settled")
    returned = {each["year"]: each["returned"] for each in (await look(subsidy, "/programmes"))["items"]}
    assert returned == {2017: "100.00", 2018: "0.00"}  # what came back is the programme's that had paid


@pytest.mark.clause("DZ-7(b)")
async def test_a_write_off_that_was_wrong_is_owed_again(subsidy: ServiceUnderTest) -> None:
    clawback = await approved(subsidy, await paid_line(subsidy, Loan(), "100.00"))
    given = await sign(subsidy, await give_up(subsidy, clawback, "70.00"))
    await receive(subsidy, clawback, "50.00", "T-1")
    assert await stands(subsidy, clawback) == ("30.00", "20.00", "0.00", "settled")
    await sign(subsidy, await reverse(subsidy, given["id"], proposed_on="2018-04-03"), on="2018-04-04")
    assert await stands(subsidy, clawback) == ("50.00", "0.00", "50.00", "approved")


@pytest.mark.clause("DZ-7(b)")
async def test_a_claw_back_that_was_wrong_is_withdrawn_and_granted_again(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    line = await paid_line(subsidy, loan, "100.00")
    clawback = await approved(subsidy, line)
    await receive(subsidy, clawback, "30.00", "T-1")
    await pay_interest(subsidy, loan, "20.00", 1)
    await approved_batch(subsidy, await open_programme(subsidy, year=2018), **LATER)
    assert await stands(subsidy, clawback) == ("30.00", "0.00", "50.00", "approved")
    given = await sign(subsidy, await give_up(subsidy, clawback, "50.00"))
    assert (await withdraw(subsidy, clawback, expect=409))["code"] == "clawback-write-off-stands"
    await sign(subsidy, await reverse(subsidy, given["id"], proposed_on="2018-04-03"), on="2018-04-04")
    asked = await withdraw(subsidy, clawback, subject="li")
    assert (await sign(subsidy, asked, subject="li", expect=403))["code"] == "maker-is-checker"
    await sign(subsidy, asked)
    assert await stands(subsidy, clawback) == ("30.00", "0.00", "0.00", "withdrawn")
    (lacking,) = (await look(subsidy, "/underpaid-lines?county_code=500236"))["items"]
    assert (lacking["line_id"], lacking["underpaid"]) == (line, "50.00")  # 30.00 in money and 20.00 offset
    assert (await withdraw(subsidy, clawback, expect=409))["code"] == "clawback-not-open"
    await receive(subsidy, clawback, "7.00", "T-9")  # it owes nothing: the money is held
    assert await stands(subsidy, clawback) == ("30.00", "7.00", "0.00", "withdrawn")


@pytest.mark.clause("DZ-7(b)")
async def test_what_a_returned_batch_had_offset_of_a_withdrawn_claw_back_is_not_owed_again(
    subsidy: ServiceUnderTest,
) -> None:
    loan = Loan()
    clawback = await approved(subsidy, await paid_line(subsidy, loan, "100.00"))
    await pay_interest(subsidy, loan, "60.00", 1)
    batch = await prepare(subsidy, await open_programme(subsidy, year=2018), expect=201, **LATER)
    await sign(subsidy, await withdraw(subsidy, clawback))
    assert await stands(subsidy, clawback) == ("0.00", "0.00", "0.00", "withdrawn")
    await review(subsidy, batch["id"], "return")
    (found,) = (await look(subsidy, "/clawbacks"))["items"]
    assert (found["offset_amount"], found["withdrawn_amount"], found["open_amount"]) == ("0.00", "100.00", "0.00")
    assert (await look(subsidy, "/underpaid-lines?county_code=500236"))["items"] == []
    assert date(2018, 4, 1) < date.fromisoformat(batch["prepared_on"])
