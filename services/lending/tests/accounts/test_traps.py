"""Mistakes that loan systems make when money is dated, corrected and taken back; each with its figures, over HTTP."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote

from services.lending.accounts.actions.rest_days import take_rest_days
from services.lending.tests.accounts.test_corrections import act
from services.lending.tests.accounts.test_corrections import confirm as confirm_reversal
from services.lending.tests.accounts.test_corrections import propose as propose_reversal
from services.lending.tests.accounts.test_default_withdrawals import decide, propose
from services.lending.tests.accounts.test_known_at import now
from services.lending.tests.classes.test_classes import classify
from services.lending.tests.county import COUNTY, County
from services.lending.tests.defaults.test_defaults import defaulted
from services.lending.tests.repayments.test_allocation_in_sql import HEADER, ensure_ledgers_agree
from shared.access import Role


async def stands(county: County, loan: dict[str, Any]) -> tuple[Any, ...]:
    """Return how a loan stands, and as what it was published last."""
    account = await county.account(loan["id"], "2018-06-01")
    published = [data for _, data, *_ in await county.service.outbox() if data.get("loan_id") == loan["id"]][-1]
    outstanding = (published.get("after") or published)["principal_outstanding"]
    return {**account, "loan_id": ""}, outstanding


async def classes(county: County, month: str) -> dict[str, str]:
    """Return the class of each loan as a month's run found it."""
    rows = await county.service.database.pool.fetch(
        "SELECT loan_id::text, loan_class FROM loan_class WHERE classified_on = $1", date.fromisoformat(month)
    )
    return {row["loan_id"]: row["loan_class"] for row in rows}


async def test_two_receipts_of_one_day_in_either_order_and_in_a_file_are_one_loan(county: County) -> None:
    kinds = [("repayment", "300.00"), ("prepayment", "5000.00")]
    loans = [await county.lend() for _ in range(3)]
    for loan, order in zip(loans[:2], (kinds, kinds[::-1]), strict=True):
        for kind, amount in order:
            answer = await county.repay(loan["id"], amount, "2018-01-10", f"{loan['contract_number']}-{kind}", kind)
            assert answer.status_code == 201
    number = loans[2]["contract_number"]
    rows = [f"{number}-{kind},{number},{kind},2018-01-10,{amount}" for kind, amount in kinds[::-1]]
    assert (await county.send_file("repayment-files", HEADER, rows)).json()["recorded_count"] == 2
    one, other, filed = [await stands(county, loan) for loan in loans]
    assert one == other == filed
    await ensure_ledgers_agree(county)


async def test_a_repayment_sent_again_after_its_reversal_is_the_first_and_books_nothing(county: County) -> None:
    loan = await county.lend()
    path = f"/api/v1/loans/{loan['id']}/repayments"
    body = {"bank_reference": "R1", "kind": "repayment", "paid_on": "2018-01-10", "amount": "300.00"}
    first = (await county.post(path, body)).json()
    reversal = (await propose_reversal(county, first["id"])).json()
    assert (await confirm_reversal(county, reversal["id"])).status_code == 201
    stood, published = await stands(county, loan), len(await county.service.outbox())

    again = await county.post(path, body)

    assert (again.json()["already_recorded"], again.json()["reversed"]) == (True, True)
    said = ("id", *body)
    assert [again.json()[name] for name in said] == [first[name] for name in said]
    for changed in ({"amount": "300.01"}, {"paid_on": "2018-01-11"}, {"kind": "prepayment"}):
        other = await county.post(path, {**body, **changed})
        assert (other.status_code, other.json()["code"]) == (409, "bank-reference-conflict"), other.text
    assert (await stands(county, loan), len(await county.service.outbox())) == (stood, published)
    await ensure_ledgers_agree(county)


async def test_a_settled_loan_whose_receipt_was_larger_and_earlier_gives_back_what_was_too_much(county: County) -> None:
    loan = await county.lend()
    due = (await county.installments(loan["id"]))[0]
    await county.repay(loan["id"], due["interest_due"], due["due_on"], "R0")
    wrong = (await county.repay(loan["id"], "1000.00", "2018-03-10", "R1", "prepayment")).json()
    owed = (await county.account(loan["id"], "2018-03-20"))["payoff_amount"]
    assert (await county.repay(loan["id"], owed, "2018-03-20", "R2", "prepayment")).json()["loan_closed"] is True

    reversal = (await propose_reversal(county, wrong["id"], cause="wrong_amount", proposed_on="2018-04-02")).json()
    assert (await confirm_reversal(county, reversal["id"], decided_on="2018-04-03")).status_code == 201
    assert (await county.loan(loan["id"]))["state"] == "active"
    await county.repay(loan["id"], "10000.00", "2018-03-01", "R1-right", "prepayment")

    account = await county.account(loan["id"], "2018-06-01")
    # Wrongly: 80 days' interest 527.78 and 472.22 of principal; 10 days later 49 527.78 and 65.35, together 49 593.13.
    # Rightly: 71 days' interest 468.40 and 9 531.60 of principal; 19 days later 40 468.40 and 101.45.
    assert owed == "49593.13"
    assert (account["state"], account["closed_on"], account["held"]) == ("closed", "2018-03-20", "9023.28")
    await ensure_ledgers_agree(county)


async def test_a_default_whose_ground_falls_away_stays_until_two_persons_withdraw_it(county: County) -> None:
    loan, report = await defaulted(county)
    due = (await county.installments(loan["id"]))[0]
    came = await county.repay(loan["id"], due["interest_due"], due["due_on"], "R1")  # before the default, booked after
    assert came.status_code == 201, came.text
    flagged = await county.account(loan["id"], "2018-03-31")
    assert (flagged["state"], flagged["arrears"], flagged["days_past_due"]) == ("defaulted", "0.00", 0)
    moment = await now(county)
    withdrawal = (await propose(county, report["id"])).json()
    assert (await decide(county, withdrawal["id"])).status_code == 201
    assert (await county.account(loan["id"], "2018-03-31"))["state"] == "active"
    known = await county.get(f"/api/v1/loans/{loan['id']}/account?as_of=2018-03-31&known_at={quote(moment)}")
    assert {**known.json(), "known_at": None} == flagged
    await ensure_ledgers_agree(county)


async def test_a_refund_whose_receipt_is_taken_back_is_owed_by_who_received_it(county: County) -> None:
    """Settled with 300.00 too much, these refunded, the receipt taken back: 300.00 is owed, nothing is negative."""
    loan = await county.lend()
    due = (await county.installments(loan["id"]))[0]
    await county.repay(loan["id"], due["interest_due"], due["due_on"], "R0")
    owed = (await county.account(loan["id"], "2018-01-09"))["payoff_amount"]
    assert owed == "50131.94"  # 20 days' interest at 4.75 %
    wrong = (await county.repay(loan["id"], f"{Decimal(owed) + 300:.2f}", "2018-01-09", "R1", "prepayment")).json()
    assert (wrong["loan_closed"], wrong["held"]) == (True, "300.00")
    body = {"amount": "300.00", "payee": "borrower", "account_reference": "A6228-1", "reason": "多还款退回"}
    path = f"/api/v1/loans/{loan['id']}/refunds"
    refund = (await county.post(path, {**body, "proposed_on": "2018-01-10"})).json()
    decision = {"decision": "confirm", "decided_on": "2018-01-11", "bank_reference": "T1"}
    assert (await act(county, f"refunds/{refund['id']}/decisions", decision)).status_code == 201

    reversal = (await propose_reversal(county, wrong["id"])).json()
    assert (await confirm_reversal(county, reversal["id"])).status_code == 201

    account = await county.account(loan["id"], "2018-01-11")
    assert (account["state"], account["principal_outstanding"]) == ("active", "50000.00")
    assert (account["held"], account["refund_missing"]) == ("0.00", "300.00")
    event = [data for name, data, *_ in await county.service.outbox() if name == "loan-restated"][-1]
    assert (event["after"]["state"], event["after"]["principal_outstanding"], event["after"]["held"]) == (
        "active",
        "50000.00",
        "0.00",
    )
    # The same sum comes again: it pays the loan, what the payee owes stays owed.
    assert (await county.repay(loan["id"], owed, "2018-01-09", "R2", "prepayment")).json()["loan_closed"] is True
    assert (await county.account(loan["id"], "2018-01-11"))["refund_missing"] == "300.00"
    await ensure_ledgers_agree(county)


async def test_a_month_that_was_sent_stays_as_it_was_sent_and_the_next_has_what_came_late(county: County) -> None:
    """Classified for December on 15 January as late; the receipt of 20 December is booked on 10 February."""
    loan = await county.lend()
    interest = (await county.installments(loan["id"]))[0]["interest_due"]
    (december,) = [each for each in (await classify(county, "2018-01-15")).json()["months"] if each == "2017-12-31"]
    sent, moment = await classes(county, december), await now(county)
    assert sent == {loan["id"]: "special_mention"}
    stood = await county.account(loan["id"], "2017-12-31")
    assert stood["interest_overdue"] == interest

    await county.repay(loan["id"], interest, "2017-12-20", "R1")
    assert (await classify(county, "2018-02-15")).status_code == 201

    assert await classes(county, december) == sent
    path = f"/api/v1/loans/{loan['id']}/account?as_of=2017-12-31"
    known = (await county.get(f"{path}&known_at={quote(moment)}")).json()
    assert {**known, "known_at": None} == stood
    assert (await classes(county, "2018-01-31")) == {loan["id"]: "normal"}
    truth = await county.account(loan["id"], "2017-12-31")
    assert (truth["interest_overdue"], truth["days_past_due"]) == ("0.00", 0)


async def test_a_rest_that_becomes_known_after_it_takes_penalty_and_lateness_back(county: County) -> None:
    """Due on Sunday, 2019-03-10; that Monday and Tuesday were days of rest too is known only on Tuesday."""
    loan = await county.lend(
        "30000.00", term_months=12, disbursed_on=date(2018, 3, 10), handed_over_on=date(2018, 3, 10)
    )
    settled, last = await county.installments(loan["id"])
    await county.repay(loan["id"], settled["interest_due"], settled["due_on"], "R1")
    total = Decimal(last["interest_due"]) + Decimal(last["principal_due"])
    body = {"as_of": "2019-03-12", "county_code": COUNTY}
    assert (await county.post("/api/v1/jobs/mark-overdue/runs", body, role=Role.SERVICE_CENTRE)).status_code == 201
    part = (await county.repay(loan["id"], "100.00", "2019-03-12", "R2")).json()
    one_day = (total * Decimal(loan["annual_rate"]) * 3 / 72000).quantize(Decimal("0.01"), "ROUND_HALF_UP")
    assert (Decimal(part["penalty"]), (await county.loan(loan["id"]))["overdue_from"]) == (one_day, "2019-03-12")

    calendar = [(date(2019, 3, day), date(2019, 3, 13)) for day in (10, 11, 12)]
    async with county.service.database.transaction() as conn:
        assert await take_rest_days(conn, calendar, date(2019, 3, 13)) == 1
    async with county.service.database.transaction() as conn:
        assert await take_rest_days(conn, calendar, date(2019, 3, 13)) == 0

    now_stands = await county.loan(loan["id"])
    assert (now_stands["overdue_from"], now_stands["penalty_accrued"]) == (None, "0.00")
    event = [data for name, data, *_ in await county.service.outbox() if name == "loan-restated"][-1]
    assert (event["cause"], event["after"]["repaid_on_time"], event["repayments"][-1]["penalty"]) == (
        "rest_days",
        True,
        "0.00",
    )
    paid = (await county.repay(loan["id"], f"{total - 100:.2f}", "2019-03-13", "R3")).json()
    assert (paid["penalty"], paid["loan_closed"]) == ("0.00", True)
    closed = (await county.service.outbox())[-1][1]
    assert closed["repaid_on_time"] is True
    await ensure_ledgers_agree(county)


async def test_a_loan_that_is_late_no_more_by_a_rest_is_published_even_if_it_was_late_before(county: County) -> None:
    """The first due was paid late; the second, due on Sunday, 2019-03-10, is unpaid when the rest becomes known."""
    loan = await county.lend(
        "30000.00", term_months=12, disbursed_on=date(2018, 3, 10), handed_over_on=date(2018, 3, 10)
    )
    settled, _ = await county.installments(loan["id"])
    late_on = str(date.fromisoformat(settled["due_on"]) + timedelta(days=20))
    owed = (await county.account(loan["id"], late_on))["arrears"]
    await county.repay(loan["id"], owed, late_on, "R1")
    body = {"as_of": "2019-03-12", "county_code": COUNTY}
    assert (await county.post("/api/v1/jobs/mark-overdue/runs", body, role=Role.SERVICE_CENTRE)).status_code == 201
    assert (await county.loan(loan["id"]))["overdue_from"] == "2019-03-12"

    async with county.service.database.transaction() as conn:
        await take_rest_days(conn, [(date(2019, 3, day), date(2019, 3, 13)) for day in (10, 11, 12)], date(2019, 3, 13))

    event = [data for name, data, *_ in await county.service.outbox() if name == "loan-restated"][-1]
    assert (event["cause"], event["before"]["overdue_from"], event["after"]["overdue_from"]) == (
        "rest_days",
        "2019-03-12",
        None,
    )


async def test_what_was_known_before_a_rest_became_longer_stays_the_answer(county: County) -> None:
    """Sunday, 2019-03-10, was known to rest until Monday; that it rests until Wednesday becomes known later."""
    loan = await county.lend(
        "30000.00", term_months=12, disbursed_on=date(2018, 3, 10), handed_over_on=date(2018, 3, 10)
    )
    moment = await now(county)
    url = f"/api/v1/loans/{loan['id']}/account?as_of=2019-03-13&known_at={quote(moment)}"
    before = (await county.get(url)).json()

    async with county.service.database.transaction() as conn:
        await take_rest_days(conn, [(date(2019, 3, day), date(2019, 3, 13)) for day in (10, 11, 12)], date(2019, 3, 13))

    known_then, known_now = (await county.get(url)).json(), await county.account(loan["id"], "2019-03-13")
    assert known_then == before
    shown = [(each["dues"][-1]["met_on"], each["dues"][-1]["penalty_due"]) for each in (before, known_now)]
    assert (shown[0][0], shown[1]) == ("2019-03-11", ("2019-03-13", "0.00"))
    assert Decimal(shown[0][1]) > 0
