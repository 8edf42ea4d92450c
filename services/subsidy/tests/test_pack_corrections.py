"""A correction of a wrong pack reaches batches prepared after it, and no line that was granted before."""

from datetime import date
from uuid import UUID

from services.subsidy.tests.county import (
    COUNTY,
    Loan,
    approved_batch,
    confirmed,
    deliver,
    lend,
    look,
    open_programme,
    pack,
    prepare,
)
from shared.events.registry import PackCorrected
from shared.ids import new_id
from shared.testing.service import ServiceUnderTest

HALF = ('  share:\n    value: "1.00"', '  share:\n    value: "0.50"')


async def correct(subsidy: ServiceUnderTest, effective_from: date) -> None:
    """Let version 2, which subsidises half, and a correction by which version 1 follows it arrive."""
    version_2 = confirmed(pack(HALF), version=2)
    await subsidy.deliver(version_2)
    signed: UUID = await subsidy.database.pool.fetchval("SELECT pack_id FROM policy_pack WHERE pack_version = 1")
    correction = PackCorrected(
        correction_id=new_id(),
        county_code=COUNTY,
        pack_id=signed,
        number=1,
        follows_pack_id=version_2.pack_id,
        keys=("subsidy.share",),
        effective_from=effective_from,
    )
    await subsidy.deliver(correction)


async def amounts(subsidy: ServiceUnderTest, batch_id: str) -> list[str]:
    """Return what each line of a batch reimburses."""
    lines = (await look(subsidy, f"/subsidy-batches/{batch_id}/lines"))["items"]
    return [line["amount"] for line in lines]


async def test_what_was_granted_stays_and_the_next_batch_follows_the_correction(subsidy: ServiceUnderTest) -> None:
    loan = Loan()
    await lend(subsidy, loan, loan.paid("1776.25"))
    before = await approved_batch(subsidy, await open_programme(subsidy))
    await correct(subsidy, date(2018, 1, 1))
    year = (date(2017, 12, 20), date(2018, 12, 20))
    await deliver(subsidy, loan, loan.paid("2205.21", on=date(2018, 12, 18), period=year, number=2))
    programme = await open_programme(subsidy, year=2018)
    after = await prepare(subsidy, programme, period_from="2018-01-01", period_until="2019-01-01")
    assert await amounts(subsidy, before) == ["1776.25"]
    assert await amounts(subsidy, after["id"]) == ["1102.61"]
    assert (await look(subsidy, "/overpaid-lines?county_code=500236"))["items"] == [], (
        "it was right when it was granted"
    )


async def test_a_batch_dated_before_the_corrections_first_day_keeps_the_version_signed_under(
    subsidy: ServiceUnderTest,
) -> None:
    loan = Loan()
    await lend(subsidy, loan, loan.paid("1776.25"))
    await correct(subsidy, date(2018, 1, 1))
    batch = await prepare(subsidy, await open_programme(subsidy))
    assert await amounts(subsidy, batch["id"]) == ["1776.25"]
