"""The branch nearest to a village: same village, same township, same county, then by codes."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.lending.lenders.rules.nearness import RANK, Branch, Nearness, nearest, nearness

VILLAGE = "140929001201"


def branch(code: str, region: str, bank: str = "RCB") -> Branch:
    """Return a branch of a bank in a region."""
    return Branch(UUID(int=int(region)), bank, code, region)


@pytest.mark.clause("SX-2(b)")
@pytest.mark.parametrize(
    ("region", "expected"),
    [
        (VILLAGE, Nearness.VILLAGE),
        ("140929001", Nearness.TOWNSHIP),
        ("140929001202", Nearness.TOWNSHIP),
        ("140929002", Nearness.COUNTY),
        ("140929002201", Nearness.COUNTY),
        ("140930001", None),
    ],
)
def test_a_branch_is_as_near_as_the_region_it_shares(region: str, expected: Nearness | None) -> None:
    assert nearness(region, VILLAGE) is expected


@pytest.mark.clause("SX-2(b)")
def test_the_nearest_comes_first_and_equally_near_ones_by_code() -> None:
    far, near, nearer = branch("1", "140929002"), branch("9", "140929001"), branch("2", "140929001202")
    assert nearest([far, near, nearer], VILLAGE) == nearer
    assert nearest([far, near], VILLAGE) == near
    assert nearest([far, branch("3", VILLAGE)], VILLAGE) == branch("3", VILLAGE)
    assert nearest([branch("1", "140930001")], VILLAGE) is None
    assert nearest([], VILLAGE) is None


REGIONS = st.sampled_from(["140929001", "140929001201", "140929001202", "140929002", "140929002201", "140930001"])
BRANCHES = st.lists(st.builds(branch, st.sampled_from("12345"), REGIONS, st.sampled_from(["ABC", "RCB"])), max_size=6)


@given(BRANCHES, st.randoms())
def test_no_branch_is_nearer_than_the_nearest_in_whatever_order_they_come(
    branches: list[Branch], random: object
) -> None:
    found = nearest(branches, VILLAGE)
    random.shuffle(branches)  # type: ignore[attr-defined]
    again = nearest(branches, VILLAGE)
    reached = [RANK[near] for each in branches if (near := nearness(each.region_code, VILLAGE)) is not None]
    assert (found is None) == (not reached)
    if found is not None and again is not None:
        chosen = nearness(found.region_code, VILLAGE)
        assert chosen is not None
        assert RANK[chosen] == min(reached)
        assert (found.bank_code, found.code) == (again.bank_code, again.code)
