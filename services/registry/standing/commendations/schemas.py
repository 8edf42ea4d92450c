"""What goes in and out about the trust list."""

from datetime import date
from typing import Literal
from uuid import UUID

from services.registry.evidence import EvidenceList, EvidenceOut
from services.registry.standing.lists.schemas import EffectOut
from shared.web.bodies import Answer, Body, Day, HappenedOn, LongText

CommendationState = Literal["proposed", "confirmed", "rejected"]


class CommendationIn(Body):
    """Whom an officer proposes for the trust list, why, on what proof, and for how long; another officer decides."""

    household_id: UUID | None = None
    entity_id: UUID | None = None
    reason: LongText
    evidence: EvidenceList
    valid_from: HappenedOn
    valid_until: Day


class CommendationDecisionIn(Body):
    """Whether another officer confirms, and why."""

    decision: Literal["confirm", "reject"]
    reason: LongText
    decided_on: HappenedOn


class CommendationTerminationIn(Body):
    """Why somebody is taken off the trust list before the end, and from when."""

    ended_on: HappenedOn
    reason: LongText


class CommendationOut(Answer):
    """A household or an entity on the trust list: why, by which office, until when, and what follows from it."""

    id: UUID
    household_id: UUID | None
    entity_id: UUID | None
    region_code: str
    reason: str
    evidence: list[EvidenceOut]
    valid_from: date
    valid_until: date
    state: CommendationState
    proposed_by: str
    office: str | None
    decided_by: str | None
    decided_on: date | None
    decision_reason: str | None
    ended_on: date | None
    end_reason: str | None
    ended_by: str | None
    is_in_force: bool  # on the day asked about
    effects: list[EffectOut]  # the pack's incentives; none while it is not in force
