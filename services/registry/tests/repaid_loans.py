"""Lines that rise and freeze by the news of loans, for the tests of rating."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.registry.tests.county import GOOD_ANSWERS, VILLAGE
from services.registry.tests.rating_county import POOR, Campaign, Home, settled
from services.registry.tests.rating_schemes import BANK, BANK_SCHEME, governed
from shared.events.lending import LoanClosed, LoanOverdue
from shared.ids import new_id
from shared.testing.service import ServiceUnderTest

_SURVEY = """
INSERT INTO credit_survey (household_id, collected_on, answers, collected_by) VALUES ($1::uuid, $2, $3, 'test')
"""


async def repay(registry: ServiceUnderTest, household: str, closed_on: date = date(2018, 1, 10), **other: Any) -> None:
    """Deliver the event that a loan of 30 000 was repaid, on time unless the caller says otherwise."""
    given: dict[str, Any] = {"loan_id": new_id(), "principal": Decimal(30_000), "repaid_on_time": True, **other}
    event = LoanClosed(household_id=UUID(household), village_code=VILLAGE, closed_on=closed_on, **given)
    await registry.deliver(event, aggregate_id=given["loan_id"])


async def rated_home(registry: ServiceUnderTest, answers: Mapping[str, int] = POOR, **other: Any) -> str:
    """Set a household down, C unless the caller says otherwise, and rate it from 2017-01-13 on."""
    [household] = await settled(registry, [Home(answers=answers)])
    await (await (await Campaign.opened(registry, **other)).shown()).final()
    return household


async def rate_again(registry: ServiceUnderTest, household: str, answers: Mapping[str, int]) -> Campaign:
    """Rate the household anew from 2018-01-18 on."""
    await registry.database.pool.execute(_SURVEY, household, date(2018, 1, 4), dict(answers))
    campaign = await Campaign.opened(registry, 2018)
    await campaign.shown("2018-01-11", reviewed_on="2018-01-08")
    await campaign.final("2018-01-18")
    return campaign


async def put_on_list(
    registry: ServiceUnderTest, household: str, listed_on: date, cleared_on: date | None = None
) -> None:
    """Let another loan of the household be overdue, and repaid late where it was cleared."""
    loan_id = new_id()
    overdue = LoanOverdue(
        loan_id=loan_id,
        household_id=UUID(household),
        village_code=VILLAGE,
        overdue_from=listed_on,
        noticed_on=listed_on,
        amount_overdue=Decimal("100.00"),
    )
    await registry.deliver(overdue, aggregate_id=loan_id)
    if cleared_on is not None:
        await repay(registry, household, cleared_on, loan_id=loan_id, repaid_on_time=False)


async def rated_by_two(registry: ServiceUnderTest) -> tuple[ServiceUnderTest, str]:
    """Return a county in which the household is A by the county and silver by the bank's own standard."""
    await governed(registry, bank_schemes=[BANK_SCHEME])
    [household] = await settled(registry, [Home(answers={**GOOD_ANSWERS, "deposits": 1_500, "income_annual": 30_000})])
    await (await (await Campaign.opened(registry)).shown()).final()
    bank = await Campaign.opened(registry, bank_code=BANK)
    final = await (await bank.shown()).final()
    assert (final["bank_code"], final["grades"]) == (BANK, [{"grade": "silver", "household_count": 1}])
    return registry, household
