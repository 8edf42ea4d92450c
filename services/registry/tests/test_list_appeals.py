"""An entry is appealed, removed on proof or cleared by repayment; who made it does not judge it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from services.registry.standing.lists.rules import APPEAL_DECISION_DAYS, decide_by
from services.registry.tests.county import COUNTY, PACK, VILLAGE, events, get, post, registered, row
from services.registry.tests.listing_steps import (
    UNKNOWN,
    decide,
    effects_of,
    entry_file,
    malicious_default,
    plea,
    put_on_list,
    repaid,
)
from shared.access import Role
from shared.events.lending import LoanOverdue
from shared.events.registry import HouseholdListed, HouseholdUnlisted
from shared.ids import new_id
from shared.testing.service import ServiceUnderTest


@pytest.mark.clause("LG-22")
async def test_an_appeal_holds_nothing_up_and_an_accepted_one_clears(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    listing = await put_on_list(registry, household)
    appeal = (await post(registry, f"/listings/{listing}/appeals", plea(), Role.HELPER, subject="li")).json()
    assert (appeal["kind"], appeal["state"], appeal["decision_due_on"]) == ("appeal", "open", "2018-10-01")
    meanwhile = await effects_of(registry, household, "2018-09-05")
    assert (meanwhile["clear"], meanwhile["entries"][0]["appealed"]) == (False, True)
    accepted = await decide(registry, appeal["id"], "accept", "2018-09-20")
    assert accepted.status_code == 201, accepted.text
    file = await entry_file(registry, listing)
    assert (file["state"], file["cleared_on"], file["clear_cause"], file["effects"]) == (
        "cleared",
        "2018-09-20",
        "appeal_accepted",
        [],
    )
    assert [step["kind"] for step in file["steps"]] == ["listed", "appealed", "cleared"]
    [(recorded, version)] = await events(registry, HouseholdUnlisted)
    assert (str(recorded.listing_id), recorded.cause, recorded.cleared_on, version) == (
        listing,
        "appeal_accepted",
        date(2018, 9, 20),
        2,
    )
    assert (await effects_of(registry, household, "2018-09-20"))["clear"]
    assert not (await effects_of(registry, household, "2018-09-19"))["clear"]


async def test_a_rejected_appeal_leaves_the_entry_and_may_be_filed_again(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    listing = await put_on_list(registry, household)
    appeal = (await post(registry, f"/listings/{listing}/appeals", plea(), Role.VILLAGE)).json()
    second = await post(registry, f"/listings/{listing}/appeals", plea(), Role.TOWNSHIP)
    assert (second.status_code, second.json()["code"]) == (409, "listing-request-open")
    rejected = (await decide(registry, appeal["id"], "reject", "2018-10-02")).json()
    assert (rejected["state"], rejected["is_late"]) == ("rejected", True)
    file = await entry_file(registry, listing)
    assert (file["state"], [step["kind"] for step in file["steps"]]) == (
        "listed",
        ["listed", "appealed", "appeal_rejected"],
    )
    again = await post(registry, f"/listings/{listing}/appeals", plea("2018-11-01"), Role.VILLAGE)
    assert again.status_code == 201


@pytest.mark.parametrize("author", ["zhao", "qian"])
async def test_who_made_an_entry_does_not_judge_the_appeal(registry: ServiceUnderTest, author: str) -> None:
    [household] = await registered(registry, row(1))
    listing = await put_on_list(registry, household)
    appeal = (await post(registry, f"/listings/{listing}/appeals", plea(), Role.VILLAGE)).json()
    answer = await decide(registry, appeal["id"], "reject", "2018-09-20", subject=author)
    assert (answer.status_code, answer.json()["code"]) == (403, "own-entry-appealed")


async def test_an_appeal_before_the_entry_or_against_a_cleared_one_is_refused(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    listing = await put_on_list(registry, household)
    early = await post(registry, f"/listings/{listing}/appeals", plea("2018-08-09"), Role.VILLAGE)
    assert (early.status_code, early.json()["code"]) == (422, "date-before-step")
    unknown = await post(registry, f"/listings/{UNKNOWN}/appeals", plea(), Role.VILLAGE)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "listing-unknown")
    appeal = (await post(registry, f"/listings/{listing}/appeals", plea(), Role.VILLAGE)).json()
    await decide(registry, appeal["id"], "accept", "2018-09-20")
    late = await post(registry, f"/listings/{listing}/appeals", plea("2018-10-01"), Role.VILLAGE)
    assert (late.status_code, late.json()["code"]) == (409, "listing-cleared")


@pytest.mark.clause("LG-22")
async def test_an_officers_entry_is_removed_on_proof_by_another(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    listing = await put_on_list(registry, household)
    path = f"/listings/{listing}/removals"
    refused = (await post(registry, path, plea("2018-09-01"), Role.TOWNSHIP, subject="zhao")).json()
    await decide(registry, refused["id"], "reject", "2018-09-02")
    asked = (await post(registry, path, plea("2018-12-01"), Role.TOWNSHIP, subject="zhao")).json()
    own = await decide(registry, asked["id"], "accept", "2018-12-05", subject="zhao")
    assert (own.status_code, own.json()["code"]) == (403, "maker-is-checker")
    assert (await decide(registry, asked["id"], "accept", "2018-12-05")).status_code == 201
    file = await entry_file(registry, listing)
    assert (file["state"], file["clear_cause"], file["cleared_on"]) == ("cleared", "removal_accepted", "2018-12-05")
    assert [step["kind"] for step in file["steps"]] == [
        "listed",
        "removal_requested",
        "removal_rejected",
        "removal_requested",
        "cleared",
    ]


@pytest.mark.clause("LG-22", "FJ-12(a)")
async def test_an_entry_over_a_loan_is_removed_by_repayment_alone(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    loan = await malicious_default(registry, household)
    [listing] = (await get(registry, f"/listings?region_code={COUNTY}&household_id={household}", Role.BANK)).json()[
        "items"
    ]
    assert (listing["source"], listing["state"], listing["evidence"]) == (
        "event",
        "listed",
        [{"reference": f"loan/{loan}", "sha256": None}],
    )
    removal = await post(registry, f"/listings/{listing['id']}/removals", plea(), Role.TOWNSHIP)
    assert (removal.status_code, removal.json()["code"]) == (409, "removal-needs-repayment")
    appeal = (await post(registry, f"/listings/{listing['id']}/appeals", plea(), Role.VILLAGE)).json()
    await repaid(registry, household, loan, date(2018, 9, 10))
    file = await entry_file(registry, listing["id"])
    assert (file["state"], file["clear_cause"], file["cleared_on"]) == ("cleared", "debt_cleared", "2018-09-10")
    assert (await decide(registry, appeal["id"], "accept", "2018-09-20")).status_code == 201
    assert (await entry_file(registry, listing["id"]))["clear_cause"] == "debt_cleared"
    [(recorded, version)] = await events(registry, HouseholdUnlisted)
    assert (recorded.cause, recorded.cleared_on, version) == ("debt_cleared", date(2018, 9, 10), 2)
    assert (await effects_of(registry, household, "2018-09-10"))["clear"]


@pytest.mark.clause("FJ-12(c)")
async def test_the_village_keeps_its_cut_when_the_loan_is_repaid(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    loan = await malicious_default(registry, household)
    await repaid(registry, household, loan, date(2018, 9, 10))
    [quota] = (await get(registry, f"/village-quotas?region_code={COUNTY}", Role.SERVICE_CENTRE)).json()["items"]
    assert (quota["share_left"], quota["cuts"]) == (
        "0.8",
        [
            {
                "loan_id": str(loan),
                "cut_share": "0.2",
                "effective_on": "2018-07-01",
                "loan_closed_on": "2018-09-10",
                "restored_on": None,
                "appeal_id": None,
            }
        ],
    )
    assert "0.8" in quota["zh"]
    assert "does not restore" in quota["en"]
    assert (await effects_of(registry, household, "2018-10-01"))["village_share_left"] == "0.8"


async def test_requests_are_listed_with_those_that_are_late(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    listing = await put_on_list(registry, household)
    await post(registry, f"/listings/{listing}/appeals", plea("2018-09-01"), Role.VILLAGE)
    for as_of, late in (("2018-10-01", False), ("2018-10-02", True)):
        path = f"/listing-requests?region_code={COUNTY}&kind=appeal&state=open&as_of={as_of}"
        [item] = (await get(registry, path, Role.AUDITOR)).json()["items"]
        assert (item["decision_due_on"], item["is_late"]) == ("2018-10-01", late)
    elsewhere = await get(registry, f"/listing-requests?region_code={COUNTY}", Role.TOWNSHIP, region="500236117")
    assert elsewhere.json()["items"] == []


def test_the_term_for_a_decision_is_the_packs_or_the_platforms() -> None:
    rule = PACK.list_rule()
    assert APPEAL_DECISION_DAYS == 30
    own = replace(rule, appeal_decision_days=15)
    assert decide_by(own, date(2018, 9, 1)) == date(2018, 9, 16)
    assert decide_by(replace(rule, appeal_decision_days=None), date(2018, 9, 1)) == date(2018, 10, 1)
    assert decide_by(rule, date.max) == date.max


async def test_news_that_comes_late_is_listed_and_cleared_in_its_order(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    loan = new_id()
    await repaid(registry, household, loan, date(2018, 9, 10), version=2)
    assert await events(registry, HouseholdListed) == []
    overdue = LoanOverdue(
        loan_id=loan,
        household_id=UUID(household),
        village_code=VILLAGE,
        overdue_from=date(2018, 3, 21),
        noticed_on=date(2018, 3, 21),
        amount_overdue=Decimal("100.00"),
    )
    await registry.deliver(overdue, aggregate_id=loan, aggregate_version=1)
    assert [version for _, version in await events(registry, HouseholdListed)] == [1]
    assert [version for _, version in await events(registry, HouseholdUnlisted)] == [2]
