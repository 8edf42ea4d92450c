"""Credit groups, villages and townships by the pack's share of credit households (ZJ-1, SX-5a)."""

from decimal import Decimal
from uuid import UUID

import pytest

from services.registry.credit.rating.rules.shares import percent
from services.registry.tests.county import COUNTY, GOOD_ANSWERS, OTHER_VILLAGE, VILLAGE, get
from services.registry.tests.rating_county import FAILING, Campaign, Home, settled
from shared.access import Role
from shared.testing.service import ServiceUnderTest

_REGIONS = """
INSERT INTO region (code, name, level, parent_code)
SELECT code, code, $2, left(code, $3) FROM unnest($1::text[]) AS code
"""
_STORE_AREAS = """
INSERT INTO area_grade (campaign_id, level, region_code, group_name, household_count, credit_count, share_min)
SELECT $1, 'village', place, '', households, credit, share::numeric
FROM unnest($2::integer[], $3::integer[], $4::text[], $5::text[]) AS a (credit, households, share, place)
RETURNING region_code, is_credit
"""
_PLACES = [f"{COUNTY}{place:06d}" for place in range(10_000)]


@pytest.mark.clause("ZJ-1(f)")
@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        (171_064, 194_700, "87.86"),  # Zhijin: households on file and rated credit-worthy
        (17, 32, "53.13"),  # its townships; 53.125 exactly, rounded half up
        (182, 283, "64.31"),
        (68, 90, "75.56"),
        (0, 5, "0.00"),
        (1, 3, "33.33"),
        (2, 3, "66.67"),
    ],
)
def test_shares_are_percent_with_two_decimals(part: int, whole: int, expected: str) -> None:
    assert percent(part, whole) == Decimal(expected)


def test_a_share_of_nothing_is_none() -> None:
    assert percent(0, 0) is None


async def _areas_of(registry: ServiceUnderTest, *figures: tuple[int, int, str]) -> list[bool]:
    """Store areas with so many credit households of so many on file under a share; return which are credit areas."""
    campaign = await Campaign.opened(registry)
    stored = await registry.database.pool.fetch(
        _STORE_AREAS, UUID(campaign.id), *map(list, zip(*figures, strict=True)), _PLACES[: len(figures)]
    )
    found = dict(map(tuple, stored))
    return [found[place] for place in _PLACES[: len(figures)]]


@pytest.mark.clause("ZJ-1(f)", "SX-5a(a)")
async def test_the_threshold_is_measured_before_rounding(registry: ServiceUnderTest) -> None:
    figures = {
        (4, 5, "0.80"): True,
        (79_999, 100_000, "0.80"): False,
        (80_000, 100_000, "0.80"): True,
        (155_760, 194_700, "0.80"): True,
        (155_759, 194_700, "0.80"): False,
        (0, 1, "0.80"): False,
    }
    assert await _areas_of(registry, *figures) == list(figures.values())


async def test_one_more_credit_household_never_costs_an_area_its_grade(registry: ServiceUnderTest) -> None:
    figures = [
        (credit, households, f"{points / 100:.2f}")
        for households in (1, 2, 3, 7, 10, 30)
        for points in range(1, 101)
        for credit in range(households + 1)
    ]
    found = dict(zip(figures, await _areas_of(registry, *figures), strict=True))
    for (credit, households, share_min), is_credit in found.items():
        assert is_credit <= found.get((credit + 1, households, share_min), True)
        assert is_credit is (credit * 100 >= round(float(share_min) * 100) * households)
    assert set(found.values()) == {True, False}


def _zhijin() -> list[Home]:
    """Return 283 groups in 90 villages of 32 townships: 182, 68 and 17 of them reach four fifths.

    Ten households a group. Fifteen townships consist of one village with a group in which nobody is credit-worthy;
    seven more such villages lie in the others; 79 groups of good villages have seven of ten.
    """
    villages = [f"500236{800 + place:03d}001" for place in range(15)]
    villages += [f"500236{900 + place % 17:03d}{2 + place // 17:03d}" for place in range(75)]
    bad = set(villages[:22])
    good = [village for village in villages if village not in bad]
    groups = {village: 4 if place < 13 else 3 for place, village in enumerate(reversed(good))}
    mild = {village: 2 if place < 11 else 1 for place, village in enumerate(reversed(good))}
    homes = []
    for village in villages:
        for number in range(groups.get(village, 3)):
            failing = (10 if number == 0 else 0) if village in bad else (3 if number < mild[village] else 0)
            answers = [FAILING if place < failing else GOOD_ANSWERS for place in range(10)]
            homes += [Home(village, f"{number + 1}组", each) for each in answers]
    return homes


async def test_zhijins_shares_of_groups_villages_and_townships(registry: ServiceUnderTest) -> None:
    homes = _zhijin()
    codes = sorted({home.village for home in homes})
    townships = sorted({code[:9] for code in codes})
    for level, regions, above in (("township", townships, 6), ("village", codes, 9)):
        await registry.database.pool.execute(_REGIONS, regions, level, above)
    await settled(registry, homes)
    final = await (await (await Campaign.opened(registry)).shown()).final()
    assert {
        each["level"]: (each["credit_count"], each["area_count"], each["credit_percent"]) for each in final["areas"]
    } == {
        "group": (182, 283, "64.31"),
        "village": (68, 90, "75.56"),
        "township": (17, 32, "53.13"),
    }


@pytest.mark.clause("ZJ-1(f)", "SX-5a(a)")
async def test_a_share_that_only_rounds_to_the_threshold_does_not_reach_it(registry: ServiceUnderTest) -> None:
    close = [Home(answers=FAILING if place < 11 else GOOD_ANSWERS) for place in range(54)]  # 43 of 54: 0.7963
    exact = [Home(OTHER_VILLAGE, answers=FAILING if place < 2 else GOOD_ANSWERS) for place in range(10)]
    await settled(registry, [*close, *exact])
    campaign = await (await Campaign.opened(registry)).shown()
    await campaign.final()
    found = (await campaign.read("/areas?level=village"))["items"]
    assert {each["region_code"]: each["is_credit"] for each in found} == {VILLAGE: False, OTHER_VILLAGE: True}


async def _rated(registry: ServiceUnderTest) -> Campaign:
    """Five households in a village with two groups, one without a group, and two in another; one never surveyed."""
    homes = [Home(group="一组")] * 3 + [Home(group="二组"), Home(group="二组", answers=None)]
    await settled(registry, [*homes, Home(OTHER_VILLAGE), Home(OTHER_VILLAGE, answers=FAILING)])
    campaign = await (await Campaign.opened(registry)).shown()
    await campaign.final()
    return campaign


@pytest.mark.clause("ZJ-1(f)", "SX-5a(a)")
async def test_areas_are_stored_with_their_figures(registry: ServiceUnderTest) -> None:
    campaign = await _rated(registry)
    groups = (await campaign.read("/areas?level=group"))["items"]
    shown = [(each["group_name"], each["credit_count"], each["household_count"], each["is_credit"]) for each in groups]
    assert sorted(shown) == [("一组", 3, 3, True), ("二组", 1, 2, False)]
    villages = {each["region_code"]: each for each in (await campaign.read("/areas?level=village"))["items"]}
    assert (villages[VILLAGE]["credit_percent"], villages[VILLAGE]["percent_min"]) == ("80.00", "80.00")
    assert (villages[VILLAGE]["is_credit"], villages[OTHER_VILLAGE]["is_credit"]) == (True, False)
    townships = (await campaign.read("/areas?level=township"))["items"]
    assert {each["region_code"]: each["is_credit"] for each in townships} == {
        VILLAGE[:9]: True,
        OTHER_VILLAGE[:9]: False,
    }
    page = await campaign.read("/areas?level=village&limit=1")
    following = await campaign.read(f"/areas?level=village&limit=1&cursor={page['next']}")
    assert [each["items"][0]["region_code"] for each in (page, following)] == sorted(villages)


@pytest.mark.clause("SX-5a(a)")
async def test_credit_areas_are_known_as_of_a_day(registry: ServiceUnderTest) -> None:
    await _rated(registry)

    async def areas(as_of: str, region: str = COUNTY, more: str = "") -> list[str]:
        path = f"/credit-areas?county_code={COUNTY}&level=village&as_of={as_of}{more}"
        items = (await get(registry, path, Role.TOWNSHIP, region=region)).json()["items"]
        return [each["region_code"] for each in items]

    assert await areas("2017-01-12") == []
    assert await areas("2017-01-13") == [VILLAGE, OTHER_VILLAGE]
    assert await areas("2017-01-13", more="&only_credit=true") == [VILLAGE]
    assert await areas("2017-01-13", region="500236117") == [OTHER_VILLAGE]
    with pytest.raises(Exception, match="only grows"):
        await registry.database.pool.execute("UPDATE area_grade SET credit_count = 0")


async def test_a_household_that_left_is_not_counted(registry: ServiceUnderTest) -> None:
    ids = await settled(registry, [Home(), Home(answers=None)])
    await registry.database.pool.execute(
        "UPDATE household SET ended_on = '2017-01-10', end_reason = 'moved_out' WHERE id = $1::uuid", ids[1]
    )
    campaign = await (await Campaign.opened(registry)).shown()
    await campaign.final()
    [village] = (await campaign.read("/areas?level=village"))["items"]
    assert (village["credit_count"], village["household_count"]) == (1, 1)
