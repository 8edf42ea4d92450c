"""Who presses for repayment is on record, and a plan is agreed, signed and followed by what comes in (DZ-5c)."""

from decimal import Decimal
from typing import Any

import pytest

from services.lending.tests.accounts.test_corrections import act
from services.lending.tests.accounts.test_corrections import confirm as confirm_reversal
from services.lending.tests.accounts.test_corrections import propose as propose_reversal
from services.lending.tests.county import County
from shared.access import Role

DAY = "2018-01-15"  # the interest that fell due on 20 December 2017 is unpaid
PRESSED = {"person": "李队长", "pressed_on": DAY, "result": "unable", "note": "入户了解，生猪未出栏"}


async def press(county: County, loan_id: str, office: str, *, role: Role = Role.VILLAGE, **changed: Any) -> Any:
    body = {**PRESSED, "office": office, **changed}
    return await county.post(f"/api/v1/loans/{loan_id}/collection-records", body, role=role)


async def arrears(county: County, loan_id: str, day: str = DAY) -> Decimal:
    return Decimal((await county.account(loan_id, day))["arrears"])


async def draw(county: County, loan_id: str, installments: list[tuple[str, str]], **changed: Any) -> Any:
    body = {
        "agreed_on": DAY,
        "office": "helper",
        "person": "帮扶干部",
        "paper_reference": "JH-2018-01",
        "note": "分两期还清逾期利息",
        "installments": [{"due_on": day, "amount": amount} for day, amount in installments],
        **changed,
    }
    return await county.post(f"/api/v1/loans/{loan_id}/repayment-plans", body, role=Role.HELPER)


async def sign(county: County, plan_id: str, **changed: Any) -> Any:
    body = {"decision": "sign", "signed_on": "2018-01-16", **changed}
    return await county.post(f"/api/v1/repayment-plans/{plan_id}/decisions", body)


async def in_two(county: County, loan_id: str) -> list[tuple[str, str]]:
    rest = await arrears(county, loan_id) - 1000
    return [("2018-02-10", "1000.00"), ("2018-03-12", f"{rest:.2f}")]


async def cancel(county: County, loan_id: str) -> None:
    body = {"cause": "wrong_day", "reason": "放款日录错", "proposed_on": "2018-02-01"}
    proposed = (await county.post(f"/api/v1/loans/{loan_id}/disbursement-reversals", body)).json()
    decision = {"decision": "confirm", "decided_on": "2018-02-02"}
    path = f"/api/v1/disbursement-reversals/{proposed['id']}/decisions"
    assert (await county.post(path, decision, subject="another clerk of the bank")).json()["state"] == "confirmed"


async def on(county: County, plan_id: str, as_of: str) -> dict[str, Any]:
    found: dict[str, Any] = (await county.get(f"/api/v1/repayment-plans/{plan_id}?as_of={as_of}")).json()
    return found


@pytest.mark.clause("DZ-5c(a)")
@pytest.mark.parametrize(
    ("office", "role"),
    [
        ("village_committee", Role.VILLAGE),
        ("first_secretary", Role.VILLAGE),
        ("work_team", Role.TOWNSHIP),
        ("helper", Role.HELPER),
    ],
)
async def test_each_office_that_presses_is_on_record(county: County, office: str, role: Role) -> None:
    loan = await county.lend()
    answer = await press(county, loan["id"], office, role=role, result="promised", promised_on="2018-02-01")
    assert answer.status_code == 201, answer.text
    (found,) = (await county.get(f"/api/v1/loans/{loan['id']}/collection-records")).json()["items"]
    assert (found["office"], found["person"], found["pressed_on"]) == (office, "李队长", DAY)
    assert (found["result"], found["promised_on"], found["recorded_by"]) == (
        "promised",
        "2018-02-01",
        f"{role}-officer",
    )


@pytest.mark.clause("DZ-5c(a)")
async def test_only_a_loan_that_is_overdue_that_day_is_pressed_for(county: County) -> None:
    loan = await county.lend()
    early = await press(county, loan["id"], "helper", pressed_on="2017-12-20")
    assert (early.status_code, early.json()["code"]) == (409, "loan-not-overdue")
    assert (await press(county, loan["id"], "helper", pressed_on="2017-12-21")).status_code == 201
    no_day = await press(county, loan["id"], "helper", result="promised")
    assert (no_day.status_code, no_day.json()["code"]) == (422, "invalid-request")
    assert (await press(county, loan["id"], "helper", role=Role.BANK)).json()["code"] == "right-missing"


async def test_a_wrong_record_is_withdrawn_by_another_person(county: County) -> None:
    loan = await county.lend()
    record = (await press(county, loan["id"], "helper")).json()
    path = f"/api/v1/collection-records/{record['id']}/withdrawals"
    body = {"withdrawn_on": DAY, "reason": "记错了户"}
    own = await county.post(path, body, role=Role.VILLAGE)
    assert own.json()["code"] == "maker-is-checker"
    before = await county.post(path, {**body, "withdrawn_on": "2018-01-14"}, role=Role.TOWNSHIP)
    assert before.json()["code"] == "date-before-step"
    done = await county.post(path, body, role=Role.TOWNSHIP)
    assert (done.status_code, done.json()["withdrawn_by"]) == (201, "township-officer")
    again = await county.post(path, body, role=Role.TOWNSHIP)
    assert again.json()["code"] == "collection-record-withdrawn"
    nowhere = path.replace(record["id"], loan["id"])
    assert (await county.post(nowhere, body, role=Role.TOWNSHIP)).json()["code"] == "collection-record-unknown"


@pytest.mark.clause("DZ-5c(b)")
async def test_a_plan_is_signed_by_the_bank_and_followed_by_what_comes_in(county: County) -> None:
    loan = await county.lend()
    drawn = await draw(county, loan["id"], await in_two(county, loan["id"]))
    assert drawn.status_code == 201, drawn.text
    plan = drawn.json()
    assert (plan["state"], plan["progress"], plan["arrears"]) == ("drawn", None, plan["total"])
    assert (await sign(county, plan["id"])).json()["state"] == "signed"
    # The second instalment falls due on Monday, the first on a Saturday and is met on the Sunday that is worked.
    assert [row["met_on"] for row in plan["installments"]] == ["2018-02-11", "2018-03-12"]
    assert (await on(county, plan["id"], "2018-02-11"))["progress"] == "running"
    broken = await on(county, plan["id"], "2018-02-12")
    assert (broken["progress"], broken["missing"], broken["broken_since"]) == ("broken", "1000.00", "2018-02-12")
    listed = (await county.get("/api/v1/repayment-plans?progress=broken&as_of=2018-02-12")).json()["items"]
    assert [each["id"] for each in listed] == [plan["id"]]

    await county.repay(loan["id"], "1000.00", "2018-02-20", "R1")
    healed = await on(county, plan["id"], "2018-02-20")
    assert (healed["progress"], healed["received"], healed["broken_since"]) == ("running", "1000.00", None)
    assert (await county.get("/api/v1/repayment-plans?progress=broken&as_of=2018-02-20")).json()["items"] == []
    await county.repay(loan["id"], plan["installments"][1]["amount"], "2018-03-12", "R2")
    assert (await on(county, plan["id"], "2018-03-31"))["progress"] == "fulfilled"
    assert (await on(county, plan["id"], "2018-02-12"))["progress"] == "broken"


@pytest.mark.clause("DZ-5c(b)")
async def test_a_plan_covers_all_arrears_in_order_and_no_more_than_the_loan(county: County) -> None:
    loan = await county.lend()
    owed = await arrears(county, loan["id"])
    below = await draw(county, loan["id"], [("2018-02-10", f"{owed - Decimal('0.01'):.2f}")])
    assert (below.status_code, below.json()["code"]) == (409, "repayment-plan-below-arrears")
    above = await draw(county, loan["id"], [("2018-02-10", "60000.00")])
    assert (above.status_code, above.json()["code"]) == (409, "repayment-plan-above-payoff")
    same = await draw(county, loan["id"], [(DAY, f"{owed:.2f}")])
    assert (same.status_code, same.json()["code"]) == (409, "repayment-plan-out-of-order")
    none = await draw(county, loan["id"], [("2018-02-10", "1.00")], agreed_on="2017-12-20")
    assert (none.status_code, none.json()["code"]) == (409, "loan-not-overdue")
    assert (await draw(county, loan["id"], [("2018-02-10", f"{owed:.2f}")])).status_code == 201


@pytest.mark.clause("DZ-5c(b)")
async def test_a_plan_is_refused_withdrawn_and_replaced(county: County) -> None:
    loan = await county.lend()
    rows = await in_two(county, loan["id"])
    first = (await draw(county, loan["id"], rows)).json()
    assert (await draw(county, loan["id"], rows)).json()["code"] == "repayment-plan-on-file"
    assert (await sign(county, first["id"], signed_on="2018-01-14")).json()["code"] == "date-before-step"
    own = {"decision": "sign", "signed_on": "2018-01-16"}
    path = f"/api/v1/repayment-plans/{first['id']}/decisions"
    assert (await county.post(path, own, subject=first["drawn_by"])).json()["code"] == "maker-is-checker"
    assert (await sign(county, first["id"], decision="refuse")).json()["code"] == "invalid-request"
    refused = (await sign(county, first["id"], decision="refuse", reason="期限过长")).json()
    assert (refused["state"], refused["signed_by"]) == ("refused", "bank-officer")
    assert (await sign(county, first["id"])).json()["code"] == "repayment-plan-decided"

    second = (await draw(county, loan["id"], rows)).json()
    path = f"/api/v1/repayment-plans/{second['id']}/withdrawals"
    body = {"withdrawn_on": "2018-01-16", "reason": "金额填错"}
    assert (await county.post(path, body, role=Role.VILLAGE)).json()["code"] == "only-the-proposer"
    assert (await county.post(path, body, role=Role.HELPER)).json()["state"] == "withdrawn"

    third = (await draw(county, loan["id"], rows)).json()
    await sign(county, third["id"])
    fourth = (await draw(county, loan["id"], rows)).json()
    await sign(county, fourth["id"], signed_on="2018-01-20")
    states = {each["id"]: each["state"] for each in (await county.get("/api/v1/repayment-plans")).json()["items"]}
    assert (states[third["id"]], states[fourth["id"]]) == ("replaced", "signed")
    assert (await county.get("/api/v1/repayment-plans", bank="another")).json()["items"] == []
    other = await county.post(
        f"/api/v1/repayment-plans/{fourth['id']}/decisions", {"decision": "sign", "signed_on": DAY}, bank="another"
    )
    assert other.json()["code"] == "repayment-plan-unknown"


@pytest.mark.clause("DZ-5c(b)")
async def test_who_settles_the_loan_has_fulfilled_the_plan_even_for_less(county: County) -> None:
    loan = await county.lend()
    whole = (await county.account(loan["id"], "2018-03-12"))["payoff_amount"]
    plan = (await draw(county, loan["id"], [("2018-03-12", whole)])).json()
    await sign(county, plan["id"])
    early = (await county.account(loan["id"], "2018-02-01"))["payoff_amount"]
    assert Decimal(early) < Decimal(whole)
    await county.repay(loan["id"], early, "2018-02-01", "R1", "prepayment")
    assert (await on(county, plan["id"], "2018-01-31"))["progress"] == "running"
    found = await on(county, plan["id"], "2018-03-13")
    assert (found["progress"], found["received"], found["missing"]) == ("fulfilled", early, "0.00")


async def test_plans_lapse_with_a_loan_that_never_stood(county: County) -> None:
    loan = await county.lend()
    rows = await in_two(county, loan["id"])
    signed = (await draw(county, loan["id"], rows)).json()
    await sign(county, signed["id"])
    drawn = (await draw(county, loan["id"], rows)).json()
    await cancel(county, loan["id"])
    plans = (await county.get("/api/v1/repayment-plans")).json()["items"]
    assert {(plan["id"], plan["state"], plan["progress"]) for plan in plans} == {
        (signed["id"], "lapsed", None),
        (drawn["id"], "lapsed", None),
    }
    for asked in ("state=signed", "state=drawn", "progress=broken&as_of=2018-03-01"):
        assert (await county.get(f"/api/v1/repayment-plans?{asked}")).json()["items"] == []
    refused = await sign(county, drawn["id"])
    assert (refused.status_code, refused.json()["code"]) == (409, "repayment-plan-decided")


@pytest.mark.clause("DZ-5c(b)")
async def test_a_plan_counts_what_came_after_it_was_agreed_and_stayed(county: County) -> None:
    loan = await county.lend()
    await county.repay(loan["id"], "100.00", "2018-01-10", "R1")
    total = await arrears(county, loan["id"]) + 500
    plan = (await draw(county, loan["id"], [("2018-02-12", f"{total:.2f}")])).json()
    await sign(county, plan["id"])
    assert (await on(county, plan["id"], "2018-01-20"))["received"] == "0.00"
    wrong = (await county.repay(loan["id"], "1000.00", "2018-01-20", "R2")).json()
    assert (await on(county, plan["id"], "2018-01-20"))["received"] == "1000.00"
    reversal = (await propose_reversal(county, wrong["id"])).json()
    assert (await confirm_reversal(county, reversal["id"])).status_code == 201
    assert (await on(county, plan["id"], "2018-01-20"))["received"] == "0.00"

    await county.repay(loan["id"], f"{total:.2f}", "2018-01-20", "R3")
    assert (await on(county, plan["id"], "2018-02-13"))["progress"] == "fulfilled"
    refund = {"amount": "100.00", "payee": "borrower", "account_reference": "A6228-1", "reason": "多还款退回"}
    asked = (await county.post(f"/api/v1/loans/{loan['id']}/refunds", {**refund, "proposed_on": "2018-02-01"})).json()
    done = {"decision": "confirm", "decided_on": "2018-02-02", "bank_reference": "T1"}
    assert (await act(county, f"refunds/{asked['id']}/decisions", done)).json()["state"] == "confirmed"
    found = await on(county, plan["id"], "2018-02-13")
    assert (found["progress"], found["missing"]) == ("broken", "100.00")


@pytest.mark.clause("DZ-5c(b)")
@pytest.mark.parametrize("value_on", ["2018-01-10", "2018-01-20"])
async def test_what_was_remitted_after_the_agreement_need_not_come(county: County, value_on: str) -> None:
    loan = await county.lend()
    owed = await arrears(county, loan["id"])
    plan = (await draw(county, loan["id"], [("2018-02-12", f"{owed:.2f}")])).json()
    await sign(county, plan["id"])
    body = {"remits": "penalty", "amount": "2.00", "reason": "因灾减免", "proposed_on": "2018-02-01"}
    asked = (await county.post(f"/api/v1/loans/{loan['id']}/remissions", {**body, "value_on": value_on})).json()
    decision = {"decision": "confirm", "decided_on": "2018-02-01"}
    assert (await act(county, f"remissions/{asked['id']}/decisions", decision)).json()["remitted"] == "2.00"
    await county.repay(loan["id"], f"{owed - 2:.2f}", "2018-02-12", "R1")
    found = await on(county, plan["id"], "2018-02-13")
    assert (found["progress"], found["remitted"], found["missing"]) == ("fulfilled", "2.00", "0.00")
