"""A village's quota is cut over a malicious default and given back when an appeal finds that it was none."""

import asyncio
from datetime import date
from decimal import Decimal
from itertools import permutations
from typing import Any, cast
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.tests.county import COUNTY, VILLAGE, events, get, post, registered, row
from services.registry.tests.listing_steps import (
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
from shared.events.registry import VillageQuotaCut, VillageQuotaRestored
from shared.rules.village_quota import share_left
from shared.testing.service import ServiceUnderTest
from tools.reconcile.databases import Snapshot
from tools.reconcile.findings import Findings
from tools.reconcile.registry import lists as reconcile_lists
from tools.reconcile.world import World

SHARES = st.lists(st.decimals("0.01", "1", places=2), max_size=6)


async def _entry(registry: ServiceUnderTest, household: str, list_name: str = "blacklist") -> str:
    path = f"/listings?region_code={COUNTY}&household_id={household}&list_name={list_name}"
    [listing] = (await get(registry, path, Role.BANK)).json()["items"]
    return str(listing["id"])


async def _appealed(registry: ServiceUnderTest, listing: str, filed_on: str = "2018-09-01") -> str:
    answer = await post(registry, f"/listings/{listing}/appeals", plea(filed_on), Role.VILLAGE)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def _quota(registry: ServiceUnderTest) -> dict[str, Any]:
    [quota] = (await get(registry, f"/village-quotas?region_code={COUNTY}", Role.SERVICE_CENTRE)).json()["items"]
    found: dict[str, Any] = quota
    return found


@pytest.mark.clause("FJ-12(c)")
async def test_an_accepted_appeal_gives_the_village_its_quota_back(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    loan = await malicious_default(registry, household)
    assert (await _quota(registry))["share_left"] == "0.8"
    listing = await _entry(registry, household)
    appeal = await _appealed(registry, listing)
    assert (await _quota(registry))["share_left"] == "0.8", "an appeal holds nothing up"
    judged = (await entry_file(registry, listing))["quota_cut"]
    assert (judged["village_code"], judged["cut_share"], judged["restored_on"]) == (VILLAGE, "0.2", None)
    assert (await decide(registry, appeal, "accept", "2018-09-20")).status_code == 201
    assert (await entry_file(registry, listing))["quota_cut"]["restored_on"] == "2018-09-20"
    quota = await _quota(registry)
    assert quota["share_left"] == "1"
    assert quota["cuts"] == [
        {
            "loan_id": str(loan),
            "cut_share": "0.2",
            "effective_on": "2018-07-01",
            "loan_closed_on": None,
            "restored_on": "2018-09-20",
            "appeal_id": appeal,
        }
    ]
    assert "其中1笔经申诉成立已恢复" in quota["zh"]
    [(cut, cut_version)] = await events(registry, VillageQuotaCut)
    [(recorded, version)] = await events(registry, VillageQuotaRestored)
    assert (recorded.loan_id, recorded.village_code, recorded.cut_share) == (loan, VILLAGE, cut.cut_share)
    assert (recorded.effective_on, cut_version, version) == (date(2018, 9, 20), 1, 2)
    assert (await effects_of(registry, household, "2018-09-20"))["village_share_left"] == "1"


@pytest.mark.clause("FJ-12(c)")
async def test_a_default_published_again_after_the_appeal_cuts_nothing(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    loan = await malicious_default(registry, household)
    appeal = await _appealed(registry, await _entry(registry, household))
    await decide(registry, appeal, "accept", "2018-09-20")
    await malicious_default(registry, household, loan)  # another message, as a repaired stream tells it
    assert (await _quota(registry))["share_left"] == "1"
    assert len(await events(registry, VillageQuotaCut)) == 1
    assert (await entry_file(registry, await _entry(registry, household)))["state"] == "cleared"


@pytest.mark.clause("FJ-12(c)")
async def test_only_the_cut_of_the_wrong_entry_is_taken_back(registry: ServiceUnderTest) -> None:
    first, second, third = await registered(registry, row(1), row(2), row(3))
    for household in (first, second):
        await malicious_default(registry, household)
    assert (await _quota(registry))["share_left"] == "0.64"
    appeal = await _appealed(registry, await _entry(registry, first))
    await decide(registry, appeal, "accept", "2018-09-20")
    assert (await _quota(registry))["share_left"] == "0.8"
    await malicious_default(registry, third)
    assert (await _quota(registry))["share_left"] == "0.64"
    recorded = [
        version for kind in (VillageQuotaCut, VillageQuotaRestored) for _, version in await events(registry, kind)
    ]
    assert sorted(recorded) == [1, 2, 3, 4], "one row of events without a gap"


@pytest.mark.clause("FJ-12(c)")
async def test_a_repaid_debt_restores_nothing_but_its_entry_may_still_be_appealed(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    loan = await malicious_default(registry, household)
    listing = await _entry(registry, household)
    await repaid(registry, household, loan, date(2018, 9, 10))
    quota = await _quota(registry)
    assert (quota["share_left"], await events(registry, VillageQuotaRestored)) == ("0.8", [])
    assert "1笔已结清，额度不因结清而恢复" in quota["zh"]
    appeal = await _appealed(registry, listing, "2018-10-01")
    assert (await decide(registry, appeal, "accept", "2018-10-20")).status_code == 201
    assert (await _quota(registry))["share_left"] == "1"
    file = await entry_file(registry, listing)
    assert (file["state"], file["clear_cause"], file["cleared_on"]) == ("cleared", "debt_cleared", "2018-09-10")
    again = await post(registry, f"/listings/{listing}/appeals", plea("2018-11-01"), Role.VILLAGE)
    assert (again.status_code, again.json()["code"]) == (409, "listing-cleared")


@pytest.mark.clause("FJ-12(c)")
async def test_an_appeal_accepted_after_the_debt_was_cleared_restores_too(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    loan = await malicious_default(registry, household)
    appeal = await _appealed(registry, await _entry(registry, household))
    await repaid(registry, household, loan, date(2018, 9, 10))
    await decide(registry, appeal, "accept", "2018-09-20")
    assert (await _quota(registry))["share_left"] == "1"


async def test_a_rejected_appeal_leaves_the_cut(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    await malicious_default(registry, household)
    appeal = await _appealed(registry, await _entry(registry, household))
    await decide(registry, appeal, "reject", "2018-09-20")
    assert ((await _quota(registry))["share_left"], await events(registry, VillageQuotaRestored)) == ("0.8", [])


async def test_an_appeal_against_another_entry_leaves_the_cut(registry: ServiceUnderTest) -> None:
    """A second entry, over lateness or by an officer's hand, says nothing about the malicious default."""
    [household] = await registered(registry, row(1))
    loan = await malicious_default(registry, household)
    overdue = LoanOverdue(
        loan_id=loan,
        household_id=UUID(household),
        village_code=VILLAGE,
        overdue_from=date(2018, 3, 21),
        noticed_on=date(2018, 3, 21),
        amount_overdue=Decimal("100.00"),
    )
    await registry.deliver(overdue, aggregate_id=loan)
    for listing in (await _entry(registry, household, "dishonesty"), await put_on_list(registry, household)):
        assert (await entry_file(registry, listing))["quota_cut"] is None
        appeal = await _appealed(registry, listing)
        assert (await decide(registry, appeal, "accept", "2018-09-20")).status_code == 201
    assert ((await _quota(registry))["share_left"], await events(registry, VillageQuotaRestored)) == ("0.8", [])


async def test_two_acceptances_at_once_restore_once(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    await malicious_default(registry, household)
    appeal = await _appealed(registry, await _entry(registry, household))
    answers = await asyncio.gather(
        *(decide(registry, appeal, "accept", "2018-09-20", subject=f"judge-{number}") for number in range(2))
    )
    assert sorted(each.status_code for each in answers) == [201, 409]
    assert [version for _, version in await events(registry, VillageQuotaRestored)] == [2]


async def test_the_reports_count_quotas_that_are_still_cut(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    await malicious_default(registry, household)
    path = f"/reports/registry?region_code={COUNTY}"
    assert (await get(registry, path, Role.AUDITOR)).json()["village_quotas_cut"] == 1
    appeal = await _appealed(registry, await _entry(registry, household))
    await decide(registry, appeal, "accept", "2018-09-20")
    assert (await get(registry, path, Role.AUDITOR)).json()["village_quotas_cut"] == 0
    lists = f"/reports/lists?region_code={COUNTY}&period_from=2018-09-01&period_until=2018-10-01"
    total = (await get(registry, lists, Role.AUDITOR)).json()["total"]
    assert (total["villages_cut"], total["villages_restored"]) == (0, 1)


async def test_the_reconciliation_counts_cuts_and_restorations(registry: ServiceUnderTest) -> None:
    first, second = await registered(registry, row(1), row(2))
    for household in (first, second):
        await malicious_default(registry, household)
    assert (await _reconciled(registry)).differing == 0
    for number, household in enumerate((first, second)):
        appeal = await _appealed(registry, await _entry(registry, household))
        await decide(registry, appeal, "accept", f"2018-09-2{number}")
        found = await _reconciled(registry)
        assert (found.differing, found.compared > 0) == (0, True), found.listed
    await registry.database.pool.execute("UPDATE village_quota SET share_left = 0.8, version = version - 1")
    assert {each.what for each in (await _reconciled(registry)).listed} == {
        "version = number of cuts and restorations",
        "share left",
    }


async def _reconciled(registry: ServiceUnderTest) -> Findings:
    """Return what the reconciliation's own check finds in the registry."""
    found = Findings()
    async with registry.database.pool.acquire() as conn:
        world = cast(World, {"registry": Snapshot("registry", cast(Any, conn))})
        await reconcile_lists(world, found)
    return found


async def test_a_restoration_is_kept_as_it_was_written(registry: ServiceUnderTest) -> None:
    [household] = await registered(registry, row(1))
    await malicious_default(registry, household)
    await decide(registry, await _appealed(registry, await _entry(registry, household)), "accept", "2018-09-20")
    for statement in (
        "DELETE FROM village_quota_restoration",
        "UPDATE village_quota_restoration SET effective_on = '2018-01-01'",
    ):
        with pytest.raises(Exception, match="only grows"):
            await registry.database.pool.execute(statement)


@pytest.mark.clause("FJ-12(c)")
@given(SHARES)
def test_the_order_of_cuts_makes_no_difference_and_none_leaves_all(shares: list[Decimal]) -> None:
    left = share_left(shares)
    assert 0 <= left <= 1
    assert (left == 1) == (not shares)
    assert all(share_left(order) == left for order in list(permutations(shares))[:24])
    if shares:
        assert share_left(shares[1:]) >= left, "taking a cut back never lowers the quota"
