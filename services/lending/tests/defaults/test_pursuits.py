"""How the bank pursues who does not repay, step by step (FJ-12, LG-22)."""

from datetime import date
from typing import Any

import httpx
import pytest

from services.lending.pursuits.refusals import LaterStepRestsOnIt
from services.lending.pursuits.rules.order import Step, ensure_nothing_rests_on, pursued_since
from services.lending.tests.county import County
from services.lending.tests.defaults.test_defaults import confirm, papers, report
from shared.access import Role
from shared.ids import new_id

WORDS = {
    "agreement_call": "协议2017-3",
    "demand": "催收通知书2018-4",
    "suit": "(2018)民初12号",
    "judgment": "(2018)民初12号判决",
    "enforcement": "(2018)执3号",
    "credit_database": "报送2018-6",
    "farmers_credit_system": "报送2018-7",
}


async def _step(county: County, loan: str, kind: str, on: str, **other: Any) -> httpx.Response:
    body = {"kind": kind, "happened_on": on, "reference": WORDS[kind], "note": "依法办理", **other}
    answer: httpx.Response = await county.post(f"/api/v1/loans/{loan}/pursuit-steps", body)
    return answer


async def _steps(county: County, loan: str) -> list[tuple[str, str, bool]]:
    answer = await county.get(f"/api/v1/loans/{loan}/pursuit-steps", role=Role.AUDITOR)
    return [(each["kind"], each["happened_on"], each["withdrawn_on"] is None) for each in answer.json()["items"]]


def _refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


async def _evader(county: County) -> str:
    """Return a loan whose malicious default was reported on 2018-03-20 and confirmed on 2018-03-26."""
    loan: str = (await county.lend("50000.00"))["id"]
    reported = await report(county, loan, cause="malicious", malicious=True)
    assert reported.status_code == 201, reported.text
    assert (await confirm(county, reported.json()["id"])).status_code == 201
    return loan


@pytest.mark.clause("FJ-12(b)", "LG-22(a)")
async def test_collection_comes_before_a_suit_and_every_step_stays_on_file(county: County) -> None:
    loan = await _evader(county)
    assert _refused(await _step(county, loan, "suit", "2018-04-01")) == (409, "pursuit-step-needs-another")
    assert _refused(await _step(county, loan, "demand", "2018-03-19")) == (409, "nothing-to-pursue")
    assert (await _step(county, loan, "demand", "2018-04-01")).status_code == 201
    assert _refused(await _step(county, loan, "suit", "2018-03-31")) == (409, "pursuit-step-needs-another")
    assert _refused(await _step(county, loan, "judgment", "2018-06-01")) == (409, "pursuit-step-needs-another")
    for kind, day in (("suit", "2018-05-01"), ("judgment", "2018-06-01"), ("enforcement", "2018-07-01")):
        assert (await _step(county, loan, kind, day)).status_code == 201
    assert await _steps(county, loan) == [
        ("demand", "2018-04-01", True),
        ("suit", "2018-05-01", True),
        ("judgment", "2018-06-01", True),
        ("enforcement", "2018-07-01", True),
    ]


@pytest.mark.clause("LG-22(b)")
async def test_a_bad_record_is_reported_once_the_evasion_is_confirmed(county: County) -> None:
    loan = await _evader(county)
    for kind in ("credit_database", "farmers_credit_system"):
        assert _refused(await _step(county, loan, kind, "2018-03-25")) == (409, "default-not-malicious")
        assert (await _step(county, loan, kind, "2018-03-26")).status_code == 201
    unlucky = (await county.lend("20000.00"))["id"]
    reported = await report(county, unlucky)
    assert (await confirm(county, reported.json()["id"])).status_code == 201
    assert _refused(await _step(county, unlucky, "credit_database", "2018-04-01")) == (409, "default-not-malicious")
    assert [kind for kind, _, _ in await _steps(county, loan)] == ["credit_database", "farmers_credit_system"]


async def test_who_has_paid_is_pursued_no_more_and_earlier_steps_are_still_recorded(county: County) -> None:
    loan = await _evader(county)
    arrears = (await county.account(loan, "2018-04-10"))["arrears"]
    assert (await county.repay(loan, arrears, "2018-04-10", "R1")).status_code == 201
    assert _refused(await _step(county, loan, "demand", "2018-04-10")) == (409, "pursued-debt-paid")
    assert (await _step(county, loan, "demand", "2018-04-09")).status_code == 201


async def test_a_wrong_step_is_withdrawn_by_another_person(county: County) -> None:
    loan = await _evader(county)
    first = (await _step(county, loan, "demand", "2018-04-01")).json()
    assert (await _step(county, loan, "suit", "2018-05-01")).status_code == 201
    path, why = f"/api/v1/pursuit-steps/{first['id']}/withdrawals", {"withdrawn_on": "2018-06-01", "reason": "登记有误"}
    assert _refused(await county.post(path, why)) == (403, "maker-is-checker")
    assert _refused(await county.post(path, why, subject="head")) == (409, "later-step-rests-on-it")
    assert (await _step(county, loan, "demand", "2018-04-15")).status_code == 201
    assert (await county.post(path, why, subject="head")).status_code == 201
    assert _refused(await county.post(path, why, subject="head")) == (409, "pursuit-step-withdrawn")
    assert (await _steps(county, loan))[0] == ("demand", "2018-04-01", False)
    name, data, version, _ = (await county.service.outbox())[-1]
    assert (name, version, data["withdrawn_on"]) == ("pursuit-step-recorded", 2, "2018-06-01")
    unknown = f"/api/v1/pursuit-steps/{new_id()}/withdrawals"
    assert _refused(await county.post(unknown, why, subject="head")) == (404, "pursuit-step-unknown")


async def test_an_entity_is_pursued_only_where_one_used_the_loan(county: County) -> None:
    loan = await _evader(county)
    answer = await _step(county, loan, "demand", "2018-04-01", debtor="entity")
    assert _refused(answer) == (409, "no-entity-behind-loan")
    own = (await county.lend("20000.00"))["id"]
    entrusted = await report(county, own, cause="entrusted", papers=papers("demand_letter"))
    assert _refused(entrusted) == (409, "no-entity-used-money")


async def _entrusted(county: County) -> str:
    """Return a loan of 2017-03-06 that an operating entity uses; interest is due on 2017-12-20."""
    application_id = await county.hand_over(mode="indirect")
    body = {"contract_number": "E1", "bank_reference": "E1", "disbursed_on": "2017-03-06", "amount": "50000.00"}
    loan: str = (await county.post(f"/api/v1/applications/{application_id}/disbursements", body)).json()["id"]
    return loan


ENTITY = {"debtor": "entity"}


@pytest.mark.clause("LG-20b(a)")
async def test_the_entity_is_held_to_repay_as_agreed_and_what_it_pays_is_booked_as_its_own(county: County) -> None:
    loan = await _entrusted(county)
    (own, theirs) = (await county.get("/api/v1/dues.csv?due_through=2017-12-20&paid_on=2017-12-21")).text.splitlines()
    due = dict(zip(own.split(","), theirs.split(","), strict=True))
    assert (due["loan_id"], due["debtor"]) == (loan, "entity")
    assert _refused(await _step(county, loan, "agreement_call", "2017-12-19", **ENTITY)) == (409, "nothing-to-pursue")
    assert (await _step(county, loan, "agreement_call", "2017-12-20")).status_code == 422
    refused = await _step(county, loan, "demand", "2017-12-21", **ENTITY)
    assert _refused(refused) == (409, "pursuit-step-needs-another")
    assert (await _step(county, loan, "agreement_call", "2017-12-22", **ENTITY)).status_code == 201
    refused = await _step(county, loan, "demand", "2017-12-21", **ENTITY)
    assert _refused(refused) == (409, "pursuit-step-needs-another")
    assert (await _step(county, loan, "demand", "2017-12-22", **ENTITY)).status_code == 201
    paid = {"bank_reference": "E2", "paid_on": "2017-12-21", "amount": due["to_pay"], "payer": "entity"}
    booked = (await county.post(f"/api/v1/loans/{loan}/repayments", paid)).json()
    assert (booked["payer"], booked["interest"]) == ("entity", due["interest"])
    (event,) = [data for name, data, *_ in await county.service.outbox() if name == "repayment-recorded"]
    assert event["payer"] == "entity"
    assert (await county.account(loan, "2017-12-21"))["paid_by"] == [{"payer": "entity", "amount": due["to_pay"]}]


@pytest.mark.clause("LG-20b(a)")
def test_the_entity_is_called_upon_from_the_due_day_itself() -> None:
    due = date(2017, 12, 20)
    assert pursued_since("entity", "agreement_call", due, None) == due
    assert pursued_since("entity", "demand", due, None) == date(2017, 12, 21)


@pytest.mark.clause("LG-20b(b)")
async def test_an_entity_is_pursued_from_the_day_the_loan_is_overdue(county: County) -> None:
    loan = await _entrusted(county)
    assert (await _step(county, loan, "agreement_call", "2017-12-20", **ENTITY)).status_code == 201
    assert _refused(await _step(county, loan, "demand", "2017-12-20", **ENTITY)) == (409, "nothing-to-pursue")
    assert (await _step(county, loan, "demand", "2017-12-21", **ENTITY)).status_code == 201
    assert _refused(await _step(county, loan, "demand", "2017-12-21")) == (409, "nothing-to-pursue")
    refused = await _step(county, loan, "judgment", "2017-12-22", **ENTITY)
    assert _refused(refused) == (409, "pursuit-step-needs-another")
    assert (await report(county, loan)).status_code == 201
    assert (await _step(county, loan, "demand", "2018-01-05", **ENTITY)).status_code == 201
    assert _refused(await _step(county, loan, "suit", "2018-04-01")) == (409, "pursuit-step-needs-another")
    assert (await _step(county, loan, "suit", "2018-04-01", **ENTITY)).status_code == 201
    assert [each[:2] for each in await _steps(county, loan)] == [
        ("agreement_call", "2017-12-20"),
        ("demand", "2017-12-21"),
        ("demand", "2018-01-05"),
        ("suit", "2018-04-01"),
    ]
    events = [(data, version) for name, data, version, _ in await county.service.outbox() if name.startswith("pursuit")]
    assert [(data["debtor"], data["kind"], data["happened_on"], version) for data, version in events] == [
        ("entity", "agreement_call", "2017-12-20", 1),
        ("entity", "demand", "2017-12-21", 1),
        ("entity", "demand", "2018-01-05", 1),
        ("entity", "suit", "2018-04-01", 1),
    ]


async def test_only_the_loans_bank_records(county: County) -> None:
    loan = await _evader(county)
    body = {"kind": "demand", "happened_on": "2018-04-01", "reference": "x", "note": "x"}
    answer = await county.post(f"/api/v1/loans/{loan}/pursuit-steps", body, bank="OTHER")
    assert answer.status_code in (403, 404, 409)
    assert answer.json()["code"] == "loan-of-another-bank"


def test_nothing_is_withdrawn_under_a_later_step() -> None:
    demand, suit = Step("demand", date(2018, 4, 1)), Step("suit", date(2018, 5, 1))
    ensure_nothing_rests_on(suit, [demand])
    ensure_nothing_rests_on(demand, [Step("demand", date(2018, 5, 1)), suit])
    for others in ([suit], [suit, Step("demand", date(2018, 5, 2))]):
        with pytest.raises(LaterStepRestsOnIt):
            ensure_nothing_rests_on(demand, others)
