"""Terminations of batches in and out."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from shared.money import Money
from shared.web.bodies import Answer, Body, HappenedOn, Text


class BatchTerminationIn(Body):
    """`return`: an approved batch of which nothing was sent goes back; `close`: its unpaid rest is paid no more."""

    kind: Literal["return", "close"]
    reason: Text
    proposed_on: HappenedOn


class BatchTerminationDecisionIn(Body):
    """A second person's word."""

    decision: Literal["approve", "refuse"]
    decided_on: HappenedOn


class BatchTerminationOut(Answer):
    """A proposed termination and what was decided; `amount_closed` is what of the batch is paid no more because of it.

    What was closed stands in `underpaid-lines` until a later batch supplements it; its money is the programme's again.
    """

    id: UUID
    batch_id: UUID
    kind: str
    reason: str
    proposed_on: date
    proposed_by: str
    proposed_at: datetime
    decision: str | None
    decided_on: date | None
    decided_by: str | None
    amount_closed: Money
    batch_state: str
