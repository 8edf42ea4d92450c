"""Lines that grow by repaying on time, freeze on a list, and meet the next campaign (FJ-10, FJ-12, LG-10)."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import pytest

from services.registry.tests.county import COUNTY, GOOD_ANSWERS, VILLAGE, get, post
from services.registry.tests.rating_county import FAILING, POOR, Campaign, Home, ratings, refused, settled
from services.registry.tests.rating_schemes import BANK, BANK_SCHEME, governed
from shared.access import Role
from shared.events.lending import LoanClosed, LoanOverdue
from shared.ids import new_id
from shared.testing.service import ServiceUnderTest

_SURVEY = """
INSERT INTO credit_survey (household_id, collected_on, answers, collected_by) VALUES ($1::uuid, $2, $3, 'test')
"""


async def _repaid(
    registry: ServiceUnderTest, household: str, closed_on: date = date(2018, 1, 10), **other: Any
) -> None:
    given: dict[str, Any] = {"loan_id": new_id(), "principal": Decimal(30_000), "repaid_on_time": True, **other}
    fact = LoanClosed(household_id=UUID(household), village_code=VILLAGE, closed_on=closed_on, **given)
    await registry.deliver(fact)


async def _rated(registry: ServiceUnderTest, answers: Mapping[str, int] = POOR, **other: Any) -> str:
    [household] = await settled(registry, [Home(answers=answers)])
    await (await (await Campaign.opened(registry, **other)).shown()).final()
    return household


async def _rated_again(registry: ServiceUnderTest, household: str, answers: Mapping[str, int]) -> Campaign:
    await registry.database.pool.execute(_SURVEY, household, date(2018, 1, 4), dict(answers))
    campaign = await Campaign.opened(registry, 2018)
    await campaign.shown("2018-01-11", reviewed_on="2018-01-08")
    await campaign.final("2018-01-18")
    return campaign


async def _list(registry: ServiceUnderTest, household: str, listed_on: date, cleared_on: date | None = None) -> None:
    """Let another loan of the household be overdue, and repaid late where it was cleared."""
    loan_id = new_id()
    overdue = LoanOverdue(
        loan_id=loan_id,
        household_id=UUID(household),
        village_code=VILLAGE,
        overdue_since_on=listed_on,
        noticed_on=listed_on,
        amount_overdue=Decimal("100.00"),
    )
    await registry.deliver(overdue)
    if cleared_on is not None:
        await _repaid(registry, household, cleared_on, loan_id=loan_id, repaid_on_time=False)


@pytest.mark.clause("FJ-10")
async def test_repaying_on_time_rolls_from_c_to_b_to_a(registry: ServiceUnderTest) -> None:
    household = await _rated(registry)
    seen = [(await ratings(registry, "2017-02-01"))[household]]
    for year in (2018, 2019):
        await _repaid(registry, household, date(year, 1, 10))
        seen.append((await ratings(registry, f"{year}-02-01"))[household])
    assert seen == [("C", "30000.00"), ("B", "40000.00"), ("A", "50000.00")]


@pytest.mark.clause("FJ-10", "FJ-12")
async def test_repaying_late_raises_nothing(registry: ServiceUnderTest) -> None:
    household = await _rated(registry)
    await _repaid(registry, household, repaid_on_time=False)
    assert (await ratings(registry, "2018-02-01"))[household] == ("C", "30000.00")


@pytest.mark.clause("FJ-10")
async def test_gradient_increase_is_last_loan_times_one_point_two(regional_registry: ServiceUnderTest) -> None:
    registry = await governed(regional_registry, next_line="gradient")
    household = await _rated(registry)
    await _repaid(registry, household)
    assert (await ratings(registry, "2018-02-01"))[household] == ("C", "36000.00")


@pytest.mark.clause("FJ-12")
async def test_the_line_of_a_listed_household_is_frozen(registry: ServiceUnderTest) -> None:
    household = await _rated(registry)
    await _list(registry, household, date(2017, 6, 1))
    await _repaid(registry, household)
    assert (await ratings(registry, "2018-02-01"))[household] == ("C", "30000.00")
    await _rated_again(registry, household, GOOD_ANSWERS)
    assert (await ratings(registry, "2018-02-01"))[household] == ("A", "30000.00")  # rated anew, the line stays


@pytest.mark.clause("FJ-10")
async def test_once_cleared_a_household_rises_again(registry: ServiceUnderTest) -> None:
    household = await _rated(registry)
    await _list(registry, household, date(2017, 6, 1), date(2017, 9, 1))
    await _repaid(registry, household)
    assert (await ratings(registry, "2018-02-01"))[household] == ("B", "40000.00")


@pytest.mark.clause("FJ-10")
async def test_a_new_campaign_keeps_the_earned_line(registry: ServiceUnderTest) -> None:
    household = await _rated(registry)
    await _repaid(registry, household)
    await _rated_again(registry, household, POOR)
    assert (await ratings(registry, "2018-02-01"))[household] == ("B", "40000.00")
    history = (await get(registry, f"/households/{household}/rating?as_of=2018-02-01", Role.TOWNSHIP)).json()["ratings"]
    assert [each["cause"] for each in history] == ["campaign", "repaid_on_time", "campaign"]


async def test_a_better_campaign_wins_over_the_earned_line(registry: ServiceUnderTest) -> None:
    household = await _rated(registry)
    await _repaid(registry, household)
    await _rated_again(registry, household, GOOD_ANSWERS)
    assert (await ratings(registry, "2018-02-01"))[household] == ("A", "50000.00")


async def test_a_pack_may_let_the_new_campaign_decide(regional_registry: ServiceUnderTest) -> None:
    registry = await governed(regional_registry, earned_line_kept=False)
    household = await _rated(registry)
    await _repaid(registry, household)
    await _rated_again(registry, household, POOR)
    assert (await ratings(registry, "2018-02-01"))[household] == ("C", "30000.00")


@pytest.mark.clause("ZJ-1")
async def test_a_campaign_takes_the_rating_of_a_household_that_fell_below_every_band(
    registry: ServiceUnderTest,
) -> None:
    household = await _rated(registry, GOOD_ANSWERS)
    campaign = await _rated_again(registry, household, FAILING)
    assert (await ratings(registry, "2018-01-17"))[household] == ("A", "50000.00")
    assert (await ratings(registry, "2018-02-01"))[household] == (None, None)
    shown = (await get(registry, f"/ratings?region={COUNTY}&as_of=2018-02-01", Role.TOWNSHIP)).json()["items"][0]
    assert (shown["is_valid"], shown["is_stale"], shown["cause"]) == (False, False, "campaign")
    assert (await campaign.read("/progress?on=2018-02-01"))["rated_count"] == 0
    await _repaid(registry, household, date(2018, 3, 1))
    assert (await ratings(registry, "2018-04-01"))[household] == (None, None)  # nothing to raise


async def _with_bank(registry: ServiceUnderTest) -> tuple[ServiceUnderTest, str]:
    """A county in which the household is A by the county and silver by the bank's own standard."""
    await governed(registry, bank_schemes=[BANK_SCHEME])
    [household] = await settled(registry, [Home(answers={**GOOD_ANSWERS, "deposits": 1_500, "income_annual": 30_000})])
    await (await (await Campaign.opened(registry)).shown()).final()
    bank = await Campaign.opened(registry, bank_code=BANK)
    final = await (await bank.shown()).final()
    assert (final["bank_code"], final["grades"]) == (BANK, [{"grade": "silver", "household_count": 1}])
    return registry, household


@pytest.mark.clause("LG-10")
async def test_a_bank_rates_the_same_household_by_its_own_standard(regional_registry: ServiceUnderTest) -> None:
    registry, household = await _with_bank(regional_registry)
    assert (await ratings(registry, "2017-02-01"))[household] == ("A", "50000.00")
    assert (await ratings(registry, "2017-02-01", bank=BANK))[household] == ("silver", "20000.00")
    path = f"/households/{household}/rating?as_of=2017-02-01&bank={BANK}"
    shown = (await get(registry, path, Role.TOWNSHIP)).json()
    assert ([each["code"] for each in shown["derivation"]], shown["score"]) == (["income_annual", "deposits"], "50")
    assert {(each["bank_code"], each["grade"]) for each in shown["ratings"]} == {(None, "A"), (BANK, "silver")}


@pytest.mark.clause("LG-10")
@pytest.mark.parametrize(("bank", "grade", "line"), [(BANK, "silver", "20000.00"), ("RCB", "A", "50000.00")])
async def test_a_loan_is_judged_by_the_lending_banks_rating(
    regional_registry: ServiceUnderTest, bank: str, grade: str, line: str
) -> None:
    registry, household = await _with_bank(regional_registry)
    item = {"household_id": household, "amount": "30000.00", "term_months": 12, "bank_code": bank}
    asked = {"as_of": "2017-02-01", "items": [item]}
    [found] = (await post(registry, "/eligibility-checks", asked, Role.TOWNSHIP)).json()["items"]
    assert (found["grade"], found["line"]) == (grade, line)
    against = {each["code"] for each in found["reasons"]}
    assert ("amount-above-line" in against) is (bank == BANK)


@pytest.mark.clause("LG-10", "FJ-10")
async def test_the_lending_banks_line_rises_by_its_own_path(regional_registry: ServiceUnderTest) -> None:
    registry, household = await _with_bank(regional_registry)
    await _repaid(registry, household, bank_code=BANK, principal=Decimal(20_000))
    assert (await ratings(registry, "2018-02-01", bank=BANK))[household] == ("gold", "45000.00")
    assert (await ratings(registry, "2018-02-01"))[household] == ("A", "50000.00")


@pytest.mark.clause("LG-10")
async def test_a_bank_without_a_standard_raises_the_countys_line(regional_registry: ServiceUnderTest) -> None:
    registry = await governed(regional_registry, bank_schemes=[BANK_SCHEME])
    household = await _rated(registry)
    await _repaid(registry, household, bank_code="RCB")
    assert (await ratings(registry, "2018-02-01"))[household] == ("B", "40000.00")
    assert await ratings(registry, "2018-02-01", bank="RCB") == {}


@pytest.mark.clause("LG-10")
async def test_only_a_bank_with_a_standard_of_its_own_has_a_campaign(regional_registry: ServiceUnderTest) -> None:
    registry = await governed(regional_registry, bank_schemes=[BANK_SCHEME])

    async def open_(bank: str | None) -> httpx.Response:
        body = {"county_code": COUNTY, "year": 2017, "as_of": "2017-01-05", "bank_code": bank}
        return await post(registry, "/rating-campaigns", body, Role.SERVICE_CENTRE)

    unknown = await open_("RCB")
    assert refused(unknown) == (404, "rating-bank-unknown")
    assert unknown.json()["values"]["banks"] == [BANK]
    for bank in (None, BANK):
        assert (await open_(bank)).status_code == 201
        assert refused(await open_(bank)) == (409, "rating-campaign-exists")
