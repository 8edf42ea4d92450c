"""Findings on projects, their follow-up, and measures against those that violate."""

import asyncio
from typing import Any

import pytest

from services.subsidy.projects.rules.life import ProjectState
from services.subsidy.supervision.rules.finding import Subject, ensure_in_season, ensure_may_close, ensure_of_office
from services.subsidy.tests.county import COUNTY, ask, look
from services.subsidy.tests.project_steps import TOWNSHIP, project_until, step
from shared.access import Role
from shared.errors import Refusal
from shared.policy.vocabulary import Office
from shared.testing.service import ServiceUnderTest

NOBODY = "01a20122-0000-7000-8000-000000000000"


async def find(
    service: ServiceUnderTest, project_id: str, role: Role = Role.POVERTY_OFFICE, *, expect: int = 201, **changes: Any
) -> dict[str, Any]:
    """Record a finding."""
    body = {
        "office": str(role),
        "subject": "quality",
        "finding": "苗木成活率低",
        "found_on": "2017-03-01",
        "due_on": "2017-03-31",
        **changes,
    }
    who = {"region": body.pop("region")} if "region" in body else {}
    return await ask(service, f"/projects/{project_id}/findings", role, body, expect=expect, **who)


async def answer(service: ServiceUnderTest, finding_id: str, on: str = "2017-03-20", **more: Any) -> dict[str, Any]:
    """Answer a finding as the township."""
    body = {"answer": "已补植", "answered_on": on}
    return await ask(service, f"/findings/{finding_id}/answers", Role.TOWNSHIP, body, **more)


async def decide(service: ServiceUnderTest, finding_id: str, decision: str, on: str, **more: Any) -> dict[str, Any]:
    """Close a finding or send it back, as the poverty office."""
    due = {"due_on": more.pop("due_on")} if "due_on" in more else {}
    body = {"decision": decision, "decided_on": on, "note": "复查", **due}
    return await ask(service, f"/findings/{finding_id}/decisions", Role.POVERTY_OFFICE, body, **more)


@pytest.mark.clause("ZJ-3(a)")
async def test_county_township_and_village_find_and_the_finding_is_followed_to_its_end(
    subsidy: ServiceUnderTest,
) -> None:
    project = await project_until(subsidy, "under_way")
    found = await find(subsidy, project["id"])
    await find(subsidy, project["id"], Role.TOWNSHIP, due_on="2199-01-01")
    await find(subsidy, project["id"], Role.VILLAGE, subject="money", due_on="2199-01-01", expect=201)
    listed = (await look(subsidy, f"/findings?project_id={project['id']}"))["items"]
    assert [each["office"] for each in listed] == ["poverty_office", "township", "village"]
    late = (await look(subsidy, "/findings?only_late=true"))["items"]
    assert [each["id"] for each in late] == [found["id"]]
    assert (await answer(subsidy, found["id"], "2017-02-28", expect=422))["code"] == "date-before-step"
    assert (await answer(subsidy, found["id"]))["state"] == "answered"
    assert (await answer(subsidy, found["id"], expect=409))["code"] == "finding-in-wrong-state"
    own = await decide(subsidy, found["id"], "close", "2017-03-22", subject="township-officer", expect=403)
    assert own["code"] == "maker-is-checker"
    body = {"decision": "close", "decided_on": "2017-03-22", "note": "复查"}
    for role in (Role.TOWNSHIP, Role.VILLAGE):
        other = await ask(subsidy, f"/findings/{found['id']}/decisions", role, body, subject="colleague", expect=403)
        assert other["code"] == "finding-of-another-office"
    back = await decide(subsidy, found["id"], "return", "2017-03-22", due_on="2017-04-30")
    assert (back["state"], back["due_on"]) == ("open", "2017-04-30")
    assert (await answer(subsidy, found["id"], "2017-03-21", expect=422))["code"] == "date-before-step"
    await answer(subsidy, found["id"], "2017-04-20")
    closed = await decide(subsidy, found["id"], "close", "2017-04-22")
    assert (closed["state"], closed["is_late"]) == ("closed", False)
    assert [(each["decision"], each["answered_by"]) for each in closed["answers"]] == [
        ("return", "township-officer"),
        ("close", "township-officer"),
    ]
    assert (await answer(subsidy, NOBODY, expect=404))["code"] == "finding-unknown"


@pytest.mark.clause("ZJ-3(c)")
async def test_a_villagers_report_names_nobody_and_is_followed_alike(subsidy: ServiceUnderTest) -> None:
    project = await project_until(subsidy, "under_way")
    said: dict[str, Any] = {"subject": "favouritism", "finding": "名单上有村干部亲属", "from_villager": True}
    report = await find(subsidy, project["id"], Role.VILLAGE, **said)
    watched = await find(subsidy, project["id"], Role.VILLAGE, subject="fraud", finding="虚报面积")
    assert (report["from_villager"], report["recorded_by"]) == (True, None)
    assert watched["recorded_by"] == "village-officer"
    [first, second] = (await look(subsidy, "/findings", Role.TOWNSHIP))["items"]
    assert (first["recorded_by"], first["subject"], second["subject"]) == (None, "favouritism", "fraud")
    assert "village-officer" not in str(first)
    await answer(subsidy, report["id"])
    assert (await decide(subsidy, report["id"], "close", "2017-03-25"))["state"] == "closed"


@pytest.mark.clause("ZJ-3(c)")
def test_a_villagers_report_and_the_townships_own_finding_are_closed_by_the_county() -> None:
    ensure_may_close(Office.VILLAGE, ["village"], from_villager=False)
    ensure_may_close(Office.AUDITOR, ["auditor"], from_villager=False)
    for office, from_villager in ((Office.VILLAGE, True), (Office.TOWNSHIP, False), (Office.WORK_STATION, False)):
        ensure_may_close(office, ["poverty_office"], from_villager=from_villager)
        for roles in (["village"], ["township"], ["auditor"]):
            with pytest.raises(Refusal) as refused:
                ensure_may_close(office, roles, from_villager=from_villager)
            assert refused.value.code == "finding-of-another-office"
    with pytest.raises(Refusal):
        ensure_may_close(Office.AUDITOR, ["poverty_office"], from_villager=False)


@pytest.mark.clause("ZJ-3(a)")
async def test_a_village_watches_its_townships_project_and_no_other(subsidy: ServiceUnderTest) -> None:
    project = await project_until(subsidy, "under_way")
    assert project["region_code"] == TOWNSHIP
    village, elsewhere = f"{TOWNSHIP}001", f"{COUNTY}999001"
    found = await find(subsidy, project["id"], Role.VILLAGE, region=village)
    assert (found["office"], found["region_code"]) == ("village", TOWNSHIP)
    other = await find(subsidy, project["id"], Role.VILLAGE, region=elsewhere, expect=404)
    assert other["code"] == "project-unknown"


@pytest.mark.clause("ZJ-3(d)")
def test_station_discipline_and_farm_service_supervise_aftercare_by_their_own_people() -> None:
    stations = (Office.WORK_STATION, Office.DISCIPLINE, Office.AGRI_SERVICE)
    for office in stations:
        ensure_of_office(office, ["township"], stations)
        for roles, named in ((["village"], stations), (["township"], ())):
            with pytest.raises(Refusal) as refused:
                ensure_of_office(office, roles, named)
            assert refused.value.code == "finding-of-another-office"
    after = {ProjectState.COMPLETED, ProjectState.ACCEPTED, ProjectState.CLAIMED, ProjectState.REIMBURSED}
    for state in ProjectState:
        ensure_in_season(Subject.QUALITY, state)
        if state in after:
            ensure_in_season(Subject.AFTERCARE, state)
            continue
        with pytest.raises(Refusal) as refused:
            ensure_in_season(Subject.AFTERCARE, state)
        assert refused.value.code == "aftercare-before-completion"


@pytest.mark.clause("ZJ-3(d)")
async def test_aftercare_is_supervised_once_the_works_are_done(subsidy: ServiceUnderTest) -> None:
    project = await project_until(subsidy, "under_way")
    care: dict[str, Any] = {"subject": "aftercare", "finding": "无人管护", "due_on": "2199-01-01"}
    assert (await find(subsidy, project["id"], expect=409, **care))["code"] == "aftercare-before-completion"
    await step(subsidy, project["id"], 4)
    assert (await find(subsidy, project["id"], **care))["subject"] == "aftercare"
    refused = await find(subsidy, project["id"], Role.TOWNSHIP, office="work_station", expect=403, **care)
    assert refused["code"] == "finding-of-another-office"  # this county's pack names no work station


async def propose(
    service: ServiceUnderTest, project_id: str, finding_id: str, *, expect: int = 201, **changes: Any
) -> dict[str, Any]:
    """Propose to take 50 000 yuan back."""
    body = {
        "finding_id": finding_id,
        "kind": "take_back",
        "reason": "套取资金",
        "amount": "50000.00",
        "due_on": "2017-06-30",
        "proposed_on": "2017-04-01",
        **changes,
    }
    return await ask(service, f"/projects/{project_id}/measures", Role.TOWNSHIP, body, expect=expect)


async def judge(service: ServiceUnderTest, measure_id: str, decision: str = "approve", **more: Any) -> dict[str, Any]:
    """Decide on a measure as the poverty office."""
    body = {"decision": decision, "decided_on": "2017-04-05"}
    return await ask(service, f"/project-measures/{measure_id}/decisions", Role.POVERTY_OFFICE, body, **more)


async def receive(
    service: ServiceUnderTest, measure_id: str, amount: str, reference: str, *, expect: int = 201
) -> dict[str, Any]:
    """Book money that came in."""
    body = {"amount": amount, "bank_reference": reference, "received_on": "2017-05-01"}
    path = f"/project-measures/{measure_id}/receipts"
    return await ask(service, path, Role.FINANCE_BUREAU, body, expect=expect)


@pytest.mark.clause("ZJ-3(b)")
async def test_a_violating_projects_money_comes_back_to_its_programme(subsidy: ServiceUnderTest) -> None:
    project = await project_until(subsidy, "reimbursed")
    found = await find(subsidy, project["id"], subject="fraud")
    assert (await propose(subsidy, project["id"], found["id"], amount="80000.01", expect=409))["code"] == (
        "above-what-was-paid"
    )
    measure = await propose(subsidy, project["id"], found["id"])
    again = await propose(subsidy, project["id"], found["id"], expect=409)
    assert again["code"] == "project-measure-in-wrong-state"
    assert (await receive(subsidy, measure["id"], "1.00", "T1", expect=409))["code"] == "project-measure-in-wrong-state"
    own = await judge(subsidy, measure["id"], subject="township-officer", expect=403)
    assert own["code"] == "maker-is-checker"
    answers = await asyncio.gather(
        *(
            subsidy.client.post(
                f"/api/v1/project-measures/{measure['id']}/decisions",
                json={"decision": "approve", "decided_on": "2017-04-05"},
                headers=subsidy.headers(Role.POVERTY_OFFICE),
            )
            for _ in range(2)
        )
    )
    assert sorted(each.status_code for each in answers) == [201, 409]
    [owed] = (await look(subsidy, f"/projects/{project['id']}/measures"))["items"]
    assert (owed["state"], owed["owed"], owed["due_on"]) == ("approved", "50000.00", "2017-06-30")
    assert (await look(subsidy, f"/projects/{project['id']}"))["state"] == "stopped"
    await receive(subsidy, measure["id"], "30000.00", "T1")
    assert (await receive(subsidy, measure["id"], "20000.00", "T1", expect=409))["code"] == "project-receipt-booked"
    assert (await receive(subsidy, measure["id"], "20000.01", "T2", expect=409))["code"] == "above-what-was-paid"
    done = await receive(subsidy, measure["id"], "20000.00", "T2")
    assert (done["received"], done["owed"]) == ("50000.00", "0.00")
    programme = await look(subsidy, f"/programmes/{project['money'][0]['programme_id']}")
    assert (programme["committed"], programme["paid"], programme["available"]) == ("0.00", "30000.00", "970000.00")
    over = await propose(subsidy, project["id"], found["id"], amount="30000.01", expect=409)
    assert (over["code"], over["values"]["most"]) == ("above-what-was-paid", "30000.00")
    move: dict[str, Any] = {"kind": "move", "amount": None, "due_on": None, "new_region_code": f"{COUNTY}002"}
    assert (await propose(subsidy, project["id"], found["id"], expect=409, **move))["code"] == "project-not-running"
    second = await propose(subsidy, project["id"], found["id"], amount="30000.00")
    assert (await judge(subsidy, second["id"]))["owed"] == "30000.00"  # a project is stopped once, and paid back whole
    for path in ("decisions", "receipts"):
        body = {"decision": "approve", "decided_on": "2017-04-05"}
        if path == "receipts":
            body = {"amount": "1.00", "bank_reference": "T9", "received_on": "2017-05-01"}
        unknown = await ask(subsidy, f"/project-measures/{NOBODY}/{path}", Role.FINANCE_BUREAU, body, expect=404)
        assert unknown["code"] == "project-measure-unknown"


@pytest.mark.clause("ZJ-3(b)")
async def test_a_violating_project_is_moved_to_another_place_and_entity(subsidy: ServiceUnderTest) -> None:
    project = await project_until(subsidy, "under_way")
    found = await find(subsidy, project["id"])
    move: dict[str, Any] = {"kind": "move", "amount": None, "due_on": None}
    whole: dict[str, Any] = {
        "new_region_code": f"{COUNTY}002",
        "entity_code": "91500236MA99",
        "entity_name": "兴旺公司",
    }
    for lacking in ({}, {"entity_code": "91500236MA99"}, {**whole, "amount": "1.00"}):
        refused = await propose(subsidy, project["id"], found["id"], expect=422, **{**move, **lacking})
        assert refused["code"] == "project-measure-incomplete", lacking
    away = await propose(subsidy, project["id"], found["id"], expect=403, **{**move, "new_region_code": "500237001"})
    assert away["code"] == "outside-region"
    measure = await propose(subsidy, project["id"], found["id"], **move, **whole)
    assert (await judge(subsidy, measure["id"]))["state"] == "approved"
    moved = await look(subsidy, f"/projects/{project['id']}")
    assert (moved["region_code"], moved["entity_name"], moved["state"]) == (f"{COUNTY}002", "兴旺公司", "under_way")


async def test_a_measure_that_is_refused_changes_nothing(subsidy: ServiceUnderTest) -> None:
    project = await project_until(subsidy, "under_way")
    found = await find(subsidy, project["id"])
    measure = await propose(subsidy, project["id"], found["id"], kind="move", amount=None, due_on=None,
                            new_region_code=f"{COUNTY}002")  # fmt: skip
    assert (await judge(subsidy, measure["id"], "refuse"))["state"] == "refused"
    assert (await look(subsidy, f"/projects/{project['id']}"))["region_code"] == TOWNSHIP
    assert (await propose(subsidy, project["id"], NOBODY, expect=404))["code"] == "finding-unknown"


@pytest.mark.clause("ZJ-10(c)")
async def test_projects_count_in_the_assessment_of_their_leader_and_township(subsidy: ServiceUnderTest) -> None:
    accepted = await project_until(subsidy, "reimbursed")
    money = [{"programme_id": accepted["money"][0]["programme_id"], "fund_source": "县级财政", "amount": "1000.00"}]
    await project_until(subsidy, "accepted", name="茶园", money=money, starts_on="2017-01-01", ends_on="2017-02-05")
    await project_until(subsidy, "approved", name="菜园", money=money, leader="刘副县长")
    await find(subsidy, accepted["id"])
    query = f"/project-performance?county_code={COUNTY}&as_of="
    answer = await subsidy.client.get(f"/api/v1{query}2017-04-01", headers=subsidy.headers(Role.POVERTY_OFFICE))
    by_leader = {each["leader"]: each for each in answer.json()}
    assert by_leader["王副县长"] == {
        "township_code": TOWNSHIP,
        "leader": "王副县长",
        "project_count": 2,
        "approved_count": 2,
        "accepted_count": 2,
        "accepted_in_time_count": 1,
        "stopped_count": 0,
        "finding_count": 1,
        "late_finding_count": 1,
        "amount": "101000.00",
        "paid": "80000.00",
    }
    assert (by_leader["刘副县长"]["approved_count"], by_leader["刘副县长"]["accepted_count"]) == (1, 0)
    answer = await subsidy.client.get(f"/api/v1{query}2017-02-05", headers=subsidy.headers(Role.POVERTY_OFFICE))
    assert {each["leader"]: each["accepted_count"] for each in answer.json()} == {"王副县长": 0, "刘副县长": 0}
