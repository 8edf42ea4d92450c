"""The totals of a final campaign travel to the other services, which only note them."""

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal

import pytest

from services.registry.tests.county import COUNTY
from shared.events.registry import RatingCampaignFinalised
from shared.ids import new_id
from shared.testing.service import ServiceUnderTest


@pytest.mark.parametrize("service", ["lending", "subsidy", "riskfund"])
async def test_other_services_only_note_a_final_campaign(
    service: str, start_service: Callable[[str], Awaitable[ServiceUnderTest]]
) -> None:
    peer = await start_service(service)
    event = RatingCampaignFinalised(
        campaign_id=new_id(),
        county_code=COUNTY,
        bank_code=None,
        year=2017,
        finalised_on=date(2017, 1, 13),
        household_count=194_700,
        rated_count=171_064,
        credit_limit_total=Decimal("314600000.00"),
        group_count=283,
        credit_group_count=182,
        village_count=90,
        credit_village_count=68,
        township_count=32,
        credit_township_count=17,
    )
    await peer.deliver(event, region_code=COUNTY, aggregate_id=event.campaign_id)
    states = await peer.database.pool.fetch("SELECT state, count(*) AS times FROM inbox GROUP BY state")
    assert [tuple(each) for each in states] == [("applied", 1)]


def test_the_event_carries_no_personal_data() -> None:
    assert {name for name in RatingCampaignFinalised.model_fields if "household" in name or "member" in name} == {
        "household_count"
    }
