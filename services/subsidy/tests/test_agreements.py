"""Agreements over HTTP: from the draft to the end, each step by its own person."""

import pytest

from services.subsidy.tests.benefit import (
    HOUSEHOLDS,
    TOWNSHIP,
    VILLAGE,
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
from shared.access import Role
from shared.ids import new_id
from shared.testing.service import ServiceUnderTest, StartService


@pytest.fixture
async def service(start_service: StartService) -> ServiceUnderTest:
    """Start the service with two counties."""
    return await start_service("subsidy", prepared=confirm_packs)


@pytest.mark.clause("ZJ-2b(a)", "ZJ-4(b)")
async def test_an_agreement_is_drafted_signed_and_confirmed_by_different_persons(service: ServiceUnderTest) -> None:
    poor = terms(securities=[], grant_rates=["5", "5", "6"], scale=None)
    agreement = await drafted(service, draft(poor))
    path = f"/agreements/{agreement['id']}"
    refusal = await signed(service, agreement["id"], expect=409)
    assert (refusal["code"], refusal["values"]["lacks"]) == ("agreement-incomplete", ["scale", "rising", "security"])
    correction = {"terms": terms(), "reason": "补充担保", "proposed_on": "2016-12-11"}
    await post(service, f"{path}/corrections", Role.TOWNSHIP, correction)
    assert (await post(service, f"{path}/corrections", Role.TOWNSHIP, correction, expect=409))["code"] == (
        "agreement-proposal-open"
    )
    decision = {"decision": "accept", "decided_on": "2016-12-12"}
    decide = f"{path}/correction-decisions"
    own = await post(service, decide, Role.POVERTY_OFFICE, decision, subject=str(Role.TOWNSHIP), expect=403)
    assert own["code"] == "maker-is-checker"
    corrected = await post(service, decide, Role.POVERTY_OFFICE, decision)
    assert (corrected["version"], corrected["corrections"][0]["state"]) == (2, "holds")
    assert (await post(service, decide, Role.POVERTY_OFFICE, decision, expect=404))["code"] == (
        "agreement-proposal-unknown"
    )
    assert (await signed(service, agreement["id"]))["state"] == "signed"
    confirm, day = f"{path}/confirmations", {"confirmed_on": "2016-12-21"}
    assert (await post(service, confirm, Role.FINANCE_BUREAU, day, expect=403))["code"] == "other-office"
    own = await post(service, confirm, Role.POVERTY_OFFICE, day, subject=str(Role.TOWNSHIP), expect=403)
    assert own["code"] == "maker-is-checker"
    confirmed = await post(service, confirm, Role.POVERTY_OFFICE, day)
    assert (confirmed["state"], confirmed["confirmed_as"], confirmed["grant_amount"]) == (
        "in_force",
        "poverty_office",
        "30000.00",
    )
    assert (await post(service, confirm, Role.POVERTY_OFFICE, day, expect=409))["code"] == "agreement-state-wrong"
    second = await drafted(service, draft(terms(), "A-2"))  # the cowshed secures the first one already
    assert (await signed(service, second["id"], expect=409))["values"]["lacks"] == ["security"]
    [(name, event, version, region)] = await service.outbox()
    assert (name, event["households"], event["grant_amount"], version, region) == (
        "agreement-confirmed",
        2,
        "30000.00",
        1,
        VILLAGE,
    )


@pytest.mark.clause("ZJ-4(a)", "ZJ-4(c)")
async def test_a_correction_of_a_draft_does_not_weaken_what_is_in_force_by_then(service: ServiceUnderTest) -> None:
    agreement = await drafted(service, draft(terms()))
    path = f"/agreements/{agreement['id']}"
    weaker = terms(grant_rates=["1"], securities=[], valid_until="2018-01-01")
    correction = {"terms": weaker, "reason": "改期限", "proposed_on": "2016-12-11"}
    await post(service, f"{path}/corrections", Role.TOWNSHIP, correction)
    await signed(service, agreement["id"])
    await post(service, f"{path}/confirmations", Role.POVERTY_OFFICE, {"confirmed_on": "2016-12-21"})
    decide, decision = f"{path}/correction-decisions", {"decision": "accept", "decided_on": "2016-12-22"}
    refusal = await post(service, decide, Role.POVERTY_OFFICE, decision, expect=409)
    assert (refusal["code"], set(refusal["values"]["lacks"])) == (
        "agreement-incomplete",
        {"term", "rate_min", "security"},
    )
    assert (await get(service, path))["version"] == 1


async def test_what_is_not_there_or_taken_is_refused_by_name(service: ServiceUnderTest) -> None:
    agreement = await drafted(service, draft(terms()))
    assert (await drafted(service, draft(terms()), expect=409))["code"] == "agreement-number-taken"
    stranger = terms(shares=[{"household_id": str(new_id()), "grant_amount": "1.00"}])
    assert (await drafted(service, draft(stranger, "A-2"), expect=409))["code"] == "agreement-households-unknown"
    beyond = terms(shares=[{"household_id": str(HOUSEHOLDS[5]), "grant_amount": "1.00"}])  # of another county
    assert (await drafted(service, draft(beyond, "A-2"), expect=409))["code"] == "agreement-households-unknown"
    assert (await signed(service, agreement["id"], region="500236", expect=404))["code"] == "agreement-unknown"
    elsewhere = draft(terms(), "A-2", region_code="520524102")
    assert (await drafted(service, elsewhere, expect=409))["code"] == "agreement-households-unknown"
    lost = draft(terms(), "A-2", project_id=str(new_id()))
    assert (await drafted(service, lost, expect=404))["code"] == "agreement-project-unknown"
    early = await signed(service, agreement["id"], on="2016-12-09", expect=422)
    assert early["code"] == "date-before-step"
    day = {"withdrawn_on": "2016-12-22"}
    gone = await post(service, f"/agreements/{agreement['id']}/withdrawals", Role.TOWNSHIP, day)
    assert (gone["state"], gone["ended_on"]) == ("withdrawn", "2016-12-22")


@pytest.mark.clause("ZJ-5(c)")
async def test_the_place_of_the_delegate_is_never_empty(service: ServiceUnderTest) -> None:
    alone = await drafted(service, draft(equity_terms()))
    refusal = await signed(service, alone["id"], expect=409)
    assert refusal["values"]["lacks"] == ["delegate"]
    agreement = await in_force(service, draft(equity_terms(), "A-2", delegate_name="赵六"))
    path = f"/agreements/{agreement}/delegates"
    new = {"delegate_name": "钱七", "from_on": "2018-03-01"}
    changed = await post(service, path, Role.TOWNSHIP, new)
    assert changed["delegates"] == [
        {"delegate_name": "赵六", "from_on": "2017-01-01"},
        {"delegate_name": "钱七", "from_on": "2018-03-01"},
    ]
    assert (await post(service, path, Role.TOWNSHIP, new, expect=422))["code"] == "date-before-step"


async def duties(service: ServiceUnderTest, as_of: str, **more: str) -> list[tuple[str, str, str, str | None]]:
    """Return the duties of the township on a day."""
    query = "&".join(f"{name}={value}" for name, value in more.items())
    found = await get(service, f"/agreement-duties?region_code={TOWNSHIP}&as_of={as_of}&{query}")
    return [
        (each["number"], each["duty"], each["due_on"], each["amount"])
        for each in found["items"]
        if not each["duty"].startswith("dividend")
    ]


@pytest.mark.clause("ZJ-2b(b)", "ZJ-4(d)")
async def test_the_township_entrusts_the_entity_and_a_new_agreement_follows(service: ServiceUnderTest) -> None:
    first = await in_force(service, draft(terms()))
    assert await duties(service, "2017-02-01") == [("A-1", "entrustment", "2017-01-01", None)]
    entrustment = terms(shares=[], securities=[], household_duties=None, valid_until="2021-01-01")
    entrustment["grant_rates"] = ["5", "6", "7", "8"]
    await in_force(service, draft(entrustment, "W-1", kind="township_entity", region_code=TOWNSHIP))
    assert await duties(service, "2017-02-01") == []
    assert await duties(service, "2019-10-02") == []
    assert await duties(service, "2019-10-03") == [("A-1", "renewal", "2020-01-01", None)]
    assert len(await duties(service, "2019-10-02", within_days="91")) == 1
    again = terms(valid_from="2020-01-01", valid_until="2023-01-01")
    following = {"follows_id": first, "drafted_on": "2019-11-01"}
    await in_force(service, draft(again, "A-2", **following))
    assert await duties(service, "2019-12-01") == []
    taken = await drafted(service, draft(again, "A-3", **following), expect=409)
    assert taken["code"] == "agreement-number-taken"
    lost = await drafted(service, draft(again, "A-3", follows_id=str(new_id())), expect=404)
    assert lost["code"] == "agreement-unknown"


async def test_an_agreement_takes_the_place_of_one_of_its_own_township_and_kind(service: ServiceUnderTest) -> None:
    first = await in_force(service, draft(terms()))
    again, place = terms(valid_from="2020-01-01", valid_until="2023-01-01"), {"follows_id": first}
    other = terms(shares=[], securities=[], household_duties=None)
    stranger = draft(other, "A-2", kind="township_entity", region_code="520524102", **place)
    lost = await post(service, "/agreements", Role.TOWNSHIP, stranger, region="520524102", expect=404)
    assert lost["code"] == "agreement-unknown"
    entrusted = draft(other, "A-2", kind="township_entity", region_code=TOWNSHIP, **place)
    refused = await drafted(service, entrusted, expect=409)
    assert (refused["code"], refused["values"]["kind"]) == ("agreement-follows-another", "entity_household")
    assert (await drafted(service, draft(again, "A-2", **place)))["state"] == "drafted"  # the place was never taken


@pytest.mark.clause("ZJ-5(d)", "ZJ-5(e)")
async def test_the_principal_goes_to_the_village_and_a_successor_is_found(service: ServiceUnderTest) -> None:
    agreement = await in_force(service, draft(equity_terms(), delegate_name="赵六"))
    path = f"/agreements/{agreement}"
    ending = {
        "reason": "主体停业",
        "ends_on": "2018-07-01",
        "principal_due_on": "2018-09-30",
        "principal_to": VILLAGE,
        "proposed_on": "2018-06-20",
    }
    early = await post(service, f"{path}/terminations", Role.TOWNSHIP, ending | {"ends_on": "2016-12-31"}, expect=422)
    assert early["code"] == "date-before-step"
    elsewhere = await post(
        service, f"{path}/terminations", Role.TOWNSHIP, ending | {"principal_to": TOWNSHIP}, expect=409
    )
    assert elsewhere["code"] == "principal-elsewhere"
    await post(service, f"{path}/terminations", Role.TOWNSHIP, ending)
    again = await post(service, f"{path}/terminations", Role.TOWNSHIP, ending, expect=409)
    assert again["code"] == "agreement-proposal-open"
    decision = {"decision": "accept", "decided_on": "2018-06-25"}
    decide = f"{path}/termination-decisions"
    own = await post(service, decide, Role.POVERTY_OFFICE, decision, subject=str(Role.TOWNSHIP), expect=403)
    assert own["code"] == "maker-is-checker"
    ended = await post(service, decide, Role.POVERTY_OFFICE, decision)
    assert (ended["state"], ended["ended_on"], ended["termination"]["principal"]) == (
        "terminated",
        "2018-07-01",
        "30000.00",
    )
    assert (await service.outbox())[-1][1]["principal_to"] == VILLAGE
    assert await duties(service, "2018-07-01") == [
        ("A-1", "successor_entity", "2018-07-01", None),
        ("A-1", "principal", "2018-09-30", "30000.00"),
    ]
    receipts = f"{path}/principal-receipts"
    receipt = {"amount": "10000.00", "received_on": "2018-08-01", "bank_reference": "P-1"}
    await post(service, receipts, Role.TOWNSHIP, receipt)
    doubled = await post(service, receipts, Role.TOWNSHIP, receipt, expect=409)
    assert doubled["code"] == "principal-above-open"
    more = receipt | {"amount": "20000.01", "bank_reference": "P-2"}
    assert (await post(service, receipts, Role.TOWNSHIP, more, expect=409))["values"]["open"] == "20000.00"
    await in_force(
        service,
        draft(
            equity_terms(valid_from="2018-08-01", valid_until="2021-08-01"),
            "A-2",
            follows_id=agreement,
            drafted_on="2018-07-20",
            delegate_name="赵六",
        ),
    )
    assert [each[:2] for each in await duties(service, "2018-08-10")] == [
        ("A-2", "entrustment"),
        ("A-1", "principal"),
    ]
    last = await post(service, receipts, Role.TOWNSHIP, more | {"amount": "20000.00"})
    assert last["termination"]["principal_received"] == "30000.00"
    assert [each[1] for each in await duties(service, "2018-08-10")] == ["entrustment"]
