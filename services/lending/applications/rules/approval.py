"""An application's path from filing to disbursement, as the county's pack sets it (FJ-4, LG-12, JN-1). Pure.

`path` lists the states an amount passes through; `transitions` is the whole table of what may happen where. Whatever is
not in the table is refused.
"""

from collections.abc import Collection, Mapping
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Final

from services.lending.applications.refusals import TransitionNotPossible
from shared.policy.terms import ApprovalChain, ApprovalStep, PublicNoticeRule, RequiredDocument
from shared.policy.vocabulary import ApprovalLevel, RegionLevel


class State(StrEnum):
    """From filing to the money, or to an end without it."""

    FILED = "filed"  # 已受理,待村级核查
    VILLAGE_PUBLIC_NOTICE = "village_public_notice"  # 村级公示
    TOWNSHIP_REVIEW = "township_review"  # 乡镇审核
    TOWNSHIP_PUBLIC_NOTICE = "township_public_notice"  # 乡镇公示
    COUNTY_REVIEW = "county_review"  # 县服务中心审核
    COUNTY_PUBLIC_NOTICE = "county_public_notice"  # 县级公示
    JOINT_REVIEW = "joint_review"  # 三方联审
    CONDITION_APPROVAL = "condition_approval"  # 待其他部门批准
    APPROVED = "approved"  # 审批通过
    HANDED_OVER = "handed_over"  # 已移交银行
    DISBURSED = "disbursed"  # 已放款
    REFUSED = "refused"  # 未通过
    WITHDRAWN = "withdrawn"  # 已撤回


class Transition(StrEnum):
    """What can happen to an application."""

    APPROVE = "approve"  # every office of a review stage has approved
    REFUSE = "refuse"  # an office of a review stage has refused
    END_PUBLIC_NOTICE = "end_public_notice"  # the days are over and no objection is open
    UPHOLD_OBJECTION = "uphold_objection"
    HAND_OVER = "hand_over"  # the fund has reserved cover
    DISBURSE = "disburse"
    WITHDRAW = "withdraw"


ENDED: Final = frozenset({State.DISBURSED, State.REFUSED, State.WITHDRAWN})
PUBLIC_NOTICE: Final = frozenset(
    {State.VILLAGE_PUBLIC_NOTICE, State.TOWNSHIP_PUBLIC_NOTICE, State.COUNTY_PUBLIC_NOTICE}
)
REVIEW: Final = frozenset(
    {State.FILED, State.TOWNSHIP_REVIEW, State.COUNTY_REVIEW, State.JOINT_REVIEW, State.CONDITION_APPROVAL}
)
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


def path(
    chain: ApprovalChain, public_notice: PublicNoticeRule, amount: Decimal, *, asks_office: bool = False
) -> tuple[State, ...]:
    """Return the states from filing to `approved` for this amount, in order (FJ-4, LG-12).

    A level that does not decide or put on public notice in this county is passed over; an amount that a lower level
    decides alone is not made public above it. Where another office must agree (`asks_office`) it does so last.
    """
    steps = deciding_steps(chain, amount)
    wanted = {STATE_OF_STAGE[step.level] for step in steps}
    wanted |= {STATE_OF_PUBLIC_NOTICE[level] for level in public_notice.levels if level in STATE_OF_PUBLIC_NOTICE}
    passed = [state for state in ORDER if state in wanted]
    if steps and steps[-1].amount_max is not None and amount <= steps[-1].amount_max:
        decided = ORDER.index(STATE_OF_STAGE[steps[-1].level])
        reached = {*ORDER[: decided + 1], *(PUBLIC_NOTICE & set(ORDER[decided + 1 : decided + 2]))}
        passed = [state for state in passed if state in reached]
    return (*passed, *((State.CONDITION_APPROVAL,) if asks_office else ()), State.APPROVED)


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


_LEVELS: Final = tuple(ApprovalLevel)


def missing_documents(
    chain: ApprovalChain, held: Collection[str], level: ApprovalLevel
) -> tuple[RequiredDocument, ...]:
    """Return the papers (两表一书一合同) a level needs on file that are not, in the pack's order (FJ-4a, LG-11)."""
    reached = _LEVELS.index(level)
    return tuple(
        document
        for document in chain.documents
        if _LEVELS.index(document.before) <= reached and document.code not in held
    )
