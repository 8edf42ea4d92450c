"""Credit-limit increases by repaying on time, freeze on a list, and meet the next campaign (FJ-10, FJ-12, LG-10)."""

from datetime import date
from decimal import Decimal

import httpx
import pytest

from services.registry.tests.county import COUNTY, GOOD_ANSWERS, get, post
from services.registry.tests.rating_county import FAILING, POOR, ratings, refused
from services.registry.tests.rating_schemes import BANK, BANK_SCHEME, governed
from services.registry.tests.repaid_loans import put_on_list, rate_again, rated_by_two, rated_home, repay
from shared.access import Role
from shared.testing.service import ServiceUnderTest


@pytest.mark.clause("FJ-10(c)")
async def test_repaying_on_time_rolls_from_c_to_b_to_a(registry: ServiceUnderTest) -> None:
    household = await rated_home(registry)
    seen = [(await ratings(registry, "2017-02-01"))[household]]
    for year in (2018, 2019):
        await repay(registry, household, date(year, 1, 10))
        seen.append((await ratings(registry, f"{year}-02-01"))[household])
    assert seen == [("C", "30000.00"), ("B", "40000.00"), ("A", "50000.00")]


@pytest.mark.clause("FJ-10(c)")
async def test_repaying_late_raises_nothing(registry: ServiceUnderTest) -> None:
    household = await rated_home(registry)
    await repay(registry, household, repaid_on_time=False)
    assert (await ratings(registry, "2018-02-01"))[household] == ("C", "30000.00")


@pytest.mark.clause("FJ-10(b)")
async def test_gradient_increase_is_last_loan_times_one_point_two(regional_registry: ServiceUnderTest) -> None:
    registry = await governed(regional_registry, next_limit="gradient")
    household = await rated_home(registry)
    await repay(registry, household)
    assert (await ratings(registry, "2018-02-01"))[household] == ("C", "36000.00")


async def test_the_line_of_a_listed_household_is_frozen(registry: ServiceUnderTest) -> None:
    household = await rated_home(registry)
    await put_on_list(registry, household, date(2017, 6, 1))
    await repay(registry, household)
    assert (await ratings(registry, "2018-02-01"))[household] == ("C", "30000.00")
    await rate_again(registry, household, GOOD_ANSWERS)
    assert (await ratings(registry, "2018-02-01"))[household] == ("A", "30000.00")  # rated anew, the credit limit stays


@pytest.mark.clause("FJ-10(c)")
async def test_once_cleared_a_household_rises_again(registry: ServiceUnderTest) -> None:
    household = await rated_home(registry)
    await put_on_list(registry, household, date(2017, 6, 1), date(2017, 9, 1))
    await repay(registry, household)
    assert (await ratings(registry, "2018-02-01"))[household] == ("B", "40000.00")


@pytest.mark.clause("FJ-10(c)")
async def test_a_new_campaign_keeps_the_earned_limit(registry: ServiceUnderTest) -> None:
    household = await rated_home(registry)
    await repay(registry, household)
    await rate_again(registry, household, POOR)
    assert (await ratings(registry, "2018-02-01"))[household] == ("B", "40000.00")
    history = (await get(registry, f"/households/{household}/rating?as_of=2018-02-01", Role.TOWNSHIP)).json()["ratings"]
    assert [each["cause"] for each in history] == ["campaign", "repaid_on_time", "campaign"]


async def test_a_better_campaign_wins_over_the_earned_limit(registry: ServiceUnderTest) -> None:
    household = await rated_home(registry)
    await repay(registry, household)
    await rate_again(registry, household, GOOD_ANSWERS)
    assert (await ratings(registry, "2018-02-01"))[household] == ("A", "50000.00")


async def test_a_pack_may_let_the_new_campaign_decide(regional_registry: ServiceUnderTest) -> None:
    registry = await governed(regional_registry, earned_limit_kept=False)
    household = await rated_home(registry)
    await repay(registry, household)
    await rate_again(registry, household, POOR)
    assert (await ratings(registry, "2018-02-01"))[household] == ("C", "30000.00")


@pytest.mark.clause("ZJ-1(e)")
async def test_a_campaign_takes_the_rating_of_a_household_that_fell_below_every_band(
    registry: ServiceUnderTest,
) -> None:
    household = await rated_home(registry, GOOD_ANSWERS)
    campaign = await rate_again(registry, household, FAILING)
    assert (await ratings(registry, "2018-01-17"))[household] == ("A", "50000.00")
    assert (await ratings(registry, "2018-02-01"))[household] == (None, None)
    shown = (await get(registry, f"/ratings?region_code={COUNTY}&as_of=2018-02-01", Role.TOWNSHIP)).json()["items"][0]
    assert (shown["is_valid"], shown["is_stale"], shown["cause"]) == (False, False, "campaign")
    assert (await campaign.read("/progress?as_of=2018-02-01"))["rated_count"] == 0
    await repay(registry, household, date(2018, 3, 1))
    assert (await ratings(registry, "2018-04-01"))[household] == (None, None)  # nothing to raise


@pytest.mark.clause("LG-10(a)", "LG-10(b)")
async def test_a_bank_rates_the_same_household_by_its_own_standard(regional_registry: ServiceUnderTest) -> None:
    registry, household = await rated_by_two(regional_registry)
    assert (await ratings(registry, "2017-02-01"))[household] == ("A", "50000.00")
    assert (await ratings(registry, "2017-02-01", bank_code=BANK))[household] == ("silver", "20000.00")
    path = f"/households/{household}/rating?as_of=2017-02-01&bank_code={BANK}"
    shown = (await get(registry, path, Role.TOWNSHIP)).json()
    assert ([each["code"] for each in shown["derivation"]], shown["score"]) == (["income_annual", "deposits"], "50")
    assert {(each["bank_code"], each["grade"]) for each in shown["ratings"]} == {(None, "A"), (BANK, "silver")}


@pytest.mark.clause("LG-10(b)")
@pytest.mark.parametrize(("bank", "grade", "credit_limit"), [(BANK, "silver", "20000.00"), ("RCB", "A", "50000.00")])
async def test_a_loan_is_judged_by_the_lending_banks_rating(
    regional_registry: ServiceUnderTest, bank: str, grade: str, credit_limit: str
) -> None:
    registry, household = await rated_by_two(regional_registry)
    item = {"household_id": household, "amount": "30000.00", "term_months": 12, "bank_code": bank}
    asked = {"as_of": "2017-02-01", "items": [item]}
    [found] = (await post(registry, "/eligibility-checks", asked, Role.TOWNSHIP)).json()["items"]
    assert (found["grade"], found["credit_limit"]) == (grade, credit_limit)
    against = {each["code"] for each in found["reasons"]}
    assert ("amount-above-credit-limit" in against) is (bank == BANK)


@pytest.mark.clause("LG-10(b)", "FJ-10(c)")
async def test_the_lending_banks_line_rises_by_its_own_path(regional_registry: ServiceUnderTest) -> None:
    registry, household = await rated_by_two(regional_registry)
    await repay(registry, household, bank_code=BANK, principal=Decimal(20_000))
    assert (await ratings(registry, "2018-02-01", bank_code=BANK))[household] == ("gold", "45000.00")
    assert (await ratings(registry, "2018-02-01"))[household] == ("A", "50000.00")


@pytest.mark.clause("LG-10(b)")
async def test_a_bank_without_a_standard_raises_the_countys_line(regional_registry: ServiceUnderTest) -> None:
    registry = await governed(regional_registry, bank_schemes=[BANK_SCHEME])
    household = await rated_home(registry)
    await repay(registry, household, bank_code="RCB")
    assert (await ratings(registry, "2018-02-01"))[household] == ("B", "40000.00")
    assert await ratings(registry, "2018-02-01", bank_code="RCB") == {}


@pytest.mark.clause("LG-10(a)")
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
