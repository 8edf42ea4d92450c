"""Which pack holds where: the closest around what is asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.policy.where import holding_in
from shared.regions import is_within

COUNTY, TOWNSHIP, OTHER = "371322", "371322109", "371322110"
VILLAGE = "371322109228"


@pytest.mark.parametrize(
    ("asked", "held", "pack"),
    [
        (VILLAGE, [("county", COUNTY)], "county"),
        (VILLAGE, [("county", COUNTY), ("township", TOWNSHIP)], "township"),
        (VILLAGE, [("township", TOWNSHIP), ("county", COUNTY)], "township"),
        (TOWNSHIP, [("county", COUNTY), ("other", OTHER)], "county"),
        (COUNTY, [("county", COUNTY), ("township", TOWNSHIP)], "county"),
        (COUNTY, [("township", TOWNSHIP)], "township"),
        (COUNTY, [("both", TOWNSHIP), ("both", OTHER)], "both"),
        (COUNTY, [("township", TOWNSHIP), ("other", OTHER)], None),
        (OTHER, [("township", TOWNSHIP)], None),
        ("500236", [("county", COUNTY)], None),
        (COUNTY, [], None),
    ],
)
def test_the_closest_region_around_what_is_asked_wins(
    asked: str, held: list[tuple[str, str]], pack: str | None
) -> None:
    assert holding_in(asked, held) == pack


REGIONS = st.sampled_from([COUNTY, TOWNSHIP, OTHER, VILLAGE, "500236", "500236001"])


@given(REGIONS, st.lists(REGIONS, unique=True))
def test_what_holds_covers_what_is_asked_or_is_all_there_is_in_it(asked: str, regions: list[str]) -> None:
    found = holding_in(asked, [(region, region) for region in regions])
    covering = [region for region in regions if is_within(asked, region)]
    inside = [region for region in regions if is_within(region, asked)]
    assert found == (max(covering, key=len) if covering else inside[0] if len(inside) == 1 else None)
