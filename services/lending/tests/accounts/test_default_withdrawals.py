"""A default that was wrong is withdrawn by two persons; one that was right is cured by its payment. Over HTTP."""

from typing import Any

from services.lending.tests.accounts.test_corrections import confirm as confirm_reversal
from services.lending.tests.accounts.test_corrections import facts
from services.lending.tests.accounts.test_corrections import propose as propose_reversal
from services.lending.tests.county import County, as_json
from services.lending.tests.defaults.test_defaults import claim_for, confirm, defaulted, report
from services.lending.tests.repayments.test_allocation_in_sql import ensure_ledgers_agree
from shared.access import Role
from shared.events.lending import DefaultLifted, LoanRestated
from shared.ids import new_id

WRONG = {"proposed_on": "2018-04-01", "reason": "该户当期已按时还款，系统漏登"}
DECIDED = {"decision": "confirm", "decided_on": "2018-04-02"}


async def propose(county: County, report_id: str, **changed: Any) -> Any:
    return await county.post(f"/api/v1/default-reports/{report_id}/withdrawals", {**WRONG, **changed})


async def decide(county: County, withdrawal_id: str, **changed: Any) -> Any:
    path = f"/api/v1/default-withdrawals/{withdrawal_id}/decisions"
    return await county.post(path, {**DECIDED, **changed}, role=Role.SERVICE_CENTRE)


async def test_a_default_that_never_stood_leaves_the_loan_as_it_was(county: County) -> None:
    loan = await county.lend()
    before = await facts(county, loan["id"])
    report_id = (await report(county, loan["id"], cause="malicious")).json()["id"]
    assert (await confirm(county, report_id)).status_code == 201
    proposed = await propose(county, report_id)
    assert (proposed.status_code, proposed.json()["state"]) == (201, "proposed"), proposed.text
    assert (await county.loan(loan["id"]))["state"] == "defaulted"
    done = await decide(county, proposed.json()["id"])
    assert (done.status_code, done.json()["state"]) == (201, "confirmed"), done.text

    assert await facts(county, loan["id"]) == before
    (name, data, version, _), (restated, figures, newest, _) = (await county.service.outbox())[-2:]
    assert (name, version, restated, newest) == ("default-lifted", 3, "loan-restated", 4)
    lifted = DefaultLifted.model_validate_json(as_json(data))
    assert (str(lifted.default_report_id), lifted.cause) == (report_id, "withdrawn")
    event = LoanRestated.model_validate_json(as_json(figures))
    assert (event.before.state, event.after.state, event.cause) == ("defaulted", "active", "default_withdrawal")
    listed = (await county.get("/api/v1/default-reports?state=withdrawn")).json()["items"]
    assert [(each["id"], each["withdrawn_on"], each["confirmed_on"]) for each in listed] == [
        (report_id, "2018-04-02", "2018-03-26")
    ]
    path = f"/api/v1/loans/{loan['id']}/statement?from_on=2018-01-01&through_on=2018-12-31"
    lines = (await county.get(path)).json()["lines"]
    assert [(line["kind"], line["reversed_on"]) for line in lines] == [("default", "2018-04-02")]
    await ensure_ledgers_agree(county)


async def test_a_withdrawn_default_is_reported_and_confirmed_anew(county: County) -> None:
    loan, confirmed = await defaulted(county)
    assert (await report(county, loan["id"])).json()["code"] == "loan-not-active"
    proposed = (await propose(county, confirmed["id"])).json()
    assert (await decide(county, proposed["id"])).status_code == 201
    again = await report(county, loan["id"], reported_on="2018-04-03", cause="illness")
    assert again.status_code == 201, again.text
    assert (await confirm(county, again.json()["id"], "2018-04-04")).status_code == 201
    assert (await county.loan(loan["id"]))["state"] == "defaulted"


async def test_a_report_that_nobody_confirmed_is_withdrawn_and_never_confirmed(county: County) -> None:
    loan = await county.lend()
    report_id = (await report(county, loan["id"])).json()["id"]
    proposed = (await propose(county, report_id)).json()
    assert (await decide(county, proposed["id"])).status_code == 201
    assert (await county.loan(loan["id"]))["version"] == 1
    assert (await confirm(county, report_id, "2018-04-05")).json()["code"] == "report-withdrawn"
    assert (await propose(county, report_id)).json()["code"] == "report-withdrawn"
    assert (await report(county, loan["id"])).status_code == 201


async def test_a_withdrawal_is_decided_once_by_another_person_of_the_office(county: County) -> None:
    _, confirmed = await defaulted(county)
    assert (await propose(county, confirmed["id"], proposed_on="2018-03-25")).json()["code"] == "date-before-step"
    proposed = (await propose(county, confirmed["id"])).json()
    assert (await propose(county, confirmed["id"])).json()["code"] == "default-withdrawal-on-file"
    path = f"/api/v1/default-withdrawals/{proposed['id']}"
    own = await county.post(f"{path}/decisions", DECIDED, role=Role.SERVICE_CENTRE, subject=proposed["proposed_by"])
    assert own.json()["code"] == "maker-is-checker"
    bank = await county.post(f"{path}/decisions", DECIDED)
    assert bank.status_code == 403
    assert (await decide(county, proposed["id"], decided_on="2018-03-31")).json()["code"] == "date-before-step"
    assert (await decide(county, proposed["id"], decision="refuse")).json()["code"] == "invalid-request"
    refused = (await decide(county, proposed["id"], decision="refuse", reason="逾期属实")).json()
    assert (refused["state"], refused["decision_reason"]) == ("refused", "逾期属实")
    assert (await decide(county, proposed["id"])).json()["code"] == "correction-decided"
    anew = (await propose(county, confirmed["id"])).json()
    back = {"withdrawn_on": "2018-04-03", "reason": "核对有误"}
    path = f"/api/v1/default-withdrawals/{anew['id']}/withdrawals"
    assert (await county.post(path, back, subject="another")).json()["code"] == "only-the-proposer"
    assert (await county.post(path, back)).json()["state"] == "withdrawn"
    listed = (await county.get("/api/v1/default-withdrawals?state=refused")).json()["items"]
    assert [each["id"] for each in listed] == [proposed["id"]]


async def test_a_default_that_is_not_on_file_or_was_compensated_is_not_withdrawn(county: County) -> None:
    loan, confirmed = await defaulted(county)
    assert (await propose(county, str(new_id()))).json()["code"] == "default-report-unknown"
    assert (await decide(county, str(new_id()))).json()["code"] == "default-withdrawal-unknown"
    other = await county.post(f"/api/v1/default-reports/{confirmed['id']}/withdrawals", WRONG, bank="psbc")
    assert other.json()["code"] == "default-report-unknown"
    proposed = (await propose(county, confirmed["id"])).json()
    await county.service.deliver(claim_for(loan, confirmed))
    assert (await decide(county, proposed["id"])).json()["code"] == "loan-compensated-already"
    assert (await county.loan(loan["id"]))["state"] == "compensated"


async def test_a_household_in_default_pays_is_cured_and_fails_again(county: County) -> None:
    loan, _ = await defaulted(county)
    arrears = (await county.account(loan["id"], "2018-04-10"))["arrears"]
    paid = await county.repay(loan["id"], arrears, "2018-04-10", "R1")
    assert (paid.status_code, paid.json()["held"]) == (201, "0.00"), paid.text
    cured = await county.loan(loan["id"])
    assert (cured["state"], cured["overdue_from"], cured["principal_outstanding"]) == ("active", None, "50000.00")
    name, data, *_ = (await county.service.outbox())[-1]
    assert (name, data["cause"], data["lifted_on"]) == ("default-lifted", "cured", "2018-04-10")
    second = await report(county, loan["id"], reported_on="2019-04-01")
    assert second.status_code == 201, second.text
    assert (await confirm(county, second.json()["id"], "2019-04-02")).status_code == 201
    assert (await county.loan(loan["id"]))["state"] == "defaulted"
    reports = (await county.get(f"/api/v1/default-reports?loan_id={loan['id']}")).json()["items"]
    assert [each["overdue_from"] for each in reports] == ["2017-12-21", "2018-12-21"]


async def test_only_the_newest_default_of_a_loan_is_withdrawn(county: County) -> None:
    loan, first = await defaulted(county)
    arrears = (await county.account(loan["id"], "2018-04-10"))["arrears"]
    await county.repay(loan["id"], arrears, "2018-04-10", "R1")
    second = (await report(county, loan["id"], reported_on="2019-04-01")).json()
    on_file = (await propose(county, first["id"])).json()
    await confirm(county, second["id"], "2019-04-02")
    later = await propose(county, first["id"], proposed_on="2019-04-03")
    assert later.json()["code"] == "default-withdrawal-on-file"
    decided = await decide(county, on_file["id"], decided_on="2019-04-03")
    assert (decided.status_code, decided.json()["code"]) == (409, "later-default-confirmed"), decided.text
    assert decided.json()["values"]["report_id"] == second["id"]
    proposed = (await propose(county, second["id"], proposed_on="2019-04-03")).json()
    assert (await decide(county, proposed["id"], decided_on="2019-04-04")).status_code == 201
    assert (await county.loan(loan["id"]))["state"] == "active"
    assert (await decide(county, on_file["id"], decided_on="2019-04-05")).status_code == 201
    assert [name for name, *_ in await county.service.outbox()].count("default-lifted") == 3


async def test_a_cure_that_is_taken_back_leaves_the_loan_in_default(county: County) -> None:
    loan, _ = await defaulted(county)
    arrears = (await county.account(loan["id"], "2018-04-10"))["arrears"]
    paid = (await county.repay(loan["id"], arrears, "2018-04-10", "R1")).json()
    wrong = (await propose_reversal(county, paid["id"], proposed_on="2018-04-11")).json()
    assert (await confirm_reversal(county, wrong["id"], decided_on="2018-04-12")).status_code == 201
    assert (await county.loan(loan["id"]))["state"] == "defaulted"
    name, data, *_ = (await county.service.outbox())[-1]
    assert (name, data["before"]["state"], data["after"]["state"]) == ("loan-restated", "active", "defaulted")
