"""Supervision in and out."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import StringConstraints

from services.subsidy.proposals.schemas import ReversalIn
from services.subsidy.supervision.rules.finding import Subject
from shared.money import Money, PositiveMoney
from shared.policy.vocabulary import Office
from shared.web.bodies import Answer, Body, Day, HappenedOn, Reference, Text

TownshipOrVillage = Annotated[str, StringConstraints(pattern=r"^([0-9]{9}|[0-9]{12})$")]
FindingState = Literal["open", "answered", "closed"]


class FindingIn(Body):
    """What a supervising office found, or a villager reported, and by when it is put right (ZJ-3)."""

    office: Office
    subject: Subject
    from_villager: bool = False
    finding: Text
    found_on: HappenedOn
    due_on: Day


class FindingAnswerIn(Body):
    """What the township did about it."""

    answer: Text
    answered_on: HappenedOn


class FindingDecisionIn(Body):
    """Another person's word: it is put right, or goes back with a new day."""

    decision: Literal["close", "return"]
    decided_on: HappenedOn
    note: Text
    due_on: Day | None = None


class FindingAnswerOut(Answer):
    """An answer and the word on it."""

    number: int
    answer: str
    answered_by: str
    answered_on: date
    decision: Literal["close", "return"] | None
    decided_by: str | None
    decided_on: date | None
    note: str | None


class FindingOut(Answer):
    """A finding; of a villager's report nobody's name is shown."""

    id: UUID
    project_id: UUID | None
    agreement_id: UUID | None
    region_code: str
    office: Office
    subject: Subject
    from_villager: bool
    finding: str
    found_on: date
    due_on: date
    is_late: bool
    state: FindingState
    recorded_by: str | None
    answers: list[FindingAnswerOut]


class ProjectMeasureIn(Body):
    """What is done about a violating project: its money is taken back, or it is moved to another place or entity."""

    finding_id: UUID
    kind: Literal["take_back", "move"]
    reason: Text
    amount: PositiveMoney | None = None
    due_on: Day | None = None
    new_region_code: TownshipOrVillage | None = None
    entity_code: Reference | None = None
    entity_name: Text | None = None
    proposed_on: HappenedOn


class ProjectMeasureDecisionIn(Body):
    """The county's word on a measure; another person than who proposed it."""

    decision: Literal["approve", "refuse"]
    decided_on: HappenedOn


class ProjectReceiptIn(Body):
    """Money that came in on a take-back."""

    amount: PositiveMoney
    bank_reference: Reference
    received_on: HappenedOn


class ProjectMeasureReversalIn(ReversalIn):
    """What a take-back is lowered to, at least what came in on it; to just that, nothing more is owed."""

    amount: Money


class ProjectReceiptOut(Answer):
    """Money that came in on a take-back; one that was booked wrongly has the day on which it was reversed."""

    id: UUID
    amount: Money
    bank_reference: str
    received_on: date
    recorded_by: str
    reversed_on: date | None


class ProjectMeasureOut(Answer):
    """A measure, and of a take-back how much came in and how much is owed."""

    id: UUID
    project_id: UUID
    finding_id: UUID
    kind: Literal["take_back", "move"]
    reason: str
    amount: Money | None
    waived: Money
    due_on: date | None
    received: Money
    owed: Money
    receipts: list[ProjectReceiptOut]
    new_region_code: str | None
    entity_code: str | None
    entity_name: str | None
    state: Literal["proposed", "approved", "refused"]
    proposed_by: str
    proposed_on: date
    decided_by: str | None
    decided_on: date | None


class ProjectPerformance(Answer):
    """What the projects under one leader in one township show, for the assessment (ZJ-10(c))."""

    township_code: str
    leader: str
    project_count: int
    approved_count: int
    accepted_count: int
    accepted_in_time_count: int
    stopped_count: int
    finding_count: int
    late_finding_count: int
    amount: Money
    paid: Money
