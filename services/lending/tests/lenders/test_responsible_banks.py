"""Each village has a bank that answers for its households, named by two persons from a day on (LG-47)."""

from datetime import date
from decimal import Decimal
from typing import Any

import asyncpg
import pytest

from services.lending.tests.applications.conftest import (
    BANK,
    COUNTY,
    OTHER_VILLAGE,
    TOWNSHIP,
    VILLAGE,
    Lending,
    changed_pack,
    lending,
    loan_request,
    pack,
)
from shared.access import Role
from shared.events.registry import RegionChanged, RegionPair
from shared.ids import new_id

__all__ = ["lending", "pack"]  # fixtures
OTHER_TOWNSHIP_VILLAGE = "500236101201"


@pytest.fixture
async def county(lending: Lending) -> Lending:
    """Return the county with a second bank, and a register of one township's villages and one more."""
    await lending.register_bank("PSBC", "postal_savings")
    lending.registry.regions = {TOWNSHIP, VILLAGE, OTHER_VILLAGE, OTHER_TOWNSHIP_VILLAGE}
    lending.registry.page = 2
    return lending


def named(bank: str | None, *regions: str, from_on: str = "2017-01-02", **more: Any) -> dict[str, Any]:
    """Return the body that names a bank for regions."""
    said = {"bank_code": bank, "region_codes": list(regions), "from_on": from_on, "reason": "包干服务分工"}
    return {"county_code": COUNTY, "proposed_on": "2017-01-02", **said, **more}


async def propose(lending: Lending, *said: Any, **more: Any) -> Any:
    """Propose a responsible bank."""
    return await lending.post("/responsible-banks", named(*said, **more), Role.BANK_REGULATOR)


async def decide(lending: Lending, proposed: Any, decision: str = "confirm", role: Role = Role.SERVICE_CENTRE) -> Any:
    """Decide on a proposal as another person."""
    body = {"decision": decision, "decided_on": "2017-01-03", "reason": None if decision == "confirm" else "分工有误"}
    return await lending.post(f"/responsible-banks/{proposed.json()['id']}/decisions", body, role)


async def name(lending: Lending, *said: Any, **more: Any) -> None:
    """Name a responsible bank, by two persons."""
    proposed = await propose(lending, *said, **more)
    assert proposed.status_code == 201, proposed.text
    decided = await decide(lending, proposed)
    assert decided.status_code == 201, decided.text


async def bank_of(lending: Lending, village: str = VILLAGE, on: str = "2017-01-09") -> str | None:
    """Return whom a village's households are sent to on a day."""
    shown = (await lending.get(f"/villages/{village}/responsible-bank?as_of={on}", Role.HELPER)).json()
    found: str | None = shown["bank_code"]
    return found


@pytest.mark.clause("LG-47")
async def test_a_bank_answers_from_its_first_day_on_once_two_persons_named_it(county: Lending) -> None:
    proposed = await propose(county, BANK, TOWNSHIP)
    assert (proposed.status_code, proposed.json()["state"]) == (201, "proposed")
    assert await bank_of(county) is None
    same = await decide(county, proposed, role=Role.BANK_REGULATOR)
    assert (same.status_code, same.json()["code"]) == (403, "maker-is-checker")
    decided = await decide(county, proposed)
    assert (decided.json()["state"], decided.json()["decided_by"]) == ("confirmed", "service_centre-officer")
    assert [await bank_of(county, on=day) for day in ("2017-01-01", "2017-01-02")] == [None, BANK]
    assert await bank_of(county, OTHER_TOWNSHIP_VILLAGE) is None


@pytest.mark.clause("LG-47")
async def test_a_village_of_its_own_goes_before_its_township_and_back(county: Lending) -> None:
    await name(county, BANK, TOWNSHIP)
    await name(county, "PSBC", OTHER_VILLAGE)
    await name(county, "PSBC", TOWNSHIP, from_on="2017-03-01")
    await name(county, None, OTHER_VILLAGE, from_on="2017-02-01")
    days = ("2017-01-31", "2017-02-01", "2017-03-01")
    assert [await bank_of(county, OTHER_VILLAGE, day) for day in days] == ["PSBC", BANK, "PSBC"]
    await name(county, None, TOWNSHIP, from_on="2017-04-01")
    assert await bank_of(county, OTHER_VILLAGE, "2017-04-01") is None


async def test_a_wrong_one_is_replaced_from_the_same_day_and_the_history_stays(county: Lending) -> None:
    await name(county, "PSBC", VILLAGE)
    await name(county, BANK, VILLAGE)
    assert await bank_of(county) == BANK
    refused = await decide(county, await propose(county, "PSBC", VILLAGE), "refuse")
    assert (refused.json()["state"], refused.json()["decision_reason"]) == ("refused", "分工有误")
    assert await bank_of(county) == BANK
    listed = (await county.get(f"/responsible-banks?region_code={VILLAGE}", Role.AUDITOR)).json()["items"]
    assert [(each["bank_code"], each["state"]) for each in listed] == [
        ("PSBC", "confirmed"),
        (BANK, "confirmed"),
        ("PSBC", "refused"),
    ]
    confirmed = (await county.get("/responsible-banks?state=confirmed&bank_code=PSBC")).json()["items"]
    assert [each["region_codes"] for each in confirmed] == [[VILLAGE]]


async def test_what_is_decided_is_decided_once_and_not_before_it_was_proposed(county: Lending) -> None:
    proposed = await propose(county, BANK, VILLAGE)
    path = f"/responsible-banks/{proposed.json()['id']}/decisions"
    early = await county.post(path, {"decision": "confirm", "decided_on": "2017-01-01"}, Role.SERVICE_CENTRE)
    assert (early.status_code, early.json()["code"]) == (422, "date-before-step")
    silent = await county.post(path, {"decision": "refuse", "decided_on": "2017-01-03"}, Role.SERVICE_CENTRE)
    assert (silent.status_code, silent.json()["code"]) == (422, "invalid-request")
    assert (await decide(county, proposed)).status_code == 201
    again = await decide(county, proposed, "refuse")
    assert (again.status_code, again.json()["code"]) == (409, "responsibility-decided")
    nowhere = f"/responsible-banks/{new_id()}/decisions"
    none = await county.post(nowhere, {"decision": "confirm", "decided_on": "2017-01-03"}, Role.SERVICE_CENTRE)
    assert (none.status_code, none.json()["code"]) == (404, "responsibility-unknown")


async def test_banks_regions_and_rights_are_refused_by_name(county: Lending) -> None:
    for said, code, status in (
        (named("NOBODY", VILLAGE), "lender-not-registered", 409),
        (named(BANK, VILLAGE, "500236001999", "500236999"), "responsible-regions-unknown", 409),
        (named(BANK, VILLAGE, VILLAGE), "invalid-request", 422),
        (named(BANK, "510000001"), "invalid-request", 422),
    ):
        answer = await county.post("/responsible-banks", said, Role.SERVICE_CENTRE)
        assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    elsewhere = await county.post("/responsible-banks", named(BANK, VILLAGE), Role.SERVICE_CENTRE, region="500237")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "outside-region")
    bank = await county.post("/responsible-banks", named(BANK, VILLAGE), Role.BANK, organisation=BANK)
    assert (bank.status_code, bank.json()["code"]) == (403, "right-missing")
    county.registry.fails = True
    down = await county.post("/responsible-banks", named(BANK, VILLAGE), Role.SERVICE_CENTRE)
    assert (down.status_code, down.json()["code"]) == (503, "peer-unavailable")
    assert await county.count("responsibility") == 0


async def test_the_database_knows_no_single_person(county: Lending) -> None:
    await propose(county, BANK, VILLAGE)
    with pytest.raises(asyncpg.CheckViolationError, match="two_persons"):
        await county.service.database.pool.execute(
            "UPDATE responsibility SET state = 'confirmed', decided_on = proposed_on, decided_by = proposed_by, "
            "decided_at = now()"
        )


async def test_lenders_and_branches_say_what_the_bank_answers_for(county: Lending) -> None:
    await name(county, BANK, TOWNSHIP)
    await name(county, "PSBC", OTHER_VILLAGE)
    listed = (await county.get("/lenders?as_of=2017-01-09", Role.BANK)).json()["items"]
    counts = {each["code"]: (each["responsible_townships"], each["responsible_villages"]) for each in listed}
    assert counts == {BANK: (1, 0), "PSBC": (0, 1)}
    for bank, code in ((BANK, "W1"), ("PSBC", "W2")):
        branch = {"code": code, "name": f"{code}支行", "region_code": TOWNSHIP, "address": "集镇1号"}
        assert (await county.post(f"/lenders/{bank}/branches", branch, Role.SERVICE_CENTRE)).status_code == 201
    near = (await county.get(f"/branches?village_code={VILLAGE}&as_of=2017-01-09", Role.HELPER)).json()["items"]
    assert {each["bank_code"]: each["is_responsible"] for each in near} == {BANK: True, "PSBC": False}
    shown = (await county.get(f"/villages/{OTHER_VILLAGE}/responsible-bank?as_of=2017-01-09", Role.HELPER)).json()
    assert (shown["bank_name"], shown["kind"]) == ("PSBC 银行", "postal_savings")
    assert [each["code"] for each in shown["branches"]] == ["W2"]


@pytest.mark.clause("LG-47")
async def test_an_application_at_another_bank_is_refused_or_warned_as_the_pack_says(county: Lending) -> None:
    await name(county, BANK, TOWNSHIP)
    elsewhere = {"bank_code": "PSBC", "filed_on": "2017-01-09"}
    free = await county.file(loan_request(f"{VILLAGE}-0"), **elsewhere)
    assert free["filed_count"] == 1
    await county.confirm_pack(changed_pack(county.pack, lending__responsible_banks=True), version=2)
    refused = await county.file(loan_request(f"{VILLAGE}-1"), **elsewhere)
    [reason] = refused["refusals"][0]["reasons"]
    assert reason["code"] == "bank-not-responsible"
    assert f"责任银行 {BANK}" in reason["zh"]
    warned = [{"condition": "bank-not-responsible", "consequence": "warned"}]
    softer = changed_pack(county.pack, lending__responsible_banks=True, eligibility__consequences=warned)
    await county.confirm_pack(softer, version=3)
    filed = await county.file(loan_request(f"{VILLAGE}-2"), **elsewhere)
    [kept] = (await county.get(f"/applications?batch_id={filed['id']}")).json()["items"]
    assert [(each["code"], each["consequence"]) for each in kept["conditions"]] == [("bank-not-responsible", "warned")]
    assert (kept["bank_code"], kept["responsible_bank_code"]) == ("PSBC", BANK)


async def test_the_responsible_bank_and_a_village_without_one_are_free_to_lend(county: Lending) -> None:
    await county.confirm_pack(changed_pack(county.pack, lending__responsible_banks=True), version=2)
    await name(county, BANK, VILLAGE)
    own = await county.file(loan_request(f"{VILLAGE}-1"))
    other = await county.file(loan_request(f"{OTHER_VILLAGE}-1"), bank_code="PSBC")
    assert (own["filed_count"], other["filed_count"]) == (1, 1)


@pytest.mark.clause("LG-47")
async def test_the_report_names_villages_without_a_bank_and_what_was_lent_where(county: Lending) -> None:
    await name(county, BANK, VILLAGE)
    await name(county, "PSBC", OTHER_VILLAGE)
    await propose(county, BANK, OTHER_TOWNSHIP_VILLAGE)
    await county.lend(loan_request(f"{VILLAGE}-1"), loan_request(f"{OTHER_VILLAGE}-1", amount="20000.00"))
    asked = f"/reports/responsible-banks?region_code={COUNTY}&as_of=2017-03-01"
    said = (await county.get(asked, Role.AUDITOR)).json()
    assert (said["villages"], said["villages_covered"], said["coverage"], said["proposals_open"]) == (3, 2, "0.6667", 1)
    assert [each["code"] for each in said["villages_without_bank"]] == [OTHER_TOWNSHIP_VILLAGE]
    figures = {each["bank_code"]: each for each in said["banks"]}
    assert (figures[BANK]["villages"], figures[BANK]["loans"], figures[BANK]["outstanding"]) == (1, 1, "50000.00")
    other = figures["PSBC"]
    assert (other["loans"], other["loans_of_other_banks"], other["applications_at_other_banks"]) == (1, 1, 1)
    own = (await county.get(asked, Role.BANK, organisation="PSBC")).json()["banks"]
    assert {each["bank_code"]: each["loans"] for each in own} == {BANK: 0, "PSBC": 0}
    before = (await county.get(f"/reports/responsible-banks?region_code={COUNTY}&as_of=2017-01-01")).json()
    assert (before["villages_covered"], before["banks"]) == (0, [])


async def test_what_was_remitted_within_tolerance_is_not_outstanding(county: Lending) -> None:
    await name(county, BANK, VILLAGE)
    await county.lend(loan_request(f"{VILLAGE}-1"))
    pool = county.service.database.pool
    loan_id = await pool.fetchval("UPDATE loan SET tolerance = 1.00 RETURNING id")  # as a pack would have agreed it
    account = (await county.get(f"/loans/{loan_id}/account?as_of=2017-02-28")).json()
    amount = f"{Decimal(account['payoff_amount']) - Decimal('0.50'):.2f}"
    body = {"bank_reference": "R1", "kind": "prepayment", "paid_on": "2017-02-28", "amount": amount}
    paid = await county.post(f"/loans/{loan_id}/repayments", body, Role.BANK, organisation=BANK)
    assert (paid.json()["loan_closed"], paid.json()["remitted"]) == (True, "0.50")
    for day, outstanding in (("2017-02-27", "50000.00"), ("2017-02-28", "0.00")):
        said = (await county.get(f"/reports/responsible-banks?region_code={COUNTY}&as_of={day}", Role.AUDITOR)).json()
        assert [each["outstanding"] for each in said["banks"]] == [outstanding]


async def recode(county: Lending, kind: Any, *pairs: tuple[str, str]) -> None:
    """Let official codes change."""
    successions = tuple(RegionPair(from_code=old, to_code=new) for old, new in pairs)
    event = RegionChanged(change_id=new_id(), kind=kind, effective_on=date(2017, 1, 5), successions=successions)
    await county.service.deliver(event, aggregate_id=event.change_id)


@pytest.mark.clause("LG-47")
async def test_a_region_that_got_another_code_keeps_its_bank(county: Lending) -> None:
    await name(county, BANK, TOWNSHIP)
    await name(county, "PSBC", VILLAGE)
    for _ in range(2):  # and when it is published again
        await recode(county, "recode", (TOWNSHIP, "500236777"))
    recoded, other = f"500236777{VILLAGE[9:]}", f"500236777{OTHER_VILLAGE[9:]}"
    assert [await bank_of(county, village) for village in (recoded, other, VILLAGE)] == ["PSBC", BANK, "PSBC"]
    assert await bank_of(county, recoded, "2017-01-01") is None
    await name(county, BANK, VILLAGE, from_on="2017-01-06")
    assert await bank_of(county, recoded) == "PSBC", "what is decided afterwards names the codes of its day"


@pytest.mark.clause("LG-47")
async def test_both_parts_of_a_region_have_its_bank_and_another_countys_part_has_its_own(county: Lending) -> None:
    await name(county, BANK, TOWNSHIP)
    await name(county, "PSBC", VILLAGE)
    parts = [(TOWNSHIP, "500236771"), (TOWNSHIP, "500236772"), (TOWNSHIP, "500237001")]
    await recode(county, "split", *parts, (VILLAGE, f"500236771{VILLAGE[9:]}"), (OTHER_VILLAGE, OTHER_VILLAGE))
    there = ("500236771001", "500236772001", f"500236771{VILLAGE[9:]}", "500237001001", OTHER_VILLAGE)
    assert [await bank_of(county, village) for village in there] == [BANK, BANK, "PSBC", None, BANK]
    rows = await county.service.database.pool.fetch("SELECT region_code FROM responsibility_region")
    codes = {TOWNSHIP, VILLAGE, "500236771", "500236772", f"500236771{VILLAGE[9:]}"}
    assert {row["region_code"] for row in rows} == codes
