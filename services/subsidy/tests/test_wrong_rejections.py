"""A transfer recorded as rejected that had been paid: corrected by two, never paid twice without being owed back."""

from typing import Any

import pytest

from services.subsidy.tests.county import (
    Loan,
    Register,
    approved_batch,
    ask,
    confirm,
    instructions,
    lend,
    look,
    open_programme,
    paid_rows,
    pay,
)
from services.subsidy.tests.reversing import decide_back
from shared.access import Role
from shared.testing.service import ServiceUnderTest

PAID_ON, PROPOSED_ON, DECIDED_ON = "2018-01-02", "2018-01-03", "2018-01-04"


async def _rejected(subsidy: ServiceUnderTest) -> tuple[str, str]:
    """Return a batch of 10.00 whose one transfer was recorded as rejected, and the transfer."""
    loan = Loan()
    await lend(subsidy, loan, loan.paid("10.00"))
    batch = await approved_batch(subsidy, await open_programme(subsidy))
    run = await pay(subsidy, batch)
    ((sent, *_),) = await instructions(subsidy, run["id"])
    taken = await confirm(subsidy, run["id"], [[sent, "rejected", "10.00", PAID_ON, "账号不存在"]])
    assert taken["rejected_count"] == 1
    return batch, sent


async def _propose(subsidy: ServiceUnderTest, sent: str, *, expect: int = 201, **more: Any) -> dict[str, Any]:
    who = {"subject": more.pop("subject", "finance one")}
    body = {
        "paid_on": PAID_ON,
        "bank_reference": "TX-20180102-7",
        "reason": "银行误报失败",
        "document": "银行更正函001",
        "proposed_on": PROPOSED_ON,
        **more,
    }
    path = f"/payment-instructions/{sent}/rejection-corrections"
    return await ask(subsidy, path, Role.FINANCE_BUREAU, body, expect=expect, **who)


async def _decide(subsidy: ServiceUnderTest, proposal: dict[str, Any], **more: Any) -> dict[str, Any]:
    who = {"role": Role.FINANCE_BUREAU, "subject": "finance two"}
    return await decide_back(subsidy, "subsidy", proposal["id"], DECIDED_ON, **{**who, **more})


async def _money(subsidy: ServiceUnderTest) -> tuple[str, str, str]:
    (programme,) = (await look(subsidy, "/programmes"))["items"]
    return programme["committed"], programme["paid"], programme["returned"]


async def _paid_again(subsidy: ServiceUnderTest, batch: str) -> str:
    run = await pay(subsidy, batch, paid_on="2018-01-03")
    ((second, *_),) = rows = await instructions(subsidy, run["id"])
    assert (await confirm(subsidy, run["id"], paid_rows(rows, "2018-01-03")))["batch_state"] == "settled"
    return second


@pytest.mark.clause("DZ-7(a)")
async def test_what_was_paid_after_all_is_not_paid_again(subsidy: ServiceUnderTest, register: Register) -> None:
    batch, sent = await _rejected(subsidy)
    assert await _money(subsidy) == ("10.00", "0.00", "0.00")
    proposal = await _propose(subsidy, sent)
    assert (proposal["amount"], proposal["reference"], proposal["happened_on"]) == ("10.00", "TX-20180102-7", PAID_ON)
    path = f"/subsidy-batches/{batch}/payment-runs"
    body = {"paid_on": "2018-01-05"}
    held = await ask(subsidy, path, Role.FINANCE_BUREAU, body, expect=409)
    assert (held["code"], held["values"]["held"]) == ("nothing-to-pay", 1)

    again = await _propose(subsidy, sent, expect=409, subject="finance three")
    assert again["code"] == "reversal-proposal-open"
    alone = await _decide(subsidy, proposal, subject="finance one", expect=403)
    assert alone["code"] == "maker-is-checker"
    assert (await _decide(subsidy, proposal))["state"] == "confirmed"
    assert await _money(subsidy) == ("0.00", "10.00", "0.00")
    shown = await look(subsidy, f"/subsidy-batches/{batch}")
    assert (shown["state"], shown["amount_paid"], shown["settled_on"]) == ("settled", "10.00", PAID_ON)
    (kept,) = (await look(subsidy, f"/subsidy-batches/{batch}/instructions", Role.FINANCE_BUREAU))["items"]
    assert (kept["state"], kept["settled_on"], kept["reason"]) == ("paid", PAID_ON, None)
    assert (await _propose(subsidy, sent, expect=409))["code"] == "transfer-not-rejected"
    assert (await look(subsidy, "/clawbacks"))["items"] == []


async def test_what_is_refused_is_paid_by_the_next_run(subsidy: ServiceUnderTest, register: Register) -> None:
    batch, sent = await _rejected(subsidy)
    proposal = await _propose(subsidy, sent)
    assert (await _decide(subsidy, proposal, decision="refuse"))["state"] == "refused"
    await _paid_again(subsidy, batch)
    assert await _money(subsidy) == ("0.00", "10.00", "0.00")


async def test_a_day_before_the_transfer_was_sent_is_refused(subsidy: ServiceUnderTest, register: Register) -> None:
    _, sent = await _rejected(subsidy)
    assert (await _propose(subsidy, sent, expect=422, paid_on="2016-01-02"))["code"] == "date-before-step"


@pytest.mark.clause("DZ-7(b)")
async def test_what_was_paid_twice_is_owed_back_and_no_part_of_the_programme(
    subsidy: ServiceUnderTest, register: Register
) -> None:
    batch, sent = await _rejected(subsidy)
    second = await _paid_again(subsidy, batch)
    proposal = await _propose(subsidy, sent)
    await _decide(subsidy, proposal)
    assert await _money(subsidy) == ("0.00", "10.00", "0.00")
    shown = await look(subsidy, f"/subsidy-batches/{batch}/instructions", Role.FINANCE_BUREAU)
    assert {row["id"]: row["state"] for row in shown["items"]} == {sent: "doubled", second: "paid"}
    (owed,) = (await look(subsidy, "/clawbacks"))["items"]
    assert (owed["instruction_id"], owed["line_id"], owed["grant_id"]) == (sent, None, None)
    assert (owed["amount"], owed["open_amount"], owed["state"]) == ("10.00", "10.00", "approved")
    assert (owed["proposed_by"], owed["approved_by"]) == ("finance one", "finance two")

    back = {"amount": "10.00", "returned_on": "2018-01-08", "reason": "重复发放退回"}
    path = f"/payment-instructions/{second}/returned-transfers"
    refused = await ask(subsidy, path, Role.FINANCE_BUREAU, back, expect=409)
    assert refused["code"] == "transfer-doubled"
    receipt = {
        "amount": "10.00",
        "bank_reference": "TX-20180108-1",
        "payer": "农户本人",
        "received_on": "2018-01-08",
        "note": "退回重复发放",
    }
    await ask(subsidy, f"/clawbacks/{owed['id']}/receipts", Role.POVERTY_OFFICE, receipt)
    (settled,) = (await look(subsidy, "/clawbacks"))["items"]
    assert (settled["state"], settled["open_amount"]) == ("settled", "0.00")
    assert await _money(subsidy) == ("0.00", "10.00", "0.00")


async def test_a_second_transfer_under_way_is_answered_first(subsidy: ServiceUnderTest, register: Register) -> None:
    batch, sent = await _rejected(subsidy)
    proposal_path = await pay(subsidy, batch, paid_on="2018-01-03")
    assert (await _propose(subsidy, sent, expect=409))["code"] == "transfer-under-way"
    ((second, *_),) = await instructions(subsidy, proposal_path["id"])
    await confirm(subsidy, proposal_path["id"], [[second, "rejected", "10.00", "2018-01-03", "已止付"]])
    await _decide(subsidy, await _propose(subsidy, sent))
    assert await _money(subsidy) == ("0.00", "10.00", "0.00")
    shown = await look(subsidy, f"/subsidy-batches/{batch}/instructions", Role.FINANCE_BUREAU)
    assert {row["id"]: row["state"] for row in shown["items"]} == {sent: "paid", second: "rejected"}
