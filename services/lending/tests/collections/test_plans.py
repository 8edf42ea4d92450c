"""A plan is kept by the sum of what came, whatever the order and the parts; money never breaks a plan."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.lending.collections.rules.plans import Instalment, PlanProgress, kept

AGREED_ON = date(2018, 1, 15)
AMOUNTS = st.integers(1, 500_000).map(lambda fen: Decimal(fen).scaleb(-2))
DAYS = st.integers(1, 400).map(lambda days: AGREED_ON + timedelta(days=days))
RECEIPTS = st.lists(st.tuples(DAYS, AMOUNTS), max_size=6)


@st.composite
def plans(draw: st.DrawFn) -> list[Instalment]:
    """Draw instalments by their days; some are met a day or two later."""
    days = sorted(draw(st.sets(DAYS, min_size=1, max_size=5)))
    return [Instalment(day, day + timedelta(days=draw(st.integers(0, 2))), draw(AMOUNTS)) for day in days]


@given(plan=plans(), receipts=RECEIPTS, day=DAYS, drawn=st.data())
def test_neither_order_nor_parts_matter(
    plan: list[Instalment], receipts: list[tuple[date, Decimal]], day: date, drawn: st.DataObject
) -> None:
    shuffled = drawn.draw(st.permutations(receipts))
    parts = [(on, part) for on, amount in shuffled for part in (amount - Decimal("0.01"), Decimal("0.01"))]
    assert kept(plan, receipts, day) == kept(plan, shuffled, day) == kept(plan, parts, day)


@given(plan=plans(), receipts=RECEIPTS, day=DAYS)
def test_a_plan_is_broken_exactly_while_what_was_to_come_has_not(
    plan: list[Instalment], receipts: list[tuple[date, Decimal]], day: date
) -> None:
    found = kept(plan, receipts, day)
    came = sum((amount for on, amount in receipts if on <= day), Decimal(0))
    asked = sum((each.amount for each in plan if each.met_on < day), Decimal(0))
    assert (found.progress is PlanProgress.BROKEN) == (came < asked)
    assert (found.progress is PlanProgress.FULFILLED) == (came >= sum(each.amount for each in plan))
    assert found.missing == max(asked - came, Decimal(0))
    settled = kept(plan, receipts, day, settled_on=day)
    assert (settled.progress, settled.missing, settled.received) == (PlanProgress.FULFILLED, Decimal(0), came)
    assert kept(plan, receipts, day, settled_on=day + timedelta(days=1)) == found
    forgiven = kept(plan, receipts[1:], day, remissions=receipts[:1])
    assert (forgiven.progress, forgiven.missing, forgiven.broken_since) == (
        found.progress,
        found.missing,
        found.broken_since,
    )
    assert forgiven.received + forgiven.remitted == came
    more = kept(plan, [*receipts, (day, Decimal("1.00"))], day)
    assert more.missing <= found.missing


@pytest.mark.clause("DZ-5c(b)")
def test_the_first_instalment_that_lacks_money_says_since_when() -> None:
    plan = [Instalment(date(2018, 2, day), date(2018, 2, day), Decimal("100.00")) for day in (1, 5, 9)]
    found = kept(plan, [(date(2018, 1, 20), Decimal("150.00"))], date(2018, 2, 10))
    assert (found.progress, found.broken_since, found.missing) == (
        PlanProgress.BROKEN,
        date(2018, 2, 6),
        Decimal("150.00"),
    )
