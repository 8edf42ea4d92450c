"""What a campaign makes of the credit limit that a household has: earned, frozen, taken away (FJ-10, FJ-12, LG-10)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest

from services.registry.tests.county import GOOD_ANSWERS, VILLAGE, events, get
from services.registry.tests.rating_county import FAILING, POOR, Campaign, Home, ratings, settled
from services.registry.tests.rating_schemes import BANK, governed
from services.registry.tests.repaid_loans import put_on_list, rate_again, rated_by_two, rated_home, repay
from shared.access import Role
from shared.events.registry import RatingCampaignFinalised
from shared.testing.service import ServiceUnderTest

FINAL = date(2018, 1, 18)  # the day on which `rate_again` makes grades final
MIDDLING = {**GOOD_ANSWERS, "bad_records": 2, "labourers": 1}  # 76 points, grade B
_EARNED = """
INSERT INTO rating (household_id, village_code, grade, credit_limit, cause, loan_id, valid_from, valid_until)
VALUES ($1::uuid, $2, $3, $4, 'repaid_on_time', uuid7(), $5, $6)
"""


async def _earned(registry: ServiceUnderTest, household: str, grade: str, credit_limit: str, until: date) -> None:
    """Set down a credit limit that was earned a year before by repaying."""
    day = date(2017, 1, 18)
    await registry.database.pool.execute(_EARNED, household, VILLAGE, grade, Decimal(credit_limit), day, until)


async def _after(registry: ServiceUnderTest, household: str) -> tuple[str | None, str | None]:
    return (await ratings(registry, "2018-02-01"))[household]


async def test_a_worse_campaign_lowers_a_line_that_was_not_earned(registry: ServiceUnderTest) -> None:
    household = await rated_home(registry, GOOD_ANSWERS)
    await rate_again(registry, household, POOR)
    assert await _after(registry, household) == ("C", "30000.00")


@pytest.mark.clause("FJ-10(c)")
@pytest.mark.parametrize(("until", "expected"), [(FINAL, ("C", "30000.00")), (date(2018, 1, 19), ("B", "40000.00"))])
async def test_an_earned_limit_is_kept_while_its_own_rating_holds(
    registry: ServiceUnderTest, until: date, expected: tuple[str, str]
) -> None:
    household = await rated_home(registry)
    await _earned(registry, household, "B", "40000.00", until)
    await rate_again(registry, household, POOR)
    assert await _after(registry, household) == expected


@pytest.mark.clause("FJ-10(c)")
async def test_of_two_earned_lines_the_higher_one_is_kept(registry: ServiceUnderTest) -> None:
    household = await rated_home(registry)
    await repay(registry, household, date(2017, 6, 1))
    await repay(registry, household, date(2018, 1, 10))
    await rate_again(registry, household, POOR)
    assert await _after(registry, household) == ("A", "50000.00")


@pytest.mark.clause("FJ-10(b)")
async def test_an_earned_limit_does_not_pull_a_better_grade_down(regional_registry: ServiceUnderTest) -> None:
    registry = await governed(regional_registry, next_limit="gradient")
    household = await rated_home(registry)
    await repay(registry, household, principal=Decimal(40_000))  # 40 000 × 1.20, still C
    await rate_again(registry, household, MIDDLING)
    assert await _after(registry, household) == ("B", "48000.00")


async def test_an_earned_grade_without_a_higher_line_gives_way_to_the_campaigns(registry: ServiceUnderTest) -> None:
    household = await rated_home(registry)
    await _earned(registry, household, "A", "30000.00", date(2019, 1, 18))
    await rate_again(registry, household, POOR)
    assert await _after(registry, household) == ("C", "30000.00")


@pytest.mark.parametrize(
    ("listed_on", "cleared_on", "expected"),
    [
        (FINAL, None, ("A", "30000.00")),
        (date(2018, 1, 19), None, ("A", "50000.00")),
        (date(2017, 6, 1), FINAL, ("A", "50000.00")),
        (date(2017, 6, 1), date(2018, 1, 19), ("A", "30000.00")),
    ],
)
async def test_a_line_does_not_rise_on_a_day_on_which_the_household_is_listed(
    registry: ServiceUnderTest, listed_on: date, cleared_on: date | None, expected: tuple[str, str]
) -> None:
    household = await rated_home(registry)
    await put_on_list(registry, household, listed_on, cleared_on)
    await rate_again(registry, household, GOOD_ANSWERS)
    assert await _after(registry, household) == expected


@pytest.mark.parametrize(
    ("answers", "expected"), [(GOOD_ANSWERS, ("A", "40000.00")), (POOR, ("C", "30000.00")), (FAILING, (None, None))]
)
async def test_a_listed_household_keeps_its_latest_line_at_most(
    registry: ServiceUnderTest, answers: Mapping[str, int], expected: tuple[str | None, str | None]
) -> None:
    household = await rated_home(registry)
    await repay(registry, household, date(2018, 1, 10))  # B, 40 000
    await put_on_list(registry, household, date(2018, 1, 12))
    await rate_again(registry, household, answers)
    assert await _after(registry, household) == expected


@pytest.mark.clause("LG-10(b)")
async def test_the_county_freezes_and_keeps_its_own_line_not_a_banks(regional_registry: ServiceUnderTest) -> None:
    registry, household = await rated_by_two(regional_registry)
    await put_on_list(registry, household, date(2017, 6, 1))
    await rate_again(registry, household, GOOD_ANSWERS)
    assert await _after(registry, household) == ("A", "50000.00")  # the bank's credit limit is 20 000


@pytest.mark.clause("LG-10(b)")
async def test_a_line_earned_with_a_bank_is_no_line_of_the_countys(regional_registry: ServiceUnderTest) -> None:
    registry, household = await rated_by_two(regional_registry)
    await repay(registry, household, bank_code=BANK, principal=Decimal(20_000))  # gold, 45 000
    await rate_again(registry, household, POOR)
    assert await _after(registry, household) == ("C", "30000.00")


@pytest.mark.clause("FJ-10(c)")
@pytest.mark.parametrize(
    ("kept", "expected"),
    [(None, ("B", "40000.00")), pytest.param(False, (None, None), marks=pytest.mark.clause("ZJ-1(e)"))],
)
async def test_below_every_band_an_earned_limit_stays_where_the_pack_keeps_it(
    regional_registry: ServiceUnderTest, kept: bool | None, expected: tuple[str | None, str | None]
) -> None:
    registry = await governed(regional_registry, **({} if kept is None else {"earned_limit_kept": kept}))
    household = await rated_home(registry)
    await repay(registry, household)
    await rate_again(registry, household, FAILING)
    assert await _after(registry, household) == expected


@pytest.mark.parametrize(("until", "count"), [(FINAL, 1), (date(2018, 1, 19), 2)])
async def test_only_a_rating_that_still_holds_is_taken_away(
    regional_registry: ServiceUnderTest, until: date, count: int
) -> None:
    registry = await governed(regional_registry, earned_limit_kept=False)
    household = await rated_home(registry, FAILING)
    await _earned(registry, household, "C", "30000.00", until)
    await rate_again(registry, household, FAILING)
    shown = await get(registry, f"/households/{household}/rating?as_of=2018-02-01", Role.TOWNSHIP)
    assert len(shown.json()["ratings"]) == count


@pytest.mark.clause("DY-1(b)", "ZJ-1(e)")
async def test_a_household_whose_rating_was_taken_away_is_not_published_as_rated(registry: ServiceUnderTest) -> None:
    falls, stays = await settled(registry, [Home(), Home()])
    await (await (await Campaign.opened(registry)).shown()).final()
    await rate_again(registry, falls, FAILING)
    assert await ratings(registry, "2018-02-01") == {falls: (None, None), stays: ("A", "50000.00")}
    final = [event for event, _ in await events(registry, RatingCampaignFinalised)]
    recorded = [(event.household_count, event.rated_count, event.credit_limit_total) for event in final]
    assert recorded == [(2, 2, Decimal("100000.00")), (2, 1, Decimal("50000.00"))]
