"""A rate is unusual when it lies more than two points from a neighbour of its series and tenor."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from services.subsidy.rates.rules.plausibility import STEP_MAX, TENORS, Publication, unusual_steps

FIRST = date(2018, 1, 1)
RATE = st.none() | st.decimals("0.50", "12.00", places=2)


@st.composite
def series(draw: st.DrawFn) -> list[Publication]:
    """Draw publications of two series on distinct days, each with at least one tenor."""
    places = draw(st.lists(st.tuples(st.sampled_from(("LPR", "PBOC_BENCHMARK")), st.integers(0, 40)), unique=True))
    made = []
    for basis, place in places:
        rates = draw(st.tuples(RATE, RATE, RATE))
        made.append(Publication(basis, FIRST + timedelta(days=place), *rates))
    return made


def _far(one: Publication, other: Publication, tenor: str) -> bool:
    mine, theirs = one.rate(tenor), other.rate(tenor)
    return mine is not None and theirs is not None and abs(mine - theirs) > STEP_MAX


def _neighbours(each: Publication, everything: list[Publication], tenor: str) -> list[Publication]:
    same = [one for one in everything if one.basis == each.basis and one.rate(tenor) is not None]
    before = [one for one in same if one.effective_from < each.effective_from]
    after = [one for one in same if one.effective_from > each.effective_from]
    nearest_before = [max(before, key=lambda one: one.effective_from)] if before else []
    return nearest_before + ([min(after, key=lambda one: one.effective_from)] if after else [])


@given(series(), st.data())
def test_exactly_the_new_rates_far_from_a_neighbour_are_named(
    everything: list[Publication], data: st.DataObject
) -> None:
    new = [each for each in everything if data.draw(st.booleans())]
    known = [each for each in everything if each not in new]
    found = {(step.basis, step.effective_from, step.tenor) for step in unusual_steps(known, new)}
    expected = set()
    for tenor in TENORS:
        for each in new:
            for other in _neighbours(each, everything, tenor):
                # Of two new rates far from each other the later one is named.
                later = other not in new or each.effective_from > other.effective_from
                if _far(each, other, tenor) and later:
                    expected.add((each.basis, each.effective_from, tenor))
    assert found == expected


def test_two_points_are_usual_and_a_fen_of_a_point_more_is_not() -> None:
    known = [Publication("LPR", FIRST, Decimal("4.35"))]
    day = FIRST + timedelta(days=30)
    assert unusual_steps(known, [Publication("LPR", day, Decimal("6.35"))]) == ()
    (step,) = unusual_steps(known, [Publication("LPR", day, Decimal("2.34"))])
    assert (step.rate, step.neighbour_rate, step.neighbour_from) == (Decimal("2.34"), Decimal("4.35"), FIRST)
    assert unusual_steps(known, [Publication("PBOC_BENCHMARK", day, Decimal("9.99"))]) == ()  # another series
    assert unusual_steps(known, [Publication("LPR", day, over_5y=Decimal("9.99"))]) == ()  # another tenor
