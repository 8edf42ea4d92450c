"""An application's path from filing to disbursement, as the county's pack sets it (FJ-4, LG-12, JN-1). Pure.

`path` lists the states an amount passes through; `transitions` is the whole table of what may happen where. Whatever is
not in the table is refused.
"""

from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise
from typing import Final

from services.lending.applications.refusals import TransitionNotPossible
from services.lending.applications.states import ENDED, PUBLIC_NOTICE, REVIEW, State, Transition
from shared.policy.terms import ApprovalChain, ApprovalStep, PublicNoticeRule
from shared.policy.vocabulary import ApprovalLevel, RegionLevel

STATE_OF_STAGE: Final[Mapping[ApprovalLevel, State]] = {
    ApprovalLevel.VILLAGE: State.FILED,
    ApprovalLevel.TOWNSHIP: State.TOWNSHIP_REVIEW,
    ApprovalLevel.COUNTY_CENTRE: State.COUNTY_REVIEW,
    ApprovalLevel.JOINT_REVIEW: State.JOINT_REVIEW,
}
STATE_OF_PUBLIC_NOTICE: Final[Mapping[RegionLevel, State]] = {
    RegionLevel.VILLAGE: State.VILLAGE_PUBLIC_NOTICE,
    RegionLevel.TOWNSHIP: State.TOWNSHIP_PUBLIC_NOTICE,
    RegionLevel.COUNTY: State.COUNTY_PUBLIC_NOTICE,
}
# The order of the country's administration; a county's pack chooses among these, never their order.
ORDER: Final = (
    State.FILED,
    State.VILLAGE_PUBLIC_NOTICE,
    State.TOWNSHIP_REVIEW,
    State.TOWNSHIP_PUBLIC_NOTICE,
    State.COUNTY_REVIEW,
    State.COUNTY_PUBLIC_NOTICE,
    State.JOINT_REVIEW,
)
_AFTER_REVIEW: Final = {
    (State.APPROVED, Transition.HAND_OVER): State.HANDED_OVER,
    (State.APPROVED, Transition.WITHDRAW): State.WITHDRAWN,
    (State.HANDED_OVER, Transition.DISBURSE): State.DISBURSED,
    (State.HANDED_OVER, Transition.WITHDRAW): State.WITHDRAWN,
}


def deciding_steps(chain: ApprovalChain, amount: Decimal) -> tuple[ApprovalStep, ...]:
    """Return the review steps this amount passes: all of them, or up to the first that decides it alone (JN-1)."""
    steps: list[ApprovalStep] = []
    for step in chain.steps:
        if step.level is ApprovalLevel.BANK:
            continue
        steps.append(step)
        if step.amount_max is not None and amount <= step.amount_max:
            break
    return tuple(steps)


def path(chain: ApprovalChain, public_notice: PublicNoticeRule, amount: Decimal) -> tuple[State, ...]:
    """Return the states from filing to `approved` for this amount, in order (FJ-4, LG-12).

    A level that does not decide or put on public notice in this county is passed over; an amount that a lower level
    decides alone is not made public above it.
    """
    steps = deciding_steps(chain, amount)
    wanted = {STATE_OF_STAGE[step.level] for step in steps}
    wanted |= {STATE_OF_PUBLIC_NOTICE[level] for level in public_notice.levels if level in STATE_OF_PUBLIC_NOTICE}
    passed = [state for state in ORDER if state in wanted]
    if steps and steps[-1].amount_max is not None and amount <= steps[-1].amount_max:
        decided = ORDER.index(STATE_OF_STAGE[steps[-1].level])
        reached = {*ORDER[: decided + 1], *(PUBLIC_NOTICE & set(ORDER[decided + 1 : decided + 2]))}
        passed = [state for state in passed if state in reached]
    return (*passed, State.APPROVED)


def transitions(way: tuple[State, ...]) -> dict[tuple[State, Transition], State]:
    """Return every possible move on this way: (state, move) -> next state; whatever is missing is forbidden."""
    table = dict(_AFTER_REVIEW)
    for here, following in pairwise(way):
        table[here, Transition.WITHDRAW] = State.WITHDRAWN
        if here in REVIEW:
            table[here, Transition.APPROVE] = following
            table[here, Transition.REFUSE] = State.REFUSED
        else:
            table[here, Transition.END_PUBLIC_NOTICE] = following
            table[here, Transition.UPHOLD_OBJECTION] = State.REFUSED
    return table


def next_state(way: tuple[State, ...], state: State, move: Transition) -> State:
    """Return the state after the move.

    Raises:
        TransitionNotPossible: the table has no such move.
    """
    following = transitions(way).get((state, move))
    if following is None:
        raise TransitionNotPossible(state, move)
    return following


def is_open(state: State) -> bool:
    """Tell whether the application is still under way."""
    return state not in ENDED
