"""Transfers that come back after they were confirmed as paid (退汇): paid again, nothing lost or doubled."""

from datetime import date
from typing import Any

import asyncpg
import pytest

from services.subsidy.tests.county import (
    COUNTY,
    Loan,
    Register,
    approved_batch,
    ask,
    confirm,
    deliver,
    instructions,
    lend,
    look,
    open_programme,
    paid_rows,
    pay,
    prepare,
)
from shared.access import Role
from shared.testing.service import ServiceUnderTest

BACK = {"amount": "10.00", "returned_on": "2018-01-02", "reason": "账号已销户"}


async def _paid(subsidy: ServiceUnderTest, *interest: str) -> tuple[str, str, dict[str, str], list[Loan]]:
    """Return a settled batch of one loan for each amount: its id, its run, instructions by amount, the loans."""
    loans = [Loan() for _ in interest]
    for loan, amount in zip(loans, interest, strict=True):
        await lend(subsidy, loan, loan.paid(amount))
    batch = await approved_batch(subsidy, await open_programme(subsidy))
    run = await pay(subsidy, batch)
    sent = await instructions(subsidy, run["id"])
    assert (await confirm(subsidy, run["id"], paid_rows(sent)))["batch_state"] == "settled"
    return batch, run["id"], {row[4]: row[0] for row in sent}, loans


async def _back(subsidy: ServiceUnderTest, instruction: str, *, expect: int = 201, **more: Any) -> dict[str, Any]:
    path = f"/payment-instructions/{instruction}/returned-transfers"
    who = {
        "subject": more.pop("subject", "the bank"),
        **{key: more.pop(key) for key in ("organisation",) if key in more},
    }
    role = Role.BANK if "organisation" in who else Role.FINANCE_BUREAU
    return await ask(subsidy, path, role, {**BACK, **more}, expect=expect, **who)


async def _money(subsidy: ServiceUnderTest) -> tuple[str, str]:
    (programme,) = (await look(subsidy, "/programmes"))["items"]
    return programme["committed"], programme["paid"]


@pytest.mark.clause("DZ-7")
async def test_money_that_comes_back_twice_is_paid_a_third_time(subsidy: ServiceUnderTest, register: Register) -> None:
    batch, run, sent, (loan, _) = await _paid(subsidy, "10.00", "20.00")
    assert await _money(subsidy) == ("0.00", "30.00")
    returned = [[sent["10.00"], "returned", "10.00", "2018-01-02", "账号已销户"]]
    taken = await confirm(subsidy, run, returned, subject="the bank")
    assert (taken["returned_count"], taken["amount_returned"], taken["batch_state"]) == (1, "10.00", "paying")
    assert await confirm(subsidy, run, returned, subject="the bank") == taken
    assert await _money(subsidy) == ("10.00", "20.00")
    shown = await look(subsidy, f"/subsidy-batches/{batch}")
    assert (shown["amount_paid"], shown["settled_on"], shown["households_unpaid"]) == ("20.00", None, 1)
    report = await look(subsidy, f"/reports/subsidy?region_code={COUNTY}")
    assert (report["subsidy_paid"], report["households_paid"]) == ("20.00", 1)
    assert report["instructions"]["returned_count"] == report["instructions"]["rejected_unpaid_count"] == 1

    register.versions[loan.household_id] = 2
    again = await pay(subsidy, batch, paid_on="2018-01-05")
    assert (again["number"], again["instruction_count"], again["amount"]) == (2, 1, "10.00")
    ((second, *_),) = rows = await instructions(subsidy, again["id"])
    assert (await confirm(subsidy, again["id"], paid_rows(rows, "2018-01-05")))["batch_state"] == "settled"
    await _back(subsidy, second, returned_on="2018-01-08")
    third = await pay(subsidy, batch, paid_on="2018-01-10")
    rows = await instructions(subsidy, third["id"])
    assert (await confirm(subsidy, third["id"], paid_rows(rows, "2018-01-11")))["batch_state"] == "settled"

    assert await _money(subsidy) == ("0.00", "30.00")
    listed = (await look(subsidy, f"/subsidy-batches/{batch}/returned-transfers"))["items"]
    assert [(each["account_version"], each["paid_on"], each["returned_on"]) for each in listed] == [
        (1, "2017-12-29", "2018-01-02"),
        (2, "2018-01-05", "2018-01-08"),
    ]
    events = [(name, data.get("amount", data.get("amount_paid"))) for name, data, *_ in await subsidy.outbox()]
    assert events[1:] == [
        ("subsidy-batch-settled", "30.00"),
        ("subsidy-transfers-returned", "10.00"),
        ("subsidy-batch-settled", "30.00"),
        ("subsidy-transfers-returned", "10.00"),
        ("subsidy-batch-settled", "30.00"),
    ]


@pytest.mark.clause("DZ-7")
async def test_what_came_back_cannot_be_clawed_back_until_it_is_paid_again(subsidy: ServiceUnderTest) -> None:
    batch, _, sent, (loan,) = await _paid(subsidy, "10.00")
    (line,) = (await look(subsidy, f"/subsidy-batches/{batch}/lines"))["items"]
    body = {"line_id": line["id"], "reason": "重复申报", "decided_on": "2018-01-01"}
    first, second = [
        (await ask(subsidy, "/clawbacks", Role.POVERTY_OFFICE, {**body, "amount": amount}))["id"]
        for amount in ("4.00", "1.00")
    ]
    decide = {"decision": "approve", "approved_on": "2018-01-01"}
    await ask(subsidy, f"/clawbacks/{first}/approvals", Role.FINANCE_BUREAU, decide)
    await _back(subsidy, sent["10.00"])
    refusals = [
        await ask(subsidy, "/clawbacks", Role.POVERTY_OFFICE, body, expect=409),
        await ask(subsidy, f"/clawbacks/{second}/approvals", Role.FINANCE_BUREAU, decide, expect=409),
    ]
    money = {"amount": "4.00", "bank_reference": "X-1", "payer": "张三", "received_on": "2018-01-02", "note": "退款"}
    refusals.append(await ask(subsidy, f"/clawbacks/{first}/receipts", Role.POVERTY_OFFICE, money, expect=409))
    assert [refusal["code"] for refusal in refusals] == ["subsidy-line-not-paid"] * 3

    await deliver(
        subsidy, loan, loan.paid("7.00", on=date(2018, 6, 1), period=(date(2018, 1, 1), date(2018, 2, 1)), number=2)
    )
    later = {"period_from": "2018-01-01", "period_until": "2019-01-01"}
    next_one = await prepare(subsidy, await open_programme(subsidy, year=2018), expect=201, **later)
    assert (next_one["clawed_back"], next_one["amount"]) == ("0.00", "7.00")
    again = await pay(subsidy, batch, paid_on="2018-01-05")
    assert again["amount"] == "10.00"


async def test_a_notice_counts_once_and_must_fit_the_transfer(subsidy: ServiceUnderTest) -> None:
    batch, run, sent, _ = await _paid(subsidy, "10.00", "20.00")
    first = await _back(subsidy, sent["10.00"])
    assert await _back(subsidy, sent["10.00"]) == first
    assert (await confirm(subsidy, run, [[sent["10.00"], "returned", "10.00", "2018-01-02", "销户"]]))[
        "already_recorded_count"
    ] == 1
    refused = [
        await _back(subsidy, sent["10.00"], returned_on="2018-01-03", expect=409),
        await _back(subsidy, sent["20.00"], amount="19.99", expect=409),
        await _back(subsidy, sent["20.00"], amount="20.00", returned_on="2017-12-28", expect=422),
        await _back(subsidy, sent["20.00"], amount="20.00", returned_on="2099-01-01", expect=422),
        await _back(subsidy, str(run), expect=404),
        await _back(subsidy, sent["20.00"], amount="20.00", organisation="PSBC", expect=404),
    ]
    assert [each["code"] for each in refused] == [
        *("contradicts", "amount-differs", "date-before-step", "date-in-future"),
        *("instruction-unknown", "payment-run-unknown"),
    ]
    assert refused[2]["values"]["field"] == "returned_on"
    again = await pay(subsidy, batch, paid_on="2018-01-02")
    ((second, *_),) = await instructions(subsidy, again["id"])
    assert (await _back(subsidy, second, expect=409))["code"] == "transfer-not-paid"
    early = await confirm(subsidy, again["id"], [[second, "paid", "10.00", "2018-01-01", ""]])
    assert [line["code"] for line in early["refused_lines"]] == ["date-before-step"]
    assert "returned_on" in early["refused_lines"][0]["reason"]
    assert await _money(subsidy) == ("10.00", "20.00")


async def test_another_person_pays_again_and_not_before_the_money_is_back(subsidy: ServiceUnderTest) -> None:
    batch, _, sent, _ = await _paid(subsidy, "10.00")
    await _back(subsidy, sent["10.00"], subject="li")
    body = {"paid_on": "2018-01-05"}
    path = f"/subsidy-batches/{batch}/payment-runs"
    refusal = await ask(subsidy, path, Role.FINANCE_BUREAU, body, expect=403, subject="li")
    assert refusal["code"] == "maker-is-checker"
    early = await ask(subsidy, path, Role.FINANCE_BUREAU, {"paid_on": "2018-01-01"}, expect=422)
    assert (early["code"], early["values"]["earlier_field"]) == ("date-before-step", "returned_on")
    assert (await ask(subsidy, path, Role.FINANCE_BUREAU, body))["instruction_count"] == 1


async def test_a_wrong_notice_is_withdrawn_by_another_person_while_nothing_was_sent(subsidy: ServiceUnderTest) -> None:
    batch, run, sent, _ = await _paid(subsidy, "10.00")
    notice = (await _back(subsidy, sent["10.00"], subject="li"))["id"]
    path, body = f"/returned-transfers/{notice}/withdrawals", {"withdrawn_on": "2018-01-03", "reason": "银行误报"}
    own = await ask(subsidy, path, Role.FINANCE_BUREAU, body, expect=403, subject="li")
    early = await ask(subsidy, path, Role.FINANCE_BUREAU, {**body, "withdrawn_on": "2018-01-01"}, expect=422)
    unknown = await ask(subsidy, f"/returned-transfers/{run}/withdrawals", Role.FINANCE_BUREAU, body, expect=404)
    assert [each["code"] for each in (own, early, unknown)] == [
        "maker-is-checker",
        "date-before-step",
        "returned-transfer-unknown",
    ]
    done = await ask(subsidy, path, Role.FINANCE_BUREAU, body)
    assert (done["withdrawn_on"], done["batch_state"]) == ("2018-01-03", "settled")
    assert (await ask(subsidy, path, Role.FINANCE_BUREAU, body, expect=409))["code"] == "return-withdrawn"
    assert await _money(subsidy) == ("0.00", "10.00")
    assert [name for name, *_ in await subsidy.outbox()][-2:] == ["subsidy-return-withdrawn", "subsidy-batch-settled"]

    notice = (await _back(subsidy, sent["10.00"], returned_on="2018-01-04"))["id"]
    await pay(subsidy, batch, paid_on="2018-01-05")
    path = f"/returned-transfers/{notice}/withdrawals"
    refusal = await ask(subsidy, path, Role.FINANCE_BUREAU, {**body, "withdrawn_on": "2018-01-05"}, expect=409)
    assert refusal["code"] == "return-overtaken"
    with pytest.raises(asyncpg.RestrictViolationError):
        await subsidy.database.pool.execute("UPDATE returned_transfer SET amount = 1")
