"""What goes in and out about loan certificates."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import StringConstraints

from shared.money import Money
from shared.web.bodies import Answer, Body, HappenedOn, LongText

CertificateNumber = Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z\u4e00-\u9fff()（）〔〕\[\]_/-]{1,40}$")]
CertificateState = Literal["held", "expired", "ended"]
CertificateEndCause = Literal[
    "renewed", "lost", "rating_fell", "listed", "wrong_person", "wrong_details", "given_back", "household_ended"
]


class CertificateIn(Body):
    """A certificate that the bank hands to a household, under the bank's own number."""

    household_id: UUID
    number: CertificateNumber
    issued_on: HappenedOn


class CertificateRenewalIn(Body):
    """A new certificate in place of one that is renewed, or was lost, under the rating that holds now."""

    number: CertificateNumber
    cause: Literal["renewed", "lost"] = "renewed"
    issued_on: HappenedOn


class CertificateWithdrawalIn(Body):
    """Why a certificate is to be withdrawn; another officer of the bank decides."""

    cause: Literal["wrong_person", "wrong_details", "given_back"]
    reason: LongText
    proposed_on: HappenedOn


class CertificateDecisionIn(Body):
    """Whether another officer accepts the withdrawal, and why."""

    decision: Literal["accept", "reject"]
    reason: LongText
    decided_on: HappenedOn


class CertificateWithdrawalOut(Answer):
    """A proposal to withdraw a certificate and, once decided, how it ended."""

    id: UUID
    cause: str
    reason: str
    proposed_on: date
    proposed_by: str
    state: str
    decided_by: str | None
    decided_on: date | None
    decision_reason: str | None


class CertificateOut(Answer):
    """A loan certificate: whose, of which bank, under which rating, how long, and how it ended."""

    id: UUID
    household_id: UUID
    household_number: str
    village_code: str
    bank_code: str
    number: str
    grade: str
    credit_limit: Money
    cause: Literal["first", "renewed", "lost"]
    replaces_id: UUID | None
    issued_on: date
    valid_until: date
    issued_by: str
    state: CertificateState
    ended_on: date | None
    end_cause: CertificateEndCause | None
    ended_by: str | None


class CertificateDetail(CertificateOut):
    """A certificate with every proposal to withdraw it."""

    withdrawals: list[CertificateWithdrawalOut]
