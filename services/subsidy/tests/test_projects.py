"""A project from its planning meeting to its reimbursement, and its ways back."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from services.subsidy.tests.county import COUNTY, ask, confirmed_programme, look, open_programme
from services.subsidy.tests.project_steps import PAPERS, TOWNSHIP, plan, project_body, project_until, step
from shared.access import Role
from shared.testing.service import ServiceUnderTest


@pytest.mark.clause("ZJ-9")
async def test_each_step_is_on_file_with_day_office_and_person(subsidy: ServiceUnderTest) -> None:
    project = await project_until(subsidy, "reimbursed")
    taken = [(each["step"], each["outcome"], each["happened_on"], each["office"]) for each in project["steps"]]
    assert taken == [
        ("planning", "done", "2017-01-10", "township"),
        ("application", "done", "2017-02-01", "township"),
        ("entity", "done", "2017-02-02", "township"),
        ("approval", "approve", "2017-02-03", "poverty_office"),
        ("works", "done", "2017-02-04", "township"),
        ("completion", "done", "2017-02-05", "township"),
        ("acceptance", "pass", "2017-02-06", "poverty_office"),
        ("reimbursement", "done", "2017-02-07", "township"),
        ("reimbursement", "approve", "2017-02-08", "finance_bureau"),
    ]
    assert all(each["recorded_by"] and each["documents"] == PAPERS for each in project["steps"])
    assert (project["entity_name"], project["leader"]) == ("脐橙合作社", "王副县长")
    events = await subsidy.database.pool.fetch("SELECT * FROM outbox WHERE aggregate_id = $1", project["id"])
    assert sorted(each["aggregate_version"] for each in events) == list(range(1, 10))
    assert events[0]["event_name"] == "project-step-taken"


@pytest.mark.clause("ZJ-9")
async def test_no_step_is_dated_before_the_one_it_follows(subsidy: ServiceUnderTest) -> None:
    project = await project_until(subsidy, "completed")
    refused = await step(subsidy, project["id"], 5, happened_on="2017-02-04", expect=422)
    assert refused["code"] == "date-before-step"
    refused = await step(subsidy, project["id"], 6, expect=409)
    assert (refused["code"], refused["values"]["state"]) == ("project-in-wrong-state", "completed")
    refused = await step(subsidy, project["id"], 5, happened_on="2199-01-01", expect=422)
    assert refused["code"] == "date-in-future"


async def test_who_reports_a_step_does_not_decide_on_it(subsidy: ServiceUnderTest) -> None:
    project = await project_until(subsidy, "applied")
    await step(subsidy, project["id"], 1, who="zhao")
    assert (await step(subsidy, project["id"], 2, who="zhao", expect=403))["code"] == "maker-is-checker"
    await step(subsidy, project["id"], 2)


async def test_a_plan_is_returned_made_again_and_refused_with_its_reason(subsidy: ServiceUnderTest) -> None:
    project = await project_until(subsidy, "designed")
    project = await step(subsidy, project["id"], 2, decision="return", note="面积与勘查不符")
    assert project["state"] == "applied"
    await step(subsidy, project["id"], 1, happened_on="2017-02-10")
    project = await step(subsidy, project["id"], 2, decision="refuse", note="不符合规划", happened_on="2017-02-11")
    assert (project["state"], project["steps"][-1]["note"]) == ("refused", "不符合规划")
    # The name is free again, and the money was never promised.
    again = await plan(subsidy, money=project["money"] and [_money(project["money"][0]["programme_id"])])
    assert again["committed"] == "0.00"


async def test_an_acceptance_that_failed_is_repeated(subsidy: ServiceUnderTest) -> None:
    project = await project_until(subsidy, "completed")
    project = await step(subsidy, project["id"], 5, decision="fail", note="苗木成活率低")
    assert project["state"] == "under_way"
    await step(subsidy, project["id"], 4, happened_on="2017-03-01")
    assert (await step(subsidy, project["id"], 5, happened_on="2017-03-02"))["state"] == "accepted"


async def test_a_project_is_withdrawn_before_its_approval_only(subsidy: ServiceUnderTest) -> None:
    withdrawal = {"step": "withdrawal", "happened_on": "2017-03-01", "note": "群众不愿种植", "documents": PAPERS}
    project = await project_until(subsidy, "designed")
    path = f"/projects/{project['id']}/steps"
    assert (await ask(subsidy, path, Role.TOWNSHIP, withdrawal))["state"] == "withdrawn"
    project = await project_until(subsidy, "approved", money=[_money(project["money"][0]["programme_id"])])
    path = f"/projects/{project['id']}/steps"
    assert (await ask(subsidy, path, Role.TOWNSHIP, withdrawal, expect=409))["code"] == "project-in-wrong-state"


def _money(programme_id: str, amount: str = "100000.00") -> dict[str, str]:
    return {"programme_id": programme_id, "fund_source": "县级财政", "amount": amount}


async def test_money_of_a_programme_is_committed_paid_and_freed(subsidy: ServiceUnderTest) -> None:
    project = await project_until(subsidy, "claimed")
    programme = project["money"][0]["programme_id"]
    assert (project["committed"], project["paid"]) == ("100000.00", "0.00")
    before = await look(subsidy, f"/programmes/{programme}")
    assert (before["committed"], before["paid"]) == ("100000.00", "0.00")
    project = await step(subsidy, project["id"], 7)
    assert (project["committed"], project["paid"]) == ("0.00", "80000.00")
    after = await look(subsidy, f"/programmes/{programme}")
    assert (after["committed"], after["paid"]) == ("0.00", "80000.00")


async def test_more_than_the_projects_money_is_not_claimed(subsidy: ServiceUnderTest) -> None:
    project = await project_until(subsidy, "accepted")
    refused = await step(subsidy, project["id"], 6, amount="100000.01", expect=409)
    assert (refused["code"], refused["values"]["left"]) == ("above-project-money", "100000.00")
    project = await step(subsidy, project["id"], 6)
    project = await step(subsidy, project["id"], 7, decision="return", note="发票不全")
    assert project["state"] == "accepted"
    assert (await step(subsidy, project["id"], 6, happened_on="2017-03-01"))["state"] == "claimed"


@pytest.mark.clause("DZ-2(i)")
async def test_no_more_is_promised_of_a_source_than_it_gives(subsidy: ServiceUnderTest) -> None:
    sources = [
        {"fund_source": "县级财政", "amount": "150000.00", "document": "预算批复〔2017〕2号"},
        {"fund_source": "中央衔接资金", "amount": "150000.00", "document": "财农〔2017〕1号"},
    ]
    body = {"county_code": COUNTY, "year": 2017, "name": "产业项目", "regions": [COUNTY], "budget": "300000.00"}
    body |= {"starts_on": "2017-01-01", "ends_on": "2017-12-31", "sources": sources}
    programme = await confirmed_programme(subsidy, body)
    await project_until(subsidy, "approved", name="茶园", money=[_money(programme)])
    second = await project_until(subsidy, "designed", name="果园", money=[_money(programme, "50000.01")])
    refused = await step(subsidy, second["id"], 2, expect=409)
    assert (refused["code"], refused["values"]) == (
        "project-fund-source-exceeded",
        {"fund_source": "县级财政", "amount": "50000.01", "available": "50000.00"},
    )
    assert (await look(subsidy, f"/programmes/{programme}"))["committed"] == "100000.00"
    third = await project_until(subsidy, "approved", name="菌棚", money=[_money(programme, "50000.00")])
    assert third["committed"] == "50000.00"


async def test_two_approvals_at_once_promise_money_once(subsidy: ServiceUnderTest) -> None:
    programme = await open_programme(subsidy, "150000.00")
    projects = [
        await project_until(subsidy, "designed", name=name, money=[_money(programme)]) for name in ("茶园", "果园")
    ]
    body = {"decision": "approve", "happened_on": "2017-02-03", "note": "同意", "documents": PAPERS}
    answers = await asyncio.gather(
        *(
            subsidy.client.post(
                f"/api/v1/projects/{each['id']}/approvals", json=body, headers=subsidy.headers(Role.POVERTY_OFFICE)
            )
            for each in (*projects, *projects)
        )
    )
    codes = sorted(each.status_code for each in answers)
    assert codes == [201, 409, 409, 409]
    assert Decimal((await look(subsidy, f"/programmes/{programme}"))["committed"]) == 100000


@pytest.mark.clause("ZJ-10(a)")
async def test_a_project_is_never_without_its_one_leader(subsidy: ServiceUnderTest) -> None:
    project = await plan(subsidy)
    path = f"/projects/{project['id']}/hand-overs"
    change = {"leaves": "王副县长", "comes": "刘副县长", "on": "2017-03-01", "hand_over": "档案、资金台账"}
    assert (await ask(subsidy, path, Role.TOWNSHIP, change | {"on": "2017-01-09"}, expect=422))["code"] == (
        "date-before-step"
    )
    project = await ask(subsidy, path, Role.TOWNSHIP, change)
    leaders = [
        (each["person"], each["from_on"], each["until_on"], each["hand_over"])
        for each in project["posts"]
        if each["post"] == "leader"
    ]
    assert leaders == [
        ("王副县长", "2017-01-10", "2017-03-01", "档案、资金台账"),
        ("刘副县长", "2017-03-01", None, None),
    ]
    assert project["leader"] == "刘副县长"
    refused = await ask(subsidy, path, Role.TOWNSHIP, change, expect=409)
    assert refused["code"] == "project-person-not-in-post"
    member = change | {"leaves": "李主任", "comes": "刘副县长"}
    assert (await ask(subsidy, path, Role.TOWNSHIP, member, expect=409))["code"] == "project-person-in-post"
    assert len([each for each in project["posts"] if each["until_on"] is None]) == 3


@pytest.mark.clause("ZJ-10(b)")
async def test_the_file_shows_which_of_the_seven_are_there(subsidy: ServiceUnderTest) -> None:
    project = await project_until(subsidy, "approved")
    shown = await look(subsidy, f"/projects/{project['id']}")
    assert [(each["zh"], each["present"]) for each in shown["proofs"]] == [
        ("有计划", True),
        ("有资金", True),
        ("有项目", True),
        ("有措施", False),
        ("有督查", False),
        ("有成效", False),
        ("有问责", False),
    ]
    await step(subsidy, project["id"], 3)
    await step(subsidy, project["id"], 4)
    await step(subsidy, project["id"], 5)
    said = {"office": "poverty_office", "subject": "quality", "finding": "缺株", "found_on": "2017-02-10"}
    path = f"/projects/{project['id']}"
    found = await ask(subsidy, f"{path}/findings", Role.POVERTY_OFFICE, {**said, "due_on": "2017-03-10"})
    shown = await look(subsidy, path)
    assert [each["code"] for each in shown["proofs"] if not each["present"]] == ["accountability"]
    answer = {"answer": "已补植", "answered_on": "2017-03-01"}
    await ask(subsidy, f"/findings/{found['id']}/answers", Role.TOWNSHIP, answer)
    closing = {"decision": "close", "decided_on": "2017-03-02", "note": "复查合格"}
    await ask(subsidy, f"/findings/{found['id']}/decisions", Role.POVERTY_OFFICE, closing)
    assert all(each["present"] for each in (await look(subsidy, path))["proofs"])


async def test_refuses_what_is_no_project(subsidy: ServiceUnderTest) -> None:
    project = await plan(subsidy)
    programme = project["money"][0]["programme_id"]
    assert (await plan(subsidy, money=[_money(programme)], expect=409))["code"] == "project-exists"
    other = "01a20122-0000-7000-8000-000000000000"
    for money in ([_money(other)], [_money(programme), _money(programme)]):
        refused = await plan(subsidy, name="茶园", money=money, expect=409)
        assert refused["code"] == "project-programme-unknown"
    wrong: tuple[dict[str, Any], ...] = (
        {"leader": "李主任"},
        {"team": []},
        {"documents": []},
        {"ends_on": "2017-02-28"},
        {"region_code": "500236"},
        {"money": []},
    )
    for change in wrong:
        refused = await ask(subsidy, "/projects", Role.TOWNSHIP, project_body(programme, **change), expect=422)
        assert refused["code"] == "invalid-request", change
    body = project_body(programme, name="茶园")
    refused = await ask(subsidy, "/projects", Role.TOWNSHIP, body, region=f"{TOWNSHIP[:8]}2", expect=403)
    assert refused["code"] == "outside-region"


async def test_a_programme_funds_what_is_its_own(subsidy: ServiceUnderTest) -> None:
    old = await open_programme(subsidy, year=2016)
    refused = await plan(subsidy, money=[_money(old)], expect=409)
    assert (refused["code"], refused["values"]["ends_on"]) == ("project-programme-of-other-days", "2016-12-31")
    next_year = await open_programme(subsidy, year=2018)
    project = await project_until(subsidy, "designed", money=[_money(next_year)])  # planned ahead, promised in its year
    refused = await step(subsidy, project["id"], 2, happened_on="2017-12-31", expect=409)
    assert (refused["code"], refused["values"]["starts_on"]) == ("project-programme-of-other-days", "2018-01-01")
    await step(subsidy, project["id"], 2, happened_on="2018-01-01")
    narrow = {"county_code": COUNTY, "year": 2017, "name": "产业", "budget": "100000.00", "regions": [f"{COUNTY}002"]}
    narrow |= {"fund_sources": ["中央资金"], "starts_on": "2017-01-01", "ends_on": "2017-12-31"}
    programme = await confirmed_programme(subsidy, narrow)
    refused = await plan(subsidy, money=[_money(programme)], name="茶园", expect=409)
    assert (refused["code"], refused["values"]["regions"]) == ("project-programme-of-other-regions", [f"{COUNTY}002"])
    refused = await plan(subsidy, money=[_money(programme)], name="茶园", region_code=f"{COUNTY}002", expect=409)
    assert (refused["code"], refused["values"]["sources"]) == ("project-fund-source-unknown", ["中央资金"])


async def test_a_step_says_what_belongs_to_it(subsidy: ServiceUnderTest) -> None:
    project = await project_until(subsidy, "applied")
    refused = await step(subsidy, project["id"], 1, entity_code=None, entity_name=None, expect=422)
    assert refused["code"] == "project-entity-missing"
    wrong = (
        {"step": "works"},
        {"step": "completion", "amount": "1.00"},
        {"step": "completion", "entity_code": "A1", "entity_name": "社"},
        {"step": "entity", "entity_code": "A1"},
        {"step": "reimbursement"},
    )
    for change in wrong:
        body = {"happened_on": "2017-02-02", "note": "x", "documents": PAPERS, **change}
        path = f"/projects/{project['id']}/steps"
        assert (await ask(subsidy, path, Role.TOWNSHIP, body, expect=422))["code"] == "invalid-request", change


async def test_projects_are_seen_in_and_around_their_place(subsidy: ServiceUnderTest) -> None:
    project = await plan(subsidy)
    for region, found in ((TOWNSHIP, 1), (f"{TOWNSHIP}201", 1), ("500236", 1), ("50", 1), ("500236002", 0)):
        listed = await look(subsidy, "/projects?kind=centralised&state=planned", Role.POVERTY_OFFICE, region=region)
        assert len(listed["items"]) == found, region
    answer = await subsidy.client.get(
        f"/api/v1/projects/{project['id']}", headers=subsidy.headers(Role.VILLAGE, region="500236002201")
    )
    assert (answer.status_code, answer.json()["code"]) == (404, "project-unknown")
    assert (await step(subsidy, "01a20122-0000-7000-8000-000000000000", 0, expect=404))["code"] == "project-unknown"
