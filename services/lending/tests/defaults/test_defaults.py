"""A loan in default: reported by the bank, confirmed by another, compensated, recovered."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from services.lending.accounts.rules.lateness import days_past_due
from services.lending.defaults.rules.papers import PaperKind, missing_papers
from services.lending.defaults.rules.threshold import first_default_on
from services.lending.loans.rules.recovery_split import split_recovery
from services.lending.tests.county import COUNTY, VILLAGE, County, as_json
from shared.access import Role
from shared.events.lending import DefaultConfirmed, LoanClosed, LoanCompensated, RecoveryRecorded
from shared.events.riskfund import ClaimPaid
from shared.ids import new_id
from shared.policy.terms import CompensationRule, CompensationWait
from shared.policy.vocabulary import LossCause, LossParty, WaitStart

REPORT = {"reported_on": "2018-03-20", "cause": "business_failure", "evidence": "猪瘟 swine fever"}
PAPERS = {
    "business_failure": ["demand_letter"],
    "death": ["death_certificate"],
    "disability": ["disability_certificate"],
    "illness": ["medical_certificate"],
    "malicious": ["demand_letter", "court_paper"],
}


def papers(*kinds: str) -> list[dict[str, str]]:
    return [{"kind": kind, "reference": f"{kind} 2018-1", "sha256": "a" * 64} for kind in kinds]


async def report(county: County, loan_id: str, **changed: Any) -> Any:
    body = {key: value for key, value in {**REPORT, **changed}.items() if value is not None}
    if "papers" not in body:
        body["papers"] = papers(*PAPERS[body["cause"]])
    return await county.post(f"/api/v1/loans/{loan_id}/default-reports", body)


async def confirm(county: County, report_id: str, confirmed_on: str = "2018-03-26", **who: Any) -> Any:
    path = f"/api/v1/default-reports/{report_id}/confirmations"
    return await county.post(path, {"confirmed_on": confirmed_on}, role=Role.SERVICE_CENTRE, **who)


async def defaulted(county: County) -> tuple[dict[str, Any], dict[str, Any]]:
    loan = await county.lend("50000.00")
    reported = await report(county, loan["id"])
    assert reported.status_code == 201, reported.text
    confirmed = await confirm(county, reported.json()["id"])
    assert confirmed.status_code == 201, confirmed.text
    return loan, confirmed.json()


def claim_for(loan: dict[str, Any], confirmed: dict[str, Any]) -> ClaimPaid:
    whole = Decimal(confirmed["principal_outstanding"]) + Decimal(confirmed["interest_claimable"])
    bank = (whole / 5).quantize(Decimal("0.01"))
    return ClaimPaid(
        claim_id=new_id(),
        loan_id=UUID(loan["id"]),
        village_code=loan["village_code"],
        paid_on=date(2018, 4, 10),
        principal=Decimal(confirmed["principal_outstanding"]),
        interest=Decimal(confirmed["interest_claimable"]),
        insurance_amount=Decimal("0.00"),
        fund_amount=whole - bank - 1,
        bank_amount=bank,
        guarantor_amount=Decimal(1),
    )


async def recover(county: County, loan_id: str, amount: str, reference: str, on: str = "2018-06-01") -> Any:
    body = {"bank_reference": reference, "recovered_on": on, "amount": amount}
    return await county.post(f"/api/v1/loans/{loan_id}/recoveries", body)


@pytest.mark.clause("FJ-12(b)")
async def test_confirms_a_reported_default_with_its_figures(county: County) -> None:
    loan, confirmed = await defaulted(county)

    interest = (await county.installments(loan["id"]))[0]["interest_due"]
    # 96 days from 20 December to 26 March at one and a half times 4.75 percent on the unpaid interest
    penalty = (Decimal(interest) * Decimal("0.07125") * 96 / 360).quantize(Decimal("0.01"))
    assert (confirmed["state"], confirmed["days_past_due"]) == ("confirmed", 96)
    assert confirmed["principal_outstanding"] == "50000.00"
    assert confirmed["interest_overdue"] == interest
    assert confirmed["penalty_overdue"] == f"{penalty:.2f}"
    # a third of it is the surcharge; the rest, at the contract's rate, may be claimed beside the interest
    late_interest = (penalty / Decimal("1.5")).quantize(Decimal("0.01"))
    assert confirmed["surcharge_overdue"] == f"{penalty - late_interest:.2f}"
    assert confirmed["interest_claimable"] == f"{Decimal(interest) + late_interest:.2f}"
    assert (await county.loan(loan["id"]))["state"] == "defaulted"
    name, data, version, _ = (await county.service.outbox())[-1]
    assert (name, version) == ("default-confirmed", 2)
    event = DefaultConfirmed.model_validate_json(as_json(data))
    assert (event.overdue_from, event.malicious) == (date(2017, 12, 21), False)
    assert event.surcharge_overdue == penalty - late_interest


async def test_refuses_a_default_before_the_packs_days(county: County) -> None:
    loan = await county.lend()
    answer = await report(county, loan["id"], reported_on="2018-03-19")
    assert (answer.status_code, answer.json()["code"]) == (409, "default-too-early")
    assert "2018-03-20" in answer.json()["detail"]
    answer = await report(county, loan["id"], reported_on="2017-12-20")
    assert answer.json()["code"] == "nothing-overdue"


@pytest.mark.clause("LG-21a")
async def test_a_borrowers_death_waits_three_months_after_maturity(county: County) -> None:
    loan = await county.lend(term_months=12, disbursed_on=date(2017, 3, 6))
    died: dict[str, Any] = {"cause": "death", "died_on": "2018-01-15"}
    answer = await report(county, loan["id"], reported_on="2018-06-05", **died)
    assert answer.json()["code"] == "default-too-early"
    answer = await report(county, loan["id"], reported_on="2018-06-06", **died)
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize("cause", LossCause)
def test_every_cause_needs_a_paper_of_its_own(cause: LossCause) -> None:
    assert missing_papers(cause, [PaperKind.OTHER_PAPER]) == missing_papers(cause, []) != []
    assert missing_papers(cause, list(PaperKind)) == []


async def test_a_report_brings_the_papers_of_its_cause_and_the_second_person_sees_them(county: County) -> None:
    loan = await county.lend()
    answer = await report(county, loan["id"], cause="malicious", papers=papers("demand_letter", "other_paper"))
    assert (answer.status_code, answer.json()["code"]) == (409, "default-papers-missing"), answer.text
    assert answer.json()["values"] == {"cause": "malicious", "missing": [["court_paper", "police_paper"]]}
    assert "“法院文书”或“公安文书”" in answer.json()["detail"]
    both = papers("demand_letter", "police_paper")
    given = await report(county, loan["id"], cause="malicious", papers=[both[0], {**both[1], "sha256": None}])
    assert given.status_code == 201, given.text
    path = f"/api/v1/default-reports/{given.json()['id']}"
    seen = (await county.get(path, role=Role.SERVICE_CENTRE)).json()
    assert seen["papers"] == [both[0], {**both[1], "sha256": None}]
    assert (await confirm(county, seen["id"])).json()["papers"] == seen["papers"]


async def test_disability_is_a_cause_with_its_certificate(county: County) -> None:
    loan = await county.lend()
    bare = await report(county, loan["id"], cause="disability", papers=[])
    assert (bare.json()["code"], bare.json()["values"]["missing"]) == (
        "default-papers-missing",
        [["disability_certificate"]],
    )
    reported = await report(county, loan["id"], cause="disability")
    assert (reported.status_code, reported.json()["cause"]) == (201, "disability"), reported.text
    assert (await confirm(county, reported.json()["id"])).status_code == 201


async def test_a_borrower_dies_after_the_loan_was_paid_out(county: County) -> None:
    loan = await county.lend(term_months=12, disbursed_on=date(2017, 3, 6))
    died: dict[str, Any] = {"cause": "death", "died_on": "2017-03-05"}
    answer = await report(county, loan["id"], reported_on="2018-06-06", **died)
    assert (answer.json()["code"], answer.json()["values"]["field"]) == ("date-before-step", "died_on"), answer.text
    assert answer.json()["values"]["earlier_day"] == "2017-03-06"


async def test_refuses_contradictory_and_repeated_reports(county: County) -> None:
    loan = await county.lend()
    for contradiction in ({"malicious": True}, {"died_on": "2018-01-01"}, {"cause": "death"}):
        answer = await report(county, loan["id"], **contradiction)
        assert answer.status_code == 422, answer.text
    assert (await report(county, loan["id"])).status_code == 201
    assert (await report(county, loan["id"])).json()["code"] == "already-reported"
    assert (await report(county, str(new_id()))).json()["code"] == "loan-unknown"


async def test_refuses_the_makers_own_confirmation_a_second_one_and_another_region(county: County) -> None:
    loan = await county.lend()
    body = {**REPORT, "papers": papers("demand_letter")}
    path = f"/api/v1/loans/{loan['id']}/default-reports"
    report_id = (await county.post(path, body, subject="wang")).json()["id"]

    assert (await confirm(county, report_id, subject="wang")).json()["code"] == "maker-is-checker"
    assert (await confirm(county, report_id, region="500101")).json()["code"] == "default-report-unknown"
    assert (await confirm(county, report_id, "2018-03-19")).json()["code"] == "date-before-step"
    assert (await confirm(county, report_id)).status_code == 201
    assert (await confirm(county, report_id)).json()["code"] == "already-confirmed"


async def test_a_loan_that_was_paid_in_between_is_not_confirmed(county: County) -> None:
    loan = await county.lend()
    report_id = (await report(county, loan["id"])).json()["id"]
    dues = (await county.get("/api/v1/dues.csv?due_through=2018-03-21")).text.splitlines()
    total = dues[1].split(",")[-1]
    assert (await county.repay(loan["id"], total, "2018-03-21", "R1")).status_code == 201
    assert (await confirm(county, report_id)).json()["code"] == "nothing-overdue"


async def test_money_is_taken_on_a_defaulted_loan_and_its_arrears_cure_it(county: County) -> None:
    loan, confirmed = await defaulted(county)
    part = await county.repay(loan["id"], "100.00", "2018-04-01", "R1")
    assert part.status_code == 201, part.text
    assert (await county.loan(loan["id"]))["state"] == "defaulted"
    arrears = (await county.account(loan["id"], "2018-04-02"))["arrears"]
    assert (await county.repay(loan["id"], arrears, "2018-04-02", "R2")).status_code == 201
    cured = await county.loan(loan["id"])
    assert (cured["state"], cured["overdue_from"]) == ("active", None)
    name, data, *_ = (await county.service.outbox())[-1]
    assert (name, data["default_report_id"], data["lifted_on"], data["cause"]) == (
        "default-lifted",
        confirmed["id"],
        "2018-04-02",
        "cured",
    )


async def test_penalty_goes_on_after_a_default(county: County) -> None:
    loan, confirmed = await defaulted(county)
    day = date.fromisoformat(confirmed["confirmed_on"])
    assert (await county.account(loan["id"], f"{day}"))["penalty"] == confirmed["penalty_overdue"]
    later = await county.account(loan["id"], f"{day + timedelta(days=30)}")
    assert Decimal(later["penalty"]) > Decimal(confirmed["penalty_overdue"])


@pytest.mark.clause("LG-40(b)")
async def test_a_paid_claim_compensates_and_recoveries_close_the_loan(county: County) -> None:
    loan, confirmed = await defaulted(county)
    claim = claim_for(loan, confirmed)
    event_id = new_id()
    for _ in range(2):  # a repeated event changes nothing
        await county.service.deliver(claim, aggregate_id=claim.claim_id, aggregate_version=4, event_id=event_id)
    await county.service.deliver(claim, aggregate_id=claim.claim_id, aggregate_version=5)

    compensated = await county.loan(loan["id"])
    assert (compensated["state"], compensated["principal_outstanding"]) == ("compensated", "0.00")
    assert compensated["principal_compensated"] == "50000.00"
    name, data, version, _ = (await county.service.outbox())[-1]
    assert (name, version) == ("loan-compensated", 3)
    event = LoanCompensated.model_validate_json(as_json(data))
    parts = ("insurance_amount", "fund_amount", "bank_amount", "guarantor_amount")
    assert [getattr(event, part) for part in parts] == [getattr(claim, part) for part in parts]

    first = await recover(county, loan["id"], "10000.00", "V1")
    assert first.status_code == 201, first.text
    assert first.json()["interest"] == confirmed["interest_claimable"]
    again = await recover(county, loan["id"], "10000.00", "V1")
    assert (again.json()["already_recorded"], again.json()["id"]) == (True, first.json()["id"])
    assert (await recover(county, loan["id"], "9.00", "V1")).json()["code"] == "bank-reference-conflict"
    for reference, entry in (("V1", "recovery"), ("D000001", "disbursement")):
        other_day = await recover(county, loan["id"], "10000.00", reference, "2018-06-02")
        assert (other_day.status_code, other_day.json()["code"]) == (409, "bank-reference-conflict")
        assert other_day.json()["values"]["entry"] == entry
    assert (await recover(county, loan["id"], "99999.00", "V2")).json()["code"] == "above-what-is-owed"
    assert (await recover(county, loan["id"], "1.00", "V2", "2018-04-09")).json()["code"] == "date-before-step"
    last = await recover(county, loan["id"], first.json()["amount_outstanding"], "V2")
    assert (last.json()["loan_closed"], last.json()["amount_outstanding"]) == (True, "0.00")
    events = (await county.service.outbox())[-3:]
    assert [(name, version) for name, _, version, _ in events] == [
        ("recovery-recorded", 4),
        ("recovery-recorded", 5),
        ("loan-closed", 6),
    ]
    RecoveryRecorded.model_validate_json(as_json(events[0][1]))
    assert not LoanClosed.model_validate_json(as_json(events[2][1])).repaid_on_time
    listed = (await county.get(f"/api/v1/loans/{loan['id']}/recoveries")).json()["items"]
    assert [item["bank_reference"] for item in listed] == ["V1", "V2"]


async def test_a_claim_for_a_loan_not_in_default_is_not_applied(county: County) -> None:
    loan = await county.lend()
    claim = claim_for(loan, {"principal_outstanding": "50000.00", "interest_claimable": "0.00"})
    with pytest.raises(AssertionError, match="ClaimWithoutDefault"):
        await county.service.deliver(claim, aggregate_id=claim.claim_id)
    assert (await county.loan(loan["id"]))["state"] == "active"


async def test_recoveries_need_a_compensated_loan_of_the_own_bank(county: County) -> None:
    loan = await county.lend()
    assert (await recover(county, loan["id"], "1.00", "V1")).json()["code"] == "loan-not-compensated"
    body = {"bank_reference": "V1", "recovered_on": "2018-06-01", "amount": "1.00"}
    answer = await county.post(f"/api/v1/loans/{loan['id']}/recoveries", body, bank="psbc")
    assert (answer.status_code, answer.json()["code"]) == (403, "loan-of-another-bank")


async def test_lists_reports_by_state_and_to_the_own_bank(county: County) -> None:
    loan = await county.lend()
    report_id = (await report(county, loan["id"])).json()["id"]
    path = f"/api/v1/default-reports?region_code={COUNTY}&state=reported"
    assert [item["id"] for item in (await county.get(path)).json()["items"]] == [report_id]
    assert (await county.get(path, bank="psbc")).json()["items"] == []
    listed = await county.get(f"/api/v1/default-reports?region_code={VILLAGE}&state=confirmed", role=Role.AUDITOR)
    assert listed.json()["items"] == []


RULE = CompensationRule(
    fund_share=Decimal("0.80"),
    bank_share=Decimal("0.20"),
    guarantor_share=Decimal(0),
    lender_shares=None,
    odd_fen_to=LossParty.BANK,
    waits=(CompensationWait(LossCause.DEATH, WaitStart.MATURITY, months=3),),
    covers_interest=True,
    covers_penalty=False,
    insurance_pays_first=True,
    committee=(),
    committee_approvals_required=2,
    recovery_return_working_days=5,
)


@pytest.mark.parametrize(
    ("cause", "overdue_from", "first_on"),
    [
        (LossCause.ILLNESS, date(2017, 12, 21), date(2018, 3, 20)),
        (LossCause.MALICIOUS, date(2018, 1, 1), date(2018, 3, 31)),
        pytest.param(LossCause.DEATH, date(2017, 12, 21), date(2018, 6, 6), marks=pytest.mark.clause("LG-21a")),
        pytest.param(LossCause.DEATH, date(2018, 7, 1), date(2018, 7, 1), id="never before it is overdue"),
    ],
)
def test_the_first_day_of_default(cause: LossCause, overdue_from: date, first_on: date) -> None:
    assert first_default_on(cause, overdue_from, date(2018, 3, 6), 90, RULE) == first_on
    if cause is not LossCause.DEATH:
        assert days_past_due(overdue_from, first_on) == 90


@pytest.mark.parametrize(
    ("amount", "order", "expected"),
    [
        ("50.00", ["penalty", "interest", "principal"], ("0.00", "50.00")),
        ("150.00", ["penalty", "interest", "principal"], ("50.00", "100.00")),
        ("150.00", ["principal", "interest", "penalty"], ("150.00", "0.00")),
        ("1100.00", ["principal", "interest", "penalty"], ("1000.00", "100.00")),
    ],
)
def test_a_recovery_is_split_in_the_contracts_order(amount: str, order: list[str], expected: tuple[str, str]) -> None:
    split = split_recovery(Decimal(amount), Decimal("1000.00"), Decimal("100.00"), order)
    assert split == tuple(map(Decimal, expected))


async def test_a_compensated_loan_takes_no_reversal_and_no_refund(county: County) -> None:
    loan = await county.lend("50000.00")
    paid = (await county.repay(loan["id"], "300.00", "2018-01-10", "R1")).json()
    confirmed = (await confirm(county, (await report(county, loan["id"])).json()["id"])).json()
    claim = claim_for(loan, confirmed)
    await county.service.deliver(claim, aggregate_id=claim.claim_id, aggregate_version=4)

    reversal = {"cause": "wrong_loan", "reason": "登记到了另一户的贷款", "proposed_on": "2018-04-12"}
    refused = await county.post(f"/api/v1/repayments/{paid['id']}/reversals", reversal)
    assert (refused.status_code, refused.json()["code"]) == (409, "loan-compensated-already")
    refund = {
        "amount": "1.00",
        "payee": "heir",
        "account_reference": "A6228-1",
        "reason": "多还款退回",
        "proposed_on": "2018-04-12",
    }
    refused = await county.post(f"/api/v1/loans/{loan['id']}/refunds", refund)
    assert (refused.status_code, refused.json()["code"]) == (409, "loan-compensated-already")
