"""Proposals to take something back, in and out."""

from datetime import date, datetime
from enum import StrEnum
from typing import Literal, Self
from uuid import UUID

from pydantic import model_validator

from shared.errors import WrongValue
from shared.money import Money
from shared.web.bodies import Answer, Body, HappenedOn, Text


class Subject(StrEnum):
    """What is taken back."""

    PROJECT_STEP = "project_step"
    PROJECT_MEASURE = "project_measure"
    PROJECT_RECEIPT = "project_receipt"
    GRANT_STANDARD = "grant_standard"
    GRANT_LIST = "grant_list"
    HOUSEHOLD_GRANT = "household_grant"
    PRINCIPAL_RECEIPT = "principal_receipt"
    DIVIDEND_PAYMENT = "dividend_payment"
    LEASE_ENTRY = "lease_entry"
    LEASE_SERVICE = "lease_service"
    SECURITY = "security"
    REJECTED_TRANSFER = "rejected_transfer"
    SUBSIDY_PAYEE = "subsidy_payee"


class ReversalState(StrEnum):
    """Where a proposal to take something back stands."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class ReversalIn(Body):
    """Why something on file is wrong and is to be taken back, and the document that shows it."""

    reason: Text
    document: Text
    proposed_on: HappenedOn


class ReversalDecisionIn(Body):
    """Another person's word: what was proposed is taken back, or stands."""

    decision: Literal["confirm", "refuse"]
    decided_on: HappenedOn
    reason: Text | None = None

    @model_validator(mode="after")
    def _refusal_has_a_reason(self) -> Self:
        if self.decision == "refuse" and self.reason is None:
            raise WrongValue(zh="驳回时须填写 reason（驳回理由）。", en="a refusal needs its reason")
        return self


class ReversalOut(Answer):
    """A proposal to take something back, and what another person decided."""

    id: UUID
    subject: Subject
    subject_id: UUID
    number: int | None
    region_code: str
    amount: Money | None
    reference: str | None
    happened_on: date | None
    reason: str
    document: str
    state: ReversalState
    proposed_by: str
    proposed_on: date
    proposed_at: datetime
    decided_by: str | None
    decided_on: date | None
    decision_reason: str | None
