"""Judging: medians, ratios and targets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.bench.ratios import Bound, Comparison, Series, Target, percentile

SPEEDS = st.lists(st.floats(0.001, 1e6), min_size=1, max_size=9)


def comparison(ours: list[float], floor: list[float] | None, bound: Bound, value: float) -> Comparison:
    beside = None if floor is None else Series("floor", "per second", tuple(floor))
    return Comparison("a", "项目", "what", Series("ours", "per second", tuple(ours)), beside, Target(bound, value))


@pytest.mark.parametrize(
    ("bound", "figure", "met"),
    [
        (Bound.AT_LEAST, 0.149, False),
        (Bound.AT_LEAST, 0.15, True),
        (Bound.AT_LEAST, 0.151, True),
        (Bound.AT_MOST, 0.149, True),
        (Bound.AT_MOST, 0.15, True),
        (Bound.AT_MOST, 0.151, False),
    ],
)
def test_a_figure_exactly_on_the_target_is_met(bound: Bound, figure: float, met: bool) -> None:
    assert Target(bound, 0.15).is_met_by(figure) is met


def test_the_ratio_is_between_medians_so_that_one_disturbed_run_does_not_decide() -> None:
    judged = comparison([200, 220, 3], [1000, 1100, 9000], Bound.AT_LEAST, 0.18)
    assert judged.figure == pytest.approx(200 / 1100)
    assert judged.is_met


def test_without_a_floor_the_figure_itself_is_judged() -> None:
    judged = comparison([90, 110, 95], None, Bound.AT_MOST, 100)
    assert judged.figure == 95
    assert judged.is_met


@given(SPEEDS, SPEEDS, st.floats(0.01, 100))
def test_one_of_the_two_bounds_is_always_met(ours: list[float], floor: list[float], value: float) -> None:
    assert comparison(ours, floor, Bound.AT_LEAST, value).is_met or comparison(ours, floor, Bound.AT_MOST, value).is_met


@pytest.mark.parametrize(("percent", "value"), [(50, 5), (90, 9), (99, 10), (100, 10), (1, 1)])
def test_a_percentile_is_a_value_that_was_measured(percent: float, value: float) -> None:
    assert percentile([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], percent) == value


@given(SPEEDS, st.floats(1, 100))
def test_a_percentile_is_reached_by_its_share_of_values(values: list[float], percent: float) -> None:
    found = percentile(values, percent)
    assert found in values
    assert sum(value <= found for value in values) / len(values) >= percent / 100 - 1e-9
