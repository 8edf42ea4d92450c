"""A batch's way from preparation to settlement, and who may take it which step."""

from collections.abc import Collection
from enum import StrEnum
from typing import Final, Literal
from uuid import UUID

from services.subsidy.batches.refusals import BatchInWrongState
from shared.errors import MakerIsChecker


class BatchState(StrEnum):
    """Where a batch stands."""

    PREPARED = "prepared"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    PAYING = "paying"
    SETTLED = "settled"
    RETURNED = "returned"


Step = Literal["review", "approval"]
Decision = Literal["approve", "return"]

NEXT: Final[dict[tuple[BatchState, Step, Decision], BatchState]] = {
    (BatchState.PREPARED, "review", "approve"): BatchState.REVIEWED,
    (BatchState.PREPARED, "review", "return"): BatchState.RETURNED,
    (BatchState.REVIEWED, "approval", "approve"): BatchState.APPROVED,
    (BatchState.REVIEWED, "approval", "return"): BatchState.RETURNED,
}


def next_state(batch_id: UUID, state: str, step: Step, decision: Decision) -> BatchState:
    """Return the state a decision leads to.

    Raises:
        BatchInWrongState: the step does not belong to this state.
    """
    found = NEXT.get((BatchState(state), step, decision))
    if found is None:
        raise BatchInWrongState(batch_id, state, step)
    return found


def ensure_other_person(subject: str, acted_before: Collection[str]) -> None:
    """Refuse one person at two of the three steps; prepared, reviewed and approved are three people's work.

    Raises:
        MakerIsChecker: the person took an earlier step.
    """
    if subject in acted_before:
        raise MakerIsChecker(subject)
