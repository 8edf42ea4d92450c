"""A wrong step of a project is struck by two persons, later ones first; its money goes back where it came from."""

import asyncio
from typing import Any

import pytest

from services.subsidy.tests.county import ask, look, open_programme
from services.subsidy.tests.project_steps import PAPERS, plan, project_until, step
from services.subsidy.tests.reversing import decide_back, propose_back, taken_back
from shared.access import Role
from shared.testing.service import ServiceUnderTest

NOBODY = "01a20122-0000-7000-8000-000000000000"


BACK: dict[str, Any] = {"bank_reference": "TH-1", "returned_on": "2017-02-20"}


async def strike(
    service: ServiceUnderTest, project: dict[str, Any], number: int, on: str = "2017-03-01", **more: Any
) -> Any:
    """Strike a step by two persons and return the project's file."""
    await taken_back(service, "project", f"/projects/{project['id']}/step-reversals", on, number=number, **more)
    return await look(service, f"/projects/{project['id']}")


@pytest.mark.clause("ZJ-9")
async def test_a_wrong_step_is_struck_by_two_and_taken_again(subsidy: ServiceUnderTest) -> None:
    project = await project_until(subsidy, "completed")
    path = f"/projects/{project['id']}/step-reversals"
    later = await propose_back(subsidy, path, "2017-03-01", number=4, expect=409)
    assert (later["code"], later["values"]["later"]) == ("project-step-not-last", [6, 5])
    early = await propose_back(subsidy, path, "2017-02-04", number=6, expect=422)
    assert early["code"] == "date-before-step"
    assert (await propose_back(subsidy, path, "2017-03-01", number=7, expect=404))["code"] == "project-step-unknown"
    proposed = await propose_back(subsidy, path, "2017-03-01", number=6)
    assert (await propose_back(subsidy, path, "2017-03-01", number=6, expect=409))["code"] == "reversal-proposal-open"
    waiting = (await look(subsidy, "/project-reversals?state=proposed"))["items"]
    assert [(each["subject"], each["number"]) for each in waiting] == [("project_step", 6)]
    own = await decide_back(
        subsidy, "project", proposed["id"], "2017-03-02", subject=proposed["proposed_by"], expect=403
    )
    assert own["code"] == "maker-is-checker"
    before = await decide_back(subsidy, "project", proposed["id"], "2017-02-28", expect=422)
    assert before["code"] == "date-before-step"
    assert (await decide_back(subsidy, "agreement", proposed["id"], "2017-03-02", expect=404))["code"] == (
        "reversal-proposal-unknown"
    )
    await decide_back(subsidy, "project", proposed["id"], "2017-03-02")
    again = await decide_back(subsidy, "project", proposed["id"], "2017-03-02", expect=409)
    assert again["code"] == "reversal-proposal-decided"
    shown = await look(subsidy, f"/projects/{project['id']}")
    assert (shown["state"], [each["number"] for each in shown["steps"] if each["struck"]]) == ("under_way", [6])
    [struck] = shown["step_reversals"]
    assert (struck["reason"], struck["document"], struck["decided_on"]) == ("登记有误", "核查记录008", "2017-03-02")
    event = await subsidy.database.pool.fetchrow("SELECT * FROM outbox ORDER BY position DESC LIMIT 1")
    assert event is not None
    assert (event["event_name"], event["aggregate_version"]) == ("project-step-struck", 7)
    assert (event["data"]["step"], event["data"]["state"]) == ("completion", "under_way")
    assert (await step(subsidy, project["id"], 4, happened_on="2017-02-05"))["state"] == "completed"


async def test_what_was_proposed_may_be_refused_and_stands(subsidy: ServiceUnderTest) -> None:
    project = await project_until(subsidy, "completed")
    path = f"/projects/{project['id']}/step-reversals"
    proposed = await propose_back(subsidy, path, "2017-03-01", number=6)
    bare = {"decision": "refuse", "decided_on": "2017-03-02"}
    wrong = f"/project-reversals/{proposed['id']}/decisions"
    assert (await ask(subsidy, wrong, Role.POVERTY_OFFICE, bare, expect=422))["code"] == "invalid-request"
    refused = await decide_back(subsidy, "project", proposed["id"], "2017-03-02", decision="refuse")
    assert (refused["state"], refused["decision_reason"]) == ("refused", "记录无误")
    assert (await look(subsidy, f"/projects/{project['id']}"))["state"] == "completed"
    assert (await propose_back(subsidy, path, "2017-03-03", number=6))["state"] == "proposed"


async def test_two_decisions_at_once_strike_one_step(subsidy: ServiceUnderTest) -> None:
    project = await project_until(subsidy, "completed")
    path = f"/projects/{project['id']}/step-reversals"
    proposed = await propose_back(subsidy, path, "2017-03-01", number=6)
    body = {"decision": "confirm", "decided_on": "2017-03-02"}
    where = f"/api/v1/project-reversals/{proposed['id']}/decisions"
    answers = await asyncio.gather(
        *(
            subsidy.client.post(where, json=body, headers=subsidy.headers(Role.POVERTY_OFFICE, subject=each))
            for each in ("qian", "sun", "li")
        )
    )
    assert sorted(each.status_code for each in answers) == [201, 409, 409]
    assert (await look(subsidy, f"/projects/{project['id']}"))["state"] == "under_way"


@pytest.mark.clause("ZJ-9")
async def test_money_that_a_struck_step_moved_goes_back(subsidy: ServiceUnderTest) -> None:
    project = await project_until(subsidy, "reimbursed")
    programme = f"/programmes/{project['money'][0]['programme_id']}"
    assert (project["committed"], project["paid"]) == ("0.00", "80000.00")
    path = f"/projects/{project['id']}/step-reversals"
    bare = await propose_back(subsidy, path, "2017-03-01", number=9, expect=422)
    assert bare["code"] == "project-transfer-back-missing"
    half = await propose_back(subsidy, path, "2017-03-01", number=9, expect=422, bank_reference="TH-1")
    assert half["code"] == "invalid-request"
    claimed = await strike(subsidy, project, 9, **BACK)
    kept = claimed["step_reversals"][0]
    assert (kept["reference"], kept["happened_on"]) == ("TH-1", "2017-02-20")
    other = await propose_back(subsidy, path, "2017-03-01", number=8, expect=422, **BACK)
    assert other["code"] == "project-transfer-back-missing"
    assert (claimed["state"], claimed["committed"], claimed["paid"]) == ("claimed", "100000.00", "0.00")
    shown = await look(subsidy, programme)
    assert (shown["committed"], shown["paid"]) == ("100000.00", "0.00")
    assert (await strike(subsidy, project, 8))["state"] == "accepted"
    for number, state in ((7, "completed"), (6, "under_way"), (5, "approved")):
        assert (await strike(subsidy, project, number))["state"] == state
    designed = await strike(subsidy, project, 4)
    assert (designed["state"], designed["committed"]) == ("designed", "0.00")
    assert (await look(subsidy, programme))["committed"] == "0.00"
    applied = await strike(subsidy, project, 3)
    assert (applied["state"], applied["entity_code"], applied["steps"][2]["entity_code"]) == (
        "applied",
        None,
        "91500236MA5U",
    )
    planned = await strike(subsidy, project, 2)
    assert planned["state"] == "planned"
    path = f"/projects/{project['id']}/step-reversals"
    assert (await propose_back(subsidy, path, "2017-03-01", number=1, expect=409))["code"] == "project-step-stays"
    project = await step(subsidy, project["id"], 0)
    for number in range(1, 8):
        project = await step(subsidy, project["id"], number)
    assert (project["state"], project["paid"]) == ("reimbursed", "80000.00")


async def test_a_reimbursement_is_not_struck_once_its_rest_is_promised_to_others(subsidy: ServiceUnderTest) -> None:
    programme = await open_programme(subsidy, "100000.00")
    money: dict[str, Any] = {"programme_id": programme, "fund_source": "县级财政"}
    project = await project_until(subsidy, "reimbursed", money=[{**money, "amount": "100000.00"}])
    await project_until(subsidy, "approved", name="果园", money=[{**money, "amount": "20000.00"}])
    path = f"/projects/{project['id']}/step-reversals"
    proposed = await propose_back(subsidy, path, "2017-03-01", number=9, **BACK)
    refused = await decide_back(subsidy, "project", proposed["id"], "2017-03-02", expect=409)
    assert refused["code"] == "subsidy-budget-exceeded"
    shown = await look(subsidy, f"/projects/{project['id']}")
    assert (shown["state"], shown["paid"]) == ("reimbursed", "80000.00")


async def test_a_withdrawal_is_struck_while_nobody_took_the_name(subsidy: ServiceUnderTest) -> None:
    project = await project_until(subsidy, "applied")
    withdrawal = {"step": "withdrawal", "happened_on": "2017-02-10", "note": "误操作", "documents": PAPERS}
    await ask(subsidy, f"/projects/{project['id']}/steps", Role.TOWNSHIP, withdrawal)
    other = await plan(subsidy, money=[{k: project["money"][0][k] for k in ("programme_id", "fund_source", "amount")}])
    path = f"/projects/{project['id']}/step-reversals"
    taken = await propose_back(subsidy, path, "2017-03-01", number=3, expect=409)
    assert taken["code"] == "project-exists"
    await ask(subsidy, f"/projects/{other['id']}/steps", Role.TOWNSHIP, withdrawal)
    assert (await strike(subsidy, project, 3))["state"] == "applied"
    unknown = await propose_back(subsidy, f"/projects/{NOBODY}/step-reversals", "2017-03-01", number=1, expect=404)
    assert unknown["code"] == "project-unknown"


async def test_an_earlier_choice_of_the_entity_holds_again(subsidy: ServiceUnderTest) -> None:
    project = await project_until(subsidy, "designed")
    await step(subsidy, project["id"], 2, decision="return")
    chosen: dict[str, Any] = {"entity_code": "91500236MA99", "entity_name": "兴旺公司", "happened_on": "2017-02-08"}
    assert (await step(subsidy, project["id"], 1, **chosen))["entity_name"] == "兴旺公司"
    assert (await strike(subsidy, project, 5))["entity_name"] == "脐橙合作社"
