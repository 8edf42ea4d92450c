"""Taking a repayment back and giving held money back, over HTTP: two persons, by name, and the loan put right."""

import csv
import io
import re
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook

from services.lending.tests.county import BANK, County
from services.lending.tests.repayments.test_allocation_in_sql import ensure_ledgers_agree
from shared.access import Role
from shared.events.lending import LoanRestated
from shared.ids import new_id

SECOND = "another clerk of the bank"


async def propose(county: County, repayment_id: str, **changed: Any) -> Any:
    body = {"cause": "wrong_loan", "reason": "登记到了另一户的贷款", "proposed_on": "2018-02-01", **changed}
    return await county.post(f"/api/v1/repayments/{repayment_id}/reversals", body)


async def act(county: County, path: str, body: dict[str, Any], subject: str = SECOND) -> Any:
    headers = county.service.headers(Role.BANK, organisation=BANK, subject=subject)
    return await county.service.client.post(f"/api/v1/{path}", json=body, headers=headers)


async def confirm(county: County, reversal_id: str, subject: str = SECOND, **changed: Any) -> Any:
    body = {"decision": "confirm", "decided_on": "2018-02-02", **changed}
    return await act(county, f"repayment-reversals/{reversal_id}/decisions", body, subject)


async def facts(county: County, loan_id: str) -> dict[str, Any]:
    """Return what the books say of a loan, but for the number of its events."""
    loan = await county.loan(loan_id)
    return {name: value for name, value in loan.items() if name != "version"} | {
        "installments": await county.installments(loan_id),
        "account": await county.account(loan_id, "2018-06-01"),
    }


async def test_a_repayment_on_the_wrong_loan_is_taken_back_by_two_persons(county: County) -> None:
    loan = await county.lend()
    before = await facts(county, loan["id"])
    wrong = (await county.repay(loan["id"], "300.00", "2018-01-10", "R1")).json()
    assert Decimal(wrong["penalty"]) > 0

    proposed = await propose(county, wrong["id"])
    assert proposed.status_code == 201, proposed.text
    assert (proposed.json()["state"], proposed.json()["after"]["interest_paid"]) == ("proposed", "0.00")
    own = await act(
        county,
        f"repayment-reversals/{proposed.json()['id']}/decisions",
        {"decision": "confirm", "decided_on": "2018-02-02"},
        subject=proposed.json()["proposed_by"],
    )
    assert (own.status_code, own.json()["code"]) == (403, "maker-is-checker")
    answer = await confirm(county, proposed.json()["id"])
    assert (answer.status_code, answer.json()["state"]) == (201, "confirmed"), answer.text

    assert await facts(county, loan["id"]) == before
    event = LoanRestated.model_validate((await county.service.outbox())[-1][1], strict=False)
    assert ([str(each) for each in event.reversed_repayments], event.repayments) == ([wrong["id"]], [])
    assert event.before.penalty_paid > event.after.penalty_paid == 0
    again = (await county.repay(loan["id"], "300.00", "2018-01-10", "R1")).json()
    assert (again["id"], again["already_recorded"], again["reversed"]) == (wrong["id"], True, True)
    assert await facts(county, loan["id"]) == before
    right = await county.repay(loan["id"], "300.00", "2018-01-10", "R1-right")
    assert right.status_code == 201
    await ensure_ledgers_agree(county)


async def test_a_reversal_is_decided_once_and_refused_with_a_reason(county: County) -> None:
    loan = await county.lend()
    paid = (await county.repay(loan["id"], "300.00", "2018-01-10", "R1")).json()
    proposed = (await propose(county, paid["id"])).json()
    assert (await propose(county, paid["id"])).json()["code"] == "reversal-on-file"
    assert (await confirm(county, proposed["id"], decision="refuse")).json()["code"] == "invalid-request"
    assert (await confirm(county, proposed["id"], decided_on="2018-01-31")).json()["code"] == "date-before-step"
    refused = (await confirm(county, proposed["id"], decision="refuse", reason="该笔款项属于本户")).json()
    assert (refused["state"], refused["decided_by"]) == ("refused", SECOND)
    assert (await confirm(county, proposed["id"])).json()["code"] == "correction-decided"
    assert (await county.loan(loan["id"]))["version"] == 2
    anew = (await propose(county, paid["id"])).json()
    withdrawal = {"withdrawn_on": "2018-02-03", "reason": "核对有误"}
    path = f"repayment-reversals/{anew['id']}/withdrawals"
    assert (await act(county, path, withdrawal)).json()["code"] == "only-the-proposer"
    assert (await act(county, path, withdrawal, subject=anew["proposed_by"])).json()["state"] == "withdrawn"
    listed = (await county.get("/api/v1/repayment-reversals?state=withdrawn")).json()["items"]
    assert [each["id"] for each in listed] == [anew["id"]]


async def test_only_the_banks_own_repayments_are_taken_back(county: County) -> None:
    loan = await county.lend()
    paid = (await county.repay(loan["id"], "300.00", "2018-01-10", "R1")).json()
    body = {"cause": "other", "reason": "试", "proposed_on": "2018-02-01"}
    other = await county.post(f"/api/v1/repayments/{paid['id']}/reversals", body, bank="psbc")
    assert (other.status_code, other.json()["code"]) == (404, "repayment-unknown")
    assert (await propose(county, str(new_id()))).json()["code"] == "repayment-unknown"


async def test_the_repayment_that_closed_a_loan_is_taken_back_and_the_loan_is_open_again(county: County) -> None:
    loan = await county.lend("30000.00")
    figure = (await county.account(loan["id"], "2017-12-01"))["payoff_amount"]
    paid = (await county.repay(loan["id"], figure, "2017-12-01", "R1", "prepayment")).json()
    assert paid["loan_closed"] is True
    reversal = (await propose(county, paid["id"], cause="returned")).json()
    answer = (await confirm(county, reversal["id"])).json()
    assert (answer["before"]["state"], answer["after"]["state"]) == ("closed", "active")
    assert (await county.loan(loan["id"]))["principal_outstanding"] == "30000.00"
    assert [name for name, *_ in await county.service.outbox()][-2:] == ["loan-closed", "loan-restated"]
    await ensure_ledgers_agree(county)


async def test_money_that_came_in_time_is_booked_after_later_money_and_the_penalty_goes(county: County) -> None:
    loan = await county.lend()
    interest = (await county.installments(loan["id"]))[0]["interest_due"]
    late = (await county.repay(loan["id"], "100.00", "2018-01-10", "R2")).json()
    assert Decimal(late["penalty"]) > 0
    came = (await county.repay(loan["id"], interest, "2017-12-20", "R1")).json()
    assert (came["interest"], came["penalty"], came["held"]) == (interest, "0.00", "0.00")
    items = (await county.get(f"/api/v1/loans/{loan['id']}/repayments")).json()["items"]
    assert [(each["bank_reference"], each["penalty"], each["held"]) for each in items] == [
        ("R1", "0.00", "0.00"),
        ("R2", "0.00", "100.00"),
    ]
    (recorded, event), (restated, anew) = [row[:2] for row in (await county.service.outbox())[-2:]]
    assert (recorded, restated) == ("repayment-recorded", "loan-restated")
    # What others pay changes with it, so what it pays is published together with that.
    assert (event["interest"], event["held"], event["interest_parts"]) == ("0.00", interest, [])
    assert event["principal_outstanding"] == anew["before"]["principal_outstanding"] == "50000.00"
    assert [(each["interest"], each["held"]) for each in anew["repayments"]] == [(interest, "0.00"), ("0.00", "100.00")]
    await ensure_ledgers_agree(county)


async def test_older_money_on_a_loan_that_younger_money_closed_is_published_as_what_it_changes(county: County) -> None:
    loan = await county.lend("30000.00")
    figure = (await county.account(loan["id"], "2017-12-01"))["payoff_amount"]
    assert (await county.repay(loan["id"], figure, "2017-12-01", "R2", "prepayment")).json()["loan_closed"] is True
    assert (await county.repay(loan["id"], "10000.00", "2017-11-01", "R1", "prepayment")).status_code == 201
    (_, event), (restated, anew) = [row[:2] for row in (await county.service.outbox())[-2:]]
    assert (event["principal"], event["held"], event["principal_outstanding"]) == ("0.00", "10000.00", "0.00")
    assert (restated, anew["after"]["state"], anew["after"]["principal_outstanding"]) == (
        "loan-restated",
        "closed",
        "0.00",
    )
    assert sum(Decimal(each["principal"]) for each in anew["repayments"]) == Decimal("30000.00")
    await ensure_ledgers_agree(county)


async def test_money_that_came_before_its_day_and_is_booked_after_it_leaves_what_the_loan_owes(county: County) -> None:
    loan = await county.lend("30000.00")
    body = {"as_of": "2020-07-01", "county_code": "500236"}
    await county.post("/api/v1/jobs/mark-overdue/runs", body, role=Role.SERVICE_CENTRE)
    assert (await county.repay(loan["id"], "36000.00", "2020-01-10", "R1")).status_code == 201
    now = await county.loan(loan["id"])
    (event,) = [data for name, data, *_ in await county.service.outbox() if name == "repayment-recorded"]
    assert (event["principal"], event["principal_outstanding"]) == ("30000.00", now["principal_outstanding"])
    assert now["principal_outstanding"] == "0.00"


async def test_held_money_is_given_back_by_two_persons_and_no_more_than_is_held(county: County) -> None:
    loan = await county.lend()
    surplus = (await county.repay(loan["id"], "500.00", "2017-09-10", "R1")).json()
    assert surplus["held"] == "500.00"
    body = {
        "amount": "500.01",
        "payee": "borrower",
        "account_reference": "A6228-1",
        "reason": "多还款退回",
        "proposed_on": "2017-09-12",
    }
    path = f"/api/v1/loans/{loan['id']}/refunds"
    assert (await county.post(path, body)).json()["code"] == "more-than-held"
    refund = (await county.post(path, {**body, "amount": "200.00"})).json()
    assert (await county.post(path, {**body, "amount": "1.00"})).json()["code"] == "refund-on-file"
    decision = {"decision": "confirm", "decided_on": "2017-09-13", "bank_reference": "R1"}
    decide = f"refunds/{refund['id']}/decisions"
    assert (await act(county, decide, decision, subject=refund["proposed_by"])).json()["code"] == "maker-is-checker"
    assert (await act(county, decide, decision)).json()["code"] == "bank-reference-conflict"
    done = (await act(county, decide, {**decision, "bank_reference": "T1"})).json()
    assert (done["state"], done["bank_reference"]) == ("confirmed", "T1")
    account = await county.account(loan["id"], "2017-10-01")
    assert (account["held"], account["refund_missing"]) == ("300.00", "0.00")
    reversal = (await propose(county, surplus["id"])).json()
    assert (await confirm(county, reversal["id"])).status_code == 201
    account = await county.account(loan["id"], "2017-10-01")
    assert (account["held"], account["refund_missing"]) == ("0.00", "200.00")
    await ensure_ledgers_agree(county)


async def test_held_money_pays_what_falls_due_when_the_day_has_come(county: County) -> None:
    loan = await county.lend()
    interest = (await county.installments(loan["id"]))[0]["interest_due"]
    await county.repay(loan["id"], interest, "2017-09-10", "R1")
    assert (await county.loan(loan["id"]))["interest_paid"] == "0.00"
    body = {"as_of": "2017-12-21", "county_code": "500236"}
    await county.post("/api/v1/jobs/mark-overdue/runs", body, role=Role.SERVICE_CENTRE)
    paid = await county.loan(loan["id"])
    assert (paid["interest_paid"], paid["overdue_from"]) == (interest, None)
    assert [name for name, *_ in await county.service.outbox()][-1] == "loan-restated"
    await ensure_ledgers_agree(county)


async def test_what_held_money_paid_by_the_month_end_stays_paid_when_older_money_is_booked(county: County) -> None:
    loan = await county.lend()
    interest = (await county.installments(loan["id"]))[0]["interest_due"]
    await county.repay(loan["id"], interest, "2017-09-10", "R1")
    body = {"as_of": "2018-01-01", "county_code": "500236"}
    assert (await county.post("/api/v1/jobs/classify-loans/runs", body, role=Role.SERVICE_CENTRE)).is_success
    assert (await county.loan(loan["id"]))["interest_paid"] == interest
    assert (await county.repay(loan["id"], "10.00", "2017-10-01", "R2")).json()["held"] == "10.00"
    paid = await county.loan(loan["id"])
    assert paid["interest_paid"] == interest
    await ensure_ledgers_agree(county)


async def test_the_account_of_a_day_is_what_was_posted_until_it(county: County) -> None:
    loan = await county.lend()
    interest = (await county.installments(loan["id"]))[0]["interest_due"]
    first = await county.account(loan["id"], "2017-12-20")
    await county.repay(loan["id"], interest, "2017-12-25", "R1")
    assert await county.account(loan["id"], "2017-12-20") == first
    assert first["arrears"] == interest
    early = await county.get(f"/api/v1/loans/{loan['id']}/account?as_of=2016-01-01")
    assert early.json()["code"] == "date-before-step"
    path = f"/api/v1/loans/{loan['id']}/statement?from_on=2017-12-01&through_on=2017-12-31"
    lines = (await county.get(path)).json()["lines"]
    assert [(line["kind"], line["value_on"], line["amount"]) for line in lines] == [
        ("repayment", "2017-12-25", interest)
    ]


async def test_a_correction_that_is_not_on_file_is_refused_by_name(county: County) -> None:
    unknown = new_id()
    decision = {"decision": "confirm", "decided_on": "2018-02-02"}
    reversal = await act(county, f"repayment-reversals/{unknown}/decisions", decision)
    assert (reversal.status_code, reversal.json()["code"]) == (404, "reversal-unknown")
    refund = await act(county, f"refunds/{unknown}/decisions", {**decision, "bank_reference": "T1"})
    assert (refund.status_code, refund.json()["code"]) == (404, "refund-unknown")


async def test_a_statement_is_printed_and_exported_as_it_is_read(county: County) -> None:
    loan = await county.lend()
    interest = (await county.installments(loan["id"]))[0]["interest_due"]
    wrong = (await county.repay(loan["id"], "300.00", "2017-12-18", "R1")).json()
    await county.repay(loan["id"], f"{Decimal(interest) + 50}", "2017-12-20", "R2")
    await confirm(county, (await propose(county, wrong["id"])).json()["id"])
    path, span = f"/api/v1/loans/{loan['id']}/statement", "from_on=2017-03-01&through_on=2017-12-31"
    lines = (await county.get(f"{path}?{span}")).json()["lines"]
    assert [(line["kind"], line["reversed_on"]) for line in lines] == [
        ("disbursement", None),
        ("repayment", "2018-02-02"),
        ("repayment", None),
    ]
    sheet = list(csv.reader((await county.get(f"{path}/export.csv?{span}")).text.lstrip("\ufeff").splitlines()))
    assert [row[:4] for row in sheet[1:]] == [
        ["2017-03-06", "放款", "D000001", "50000.00"],
        ["2017-12-18", "还款", "R1", "300.00"],
        ["2017-12-20", "还款", "R2", f"{Decimal(interest) + 50}"],
    ]
    workbook = load_workbook(io.BytesIO((await county.get(f"{path}/export.xlsx?{span}")).content))
    assert [cell.value for cell in workbook["Sheet1"][4]][3:6] == [float(Decimal(interest) + 50), 0, float(interest)]
    printed = await county.get(f"{path}.pdf?{span}")
    assert (printed.status_code, printed.content[:5]) == (200, b"%PDF-")
    text = "".join(
        bytes.fromhex(part.decode()).decode("utf-16-be") for part in re.findall(b"<(\\w+)> Tj", printed.content)
    )
    assert [words for words in ("贷款对账单", "已于 2018-02-02 冲正", "暂收 50.00") if words not in text] == []


async def test_what_was_left_after_a_repayment_follows_principal_that_came_before_it(county: County) -> None:
    loan = await county.lend()
    first = (await county.installments(loan["id"]))[0]
    await county.repay(loan["id"], first["interest_due"], first["due_on"], "R0")
    assert (await county.repay(loan["id"], "5.00", "2018-04-02", "R2")).json()["held"] == "5.00"  # before and after
    assert (await county.repay(loan["id"], "1000.00", "2018-03-10", "R1", "prepayment")).status_code == 201
    items = (await county.get(f"/api/v1/loans/{loan['id']}/repayments")).json()["items"]
    left = {row["bank_reference"]: (row["principal"], row["principal_outstanding"]) for row in items}
    assert left["R2"] == ("0.00", left["R1"][1])
    assert Decimal(left["R1"][1]) == 50000 - Decimal(left["R1"][0]) < 50000
