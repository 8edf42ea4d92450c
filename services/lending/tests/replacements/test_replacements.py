"""A repayment is corrected in one step: taken back and booked as it should have been, one replay, one restatement."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.lending.tests.accounts.test_corrections import act, confirm, facts, propose
from services.lending.tests.accounts.test_known_at import Memory
from services.lending.tests.county import County, as_json
from services.lending.tests.defaults.test_defaults import claim_for, defaulted
from services.lending.tests.repayments.test_allocation_in_sql import ensure_ledgers_agree
from shared.events.lending import LoanRestated, RepaymentRecorded
from shared.ids import new_id

RIGHT = {"bank_reference": "GZ-1", "paid_on": "2018-01-05", "amount": "400.00"}


async def correct(county: County, repayment_id: str, **right: Any) -> Any:
    return await propose(county, repayment_id, replacement={**RIGHT, **right})


async def events_since(county: County, count: int) -> list[tuple[str, Any]]:
    return [(name, data) for name, data, *_ in (await county.service.outbox())[count:]]


async def test_a_correction_is_what_a_reversal_and_the_right_repayment_are_together(county: County) -> None:
    loans = [await county.lend(disbursed_on=date(2017, 3, 6)) for _ in range(2)]
    for number, loan in enumerate(loans):
        loan["wrong"] = (await county.repay(loan["id"], "300.00", "2018-01-10", f"R{number}")).json()
        assert (await county.repay(loan["id"], "500.00", "2018-02-01", f"L{number}")).status_code == 201
    corrected, stepwise = loans
    proposed = await correct(county, corrected["wrong"]["id"], payer="heir", payer_name="李四")
    assert proposed.status_code == 201, proposed.text
    shown = proposed.json()
    assert (shown["replacement"]["amount"], shown["replacement"]["repayment_id"]) == ("400.00", None)
    before = len(await county.service.outbox())
    done = await confirm(county, shown["id"])
    assert done.status_code == 201, done.text
    new_one = done.json()["replacement"]
    assert done.json()["after"] == shown["after"], "what was shown is what came of it"

    recorded, restated = await events_since(county, before)
    assert (recorded[0], restated[0]) == ("repayment-recorded", "loan-restated")
    right = RepaymentRecorded.model_validate_json(as_json(recorded[1]))
    event = LoanRestated.model_validate_json(as_json(restated[1]))
    assert str(right.repayment_id) == new_one["repayment_id"]
    assert [str(each) for each in event.reversed_repayments] == [corrected["wrong"]["id"]]
    assert [each.bank_reference for each in event.repayments] == ["GZ-1", "L0"]

    taken = (await propose(county, stepwise["wrong"]["id"])).json()
    assert (await confirm(county, taken["id"])).status_code == 201
    again = await county.repay(stepwise["id"], "400.00", "2018-01-05", "GZ-2", payer="heir", payer_name="李四")
    assert again.status_code == 201, again.text
    first, second = [await facts(county, loan["id"]) for loan in loans]
    assert {**first["account"], "loan_id": None} == {**second["account"], "loan_id": None}
    assert first["installments"] == second["installments"]
    assert first["interest_paid"] == second["interest_paid"]
    listed = (await county.get(f"/api/v1/loans/{corrected['id']}/repayments")).json()["items"]
    assert {(row["bank_reference"], row["reversed_on"]) for row in listed} == {
        ("R0", "2018-02-02"), ("GZ-1", None), ("L0", None),
    }  # fmt: skip
    await ensure_ledgers_agree(county)


async def test_a_small_sum_was_a_large_one_before_the_loan_was_settled(county: County) -> None:
    """1 000.00 of 10 March was 10 000.00 of 1 March, on a loan that was settled on the 20th: it is held now."""
    loan = await county.lend(disbursed_on=date(2018, 1, 8), handed_over_on=date(2018, 1, 8))
    wrong = (await county.repay(loan["id"], "1000.00", "2018-03-10", "R1", "prepayment")).json()
    owed = (await county.account(loan["id"], "2018-03-20"))["payoff_amount"]
    assert (await county.repay(loan["id"], owed, "2018-03-20", "R2", "prepayment")).json()["loan_closed"] is True
    right = {"amount": "10000.00", "paid_on": "2018-03-01", "kind": "prepayment"}
    said = {"cause": "wrong_amount", "proposed_on": "2018-04-01", "replacement": {**RIGHT, **right}}
    proposed = await propose(county, wrong["id"], **said)
    done = await confirm(county, proposed.json()["id"], decided_on="2018-04-02")
    assert done.status_code == 201, done.text
    after = done.json()["after"]
    # the interest of 9 000.00 more for nine days, and of 1 000.00 for nine, is saved
    saved = Decimal(after["held"]) - Decimal("9000.00")
    assert (after["state"], after["closed_on"]) == ("closed", "2018-03-20")
    assert Decimal("20.00") < saved < Decimal("24.00")
    names = [name for name, *_ in await county.service.outbox()]
    assert names.count("loan-restated") == 1


async def test_money_on_the_wrong_loan_goes_to_the_right_one_in_one_step(county: County) -> None:
    wrong_loan, right_loan = [await county.lend() for _ in range(2)]
    untouched = await county.account(wrong_loan["id"], "2018-06-01")
    wrong = (await county.repay(wrong_loan["id"], "300.00", "2018-01-10", "R1")).json()
    proposed = await correct(county, wrong["id"], loan_id=right_loan["id"], amount="300.00", paid_on="2018-01-10")
    assert proposed.status_code == 201, proposed.text
    assert proposed.json()["replacement"]["before"]["interest_paid"] == "0.00"
    before = len(await county.service.outbox())
    done = await confirm(county, proposed.json()["id"])
    assert done.status_code == 201, done.text
    assert done.json()["replacement"]["after"]["interest_paid"] != "0.00"
    restated = [data["loan_id"] for name, data in await events_since(county, before) if name == "loan-restated"]
    assert sorted(restated) == sorted([wrong_loan["id"], right_loan["id"]])
    assert await county.account(wrong_loan["id"], "2018-06-01") == untouched
    (line,) = (await county.get(f"/api/v1/loans/{right_loan['id']}/repayments")).json()["items"]
    assert (line["bank_reference"], line["amount"], line["reversed_on"]) == ("GZ-1", "300.00", None)
    await ensure_ledgers_agree(county)


async def test_the_old_reference_is_used_and_both_sent_again_book_nothing(county: County) -> None:
    loan = await county.lend()
    wrong = (await county.repay(loan["id"], "300.00", "2018-01-10", "R1")).json()
    used = await correct(county, wrong["id"], bank_reference="R1")
    assert (used.status_code, used.json()["code"]) == (409, "bank-reference-conflict")
    proposed = (await correct(county, wrong["id"])).json()
    assert (await county.repay(loan["id"], "1.00", "2018-01-20", "GZ-1")).status_code == 201
    late = await confirm(county, proposed["id"])
    assert (late.status_code, late.json()["code"]) == (409, "bank-reference-conflict"), "used meanwhile"
    path = f"/api/v1/repayment-reversals/{proposed['id']}/withdrawals"
    assert (await county.post(path, {"withdrawn_on": "2018-02-02", "reason": "流水号已用"})).status_code == 201
    again = (await correct(county, wrong["id"], bank_reference="GZ-2")).json()
    done = (await confirm(county, again["id"])).json()
    first = (await county.repay(loan["id"], "300.00", "2018-01-10", "R1")).json()
    assert (first["already_recorded"], first["reversed"], first["id"]) == (True, True, wrong["id"])
    second = (await county.repay(loan["id"], "400.00", "2018-01-05", "GZ-2")).json()
    assert (second["already_recorded"], second["reversed"]) == (True, False)
    assert second["id"] == done["replacement"]["repayment_id"]


@pytest.mark.parametrize(
    ("right", "status", "code"),
    [
        ({"amount": "300.00", "paid_on": "2018-01-10"}, 409, "correction-changes-nothing"),
        ({"loan_id": str(new_id())}, 404, "loan-unknown"),
        ({"paid_on": "2017-03-05"}, 422, "date-before-step"),
        ({"paid_on": "2018-02-02"}, 422, "date-before-step"),
        ({"payer": "entity"}, 409, "payer-no-entity"),
        ({"payer": "heir"}, 422, "invalid-request"),
    ],
)
async def test_what_could_not_be_booked_is_refused_by_name(
    county: County, right: dict[str, Any], status: int, code: str
) -> None:
    loan = await county.lend()
    wrong = (await county.repay(loan["id"], "300.00", "2018-01-10", "R1")).json()
    answer = await correct(county, wrong["id"], **right)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert (await county.get(f"/api/v1/repayment-reversals?loan_id={loan['id']}")).json()["items"] == []


async def test_nothing_goes_to_a_loan_that_others_bore_or_that_never_stood(county: County) -> None:
    compensated, confirmed = await defaulted(county)
    claim = claim_for(compensated, confirmed)
    await county.service.deliver(claim, aggregate_id=claim.claim_id, aggregate_version=4)
    loan, cancelled = [await county.lend() for _ in range(2)]
    said = {"cause": "doubled", "reason": "重复放款", "proposed_on": "2018-02-01"}
    back = (await county.post(f"/api/v1/loans/{cancelled['id']}/disbursement-reversals", said)).json()
    decided = {"decision": "confirm", "decided_on": "2018-02-01"}
    assert (await act(county, f"disbursement-reversals/{back['id']}/decisions", decided)).status_code == 201
    wrong = (await county.repay(loan["id"], "300.00", "2018-01-10", "R1")).json()
    for other, code in ((compensated, "loan-compensated-already"), (cancelled, "loan-cancelled")):
        answer = await correct(county, wrong["id"], loan_id=other["id"])
        assert (answer.status_code, answer.json()["code"]) == (409, code)


async def test_what_was_known_before_a_correction_stays_so(county: County) -> None:
    loan = await county.lend()
    memory = Memory(county, loan["id"])
    wrong = (await county.repay(loan["id"], "300.00", "2018-01-10", "R1")).json()
    await memory.look()
    proposed = (await correct(county, wrong["id"])).json()
    assert (await confirm(county, proposed["id"])).status_code == 201
    await memory.look()
    await memory.ensure_stands()
    await memory.ensure_kept()
