"""The table of moves: every state with every move, for several counties' chains."""

from decimal import Decimal
from itertools import pairwise, product

import pytest

from services.lending.applications.refusals import TransitionNotPossible
from services.lending.applications.rules import approval
from services.lending.applications.rules.approval import (
    ENDED,
    PUBLIC_NOTICE,
    REVIEW,
    State,
    Transition,
    next_state,
    path,
)
from shared.policy.pack import PolicyPack
from shared.policy.terms import ApprovalChain, ApprovalStep, PublicNoticeRule
from shared.policy.vocabulary import ApprovalLevel, Office, RegionLevel

AMOUNT = Decimal("50000.00")
FULL = (
    State.FILED,
    State.VILLAGE_PUBLIC_NOTICE,
    State.TOWNSHIP_REVIEW,
    State.TOWNSHIP_PUBLIC_NOTICE,
    State.COUNTY_REVIEW,
    State.COUNTY_PUBLIC_NOTICE,
    State.JOINT_REVIEW,
    State.APPROVED,
)


def chain(*levels: ApprovalLevel, alone_up_to: dict[ApprovalLevel, str] | None = None) -> ApprovalChain:
    """Return a chain of these levels; `alone_up_to` names what a level decides without those above."""
    limits = {level: Decimal(value) for level, value in (alone_up_to or {}).items()}
    steps = [ApprovalStep(level, (Office.VILLAGE,), limits.get(level)) for level in (*levels, ApprovalLevel.BANK)]
    return ApprovalChain(tuple(steps), (), 7, True)


def public(*levels: RegionLevel) -> PublicNoticeRule:
    """Return a rule with public notice at these levels."""
    return PublicNoticeRule(levels, 5, True, (), 5)


@pytest.mark.clause("FJ-4(a)", "FJ-4(b)", "FJ-4(c)", "FJ-4(d)")
def test_an_application_goes_village_township_county_joint_review(pack: PolicyPack) -> None:
    assert path(pack.approval_chain(), pack.public_notice_rule(), AMOUNT) == FULL


ALLOWED = {
    **{(here, Transition.APPROVE): following for here, following in pairwise(FULL) if here in REVIEW},
    **{(here, Transition.REFUSE): State.REFUSED for here in FULL if here in REVIEW},
    **{(here, Transition.END_PUBLIC_NOTICE): after for here, after in pairwise(FULL) if here in PUBLIC_NOTICE},
    **{(here, Transition.UPHOLD_OBJECTION): State.REFUSED for here in FULL if here in PUBLIC_NOTICE},
    **{(here, Transition.WITHDRAW): State.WITHDRAWN for here in (*FULL, State.HANDED_OVER)},
    (State.APPROVED, Transition.HAND_OVER): State.HANDED_OVER,
    (State.HANDED_OVER, Transition.DISBURSE): State.DISBURSED,
}


@pytest.mark.parametrize(
    ("state", "move"),
    [
        pytest.param(state, move, marks=[pytest.mark.clause("LG-12(d)")] if state in PUBLIC_NOTICE else [])
        for state, move in product(State, Transition)
    ],
)
def test_only_the_moves_of_the_table_are_possible(state: State, move: Transition) -> None:
    if (state, move) in ALLOWED:
        assert next_state(FULL, state, move) is ALLOWED[state, move]
    else:
        with pytest.raises(TransitionNotPossible) as refused:
            next_state(FULL, state, move)
        assert refused.value.code == "wrong-state"
        assert state in refused.value.detail


def test_an_ended_application_never_moves_again() -> None:
    assert not [state for state, _ in approval.transitions(FULL) if state in ENDED]


@pytest.mark.parametrize(
    ("levels", "public_notice", "expected"),
    [
        ((), (), (State.APPROVED,)),
        ((ApprovalLevel.TOWNSHIP,), (), (State.TOWNSHIP_REVIEW, State.APPROVED)),
        (
            (ApprovalLevel.VILLAGE, ApprovalLevel.COUNTY_CENTRE),
            (RegionLevel.TOWNSHIP,),
            (State.FILED, State.TOWNSHIP_PUBLIC_NOTICE, State.COUNTY_REVIEW, State.APPROVED),
        ),
        (
            (ApprovalLevel.VILLAGE, ApprovalLevel.JOINT_REVIEW),
            (RegionLevel.COUNTY,),
            (State.FILED, State.COUNTY_PUBLIC_NOTICE, State.JOINT_REVIEW, State.APPROVED),
        ),
    ],
)
def test_levels_a_county_does_not_have_are_passed_over(
    levels: tuple[ApprovalLevel, ...], public_notice: tuple[RegionLevel, ...], expected: tuple[State, ...]
) -> None:
    assert path(chain(*levels), public(*public_notice), AMOUNT) == expected


@pytest.mark.clause("JN-1")
@pytest.mark.parametrize(
    ("amount", "last"),
    [
        ("10000.00", State.VILLAGE_PUBLIC_NOTICE),
        ("10000.01", State.TOWNSHIP_PUBLIC_NOTICE),
        ("30000.00", State.TOWNSHIP_PUBLIC_NOTICE),
        ("30000.01", State.JOINT_REVIEW),
    ],
)
def test_a_level_decides_small_amounts_alone(amount: str, last: State) -> None:
    levels = (ApprovalLevel.VILLAGE, ApprovalLevel.TOWNSHIP, ApprovalLevel.COUNTY_CENTRE, ApprovalLevel.JOINT_REVIEW)
    limits = {ApprovalLevel.VILLAGE: "10000.00", ApprovalLevel.TOWNSHIP: "30000.00"}
    everywhere = public(RegionLevel.VILLAGE, RegionLevel.TOWNSHIP, RegionLevel.COUNTY)

    way = path(chain(*levels, alone_up_to=limits), everywhere, Decimal(amount))

    assert way[-2:] == (last, State.APPROVED)


def test_the_joint_review_may_decide_alone_too() -> None:
    way = path(
        chain(ApprovalLevel.JOINT_REVIEW, alone_up_to={ApprovalLevel.JOINT_REVIEW: "99999.00"}), public(), AMOUNT
    )
    assert way == (State.JOINT_REVIEW, State.APPROVED)
