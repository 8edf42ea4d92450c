"""Standards, lists and paid grants that were wrong are taken back by two; what was paid is owed and followed."""

from typing import Any

import pytest

from services.subsidy.tests.benefit import HOUSEHOLDS, ZHIJIN, confirm_packs, get, post
from services.subsidy.tests.county import Lender, Register
from services.subsidy.tests.granting import (
    agree,
    decide,
    line,
    project_in,
    propose,
    result,
    send,
    settle,
    transfers,
)
from services.subsidy.tests.reversing import decide_back, propose_back, taken_back
from shared.access import Role
from shared.testing.service import ServiceUnderTest, StartService

HERE: dict[str, Any] = {"region": ZHIJIN}
NOBODY = "01a20122-0000-7000-8000-000000000000"
STANDARD = {
    "county_code": ZHIJIN,
    "year": 2017,
    "code": "bees",
    "name": "中蜂养殖",
    "unit": "箱",
    "amount": "500.00",
    "document": "织府发1号",
    "proposed_on": "2017-01-05",
}


@pytest.fixture
async def service(start_service: StartService, register: Register, lender: Lender) -> ServiceUnderTest:
    """Start the service with Zhijin's pack and households."""
    peers = {"registry": register.app(), "lending": lender.app()}
    return await start_service("subsidy", peers=peers, prepared=confirm_packs)


async def approved_list(service: ServiceUnderTest, *lines: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return an accepted project and its approved list."""
    await agree(service)
    project = await project_in(service, "accepted")
    return project, await decide(service, (await propose(service, project, *lines))["id"])


async def pay_list(service: ServiceUnderTest, list_id: str) -> list[dict[str, Any]]:
    """Pay every grant of a list."""
    await send(service, list_id)
    await settle(service, list_id, *[result(each) for each in await transfers(service, list_id)])
    return await transfers(service, list_id)


@pytest.mark.clause("ZJ-6(a)")
async def test_an_approved_list_is_taken_back_before_payment_and_proposed_anew(service: ServiceUnderTest) -> None:
    project, listed = await approved_list(service)
    path = f"/grant-lists/{listed['id']}/reversals"
    early = await propose_back(service, path, "2017-03-01", expect=422, **HERE)
    assert early["code"] == "date-before-step"
    proposed = await propose_back(service, path, "2017-03-03", **HERE)
    own = await decide_back(
        service, "project", proposed["id"], "2017-03-03", expect=403, subject="township-officer", **HERE
    )
    assert own["code"] == "maker-is-checker"
    await decide_back(service, "project", proposed["id"], "2017-03-03", **HERE)
    [shown] = (await get(service, f"/projects/{project['id']}/grant-lists"))["items"]
    assert shown["state"] == "withdrawn"
    assert {each["state"] for each in await transfers(service, listed["id"])} == {"withdrawn"}
    assert (await send(service, listed["id"], expect=409))["code"] == "grant-list-in-wrong-state"
    assert (await propose_back(service, path, "2017-03-04", expect=409, **HERE))["code"] == "grant-list-in-wrong-state"
    name, event, version, _ = (await service.outbox())[-1]
    assert (name, event["households"], event["amount_void"], event["amount_owed"], version) == (
        "grants-taken-back",
        2,
        "16000.00",
        "0.00",
        1,
    )
    again = await propose(service, project, line(0, "19000.00"))
    assert (await decide(service, again["id"]))["state"] == "approved"
    unknown = await propose_back(service, f"/grant-lists/{NOBODY}/reversals", "2017-03-04", expect=404, **HERE)
    assert unknown["code"] == "grant-list-unknown"


async def test_a_list_under_payment_is_taken_back_grant_by_grant(service: ServiceUnderTest) -> None:
    project, listed = await approved_list(service)
    await send(service, listed["id"])
    first, second = await transfers(service, listed["id"])
    path = f"/household-grants/{first['id']}/reversals"
    under_way = await propose_back(service, path, "2017-03-04", expect=409, **HERE)
    assert under_way["code"] == "grant-under-way"
    await settle(service, listed["id"], result(first), result(second, "rejected"))
    whole = await propose_back(service, f"/grant-lists/{listed['id']}/reversals", "2017-03-04", expect=409, **HERE)
    assert (whole["code"], whole["values"]) == ("grant-list-paid", {"sent": 0, "paid": 1})
    void = f"/household-grants/{second['id']}/reversals"
    part = await propose_back(service, void, "2017-03-05", amount="1.00", expect=409, **HERE)
    assert part["code"] == "grant-take-back-amount"
    await taken_back(service, "project", void, "2017-03-05", **HERE)
    assert [each["state"] for each in await transfers(service, listed["id"])] == ["paid", "withdrawn"]
    assert (await send(service, listed["id"], "2017-03-06", expect=409))["code"] == "no-grant-to-pay"
    gone = await propose_back(service, void, "2017-03-06", expect=404, **HERE)
    assert gone["code"] == "household-grant-unknown"
    shown = await get(service, f"/projects/{project['id']}")
    assert (shown["committed"], shown["paid"]) == ("92000.00", "8000.00")


@pytest.mark.clause("ZJ-6(a)")
async def test_a_wrongly_paid_grant_is_owed_paid_back_in_parts_and_the_rest_given_up(service: ServiceUnderTest) -> None:
    project, listed = await approved_list(service)
    first, second = await pay_list(service, listed["id"])
    path = f"/household-grants/{first['id']}/reversals"
    above = await propose_back(service, path, "2017-03-10", amount="8000.01", expect=409, **HERE)
    assert (above["code"], above["values"]["most"]) == ("grant-take-back-amount", "8000.00")
    early = await propose_back(service, path, "2017-03-03", expect=422, **HERE)
    assert early["code"] == "date-before-step"
    await taken_back(service, "project", path, "2017-03-10", amount="3000.00", **HERE)
    await taken_back(service, "project", path, "2017-03-12", **HERE)
    grants = await transfers(service, listed["id"])
    assert [(each["state"], each["taken_back"]) for each in grants] == [("taken_back", "8000.00"), ("paid", "0.00")]
    owed = (await get(service, "/clawbacks?state=approved"))["items"]
    assert [(each["grant_id"], each["line_id"], each["amount"], each["due_on"]) for each in owed] == [
        (first["id"], None, "3000.00", "2017-04-09"),
        (first["id"], None, "5000.00", "2017-04-11"),
    ]
    assert [each["id"] for each in (await get(service, "/clawbacks?late_on=2017-04-10"))["items"]] == [owed[0]["id"]]
    small, large = (f"/clawbacks/{each['id']}" for each in owed)
    receipt = {
        "amount": "1000.00",
        "bank_reference": "G-1",
        "payer": "张三",
        "received_on": "2017-03-20",
        "note": "退回",
    }
    await post(service, f"{small}/receipts", Role.POVERTY_OFFICE, receipt)
    rest = {**receipt, "amount": "2000.00", "bank_reference": "G-2"}
    await post(service, f"{small}/receipts", Role.POVERTY_OFFICE, rest)
    ground = {"ground": "农户去世，无遗产", "proposed_on": "2017-05-01"}
    give_up = await post(service, f"{large}/write-offs", Role.POVERTY_OFFICE, ground)
    yes = {"decision": "approve", "decided_on": "2017-05-02"}
    await post(service, f"/clawback-entries/{give_up['id']}/decisions", Role.FINANCE_BUREAU, yes)
    void = {"ground": "误追", "proposed_on": "2017-05-03"}
    kept = await post(service, f"{large}/withdrawals", Role.POVERTY_OFFICE, void, expect=409)
    assert kept["code"] == "clawback-of-grant-stays"
    settled = (await get(service, "/clawbacks?state=settled"))["items"]
    assert [(each["received_amount"], each["written_off_amount"]) for each in settled] == [
        ("3000.00", "0.00"),
        ("0.00", "5000.00"),
    ]
    programme = await get(service, f"/programmes/{project['money'][0]['programme_id']}")
    assert (programme["paid"], programme["returned"]) == ("16000.00", "3000.00")
    right = {"household_id": first["household_id"], "amount": "3000.01"}
    kept = await propose(service, project, right, expect=409)  # it kept 5 000 of the 8 000
    assert (kept["code"], kept["values"]["returned"]) == ("grant-not-returned", "3000.00")
    again = await propose(service, project, {**right, "amount": "3000.00"})
    assert (await decide(service, again["id"]))["state"] == "approved"
    assert second["state"] == "paid"


async def test_a_list_is_not_approved_once_what_had_come_back_of_the_grant_before_is_reversed(
    service: ServiceUnderTest,
) -> None:
    project, listed = await approved_list(service, line(0))
    [grant] = await pay_list(service, listed["id"])
    await taken_back(service, "project", f"/household-grants/{grant['id']}/reversals", "2017-03-10", **HERE)
    [owed] = (await get(service, "/clawbacks?state=approved"))["items"]
    back = {"amount": "8000.00", "bank_reference": "G-1", "payer": "张三", "received_on": "2017-03-20", "note": "退回"}
    await post(service, f"/clawbacks/{owed['id']}/receipts", Role.POVERTY_OFFICE, back)
    again = await propose(service, project, line(0))
    [receipt] = (await get(service, f"/clawbacks/{owed['id']}/entries"))["items"]
    wrong = {"ground": "记错户", "proposed_on": "2017-03-21"}
    path = f"/clawback-entries/{receipt['id']}/reversals"
    reversal = await post(service, path, Role.POVERTY_OFFICE, wrong)
    yes = {"decision": "approve", "decided_on": "2017-03-22"}
    await post(service, f"/clawback-entries/{reversal['id']}/decisions", Role.FINANCE_BUREAU, yes)
    refused = await decide(service, again["id"], expect=409)
    assert (refused["code"], refused["values"]["returned"]) == ("grant-not-returned", "0.00")
    assert (await decide(service, again["id"], decision="refuse"))["state"] == "refused"


async def test_a_transfer_that_comes_back_late_is_a_receipt_of_what_the_household_owes(
    service: ServiceUnderTest,
) -> None:
    _, listed = await approved_list(service, line(0))
    [grant] = await pay_list(service, listed["id"])
    await taken_back(service, "project", f"/household-grants/{grant['id']}/reversals", "2017-03-10", **HERE)
    back = await settle(service, listed["id"], result(grant, "returned", "2017-03-15"), expect=409)
    assert back["code"] == "grant-owed-back"


async def test_money_is_not_taken_back_from_project_and_household_twice(service: ServiceUnderTest) -> None:
    project, listed = await approved_list(service)
    first, _ = await pay_list(service, listed["id"])
    said = {"office": "poverty_office", "subject": "fraud", "finding": "套取", "found_on": "2017-03-05"}
    path = f"/projects/{project['id']}"
    found = await post(service, f"{path}/findings", Role.POVERTY_OFFICE, {**said, "due_on": "2017-04-01"})
    measure = {"finding_id": found["id"], "kind": "take_back", "reason": "套取资金", "due_on": "2017-06-30"}
    asked = {**measure, "amount": "9000.00", "proposed_on": "2017-03-06"}
    proposed = await post(service, f"{path}/measures", Role.TOWNSHIP, asked)
    yes = {"decision": "approve", "decided_on": "2017-03-07"}
    await post(service, f"/project-measures/{proposed['id']}/decisions", Role.POVERTY_OFFICE, yes)
    back = f"/household-grants/{first['id']}/reversals"
    refused = await propose_back(service, back, "2017-03-10", expect=409, **HERE)
    assert (refused["code"], refused["values"]["most"]) == ("above-what-was-paid", "7000.00")
    await taken_back(service, "project", back, "2017-03-10", amount="7000.00", **HERE)
    more = {**measure, "amount": "0.01", "proposed_on": "2017-03-11"}
    refused = await post(service, f"{path}/measures", Role.TOWNSHIP, more, expect=409)
    assert refused["code"] == "above-what-was-paid"


async def test_a_step_that_grants_rest_on_is_not_struck(service: ServiceUnderTest) -> None:
    project, listed = await approved_list(service, line(0))
    path = f"/projects/{project['id']}/step-reversals"
    refused = await propose_back(service, path, "2017-03-05", number=7, expect=409, **HERE)
    assert refused["code"] == "project-has-grants"
    await taken_back(service, "project", f"/grant-lists/{listed['id']}/reversals", "2017-03-05", **HERE)
    await taken_back(service, "project", path, "2017-03-05", number=7, **HERE)
    assert (await get(service, f"/projects/{project['id']}"))["state"] == "completed"


@pytest.mark.clause("DY-7(a)")
async def test_a_wrong_standard_is_taken_back_and_set_anew(service: ServiceUnderTest) -> None:
    await agree(service)
    project = await project_in(service, "accepted")
    standard = await post(service, "/grant-standards", Role.FINANCE_BUREAU, STANDARD)
    path = f"/grant-standards/{standard['id']}/reversals"
    waiting = await propose_back(service, path, "2017-01-06", expect=409, **HERE)
    assert waiting["code"] == "grant-standard-decided"
    yes = {"decision": "approve", "decided_on": "2017-01-06", "note": "同意"}
    await post(service, f"/grant-standards/{standard['id']}/decisions", Role.POVERTY_OFFICE, yes)
    listed = await propose(service, project, line(0, "5000.00", standard_id=standard["id"], units=10))
    used = await propose_back(service, path, "2017-03-02", expect=409, **HERE)
    assert (used["code"], used["values"]["list_ids"]) == ("grant-standard-in-use", [listed["id"]])
    await decide(service, listed["id"], decision="refuse")
    await taken_back(service, "project", path, "2017-03-03", **HERE)
    [shown] = (await get(service, "/grant-standards?year=2017"))["items"]
    assert shown["state"] == "withdrawn"
    body = {
        "proposed_on": "2017-03-04",
        "documents": ["名单"],
        "grants": [line(1, "500.00", standard_id=standard["id"], units=1)],
    }
    gone = await post(service, f"/projects/{project['id']}/grant-lists", Role.TOWNSHIP, body, expect=404)
    assert gone["code"] == "grant-standard-unknown"
    right = await post(service, "/grant-standards", Role.FINANCE_BUREAU, {**STANDARD, "amount": "400.00"})
    assert right["state"] == "proposed"
    unknown = await propose_back(service, f"/grant-standards/{NOBODY}/reversals", "2017-03-04", expect=404, **HERE)
    assert unknown["code"] == "grant-standard-unknown"
    assert str(HOUSEHOLDS[0]) == line(0)["household_id"]
