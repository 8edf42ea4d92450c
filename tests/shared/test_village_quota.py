"""What several cuts leave of a village's quota (FJ-12)."""

from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.rules.village_quota import quota_left, share_left

SHARES = st.lists(st.decimals("0.01", "1", places=2), max_size=4)


@pytest.mark.clause("FJ-12(c)")
@pytest.mark.parametrize(
    ("cuts", "expected"),
    [
        ([], "100000.00"),
        (["0.20"], "80000.00"),
        (["0.20", "0.20"], "64000.00"),
        (["0.20", "0.20", "0.20"], "51200.00"),
        (["0.20", "0.50"], "40000.00"),
        (["1"], "0.00"),
    ],
    ids=["none", "one", "two", "three", "of different shares", "the whole"],
)
def test_each_cut_takes_its_share_of_what_the_others_left(cuts: list[str], expected: str) -> None:
    assert quota_left(Decimal("100000.00"), map(Decimal, cuts)) == Decimal(expected)


@pytest.mark.clause("FJ-12(c)")
@given(st.decimals(0, 10_000_000, places=2), SHARES)
def test_every_cut_costs_something_none_goes_below_zero_and_their_order_does_not_matter(
    quota: Decimal, cuts: list[Decimal]
) -> None:
    left = quota_left(quota, cuts)
    assert 0 <= left <= quota
    assert all(quota_left(quota, order) == left for order in list(permutations(cuts))[:24])
    if cuts:
        assert share_left(cuts) < share_left(cuts[1:]) or share_left(cuts[1:]) == 0
