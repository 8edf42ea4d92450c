"""What lending keeps from others: packs, rates and cuts, each once and in any order."""

from datetime import date
from decimal import Decimal

import pytest

from services.lending.pack_copies.queries import reference_rate
from services.lending.pack_copies.refusals import ReferenceRateMissing
from services.lending.tests.applications.conftest import COUNTY, VILLAGE, Lending, changed_pack, loan_request
from shared.events.subsidy import ReferenceRatePublished
from shared.ids import new_id
from shared.policy.copies import PackNotReplicated, current_pack, pack_for, pack_of_version, packs_of_versions
from shared.policy.in_force import NoPackInForce
from shared.policy.vocabulary import RateBasis, RateColumn


async def test_the_newest_pack_in_force_counts(lending: Lending) -> None:
    header = lending.pack.header.model_copy(update={"effective_from": date(2018, 1, 1), "version": 2})
    later = lending.pack.model_copy(update={"header": header})
    pack_id = await lending.confirm_pack(later, version=2)
    async with lending.service.database.connection() as conn:
        assert (await current_pack(conn, COUNTY, date(2017, 12, 31))).pack_version == 1
        found = await current_pack(conn, VILLAGE, date(2018, 1, 1))
        assert (found.pack_id, found.pack_version) == (pack_id, 2)
        assert (await pack_for(conn, pack_id)).loan_terms.amount_max == Decimal("50000.00")


async def test_a_township_has_its_own_pack_beside_its_countys(lending: Lending) -> None:
    township = VILLAGE[:9]
    header = lending.pack.header.model_copy(update={"code": "part", "regions": (township,), "version": 2})
    part = await lending.confirm_pack(lending.pack.model_copy(update={"header": header}), version=2)
    async with lending.service.database.connection() as conn:
        on = lending.pack.header.effective_from
        whole = (await current_pack(conn, COUNTY, on)).pack_id
        assert whole != part
        assert (await current_pack(conn, VILLAGE, on)).pack_id == part
        assert (await current_pack(conn, f"{COUNTY}999", on)).pack_id == whole
        assert (await pack_of_version(conn, VILLAGE, 1, on)).pack_id == whole, "signed before the township had its own"
        assert (await pack_of_version(conn, VILLAGE, 2, on)).pack_id == part
        with pytest.raises(PackNotReplicated, match="version 2"):
            await pack_of_version(conn, f"{COUNTY}999", 2, on)


async def test_two_townships_have_the_same_number_for_their_own_packs(lending: Lending) -> None:
    await lending.service.database.pool.execute("DELETE FROM policy_pack")
    regions, packs = (f"{COUNTY}901", f"{COUNTY}902"), []
    for number, region in enumerate(regions):
        header = lending.pack.header.model_copy(update={"code": f"part-{number}", "regions": (region,)})
        packs.append(await lending.confirm_pack(lending.pack.model_copy(update={"header": header})))
    async with lending.service.database.connection() as conn:
        on = lending.pack.header.effective_from
        assert [(await current_pack(conn, f"{region}001", on)).pack_id for region in regions] == packs
        signed = [(f"{region}001", 1) for region in regions]
        assert [kept.pack_id for kept in await packs_of_versions(conn, COUNTY, [*signed, *signed], on)] == packs
        with pytest.raises(NoPackInForce):
            await current_pack(conn, COUNTY, on)


async def test_a_rate_is_read_by_series_day_and_tenor(lending: Lending) -> None:
    for effective_from, rate in (("2015-10-24", "4.75"), ("2015-08-26", "5.00")):  # the later one arrives first
        event = ReferenceRatePublished(
            rate_id=new_id(),
            basis="PBOC_BENCHMARK",
            effective_from=date.fromisoformat(effective_from),
            up_to_1y=Decimal("4.35"),
            over_1y_to_5y=Decimal(rate),
            over_5y=None,
        )
        await lending.service.deliver(event, region_code="00", aggregate_id=event.rate_id)
    basis, column = RateBasis.PBOC_BENCHMARK, RateColumn.OVER_1Y_TO_5Y
    async with lending.service.database.connection() as conn:
        assert await reference_rate(conn, basis, date(2015, 10, 23), column) == Decimal("5.00")
        assert await reference_rate(conn, basis, date(2017, 3, 1), column) == Decimal("4.75")
        for on, missing in ((date(2015, 8, 25), column), (date(2017, 3, 1), RateColumn.OVER_5Y)):
            with pytest.raises(ReferenceRateMissing):
                await reference_rate(conn, basis, on, missing)


@pytest.mark.clause("FJ-12(c)")
async def test_a_cut_remembers_what_the_village_had(lending: Lending) -> None:
    await lending.lend(loan_request(f"{VILLAGE}-1", "30000.00"))
    await lending.file(loan_request(f"{VILLAGE}-2", "20000.00"))
    loan_id = await lending.cut_quota(VILLAGE, "0.20", on="2017-03-01")
    await lending.file(loan_request(f"{VILLAGE}-3", "1000.00"), filed_on="2017-02-28")
    await lending.cut_quota(VILLAGE, "0.20", on="2017-03-01", loan_id=loan_id)  # delivered again
    row = await lending.service.database.pool.fetchrow("SELECT * FROM village_quota_cut")
    assert row is not None
    assert (row["amount_when_cut"], row["cut_share"]) == (Decimal("50000.00"), Decimal("0.200000"))


@pytest.mark.clause("FJ-12(c)")
@pytest.mark.parametrize("order", ["cut first", "restored first"])
async def test_a_cut_that_was_taken_back_holds_until_that_day_whatever_arrives_first(
    lending: Lending, order: str
) -> None:
    await lending.lend(loan_request(f"{VILLAGE}-1", "30000.00"))
    loan_id = new_id()
    steps = [
        lending.cut_quota(VILLAGE, "0.20", on="2017-03-01", loan_id=loan_id),
        lending.restore_quota(VILLAGE, "0.20", on="2017-03-10", loan_id=loan_id),
    ]
    for step in steps if order == "cut first" else reversed(steps):
        await step
    refused = await lending.file(loan_request(f"{VILLAGE}-2", "1000.00"), filed_on="2017-03-09")
    assert [reason["code"] for reason in refused["refusals"][0]["reasons"]] == ["village-quota-cut"]
    assert (await lending.file(loan_request(f"{VILLAGE}-3", "1000.00"), filed_on="2017-03-10"))["filed_count"] == 1


@pytest.mark.clause("FJ-12(c)")
async def test_the_end_of_one_cut_leaves_the_villages_other_cuts(lending: Lending) -> None:
    await lending.lend(loan_request(f"{VILLAGE}-1", "30000.00"))
    first = await lending.cut_quota(VILLAGE, "0.20", on="2017-03-01")
    await lending.cut_quota(VILLAGE, "0.10", on="2017-03-02")
    for _ in range(2):  # delivered again
        await lending.restore_quota(VILLAGE, "0.20", on="2017-03-05", loan_id=first)
    filed = await lending.file(loan_request(f"{VILLAGE}-2", "1000.00"), filed_on="2017-03-06")
    assert [reason["code"] for reason in filed["refusals"][0]["reasons"]] == ["village-quota-cut"]
    pool = lending.service.database.pool
    assert await pool.fetchval("SELECT count(*) FROM village_quota_restored") == 1
    with pytest.raises(Exception, match="only grows"):
        await pool.execute("DELETE FROM village_quota_restored")


async def test_a_changed_pack_is_a_new_version(lending: Lending) -> None:
    await lending.confirm_pack(changed_pack(lending.pack, lending__lender_kinds=["state_owned"]), version=2)
    filed = await lending.file(loan_request(f"{VILLAGE}-1"))
    assert filed["pack_version"] == 2
    assert [reason["code"] for reason in filed["refusals"][0]["reasons"]] == ["lender-kind-not-admitted"]
