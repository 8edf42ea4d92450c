"""A correction of a wrong pack reaches the claims of loans that were signed under it, and what was decided stays."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.riskfund.claims.refusals import AlreadyDecided
from services.riskfund.claims.rules.approval import Decision, State, decide
from services.riskfund.tests.county import County, fengjie, refusal
from shared.events.registry import PackCorrected
from shared.ids import new_id
from shared.policy.vocabulary import Office
from shared.testing.service import ServiceUnderTest

CORRECTED_FROM = date(2018, 7, 1)
LONG_WAITS = [{"cause": "business_failure", "counts_from": "overdue", "months": 100}]
SHORT_WAITS = [{"cause": "business_failure", "counts_from": "overdue", "days": 90}]


@pytest.fixture
async def wrong(service: ServiceUnderTest) -> County:
    """Return a county whose version 1 lets nobody claim for a hundred months and asks for three approvals."""
    county = County(service)
    await county.confirm_pack(fengjie(compensation__waits=LONG_WAITS, compensation__committee_approvals_required=3))
    await county.open_fund()
    return county


async def pack_id(county: County, version: int) -> UUID:
    """Return the id of a version that has arrived."""
    found: UUID = await county.service.database.pool.fetchval(
        "SELECT pack_id FROM policy_pack WHERE pack_version = $1", version
    )
    return found


async def corrected(county: County, follows: UUID, *keys: str, number: int = 1, **more: Any) -> PackCorrected:
    """Let a correction of version 1 arrive."""
    event = PackCorrected(
        correction_id=new_id(),
        county_code=county.code,
        pack_id=await pack_id(county, 1),
        number=number,
        follows_pack_id=follows,
        keys=keys or ("compensation.waits", "compensation.committee_approvals_required"),
        effective_from=more.get("effective_from", CORRECTED_FROM),
    )
    await county.deliver(event, event.correction_id, 1)
    return event


async def right(county: County, **changes: Any) -> UUID:
    """Let version 2 arrive, which waits ninety days and asks for two approvals."""
    await county.confirm_pack(fengjie(compensation__waits=SHORT_WAITS, **changes), version=2)
    return await pack_id(county, 2)


async def test_a_claim_that_a_wrong_pack_made_impossible_goes_through_after_its_correction(wrong: County) -> None:
    loan = await wrong.default()
    assert refusal(await wrong.file(loan, "2018-07-02")) == (409, "claim-too-early")
    await corrected(wrong, await right(wrong))
    assert refusal(await wrong.file(loan, "2018-06-30")) == (409, "claim-too-early"), "decided before its first day"
    filed = (await wrong.file(loan, "2018-07-02")).json()
    await wrong.decide(filed["id"], "member-1", on="2018-07-03")
    assert (await wrong.decide(filed["id"], "member-2", on="2018-07-03")).json()["state"] == "approved"
    assert (await wrong.pay(filed["id"], on="2018-07-04")).json()["payment"]["amount"] == "40800.00"


async def test_a_claim_under_way_is_concluded_by_a_member_who_approved_before_the_correction(wrong: County) -> None:
    waits = await right(wrong)
    await corrected(wrong, waits, "compensation.waits")
    filed = (await wrong.file(await wrong.default(), "2018-07-02")).json()
    for member in ("member-1", "member-2"):
        assert (await wrong.decide(filed["id"], member, on="2018-07-03")).json()["state"] == "deciding"
    again = await wrong.decide(filed["id"], "member-2", on="2018-07-04")
    assert refusal(again) == (409, "already-decided")
    await corrected(wrong, waits, "compensation.committee_approvals_required", number=2)
    concluded = (await wrong.decide(filed["id"], "member-2", on="2018-07-05")).json()
    assert (concluded["state"], len(concluded["decisions"])) == ("approved", 2)


async def test_a_version_that_asks_for_more_approvals_than_the_committee_has_members_is_corrected_too(
    service: ServiceUnderTest,
) -> None:
    county = County(service)
    await county.confirm_pack(fengjie(compensation__waits=SHORT_WAITS, compensation__committee_approvals_required=9))
    await county.open_fund()
    loan = await county.default()
    assert refusal(await county.file(loan, "2018-07-02")) == (409, "committee-too-small")
    await corrected(county, await right(county), "compensation.committee_approvals_required")
    assert (await county.file(loan, "2018-07-02")).status_code == 201


async def test_a_loss_approved_before_the_correction_keeps_its_shares(wrong: County) -> None:
    version_2 = await right(wrong, compensation__fund_share="0.70", compensation__bank_share="0.30")
    await corrected(wrong, version_2)
    shares = ("compensation.fund_share", "compensation.bank_share")
    before, after = [(await wrong.file(await wrong.default(), "2018-07-02")).json()["id"] for _ in range(2)]
    for member in ("member-1", "member-2"):
        await wrong.decide(before, member, on="2018-07-03")
    await corrected(wrong, version_2, *shares, number=2, effective_from=date(2018, 7, 4))
    for member in ("member-1", "member-2"):
        await wrong.decide(after, member, on="2018-07-05")
    shown = [(await wrong.get(f"/claims/{claim_id}")).json() for claim_id in (before, after)]
    assert [each["fund_amount"] for each in shown] == ["40800.00", "35700.00"]
    shares_of = "SELECT trim_scale(fund_share)::text FROM claim WHERE id = $1"
    noted = [await wrong.service.database.pool.fetchval(shares_of, UUID(claim_id)) for claim_id in (before, after)]
    assert noted == ["0.8", "0.7"], "the record says by which shares each was decided"


async def test_a_correction_that_arrives_before_the_version_it_follows_waits_for_it(wrong: County) -> None:
    loan = await wrong.default()
    event = await corrected(wrong, new_id())
    assert refusal(await wrong.file(loan, "2018-07-02")) == (404, "pack-not-replicated")
    content = fengjie(compensation__waits=SHORT_WAITS)
    await wrong.confirm_pack(content, version=2)
    await wrong.service.database.pool.execute(
        "UPDATE policy_pack SET pack_id = $1 WHERE pack_version = 2", event.follows_pack_id
    )
    assert (await wrong.file(loan, "2018-07-02")).status_code == 201


async def test_a_correction_that_arrives_twice_is_kept_once_and_the_later_number_goes_before_the_earlier(
    wrong: County,
) -> None:
    version_1, version_2 = await pack_id(wrong, 1), await right(wrong)
    await corrected(wrong, version_1, "compensation.waits", number=2)  # back to its own waits; it arrives first
    event = await corrected(wrong, version_2, "compensation.waits", number=1)
    await wrong.deliver(event, event.correction_id, 1)
    assert await wrong.service.database.pool.fetchval("SELECT count(*) FROM pack_correction") == 2
    assert refusal(await wrong.file(await wrong.default(), "2018-07-02")) == (409, "claim-too-early")


def test_only_approvals_that_suffice_already_may_be_said_again() -> None:
    def said(person: str, required: int, decision: Decision = Decision.APPROVE) -> State:
        earlier = {"m1": "finance_bureau", "m2": "poverty_office"}
        office = Office(earlier.get(person, "service_centre"))
        return decide(State.DECIDING, decision, person, office, maker="clerk", earlier=earlier, required=required)

    assert said("m1", 2) is said("m3", 2) is State.APPROVED
    assert said("m3", 4) is State.DECIDING
    for required, decision in ((3, Decision.APPROVE), (2, Decision.REFUSE)):
        with pytest.raises(AlreadyDecided):
            said("m1", required, decision)
