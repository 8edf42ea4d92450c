"""Principal, security and corrections of agreements: taken back, released and published by two persons."""

from typing import Any

import pytest

from services.subsidy.tests.benefit import (
    ENTITY,
    HOUSEHOLDS,
    TOWNSHIP,
    VILLAGE,
    ZHIJIN,
    confirm_packs,
    draft,
    drafted,
    equity_terms,
    get,
    in_force,
    post,
    signed,
    terms,
)
from services.subsidy.tests.reversing import decide_back, propose_back, taken_back
from shared.access import Role
from shared.ids import new_id
from shared.testing.service import ServiceUnderTest, StartService

HERE: dict[str, Any] = {"region": ZHIJIN}
ENDING = {
    "reason": "主体停业",
    "ends_on": "2018-07-01",
    "principal_due_on": "2018-09-30",
    "principal_to": VILLAGE,
    "proposed_on": "2018-06-20",
}


@pytest.fixture
async def service(start_service: StartService) -> ServiceUnderTest:
    """Start the service with two counties."""
    return await start_service("subsidy", prepared=confirm_packs)


async def duties(service: ServiceUnderTest, as_of: str) -> list[tuple[str, str, str | None]]:
    """Return what of security, principal and successors is to be done in the township on a day."""
    found = await get(service, f"/agreement-duties?region_code={TOWNSHIP}&as_of={as_of}&within_days=0")
    wanted = {"security", "principal", "successor_entity"}
    return [(each["duty"], each["due_on"], each["amount"]) for each in found["items"] if each["duty"] in wanted]


async def ended(service: ServiceUnderTest, agreement: str) -> dict[str, Any]:
    """End an agreement by two persons."""
    path = f"/agreements/{agreement}"
    await post(service, f"{path}/terminations", Role.TOWNSHIP, ENDING)
    decision = {"decision": "accept", "decided_on": "2018-06-25"}
    return await post(service, f"{path}/termination-decisions", Role.POVERTY_OFFICE, decision)


@pytest.mark.clause("ZJ-5(d)")
async def test_principal_that_was_booked_wrongly_is_owed_again(service: ServiceUnderTest) -> None:
    agreement = await in_force(service, draft(equity_terms(), delegate_name="赵六"))
    await ended(service, agreement)
    path = f"/agreements/{agreement}/principal-receipts"
    receipt = {"amount": "30000.00", "received_on": "2018-08-01", "bank_reference": "P-1"}
    booked = await post(service, path, Role.TOWNSHIP, receipt)
    [stored] = booked["termination"]["receipts"]
    assert ("principal", "2018-09-30", "30000.00") not in await duties(service, "2018-08-02")
    back = f"/principal-receipts/{stored['id']}/reversals"
    early = await propose_back(service, back, "2018-07-31", expect=422, **HERE)
    assert early["code"] == "date-before-step"
    proposed = await propose_back(service, back, "2018-08-05", **HERE)
    maker = {**HERE, "subject": proposed["proposed_by"]}
    own = await decide_back(service, "agreement", proposed["id"], "2018-08-06", expect=403, **maker)
    assert own["code"] == "maker-is-checker"
    other = await decide_back(
        service, "agreement", proposed["id"], "2018-08-06", role=Role.FINANCE_BUREAU, expect=403, **HERE
    )
    assert other["code"] == "other-office"
    elsewhere = await decide_back(service, "agreement", proposed["id"], "2018-08-06", region="500236", expect=404)
    assert elsewhere["code"] == "reversal-proposal-unknown"
    await decide_back(service, "agreement", proposed["id"], "2018-08-06", **HERE)
    shown = (await get(service, f"/agreements/{agreement}"))["termination"]
    assert (shown["principal_received"], shown["receipts"][0]["reversed_on"]) == ("0.00", "2018-08-06")
    assert ("principal", "2018-09-30", "30000.00") in await duties(service, "2018-08-06")
    assert (await propose_back(service, back, "2018-08-07", expect=404, **HERE))["code"] == "principal-receipt-unknown"
    assert (await post(service, path, Role.TOWNSHIP, receipt))["termination"]["principal_received"] == "30000.00"
    assert (await post(service, path, Role.TOWNSHIP, receipt, expect=409))["code"] == "principal-above-open"
    done = (await get(service, f"/agreement-reversals?subject_id={stored['id']}"))["items"]
    assert [(each["state"], each["amount"]) for each in done] == [("confirmed", "30000.00")]


async def test_a_correction_in_force_is_published_and_waits_for_an_open_termination(service: ServiceUnderTest) -> None:
    agreement = await in_force(service, draft(equity_terms(), delegate_name="赵六"))
    path = f"/agreements/{agreement}"
    shares = [{"household_id": str(HOUSEHOLDS[0]), "grant_amount": "12000.00"}]
    correction = {"terms": equity_terms(shares=shares), "reason": "分户", "proposed_on": "2018-01-06"}
    await post(service, f"{path}/corrections", Role.TOWNSHIP, correction)
    waiting = await post(service, f"{path}/terminations", Role.TOWNSHIP, ENDING, expect=409)
    assert waiting["code"] == "agreement-proposal-open"
    decision = {"decision": "accept", "decided_on": "2018-01-07"}
    await post(service, f"{path}/correction-decisions", Role.POVERTY_OFFICE, decision)
    name, event, version, _ = (await service.outbox())[-1]
    assert (name, event["grant_amount"], event["households"], event["terms_version"], version) == (
        "agreement-corrected",
        "12000.00",
        1,
        2,
        2,
    )
    proposed = await post(service, f"{path}/terminations", Role.TOWNSHIP, ENDING)
    assert proposed["termination"]["principal"] == "12000.00"
    late = {**correction, "proposed_on": "2018-06-21"}
    assert (await post(service, f"{path}/corrections", Role.TOWNSHIP, late, expect=409))["code"] == (
        "agreement-proposal-open"
    )
    drafting = await drafted(service, draft(equity_terms(), "A-2"))
    await post(service, f"/agreements/{drafting['id']}/corrections", Role.TOWNSHIP, correction)
    decide = f"/agreements/{drafting['id']}/correction-decisions"
    await post(service, decide, Role.POVERTY_OFFICE, decision)
    assert (await service.outbox())[-1][0] == "agreement-corrected"
    assert len(await service.outbox()) == 2  # a draft binds nobody, and nothing is published


def pledge(what: str, value: str, document: str, **more: str) -> dict[str, str]:
    """Return a security."""
    kind = {"security_kind": "fixed_assets", "valued_on": "2016-12-01"}
    return {**kind, "what": what, "value": value, "valuation_document": document, **more}


@pytest.mark.clause("ZJ-4(b)")
async def test_security_stands_for_the_invested_money_on_every_day(service: ServiceUnderTest) -> None:
    two = [pledge("牛舍", "30000.00", "PG-1"), pledge("冷库", "10000.00", "PG-2")]
    agreement = await in_force(service, draft(terms(securities=two)))
    path = f"/agreements/{agreement}"
    assert (await get(service, path))["security_needed"] == "30000.00"
    release: dict[str, Any] = {"valuation_document": "PG-2", "amount": "10000.00", "released_on": "2017-03-01"}
    above = {**release, "amount": "10000.01"}
    where = f"{path}/security-releases"
    assert (await propose_back(service, where, "2017-03-01", expect=404, **HERE, **above))["code"] == "security-unknown"
    kept = {**release, "valuation_document": "PG-1", "amount": "10000.01"}
    refused = await propose_back(service, where, "2017-03-01", expect=409, **HERE, **kept)
    assert (refused["code"], refused["values"]) == (
        "security-wanted",
        {"amount": "10000.01", "spare": "10000.00", "needed": "30000.00"},
    )
    await taken_back(service, "agreement", where, "2017-03-01", **HERE, **release)
    assert (await get(service, path))["security_releases"] == [release]
    assert await duties(service, "2017-12-31") == []
    year = {"year_number": 1, "prepared_on": "2018-01-05"}
    run = (await post(service, f"{path}/dividend-runs", Role.TOWNSHIP, year))["id"]
    for name, role in (("reviews", Role.FINANCE_BUREAU), ("approvals", Role.POVERTY_OFFICE)):
        said = {"decision": "approve", "decided_on": "2018-01-06"}
        await post(service, f"/dividend-runs/{run}/{name}", role, said)
    draw = {"amount": "1500.00", "reason": "主体拖欠分红", "proposed_on": "2018-02-10"}
    drawn = await post(service, f"{path}/security-draws", Role.TOWNSHIP, draw)
    yes = {"decision": "accept", "decided_on": "2018-02-11"}
    await post(service, f"/security-draws/{drawn['id']}/decisions", Role.POVERTY_OFFICE, yes)
    assert await duties(service, "2018-02-10") == []
    assert await duties(service, "2018-02-11") == [("security", "2018-02-11", "1500.00")]
    more = terms(securities=[*two, pledge("挤奶机", "1500.00", "PG-3", valued_on="2018-02-20")])
    correction = {"terms": more, "reason": "补充担保", "proposed_on": "2018-02-20"}
    await post(service, f"{path}/corrections", Role.TOWNSHIP, correction)
    decision = {"decision": "accept", "decided_on": "2018-02-21"}
    await post(service, f"{path}/correction-decisions", Role.POVERTY_OFFICE, decision)
    assert await duties(service, "2018-02-21") == []
    assert await duties(service, "2018-02-19") == [("security", "2018-02-11", "1500.00")]


@pytest.mark.clause("ZJ-4(b)")
async def test_security_is_kept_beyond_the_term_until_another_agreement_secures_the_money(
    service: ServiceUnderTest,
) -> None:
    first = await in_force(service, draft(terms(securities=[pledge("牛舍", "30000.00", "PG-1")])))
    release: dict[str, Any] = {"valuation_document": "PG-1", "amount": "30000.00", "released_on": "2020-01-02"}
    where = f"/agreements/{first}/security-releases"
    refused = await propose_back(service, where, "2020-01-02", expect=409, **HERE, **release)
    assert (refused["code"], refused["values"]) == (
        "security-wanted",
        {"amount": "30000.00", "spare": "0.00", "needed": "30000.00"},
    )
    again = terms(valid_from="2020-01-03", valid_until="2023-01-03", securities=[pledge("冷库", "30000.00", "PG-2")])
    await in_force(service, draft(again, "A-2", follows_id=first, drafted_on="2019-12-20"))
    await taken_back(service, "agreement", where, "2020-01-02", **HERE, **release)
    assert (await get(service, f"/agreements/{first}"))["security_releases"] == [release]
    assert "security" not in {duty for _, duty, *_ in await duties(service, "2020-01-04")}


@pytest.mark.clause("ZJ-4(b)")
async def test_an_asset_is_valued_and_secures_one_agreement_alone(service: ServiceUnderTest) -> None:
    await in_force(service, draft(terms(securities=[pledge("牛舍", "30000.00", "PG-1")])))
    anew = terms(securities=[pledge("牛舍", "60000.00", "PG-9")])  # the same cowshed under another paper
    second = await drafted(service, draft(anew, "A-2"))
    assert (await signed(service, second["id"], expect=409))["values"]["lacks"] == ["security"]
    both = terms(securities=[pledge("牛舍", "60000.00", "PG-9"), pledge("冷库", "30000.00", "PG-2")])
    third = await drafted(service, draft(both, "A-3"))
    assert (await signed(service, third["id"], expect=409))["values"]["lacks"] == ["security_pledged"]
    other = terms(securities=[pledge("牛舍", "30000.00", "PG-8")], entity_id=str(new_id()), entity_name="另一合作社")
    fourth = await drafted(service, draft(other, "A-4"))
    assert (await signed(service, fourth["id"]))["state"] == "signed"
    late = terms(securities=[pledge("鱼塘", "30000.00", "PG-7", valued_on="2016-12-21")])
    fifth = await drafted(service, draft(late, "A-5"))
    assert (await signed(service, fifth["id"], expect=409))["values"]["lacks"] == ["security"]
    for lacking in ("security_kind", "value", "valuation_document", "valued_on"):
        poor = {name: value for name, value in pledge("牛舍", "1.00", "PG-6").items() if name != lacking}
        refused = await drafted(service, draft(terms(securities=[poor]), "A-6"), expect=422)
        assert refused["errors"][0]["field"].endswith(lacking)


@pytest.mark.clause("ZJ-4(b)")
async def test_security_goes_back_once_the_entity_owes_nothing_more(service: ServiceUnderTest) -> None:
    agreement = await in_force(service, draft(terms()))
    await ended(service, agreement)
    where = f"/agreements/{agreement}/security-releases"
    release: dict[str, Any] = {"valuation_document": "PG-2016-001", "amount": "30000.00", "released_on": "2018-08-02"}
    refused = await propose_back(service, where, "2018-08-02", expect=409, **HERE, **release)
    assert (refused["code"], refused["values"]["needed"]) == ("security-wanted", "30000.00")
    receipt = {"amount": "30000.00", "received_on": "2018-08-01", "bank_reference": "P-1"}
    await post(service, f"/agreements/{agreement}/principal-receipts", Role.TOWNSHIP, receipt)
    await taken_back(service, "agreement", where, "2018-08-02", **HERE, **release)
    follower = terms(valid_from="2018-08-03", valid_until="2021-08-03")
    again = await drafted(service, draft(follower, "A-2", drafted_on="2018-08-02"))
    assert (await signed(service, again["id"], on="2018-08-03"))["state"] == "signed"  # the cowshed is free again
    assert str(ENTITY) == again["entity_id"]


@pytest.mark.clause("ZJ-5(d)", "ZJ-5(e)", "ZJ-4(d)")
async def test_the_whole_road_from_an_end_to_a_successor_entity(service: ServiceUnderTest) -> None:
    first = await in_force(service, draft(equity_terms(), delegate_name="赵六"))
    path = f"/agreements/{first}"
    township: dict[str, Any] = {"expect": 409}
    early = await post(service, f"{path}/termination-decisions", Role.POVERTY_OFFICE,
                       {"decision": "accept", "decided_on": "2018-06-25"}, expect=404)  # fmt: skip
    assert early["code"] == "agreement-proposal-unknown"
    receipt = {"amount": "30000.00", "received_on": "2018-08-01", "bank_reference": "P-1"}
    unended = await post(service, f"{path}/principal-receipts", Role.TOWNSHIP, receipt, **township)
    assert unended["code"] == "agreement-state-wrong"
    await post(service, f"{path}/terminations", Role.TOWNSHIP, ENDING)
    no = {"decision": "reject", "decided_on": "2018-06-21"}
    assert (await post(service, f"{path}/termination-decisions", Role.POVERTY_OFFICE, no))["state"] == "in_force"
    assert (await ended(service, first))["state"] == "terminated"
    assert await duties(service, "2018-07-01") == [
        ("successor_entity", "2018-07-01", None),
        ("principal", "2018-09-30", "30000.00"),
    ]
    for body, code in (
        ({**receipt, "amount": "30000.01"}, "principal-above-open"),
        ({**receipt, "received_on": "2018-06-30"}, "date-before-step"),
    ):
        wrong = 422 if code == "date-before-step" else 409
        refused = await post(service, f"{path}/principal-receipts", Role.TOWNSHIP, body, expect=wrong)
        assert refused["code"] == code
    await post(service, f"{path}/principal-receipts", Role.TOWNSHIP, receipt)
    assert await duties(service, "2018-08-02") == [("successor_entity", "2018-07-01", None)]
    following = {"follows_id": first, "drafted_on": "2018-08-02"}
    place = {"valid_from": "2018-08-03", "valid_until": "2021-08-03", "entity_id": str(new_id())}
    content = equity_terms(**place, entity_name="接续合作社")
    other = draft(content, "A-2", kind="township_entity", **following)
    assert (await drafted(service, other, expect=409))["code"] == "agreement-follows-another"
    alone = await drafted(service, draft(content, "A-2", **following))
    assert (await signed(service, alone["id"], on="2018-08-03", expect=409))["values"]["lacks"] == ["delegate"]
    gone = {"withdrawn_on": "2018-08-03"}
    await post(service, f"/agreements/{alone['id']}/withdrawals", Role.TOWNSHIP, gone)
    second = await in_force(service, draft(content, "A-3", delegate_name="周八", **following))
    assert await duties(service, "2018-08-04") == []
    shown = await get(service, path)
    assert (shown["followed_by_id"], shown["termination"]["principal_received"]) == (second, "30000.00")
    taken = await drafted(service, draft(content, "A-4", **following), expect=409)
    assert taken["code"] == "agreement-number-taken"
    late = {"terms": equity_terms(), "reason": "补录", "proposed_on": "2018-08-05"}
    assert (await post(service, f"{path}/corrections", Role.TOWNSHIP, late, **township))["code"] == (
        "agreement-state-wrong"
    )
