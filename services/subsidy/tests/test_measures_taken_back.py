"""A take-back of a project's money is lowered or ended, its receipts are reversed, and the project goes on, by two."""

from typing import Any

import pytest

from services.subsidy.tests.county import look, open_programme
from services.subsidy.tests.project_steps import project_until
from services.subsidy.tests.reversing import decide_back, propose_back, taken_back
from services.subsidy.tests.test_supervision import NOBODY, find, judge, propose, receive
from shared.testing.service import ServiceUnderTest


async def stopped(service: ServiceUnderTest, **changes: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a reimbursed project that was stopped, and the take-back of 50 000 of its 80 000 yuan."""
    project = await project_until(service, "reimbursed", **changes)
    found = await find(service, project["id"], subject="fraud")
    measure = await propose(service, project["id"], found["id"])
    return project, await judge(service, measure["id"])


@pytest.mark.clause("ZJ-3(b)")
async def test_a_take_back_is_lowered_and_ended_by_two(subsidy: ServiceUnderTest) -> None:
    _, measure = await stopped(subsidy)
    path = f"/project-measures/{measure['id']}/reversals"
    await receive(subsidy, measure["id"], "10000.00", "T1")
    for wrong in ("9999.99", "50000.00"):
        refused = await propose_back(subsidy, path, "2017-05-10", amount=wrong, expect=409)
        assert (refused["code"], refused["values"]["received"]) == ("project-measure-not-lowered", "10000.00")
    proposed = await propose_back(subsidy, path, "2017-05-10", amount="20000.00")
    own = await decide_back(
        subsidy, "project", proposed["id"], "2017-05-11", subject=proposed["proposed_by"], expect=403
    )
    assert own["code"] == "maker-is-checker"
    await decide_back(subsidy, "project", proposed["id"], "2017-05-11")
    [late] = (await look(subsidy, "/project-measures?late_on=2017-07-01"))["items"]
    assert (late["id"], late["amount"], late["waived"], late["owed"]) == (
        measure["id"],
        "50000.00",
        "30000.00",
        "10000.00",
    )
    assert (await receive(subsidy, measure["id"], "10000.01", "T2", expect=409))["code"] == "above-what-was-paid"
    proposed = await propose_back(subsidy, path, "2017-05-12", amount="10000.00")
    await receive(subsidy, measure["id"], "1.00", "T2")
    overtaken = await decide_back(subsidy, "project", proposed["id"], "2017-05-13", expect=409)
    assert overtaken["code"] == "project-measure-not-lowered"
    await decide_back(subsidy, "project", proposed["id"], "2017-05-13", decision="refuse")
    await taken_back(subsidy, "project", path, "2017-05-14", amount="10001.00")
    assert (await look(subsidy, "/project-measures?late_on=2017-07-01"))["items"] == []
    unknown = await propose_back(
        subsidy, f"/project-measures/{NOBODY}/reversals", "2017-05-10", amount="1.00", expect=404
    )
    assert unknown["code"] == "project-measure-unknown"


@pytest.mark.clause("ZJ-3(b)")
async def test_a_wrong_receipt_goes_back_to_exactly_the_programmes_that_got_it(subsidy: ServiceUnderTest) -> None:
    one, two = await open_programme(subsidy, "60000.00"), await open_programme(subsidy, "60000.00", year=2018)
    await subsidy.database.pool.execute("UPDATE programme SET starts_on = '2017-01-01' WHERE id = $1", two)
    sources = [{"programme_id": each, "fund_source": "县级财政", "amount": "50000.00"} for each in (one, two)]
    project, measure = await stopped(subsidy, money=sources)
    before = {each["programme_id"]: each["paid"] for each in project["money"]}
    received = await receive(subsidy, measure["id"], "40000.00", "T1")
    [receipt] = received["receipts"]
    path = f"/project-receipts/{receipt['id']}/reversals"
    early = await propose_back(subsidy, path, "2017-04-30", expect=422)
    assert early["code"] == "date-before-step"
    await taken_back(subsidy, "project", path, "2017-05-20")
    shown = await look(subsidy, f"/projects/{project['id']}")
    assert {each["programme_id"]: each["paid"] for each in shown["money"]} == before
    for programme in (one, two):
        found = await look(subsidy, f"/programmes/{programme}")
        assert (found["paid"], found["committed"]) == (before[programme], "0.00")
    [owed] = (await look(subsidy, f"/projects/{project['id']}/measures"))["items"]
    assert (owed["owed"], owed["receipts"][0]["reversed_on"]) == ("50000.00", "2017-05-20")
    assert (await propose_back(subsidy, path, "2017-05-21", expect=404))["code"] == "project-receipt-unknown"
    assert (await receive(subsidy, measure["id"], "30000.00", "T1"))["owed"] == "20000.00"  # the bank's paper again


async def test_a_receipt_is_not_reversed_once_its_money_is_promised_to_others(subsidy: ServiceUnderTest) -> None:
    programme = await open_programme(subsidy, "100000.00")
    money = {"programme_id": programme, "fund_source": "县级财政"}
    _, measure = await stopped(subsidy, money=[{**money, "amount": "100000.00"}])
    [receipt] = (await receive(subsidy, measure["id"], "50000.00", "T1"))["receipts"]
    await project_until(subsidy, "approved", name="果园", money=[{**money, "amount": "70000.00"}])
    proposed = await propose_back(subsidy, f"/project-receipts/{receipt['id']}/reversals", "2017-05-20")
    refused = await decide_back(subsidy, "project", proposed["id"], "2017-05-21", expect=409)
    assert refused["code"] == "subsidy-budget-exceeded"


@pytest.mark.clause("ZJ-3(b)")
async def test_a_project_that_was_stopped_wrongly_goes_on(subsidy: ServiceUnderTest) -> None:
    project = await project_until(subsidy, "claimed")
    path = f"/projects/{project['id']}/step-reversals"
    found = await find(subsidy, project["id"], subject="fraud")
    measure = await propose(subsidy, project["id"], found["id"], amount="1.00", expect=409)
    assert measure["code"] == "above-what-was-paid"
    project, measure = await stopped(subsidy, name="果园", money=[_again(project)])
    path = f"/projects/{project['id']}/step-reversals"
    wanted = await propose_back(subsidy, path, "2017-05-01", number=10, expect=409)
    assert wanted["code"] == "project-money-wanted"
    await taken_back(subsidy, "project", f"/project-measures/{measure['id']}/reversals", "2017-05-01", amount="0.00")
    await taken_back(subsidy, "project", path, "2017-05-02", number=10)
    shown = await look(subsidy, f"/projects/{project['id']}")
    assert (shown["state"], shown["paid"], shown["committed"]) == ("reimbursed", "80000.00", "0.00")


def _again(project: dict[str, Any]) -> dict[str, Any]:
    return {name: project["money"][0][name] for name in ("programme_id", "fund_source", "amount")}
