"""The life of a project: which step may follow where, by the order of the county's pack (ZJ-9). Pure."""

from collections.abc import Collection, Sequence
from datetime import date
from enum import StrEnum
from typing import Final

from services.subsidy.projects.refusals import (
    ProjectInWrongState,
    StepNotOfCounty,
    StepSaysOtherwise,
)
from shared.dates import ensure_not_before
from shared.errors import MakerIsChecker


class ProjectStep(StrEnum):
    """A step of a project's life."""

    PLANNING = "planning"
    APPLICATION = "application"
    ENTITY = "entity"
    APPROVAL = "approval"
    WORKS = "works"
    COMPLETION = "completion"
    ACCEPTANCE = "acceptance"
    REIMBURSEMENT = "reimbursement"
    WITHDRAWAL = "withdrawal"
    STOP = "stop"


class ProjectState(StrEnum):
    """Where a project stands."""

    PLANNED = "planned"
    APPLIED = "applied"
    DESIGNED = "designed"
    APPROVED = "approved"
    UNDER_WAY = "under_way"
    COMPLETED = "completed"
    ACCEPTED = "accepted"
    CLAIMED = "claimed"
    REIMBURSED = "reimbursed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"


class StepOutcome(StrEnum):
    """How a step ended."""

    DONE = "done"
    APPROVE = "approve"
    RETURN = "return"
    REFUSE = "refuse"
    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"


_S, _T = ProjectState, ProjectStep
REACHED: Final = {
    _T.PLANNING: _S.PLANNED,
    _T.APPLICATION: _S.APPLIED,
    _T.ENTITY: _S.DESIGNED,
    _T.APPROVAL: _S.APPROVED,
    _T.WORKS: _S.UNDER_WAY,
    _T.COMPLETION: _S.COMPLETED,
    _T.ACCEPTANCE: _S.ACCEPTED,
    _T.REIMBURSEMENT: _S.REIMBURSED,
}
# The order of the one document that names it; a county whose pack names none follows it.
ORDER: Final = tuple(REACHED)
OUTCOMES: Final[dict[ProjectStep, frozenset[StepOutcome]]] = {
    **dict.fromkeys(REACHED, frozenset({StepOutcome.DONE})),
    _T.WITHDRAWAL: frozenset({StepOutcome.DONE}),
    _T.STOP: frozenset(),  # by a measure alone
    _T.APPROVAL: frozenset({StepOutcome.APPROVE, StepOutcome.RETURN, StepOutcome.REFUSE}),
    _T.ACCEPTANCE: frozenset({StepOutcome.PASS, StepOutcome.FAIL}),
    _T.REIMBURSEMENT: frozenset({StepOutcome.DONE, StepOutcome.APPROVE, StepOutcome.RETURN}),
}
BEFORE_APPROVAL: Final = frozenset({_S.PLANNED, _S.APPLIED, _S.DESIGNED})
CHECKED: Final = frozenset(StepOutcome) - {
    StepOutcome.DONE
}  # said by another person than the one whose step is looked at


def order_of(named: Collection[str] | None) -> tuple[ProjectStep, ...]:
    """Return the steps of a county's projects in order: those its pack names, or all of them."""
    return ORDER if named is None else tuple(ProjectStep(code) for code in named if code in ORDER)


def next_state(
    order: Sequence[ProjectStep], state: ProjectState, step: ProjectStep, outcome: StepOutcome
) -> ProjectState:
    """Return where a project stands after a step (ZJ-9).

    The plan that is returned is made again, works whose acceptance failed go on, and a claim for reimbursement that is
    returned leaves the project accepted. Works may be recorded as often as there is progress.

    Raises:
        StepNotOfCounty: the county's projects have no such step.
        StepSaysOtherwise: no such step ends like that.
        ProjectInWrongState: another step comes first.
    """
    if outcome not in OUTCOMES[step]:
        raise StepSaysOtherwise(step, outcome)
    if step is _T.WITHDRAWAL:
        _ensure_in(state, step, BEFORE_APPROVAL)
        return _S.WITHDRAWN
    if step not in order:
        raise StepNotOfCounty(step, order)
    before = REACHED[order[order.index(step) - 1]]
    if step is _T.REIMBURSEMENT:
        return _reimbursed(state, before, outcome)
    _ensure_in(state, step, {before, _S.UNDER_WAY} if step is _T.WORKS else {before})
    match outcome:
        case StepOutcome.RETURN:
            return REACHED[order[max(0, order.index(step) - 2)]]
        case StepOutcome.REFUSE:
            return _S.REFUSED
        case StepOutcome.FAIL:
            return REACHED[order[max(0, order.index(step) - 2)]]
    return REACHED[step]


def _reimbursed(state: ProjectState, before: ProjectState, outcome: StepOutcome) -> ProjectState:
    if outcome is StepOutcome.DONE:
        _ensure_in(state, _T.REIMBURSEMENT, {before})
        return _S.CLAIMED
    _ensure_in(state, _T.REIMBURSEMENT, {_S.CLAIMED})
    return _S.REIMBURSED if outcome is StepOutcome.APPROVE else before


def carries_grants(step: ProjectStep, outcome: StepOutcome) -> bool:
    """Return whether direct grants rest on a step: it promised their money, or let them be paid (ZJ-2a(b))."""
    return (step, outcome) in {(_T.APPROVAL, StepOutcome.APPROVE), (_T.ACCEPTANCE, StepOutcome.PASS)}


def _ensure_in(state: ProjectState, step: ProjectStep, allowed: Collection[ProjectState]) -> None:
    if state not in allowed:
        raise ProjectInWrongState(state, step, sorted(allowed))


def ensure_step_follows(on: date, last_on: date, officer: str, last_by: str, outcome: StepOutcome) -> None:
    """Refuse a step dated before the last one, and a decision by the person whose step it decides on.

    Raises:
        DateBeforeStep, MakerIsChecker.
    """
    ensure_not_before("happened_on", on, "last_step_on", last_on)
    if outcome in CHECKED and officer == last_by:
        raise MakerIsChecker(officer)
