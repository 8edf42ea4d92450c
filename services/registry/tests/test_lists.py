"""Lists by officers' hands: proposed by one, decided by another, appealed, removed; every step stays on file."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.lists.rules import (
    APPEAL_DECISION_DAYS,
    StandingRules,
    decide_by,
    entity_effects,
    household_effects,
)
from services.registry.tests.county import COUNTY, OTHER_VILLAGE, PACK, VILLAGE, facts, get, post, registered, row
from shared.access import Role
from shared.events.lending import DefaultConfirmed, LoanClosed, LoanOverdue
from shared.events.registry import HouseholdListed, HouseholdUnlisted
from shared.ids import new_id
from shared.testing.service import ServiceUnderTest

UNKNOWN = str(UUID(int=9))
EVIDENCE = [{"reference": "核查笔录2018-7", "sha256": "ab" * 32}]
LIST_CLAUSES = {"barred_by_lists": "FJ-12", "blacklist_bars_support": "LG-22"}


def _proposal(household: str, **other: Any) -> dict[str, Any]:
    return {
        "household_id": household,
        "list_name": "blacklist",
        "cause": "malicious_evasion",
        "reason": "转移财产逃避还款",
        "evidence": EVIDENCE,
        "filed_on": "2018-08-01",
        **other,
    }


def _plea(filed_on: str = "2018-09-01", **other: Any) -> dict[str, Any]:
    return {"reason": "所述情况不实", "evidence": EVIDENCE, "filed_on": filed_on, **other}


def _decision(decision: str, decided_on: str) -> dict[str, str]:
    return {"decision": decision, "reason": "已核实", "decided_on": decided_on}


async def _decide(
    registry: ServiceUnderTest, request: str, decision: str, decided_on: str, subject: str = "judge"
) -> httpx.Response:
    path, body = f"/listing-requests/{request}/decisions", _decision(decision, decided_on)
    return await post(registry, path, body, Role.POVERTY_OFFICE, subject=subject)


async def _listed(registry: ServiceUnderTest, household: str, **other: Any) -> str:
    """Have a household listed by two officers on 2018-08-10 and return the id of the entry."""
    proposed = await post(registry, "/listing-proposals", _proposal(household, **other), Role.TOWNSHIP, subject="zhao")
    assert proposed.status_code == 201, proposed.text
    accepted = await _decide(registry, proposed.json()["id"], "accept", "2018-08-10", subject="qian")
    assert accepted.status_code == 201, accepted.text
    listing: str = accepted.json()["listing_id"]
    return listing


async def _file(registry: ServiceUnderTest, listing: str) -> dict[str, Any]:
    answer = await get(registry, f"/listings/{listing}", Role.AUDITOR)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def _standing(registry: ServiceUnderTest, household: str, as_of: str) -> dict[str, Any]:
    answer = await get(registry, f"/listings/standing?household={household}&as_of={as_of}", Role.SERVICE, region="")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def _malicious(registry: ServiceUnderTest, household: str) -> UUID:
    loan = new_id()
    event = DefaultConfirmed(
        loan_id=loan,
        household_id=UUID(household),
        village_code=VILLAGE,
        bank_code="RCB",
        default_report_id=new_id(),
        cause="malicious",
        malicious=True,
        confirmed_on=date(2018, 7, 1),
        overdue_since_on=date(2018, 3, 21),
        matures_on=date(2018, 3, 20),
        days_past_due=102,
        principal_outstanding=Decimal("30000.00"),
        interest_overdue=Decimal("10.00"),
        penalty_overdue=Decimal("1.00"),
    )
    await registry.deliver(event, aggregate_id=loan)
    return loan


async def _repaid(registry: ServiceUnderTest, household: str, loan: UUID, on: date) -> None:
    closed = LoanClosed(
        loan_id=loan,
        household_id=UUID(household),
        village_code=VILLAGE,
        principal=Decimal("30000.00"),
        closed_on=on,
        repaid_on_time=False,
    )
    await registry.deliver(closed, aggregate_id=loan, aggregate_version=9)


@pytest.mark.clause("LG-22")
async def test_one_officer_proposes_and_another_lists(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    listing = await _listed(registry, household)
    file = await _file(registry, listing)
    assert (file["household_id"], file["list_name"], file["source"], file["state"]) == (
        household,
        "blacklist",
        "officer",
        "listed",
    )
    assert (file["cause"], file["reason"], file["evidence"]) == ("malicious_evasion", "转移财产逃避还款", EVIDENCE)
    assert (file["listed_on"], file["region_code"]) == ("2018-08-10", VILLAGE)
    assert [effect["code"] for effect in file["effects"]] == [
        "no-new-loan",
        "no-support",
        "no-grant",
        "no-project",
        "no-binding",
    ]
    assert [(step["kind"], step["recorded_by"]) for step in file["steps"]] == [("listed", "qian")]
    assert [(each["kind"], each["filed_by"], each["decided_by"], each["late"]) for each in file["requests"]] == [
        ("entry", "zhao", "qian", False)
    ]
    household_file = (await get(registry, f"/households/{household}", Role.VILLAGE)).json()
    assert [(each["listing_id"], each["state"]) for each in household_file["list_entries"]] == [(listing, "listed")]
    [(told, version)] = await facts(registry, HouseholdListed)
    assert (str(told.listing_id), told.source, told.loan_id, told.listed_on, version) == (
        listing,
        "officer",
        None,
        date(2018, 8, 10),
        2,
    )


async def test_a_rejected_proposal_lists_nobody(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    proposed = (await post(registry, "/listing-proposals", _proposal(household), Role.TOWNSHIP)).json()
    decided = (await _decide(registry, proposed["id"], "reject", "2018-08-10")).json()
    assert (decided["state"], decided["listing_id"], decided["decided_by"]) == ("rejected", None, "judge")
    assert (await _standing(registry, household, "2018-08-10"))["clear"]
    assert await facts(registry, HouseholdListed) == []


async def test_nobody_decides_what_they_proposed_themselves(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    body = _proposal(household)
    proposed = (await post(registry, "/listing-proposals", body, Role.POVERTY_OFFICE, subject="sun")).json()
    answer = await _decide(registry, proposed["id"], "accept", "2018-08-10", subject="sun")
    assert (answer.status_code, answer.json()["code"]) == (403, "maker-is-checker")


async def test_a_proposal_is_decided_once_and_of_two_at_once_one_counts(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    proposed = (await post(registry, "/listing-proposals", _proposal(household), Role.TOWNSHIP)).json()
    answers = await asyncio.gather(
        *(_decide(registry, proposed["id"], "accept", "2018-08-10", subject=f"judge-{place}") for place in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"listing-request-decided"}
    assert await registry.database.pool.fetchval("SELECT count(*) FROM listing") == 1


async def test_an_early_decision_is_refused(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    proposed = (await post(registry, "/listing-proposals", _proposal(household), Role.TOWNSHIP)).json()
    answer = await _decide(registry, proposed["id"], "accept", "2018-07-31")
    assert (answer.status_code, answer.json()["code"]) == (422, "day-out-of-order")


async def test_a_second_proposal_and_a_second_entry_are_refused(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    first = (await post(registry, "/listing-proposals", _proposal(household), Role.TOWNSHIP)).json()
    again = await post(registry, "/listing-proposals", _proposal(household), Role.SERVICE_CENTRE)
    assert (again.status_code, again.json()["code"]) == (409, "listing-request-open")
    await _decide(registry, first["id"], "accept", "2018-08-10")
    after = await post(registry, "/listing-proposals", _proposal(household), Role.SERVICE_CENTRE)
    assert (after.status_code, after.json()["code"]) == (409, "already-listed")
    other_list = _proposal(household, list_name="dishonesty")
    assert (await post(registry, "/listing-proposals", other_list, Role.TOWNSHIP)).status_code == 201


@pytest.mark.parametrize(
    ("broken", "status", "code"),
    [
        ({"household_id": None}, 422, "one-subject-needed"),
        ({"entity_id": UNKNOWN}, 422, "one-subject-needed"),
        ({"household_id": UNKNOWN}, 404, "households-unknown"),
        ({"household_id": None, "entity_id": UNKNOWN}, 404, "entity-unknown"),
        ({"evidence": []}, 422, "invalid-request"),
        ({"evidence": [{"reference": "x", "sha256": "abc"}]}, 422, "invalid-request"),
        ({"reason": ""}, 422, "invalid-request"),
        ({"cause": "late"}, 422, "invalid-request"),
        ({"list_name": "greylist"}, 422, "invalid-request"),
        ({"surprise": 1}, 422, "invalid-request"),
    ],
)
async def test_a_proposal_that_makes_no_sense_is_refused(
    registry: ServiceUnderTest, broken: dict[str, Any], status: int, code: str
) -> None:
    [household] = await registered(registry, row(1))
    answer = await post(registry, "/listing-proposals", {**_proposal(household), **broken}, Role.TOWNSHIP)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_each_step_needs_its_right_and_its_region(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    listing = await _listed(registry, household)
    for path, body, role in (
        ("/listing-proposals", _proposal(household), Role.VILLAGE),
        (f"/listings/{listing}/appeals", _plea(), Role.POVERTY_OFFICE),
        (f"/listings/{listing}/removals", _plea(), Role.HELPER),
        (f"/listing-requests/{UNKNOWN}/decisions", _decision("accept", "2018-09-02"), Role.TOWNSHIP),
    ):
        answer = await post(registry, path, body, role)
        assert (answer.status_code, answer.json()["code"]) == (403, "right-missing"), path
    elsewhere = await post(registry, f"/listings/{listing}/appeals", _plea(), Role.VILLAGE, region=OTHER_VILLAGE)
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (404, "listing-unknown")
    hidden = await get(registry, f"/listings/{listing}", Role.TOWNSHIP, region="500236117")
    assert (hidden.status_code, hidden.json()["code"]) == (404, "listing-unknown")
    appeal = (await post(registry, f"/listings/{listing}/appeals", _plea(), Role.VILLAGE)).json()
    path = f"/listing-requests/{appeal['id']}/decisions"
    foreign = await post(registry, path, _decision("accept", "2018-09-02"), Role.POVERTY_OFFICE, region="500237")
    assert (foreign.status_code, foreign.json()["code"]) == (404, "listing-request-unknown")


@pytest.mark.clause("LG-22")
async def test_an_appeal_holds_nothing_up_and_an_accepted_one_clears(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    listing = await _listed(registry, household)
    appeal = (await post(registry, f"/listings/{listing}/appeals", _plea(), Role.HELPER, subject="li")).json()
    assert (appeal["kind"], appeal["state"], appeal["decide_by_on"]) == ("appeal", "open", "2018-10-01")
    meanwhile = await _standing(registry, household, "2018-09-05")
    assert (meanwhile["clear"], meanwhile["entries"][0]["appealed"]) == (False, True)
    accepted = await _decide(registry, appeal["id"], "accept", "2018-09-20")
    assert accepted.status_code == 201, accepted.text
    file = await _file(registry, listing)
    assert (file["state"], file["cleared_on"], file["clear_cause"], file["effects"]) == (
        "cleared",
        "2018-09-20",
        "appeal_accepted",
        [],
    )
    assert [step["kind"] for step in file["steps"]] == ["listed", "appealed", "cleared"]
    [(told, version)] = await facts(registry, HouseholdUnlisted)
    assert (str(told.listing_id), told.cause, told.cleared_on, version) == (
        listing,
        "appeal_accepted",
        date(2018, 9, 20),
        3,
    )
    assert (await _standing(registry, household, "2018-09-20"))["clear"]
    assert not (await _standing(registry, household, "2018-09-19"))["clear"]


async def test_a_rejected_appeal_leaves_the_entry_and_may_be_filed_again(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    listing = await _listed(registry, household)
    appeal = (await post(registry, f"/listings/{listing}/appeals", _plea(), Role.VILLAGE)).json()
    second = await post(registry, f"/listings/{listing}/appeals", _plea(), Role.TOWNSHIP)
    assert (second.status_code, second.json()["code"]) == (409, "listing-request-open")
    rejected = (await _decide(registry, appeal["id"], "reject", "2018-10-02")).json()
    assert (rejected["state"], rejected["late"]) == ("rejected", True)
    file = await _file(registry, listing)
    assert (file["state"], [step["kind"] for step in file["steps"]]) == (
        "listed",
        ["listed", "appealed", "appeal_rejected"],
    )
    again = await post(registry, f"/listings/{listing}/appeals", _plea("2018-11-01"), Role.VILLAGE)
    assert again.status_code == 201


@pytest.mark.parametrize("author", ["zhao", "qian"])
async def test_who_made_an_entry_does_not_judge_the_appeal(registry: ServiceUnderTest, author: str) -> None:
    [household] = await registered(registry, row(1))
    listing = await _listed(registry, household)
    appeal = (await post(registry, f"/listings/{listing}/appeals", _plea(), Role.VILLAGE)).json()
    answer = await _decide(registry, appeal["id"], "reject", "2018-09-20", subject=author)
    assert (answer.status_code, answer.json()["code"]) == (403, "own-entry-appealed")


async def test_an_appeal_before_the_entry_or_against_a_cleared_one_is_refused(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    listing = await _listed(registry, household)
    early = await post(registry, f"/listings/{listing}/appeals", _plea("2018-08-09"), Role.VILLAGE)
    assert (early.status_code, early.json()["code"]) == (422, "day-out-of-order")
    unknown = await post(registry, f"/listings/{UNKNOWN}/appeals", _plea(), Role.VILLAGE)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "listing-unknown")
    appeal = (await post(registry, f"/listings/{listing}/appeals", _plea(), Role.VILLAGE)).json()
    await _decide(registry, appeal["id"], "accept", "2018-09-20")
    late = await post(registry, f"/listings/{listing}/appeals", _plea("2018-10-01"), Role.VILLAGE)
    assert (late.status_code, late.json()["code"]) == (409, "listing-cleared")


@pytest.mark.clause("LG-22")
async def test_an_officers_entry_is_removed_on_proof_by_another(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    listing = await _listed(registry, household)
    path = f"/listings/{listing}/removals"
    refused = (await post(registry, path, _plea("2018-09-01"), Role.TOWNSHIP, subject="zhao")).json()
    await _decide(registry, refused["id"], "reject", "2018-09-02")
    asked = (await post(registry, path, _plea("2018-12-01"), Role.TOWNSHIP, subject="zhao")).json()
    own = await _decide(registry, asked["id"], "accept", "2018-12-05", subject="zhao")
    assert (own.status_code, own.json()["code"]) == (403, "maker-is-checker")
    assert (await _decide(registry, asked["id"], "accept", "2018-12-05")).status_code == 201
    file = await _file(registry, listing)
    assert (file["state"], file["clear_cause"], file["cleared_on"]) == ("cleared", "removal_accepted", "2018-12-05")
    assert [step["kind"] for step in file["steps"]] == [
        "listed",
        "removal_requested",
        "removal_rejected",
        "removal_requested",
        "cleared",
    ]


@pytest.mark.clause("LG-22", "FJ-12")
async def test_an_entry_over_a_loan_is_removed_by_repayment_alone(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    loan = await _malicious(registry, household)
    [listing] = (await get(registry, f"/listings?region={COUNTY}&household={household}", Role.BANK)).json()["items"]
    assert (listing["source"], listing["state"], listing["evidence"]) == (
        "event",
        "listed",
        [{"reference": f"loan/{loan}", "sha256": None}],
    )
    removal = await post(registry, f"/listings/{listing['id']}/removals", _plea(), Role.TOWNSHIP)
    assert (removal.status_code, removal.json()["code"]) == (409, "removal-needs-repayment")
    appeal = (await post(registry, f"/listings/{listing['id']}/appeals", _plea(), Role.VILLAGE)).json()
    await _repaid(registry, household, loan, date(2018, 9, 10))
    file = await _file(registry, listing["id"])
    assert (file["state"], file["clear_cause"], file["cleared_on"]) == ("cleared", "debt_cleared", "2018-09-10")
    assert (await _decide(registry, appeal["id"], "accept", "2018-09-20")).status_code == 201
    assert (await _file(registry, listing["id"]))["clear_cause"] == "debt_cleared"
    [(told, version)] = await facts(registry, HouseholdUnlisted)
    assert (told.cause, told.cleared_on, version) == ("debt_cleared", date(2018, 9, 10), 3)
    assert (await _standing(registry, household, "2018-09-10"))["clear"]


@pytest.mark.clause("FJ-12")
async def test_the_village_keeps_its_cut_when_the_loan_is_repaid(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    loan = await _malicious(registry, household)
    await _repaid(registry, household, loan, date(2018, 9, 10))
    [quota] = (await get(registry, f"/village-quotas?region={COUNTY}", Role.SERVICE_CENTRE)).json()["items"]
    assert (quota["share_left"], quota["cuts"]) == (
        "0.8",
        [{"loan_id": str(loan), "cut_share": "0.2", "effective_on": "2018-07-01", "loan_closed_on": "2018-09-10"}],
    )
    assert "0.8" in quota["zh"]
    assert "does not restore" in quota["en"]
    assert (await _standing(registry, household, "2018-10-01"))["village_share_left"] == "0.8"


@pytest.mark.clause("LG-22", "FJ-12")
async def test_a_standing_says_what_is_barred_by_which_entry_and_clause(registry: ServiceUnderTest) -> None:
    listed, free = await registered(registry, row(1), row(2))
    by_hand = await _listed(registry, listed, list_name="dishonesty", cause="misuse")
    await _malicious(registry, listed)
    answer = await post(
        registry,
        "/listing-standings",
        {"as_of": "2018-08-10", "household_ids": [free, UNKNOWN, listed]},
        Role.SERVICE,
        region="",
    )
    found = answer.json()
    assert found["unknown"] == [UNKNOWN]
    assert [(each["household_id"], each["clear"]) for each in found["standings"]] == [(free, True), (listed, False)]
    barred = {each["code"]: each for each in found["standings"][1]["barred"]}
    assert set(barred) == {"no-new-loan", "no-support", "no-grant", "no-project", "no-binding"}
    assert by_hand in barred["no-new-loan"]["listing_ids"]
    assert len(barred["no-new-loan"]["listing_ids"]) == 2
    assert (barred["no-new-loan"]["clause"], barred["no-grant"]["clause"]) == ("FJ-12", "LG-22")
    assert by_hand not in barred["no-grant"]["listing_ids"]
    before = await _standing(registry, listed, "2018-06-30")
    assert (before["clear"], before["barred"]) == (True, [])


@pytest.mark.parametrize("query", ["", f"household={UNKNOWN}&entity={UNKNOWN}"])
async def test_a_standing_is_asked_for_one_subject(registry: ServiceUnderTest, query: str) -> None:
    answer = await get(registry, f"/listings/standing?as_of=2018-01-01&{query}", Role.BANK)
    assert (answer.status_code, answer.json()["code"]) == (422, "one-subject-needed")


async def test_a_standing_elsewhere_looks_unknown(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    path = f"/listings/standing?household={household}&as_of=2018-01-01"
    answer = await get(registry, path, Role.TOWNSHIP, region="500236117")
    assert (answer.status_code, answer.json()["code"]) == (404, "households-unknown")
    no_entity = await get(registry, f"/listings/standing?entity={UNKNOWN}&as_of=2018-01-01", Role.BANK)
    assert (no_entity.status_code, no_entity.json()["code"]) == (404, "entity-unknown")


async def test_requests_are_listed_with_those_that_are_late(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    listing = await _listed(registry, household)
    await post(registry, f"/listings/{listing}/appeals", _plea("2018-09-01"), Role.VILLAGE)
    for as_of, late in (("2018-10-01", False), ("2018-10-02", True)):
        path = f"/listing-requests?region={COUNTY}&kind=appeal&state=open&as_of={as_of}"
        [item] = (await get(registry, path, Role.AUDITOR)).json()["items"]
        assert (item["decide_by_on"], item["late"]) == ("2018-10-01", late)
    elsewhere = await get(registry, f"/listing-requests?region={COUNTY}", Role.TOWNSHIP, region="500236117")
    assert elsewhere.json()["items"] == []


async def test_the_report_counts_entries_and_appeals_by_township(registry: ServiceUnderTest) -> None:
    first, second = await registered(registry, row(1), row(2, village_code=OTHER_VILLAGE))
    listing = await _listed(registry, first)
    await _listed(registry, second, list_name="dishonesty", cause="misuse")
    await _malicious(registry, first)
    appeal = (await post(registry, f"/listings/{listing}/appeals", _plea(), Role.VILLAGE)).json()
    await _decide(registry, appeal["id"], "accept", "2018-10-15")
    path = f"/reports/lists?region={COUNTY}&from_on=2018-01-01"
    year = (await get(registry, f"{path}&until_on=2019-01-01", Role.AUDITOR)).json()
    total = {key: value for key, value in year["total"].items() if value}
    assert total == {
        "households_on_dishonesty_list": 1,
        "households_on_blacklist": 1,
        "entered": 3,
        "cleared_by_appeal": 1,
        "appeals_filed": 1,
        "appeals_accepted": 1,
        "appeals_late": 1,
        "villages_cut": 1,
    }
    assert [(each["code"], each["name"], each["entered"]) for each in year["by_township"]] == [
        ("500236001", "永安街道", 2),
        ("500236117", "白帝镇", 1),
    ]
    before = (await get(registry, f"{path}&until_on=2018-09-20", Role.AUDITOR)).json()["total"]
    assert (before["appeals_open"], before["appeals_accepted"], before["appeals_late"]) == (1, 0, 0)
    empty = await get(registry, f"{path}&until_on=2018-01-01", Role.AUDITOR)
    assert (empty.status_code, empty.json()["code"]) == (422, "day-out-of-order")


async def test_history_is_kept(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    await _listed(registry, household)
    for statement in (
        "DELETE FROM listing",
        "DELETE FROM listing_event",
        "UPDATE listing_event SET reason = 'x'",
        "DELETE FROM listing_request",
        "UPDATE listing_request SET decision_reason = 'x'",
    ):
        with pytest.raises(Exception, match="only grows"):
            await registry.database.pool.execute(statement)


@pytest.mark.clause("FJ-12", "LG-22")
@pytest.mark.parametrize(
    ("name", "barred_by_lists", "bars_support", "codes"),
    [
        ("dishonesty", True, True, ["no-new-loan"]),
        ("dishonesty", False, True, []),
        ("blacklist", True, True, ["no-new-loan", "no-support", "no-grant", "no-project", "no-binding"]),
        ("blacklist", True, False, ["no-new-loan", "no-binding"]),
        ("blacklist", False, False, ["no-binding"]),
    ],
)
def test_the_pack_says_what_an_entry_bars(
    name: str, barred_by_lists: bool, bars_support: bool, codes: Sequence[str]
) -> None:
    rules = StandingRules(barred_by_lists, bars_support, LIST_CLAUSES)
    assert [effect.code for effect in household_effects(name, rules)] == codes


@pytest.mark.clause("LG-22")
@given(st.booleans(), st.booleans())
def test_the_blacklist_bars_all_that_the_dishonesty_list_bars(barred_by_lists: bool, bars_support: bool) -> None:
    rules = StandingRules(barred_by_lists, bars_support, LIST_CLAUSES)
    for effects in (household_effects, entity_effects):
        assert set(effects("dishonesty", rules)) <= set(effects("blacklist", rules))
        assert all(each.zh and each.en and each.clause for each in effects("blacklist", rules))


def test_the_term_for_a_decision_is_the_packs_or_the_platforms() -> None:
    rule = PACK.list_rule()
    assert APPEAL_DECISION_DAYS == 30
    own = replace(rule, appeal_decision_days=15)
    assert decide_by(own, date(2018, 9, 1)) == date(2018, 9, 16)
    assert decide_by(replace(rule, appeal_decision_days=None), date(2018, 9, 1)) == date(2018, 10, 1)
    assert decide_by(rule, date.max) == date.max


async def test_late_news_of_a_repaid_loan_is_listed_and_cleared_at_once(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    loan = new_id()
    await _repaid(registry, household, loan, date(2018, 9, 10))
    overdue = LoanOverdue(
        loan_id=loan,
        household_id=UUID(household),
        village_code=VILLAGE,
        overdue_since_on=date(2018, 3, 21),
        noticed_on=date(2018, 3, 21),
        amount_overdue=Decimal("100.00"),
    )
    await registry.deliver(overdue, aggregate_id=loan, aggregate_version=2)
    assert [version for _, version in await facts(registry, HouseholdListed)] == [2]
    assert [version for _, version in await facts(registry, HouseholdUnlisted)] == [3]
