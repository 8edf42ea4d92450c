"""A county's pool: as large as its document plans, and what stands behind each loan that the banks pay out."""

from typing import Any

import orjson
import pytest

from services.riskfund.tests.county import County, refusal
from shared.ids import new_id
from shared.migrations import ROOT
from shared.policy.load import load_pack
from shared.testing.service import ServiceUnderTest


async def county_of(service: ServiceUnderTest, name: str) -> County:
    """Return the county of a shipped pack, which is in force since these tests' first day."""
    pack = load_pack(ROOT / "policy" / "packs" / f"{name}.yaml")
    content: dict[str, Any] = orjson.loads(orjson.dumps(pack.model_dump(mode="json")))
    county = County(service, pack.header.regions[0][:6])
    await county.confirm_pack({**content, "header": {**content["header"], "effective_from": "2017-01-01"}})
    return county


@pytest.mark.parametrize(
    ("name", "borne", "left"),
    [
        pytest.param("lingui", "40800.00", "4959200.00", marks=pytest.mark.clause("LG-2(g)")),
        pytest.param("kelan", "35700.00", "4964300.00", marks=pytest.mark.clause("SX-9(f)")),
    ],
)
async def test_a_loan_has_the_countys_fund_behind_it_from_its_approval_to_its_loss(
    service: ServiceUnderTest, name: str, borne: str, left: str
) -> None:
    county = await county_of(service, name)
    assert refusal(await county.reserve([(new_id(), "50000.00")])) == (409, "fund-not-open")
    await county.open_fund("5000000.00")
    loan = county.loan("50000.00")
    assert (await county.reserve([(loan.application_id, "50000.00")])).json()["refused_applications"] == []
    assert (await county.fund())["reserved"] == "50000.00"
    await county.service.deliver_all([county.disbursed(loan)])
    backed = await county.fund()
    assert (backed["reserved"], backed["exposure"]) == ("0.00", "50000.00")
    await county.service.deliver_all([county.defaulted(loan)])
    claim = await county.compensate(loan)
    after = await county.fund()
    assert claim["fund_amount"] == after["compensated"] == borne
    assert (after["balance"], after["exposure"]) == (left, "0.00")


@pytest.mark.clause("DZ-3(c)")
async def test_a_pool_shows_its_planned_size_and_what_the_county_has_not_paid_in_yet(service: ServiceUnderTest) -> None:
    county = await county_of(service, "dengzhou")
    await county.open_fund("30000000.00")
    shown = await county.fund()
    assert (shown["planned_amount"], shown["plan_missing"]) == ("32337000.00", "2337000.00")
    await county.pay_in("2337000.00")
    whole = await county.fund()
    assert (whole["plan_missing"], whole["cover"]["limit"]) == ("0.00", "323370000.00")
    await county.pay_in("1000.00")
    assert (await county.fund())["plan_missing"] == "0.00"


async def test_a_pool_without_a_pack_has_no_plan(service: ServiceUnderTest) -> None:
    county = County(service)
    await county.open_fund(None)
    shown = await county.fund()
    assert (shown["planned_amount"], shown["plan_missing"]) == (None, None)
