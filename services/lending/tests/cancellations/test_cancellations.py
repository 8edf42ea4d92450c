"""A disbursement that was wrong is taken back by two persons: the loan never stood, its application waits again."""

import asyncio
from decimal import Decimal
from typing import Any

from services.lending.tests.accounts.test_corrections import act, confirm
from services.lending.tests.accounts.test_corrections import propose as propose_reversal
from services.lending.tests.accounts.test_known_at import Memory
from services.lending.tests.county import BANK, County, as_json
from services.lending.tests.defaults.test_defaults import claim_for, defaulted, report
from services.lending.tests.repayments.test_allocation_in_sql import HEADER
from shared.access import Role
from shared.events.lending import DisbursementReversed
from shared.ids import new_id

WRONG = {"cause": "wrong_day", "reason": "放款日录错一个月", "proposed_on": "2018-02-01"}
DECIDED = {"decision": "confirm", "decided_on": "2018-02-02"}


async def propose(county: County, loan_id: str, **changed: Any) -> Any:
    return await county.post(f"/api/v1/loans/{loan_id}/disbursement-reversals", {**WRONG, **changed})


async def decide(county: County, reversal_id: str, **changed: Any) -> Any:
    return await act(county, f"disbursement-reversals/{reversal_id}/decisions", {**DECIDED, **changed})


async def cancelled(county: County, **application: Any) -> dict[str, Any]:
    loan = await county.lend(**application)
    proposed = await propose(county, loan["id"])
    assert proposed.status_code == 201, proposed.text
    done = await decide(county, proposed.json()["id"])
    assert (done.status_code, done.json()["state"]) == (201, "confirmed"), done.text
    return loan


async def disburse(county: County, application_id: str, **changed: Any) -> Any:
    body = {"contract_number": "C000001", "bank_reference": "D9", "disbursed_on": "2017-04-06", "amount": "50000.00"}
    return await county.post(f"/api/v1/applications/{application_id}/disbursements", {**body, **changed})


async def application_of(county: County, loan: dict[str, Any]) -> dict[str, Any]:
    row = await county.service.database.pool.fetchrow(
        "SELECT a.*, a.id::text AS key FROM application a JOIN loan l ON l.application_id = a.id WHERE l.id = $1",
        loan["id"],
    )
    assert row is not None
    return dict(row)


async def test_a_disbursement_taken_back_leaves_a_loan_that_never_stood(county: County) -> None:
    loan = await cancelled(county)
    shown = await county.loan(loan["id"])
    assert (shown["state"], shown["principal_outstanding"], shown["overdue_from"]) == ("cancelled", "0.00", None)
    assert await county.installments(loan["id"]) == []
    account = await county.account(loan["id"], "2018-06-01")
    assert (account["state"], account["payoff_amount"], account["arrears"], account["dues"]) == (
        "cancelled",
        "0.00",
        "0.00",
        [],
    )
    path = f"/api/v1/loans/{loan['id']}/statement?from_on=2017-01-01&through_on=2018-12-31"
    statement = (await county.get(path)).json()
    assert [(line["kind"], line["reversed_on"]) for line in statement["lines"]] == [("disbursement", "2018-02-02")]
    assert statement["closing_principal"] == "0.00"
    name, data, version, _ = (await county.service.outbox())[-1]
    event = DisbursementReversed.model_validate_json(as_json(data))
    assert (name, version, str(event.loan_id), event.cause) == ("disbursement-reversed", 2, loan["id"], "wrong_day")
    application = await application_of(county, loan)
    assert (application["state"], application["loan_id"], application["cover_expires_on"]) == (
        "handed_over",
        None,
        None,
    )
    report_path = f"/api/v1/reports/lending?region_code={loan['village_code'][:6]}&as_of=2018-06-01"
    figures = (await county.get(report_path)).json()
    assert (figures["loans"], figures["amount_lent"], figures["outstanding"]) == (0, "0.00", "0.00")
    classes = await county.get(f"/api/v1/loans/{loan['id']}/class?as_of=2018-06-01")
    assert classes.json()["code"] == "loan-not-classified"


async def test_its_application_is_paid_out_again_under_the_same_contract_and_another_reference(county: County) -> None:
    loan = await cancelled(county)
    application = await application_of(county, loan)
    await county.service.database.pool.execute("UPDATE application SET cover_expires_on = '2999-12-31'")
    used = await disburse(county, application["key"], bank_reference="D000001")
    assert used.json()["code"] == "bank-reference-conflict"
    again = await disburse(county, application["key"])
    assert again.status_code == 201, again.text
    assert (again.json()["id"] != loan["id"], again.json()["contract_number"]) == (True, loan["contract_number"])
    assert (await disburse(county, application["key"], bank_reference="D10")).json()["code"] == "already-disbursed"
    sent = await county.send_file("repayment-files", HEADER, ["R1,C000001,repayment,2018-01-10,300.00"])
    assert sent.json()["recorded_count"] == 1, sent.text
    paid = (await county.get(f"/api/v1/loans/{again.json()['id']}/repayments")).json()["items"]
    assert [each["bank_reference"] for each in paid] == ["R1"]


async def test_money_for_a_cancelled_loan_is_refused_by_name(county: County) -> None:
    loan = await cancelled(county)
    paid = await county.repay(loan["id"], "300.00", "2018-01-10", "R1")
    assert (paid.status_code, paid.json()["code"]) == (409, "loan-cancelled")
    assert (await report(county, loan["id"])).json()["code"] == "loan-not-active"
    assert (await propose(county, loan["id"])).json()["code"] == "disbursement-reversal-on-file"


async def test_what_was_posted_is_taken_back_first(county: County) -> None:
    loan = await county.lend()
    paid = (await county.repay(loan["id"], "300.00", "2018-01-10", "R1")).json()
    first = await propose(county, loan["id"])
    assert (first.status_code, first.json()["code"]) == (409, "loan-has-postings")
    assert first.json()["values"]["repayments"] == 1
    wrong = (await propose_reversal(county, paid["id"])).json()
    assert (await confirm(county, wrong["id"])).status_code == 201
    proposed = (await propose(county, loan["id"])).json()
    late = (await county.repay(loan["id"], "300.00", "2018-02-01", "R2")).json()
    refused = await decide(county, proposed["id"])
    assert (refused.status_code, refused.json()["code"]) == (409, "loan-has-postings")
    wrong = (await propose_reversal(county, late["id"])).json()
    assert (await confirm(county, wrong["id"])).status_code == 201
    assert (await decide(county, proposed["id"])).status_code == 201
    assert (await county.loan(loan["id"]))["state"] == "cancelled"


async def test_a_wrong_day_is_put_right_though_a_repayment_is_on_the_loan(county: County) -> None:
    """The repayment is taken back, then the disbursement; paid out anew, the money is booked again by its own slip."""
    loan = await county.lend()
    paid = (await county.repay(loan["id"], "300.00", "2018-01-10", "R1")).json()
    assert (await propose(county, loan["id"])).json()["code"] == "loan-has-postings"
    wrong = (await propose_reversal(county, paid["id"])).json()
    assert (await confirm(county, wrong["id"])).status_code == 201
    proposed = (await propose(county, loan["id"])).json()
    assert (await decide(county, proposed["id"])).status_code == 201
    application = await application_of(county, loan)
    await county.service.database.pool.execute("UPDATE application SET cover_expires_on = '2999-12-31'")
    anew = await disburse(county, application["key"], disbursed_on="2017-03-20")
    assert anew.status_code == 201, anew.text
    used = await county.repay(anew.json()["id"], "300.00", "2018-01-10", "R1")
    assert used.json()["code"] == "bank-reference-conflict"
    again = await county.repay(anew.json()["id"], "300.00", "2018-01-10", "GZ-1")
    assert (again.status_code, again.json()["reversed"]) == (201, False)
    assert Decimal(again.json()["penalty"]) < Decimal(paid["penalty"]), "fourteen days less of interest are late"
    stands = await county.account(anew.json()["id"], "2018-01-10")
    assert (stands["state"], stands["dues"][0]["period_from"]) == ("active", "2017-03-20")


async def test_a_loan_in_default_or_compensated_keeps_its_disbursement(county: County) -> None:
    loan, confirmed = await defaulted(county)
    refused = (await propose(county, loan["id"], proposed_on="2018-04-01")).json()
    assert (refused["code"], refused["values"]["default_reports"]) == ("loan-has-postings", 1)
    await county.service.deliver(claim_for(loan, confirmed))
    assert (await propose(county, loan["id"], proposed_on="2018-04-01")).json()["code"] == "loan-compensated-already"


async def test_two_persons_of_the_lending_bank_take_it_back(county: County) -> None:
    loan = await county.lend()
    assert (await propose(county, str(new_id()))).json()["code"] == "loan-unknown"
    other = await county.post(f"/api/v1/loans/{loan['id']}/disbursement-reversals", WRONG, bank="psbc")
    assert other.json()["code"] == "loan-of-another-bank"
    assert (await propose(county, loan["id"], proposed_on="2017-03-05")).json()["code"] == "date-before-step"
    proposed = (await propose(county, loan["id"])).json()
    assert (await propose(county, loan["id"])).json()["code"] == "disbursement-reversal-on-file"
    path = f"disbursement-reversals/{proposed['id']}"
    own = await act(county, f"{path}/decisions", DECIDED, subject=proposed["proposed_by"])
    assert own.json()["code"] == "maker-is-checker"
    refused = (await decide(county, proposed["id"], decision="refuse", reason="放款无误")).json()
    assert (refused["state"], refused["decision_reason"]) == ("refused", "放款无误")
    assert (await decide(county, proposed["id"])).json()["code"] == "correction-decided"
    assert (await decide(county, str(new_id()))).json()["code"] == "disbursement-reversal-unknown"
    anew = (await propose(county, loan["id"])).json()
    back = {"withdrawn_on": "2018-02-03", "reason": "核对有误"}
    path = f"disbursement-reversals/{anew['id']}/withdrawals"
    assert (await act(county, path, back)).json()["code"] == "only-the-proposer"
    assert (await act(county, path, back, subject=anew["proposed_by"])).json()["state"] == "withdrawn"
    listed = (await county.get("/api/v1/disbursement-reversals?state=refused")).json()["items"]
    assert [(each["id"], each["amount"], each["cause"]) for each in listed] == [
        (proposed["id"], "50000.00", "wrong_day")
    ]
    assert (await county.loan(loan["id"]))["state"] == "active"


async def test_the_account_it_went_to_is_free_for_the_household_it_belongs_to(county: County) -> None:
    ids = [str(await county.hand_over()) for _ in range(3)]
    wrong = (await disburse(county, ids[0], contract_number="C1", account_reference="A1")).json()
    taken = await disburse(county, ids[1], contract_number="C2", bank_reference="D2", account_reference="A1")
    assert taken.json()["code"] == "account-of-another-household"
    proposed = (await propose(county, wrong["id"], cause="wrong_borrower")).json()
    assert (await decide(county, proposed["id"])).status_code == 201
    right = await disburse(county, ids[1], contract_number="C2", bank_reference="D2", account_reference="A1")
    assert right.status_code == 201, right.text
    third = await disburse(county, ids[2], contract_number="C3", bank_reference="D3", account_reference="A1")
    assert third.json()["code"] == "account-of-another-household"


async def test_a_household_that_filed_again_finishes_that_first(county: County) -> None:
    household_id = new_id()
    loan = await county.lend(household_id=household_id)
    later = await county.hand_over(household_id=household_id)
    refused = (await propose(county, loan["id"])).json()
    assert (refused["code"], refused["values"]["application_id"]) == ("another-application-under-way", str(later))
    assert (await county.get("/api/v1/disbursement-reversals", role=Role.SERVICE_CENTRE)).json()["items"] == []
    assert loan["bank_code"] == BANK


async def test_what_was_known_of_the_loan_before_stays_known(county: County) -> None:
    loan = await county.lend()
    memory = Memory(county, loan["id"])
    await memory.look()
    proposed = (await propose(county, loan["id"])).json()
    assert (await decide(county, proposed["id"])).status_code == 201
    await memory.look()
    await memory.ensure_kept()
    states = [stood["state"] for _, path, stood in memory.answered if path.endswith("2018-12-31")]
    assert states == ["active", "cancelled"]


async def test_two_at_once_are_one_and_money_that_comes_meanwhile_is_not_lost(county: County) -> None:
    loan = await county.lend()
    proposals = await asyncio.gather(propose(county, loan["id"]), propose(county, loan["id"]))
    assert sorted(answer.status_code for answer in proposals) == [201, 409]
    (proposed,) = (answer.json() for answer in proposals if answer.status_code == 201)
    decided, paid = await asyncio.gather(
        decide(county, proposed["id"]), county.repay(loan["id"], "300.00", "2018-01-10", "R1")
    )
    if decided.status_code == 201:
        assert (paid.status_code, paid.json()["code"]) == (409, "loan-cancelled")
    else:
        assert (decided.json()["code"], paid.status_code) == ("loan-has-postings", 201)
