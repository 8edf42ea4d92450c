"""Bodies of the API for defaults and recoveries; amounts are yuan as decimal strings."""

from datetime import date
from enum import StrEnum
from typing import Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from services.lending.defaults.rules.papers import PaperKind
from services.lending.proposals.schemas import ProposalOut
from shared.errors import WrongValue
from shared.money import Money, PositiveMoney
from shared.policy.vocabulary import LossCause
from shared.web.bodies import Answer, Body, HappenedOn, LongText, Reference, Sha256, Text

PAPERS_MAX = 20


class ReportState(StrEnum):
    """Where a default report stands."""

    REPORTED = "reported"  # 已报告
    CONFIRMED = "confirmed"  # 已认定
    WITHDRAWN = "withdrawn"  # 已撤销


class PaperIn(Body):
    """One paper: its kind, its number or place, and the SHA-256 of its content where it is a stored file."""

    kind: PaperKind
    reference: Text
    sha256: Sha256 | None = None


class PaperOut(Answer):
    """One paper that was put forward."""

    kind: PaperKind
    reference: str
    sha256: str | None


class DefaultReportIn(Body):
    """The bank reports that a loan is not repaid, why, and what shows it."""

    reported_on: HappenedOn
    cause: LossCause
    malicious: bool | None = None
    evidence: LongText
    papers: list[PaperIn] = Field(default=[], max_length=PAPERS_MAX)
    died_on: HappenedOn | None = None

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        if self.malicious is not None and self.malicious != (self.cause is LossCause.MALICIOUS):
            raise WrongValue(
                zh="malicious 须与原因一致：原因为恶意逃废债时为 true，否则为 false。",
                en="malicious must agree with the cause: it is true for 'malicious' and false otherwise",
            )
        if (self.died_on is not None) != (self.cause is LossCause.DEATH):
            raise WrongValue(
                zh="died_on 仅在原因为借款人死亡时填写，且必填。",
                en="died_on belongs to the cause 'death' and is required there",
            )
        if self.died_on is not None and self.died_on > self.reported_on:
            raise WrongValue(zh="died_on 不得晚于 reported_on。", en="died_on cannot lie after reported_on")
        return self


class DefaultReportOut(Answer):
    """A default report and, once confirmed, its figures on the day of confirmation."""

    id: UUID
    loan_id: UUID
    household_id: UUID
    village_code: str
    bank_code: str
    contract_number: str
    state: ReportState
    cause: LossCause
    malicious: bool
    evidence: str
    papers: list[PaperOut]
    died_on: date | None
    reported_on: date
    reported_by: str
    overdue_from: date
    days_past_due: int
    confirmed_on: date | None
    confirmed_by: str | None
    principal_outstanding: Money | None
    interest_overdue: Money | None
    penalty_overdue: Money | None
    surcharge_overdue: Money | None
    interest_claimable: Money | None
    accelerates: bool | None
    withdrawn_on: date | None


class DefaultReports(Answer):
    """Default reports, the oldest first."""

    items: list[DefaultReportOut]


class ConfirmationIn(Body):
    """The service centre confirms the default."""

    confirmed_on: HappenedOn


class DefaultWithdrawalIn(Body):
    """Why a default, or its report, was wrong from the beginning."""

    proposed_on: HappenedOn
    reason: LongText


class DefaultWithdrawalOut(ProposalOut):
    """A default's withdrawal, who proposed and who decided it."""

    report_id: UUID


class RecoveryIn(Body):
    """What the bank collected on a compensated loan."""

    bank_reference: Reference
    recovered_on: HappenedOn
    amount: PositiveMoney


class RecoveryOut(Answer):
    """A recorded recovery; amount = principal + interest, or nothing of it once it is reversed."""

    id: UUID
    loan_id: UUID
    claim_id: UUID
    bank_reference: str
    recovered_on: date
    amount: Money
    principal: Money
    interest: Money
    amount_outstanding: Money
    loan_closed: bool
    after_write_off: bool
    already_recorded: bool = False
    reversed: bool = False


class RecoveryListed(Answer):
    """A recovery in the loan's ledger; amount = principal + interest while it counts."""

    id: UUID
    claim_id: UUID
    bank_reference: str
    recovered_on: date
    amount: Money
    principal: Money
    interest: Money
    reversed_on: date | None


class LoanRecoveries(Answer):
    """All recoveries of one loan, in the order they were recorded."""

    items: list[RecoveryListed]


RecoveryReversalCause = Literal["wrong_loan", "wrong_amount", "wrong_day", "returned", "doubled", "other"]


class RecoveryReversalIn(Body):
    """Why a recovery is to be taken back (追偿冲正)."""

    cause: RecoveryReversalCause
    reason: LongText
    proposed_on: HappenedOn


class RecoveryReversalOut(ProposalOut):
    """A recovery taken back or proposed to be, as it was booked."""

    recovery_id: UUID
    claim_id: UUID
    bank_reference: str
    recovered_on: date
    amount: Money
    cause: RecoveryReversalCause
