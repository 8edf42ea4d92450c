"""Request and response bodies of applications. Money is a decimal string in yuan, dates are business dates."""

from datetime import date
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from services.lending.applications.rules.approval import State
from services.lending.applications.schemas.public_notices import NoticeOut, ObjectionOut
from services.lending.applications.schemas.statements import StatementIn, StatementOut
from services.lending.loans.schemas import LoanConditionOut
from shared.errors import WrongValue
from shared.money import Money, PositiveMoney
from shared.policy.vocabulary import NOT_STATED, OWN_USE, ApprovalLevel, LoanMode, Office
from shared.regions import TownshipCode
from shared.web.bodies import (
    Answer,
    Body,
    Code,
    Day,
    HappenedOn,
    LongText,
    OneHousehold,
    Reference,
    Sha256,
    alone_stands_for,
)

BATCH_ITEMS_MAX = 2000  # a township's yearly campaign; a larger one files twice
DOCUMENTS_MAX = 40
TERM_MONTHS_MAX = 600

Stage = Literal["village", "township", "county_centre", "joint_review"]
Ids = Annotated[tuple[UUID, ...], Field(max_length=BATCH_ITEMS_MAX)]


class DocumentIn(Body):
    """A paper on file: its code in the county's pack, and the digest of its scan."""

    code: Code
    sha256: Sha256 | None = None


Paper = Annotated[DocumentIn, alone_stands_for("code", Code | DocumentIn)]


class PapersIn(Body):
    """Papers on file."""

    documents: Annotated[tuple[Paper, ...], Field(max_length=DOCUMENTS_MAX)] = ()


class LoanUse(OneHousehold):
    """Who takes a loan and who runs the business it pays for; name the household by number or by id, not both."""

    mode: LoanMode = LoanMode.DIRECT
    entity_id: UUID | None = None
    borrower_member_id: UUID | None = None
    industry: Code = NOT_STATED
    purpose: Code

    @model_validator(mode="after")
    def _entity_fits_mode(self) -> Self:
        if self.entity_id is not None and self.mode in OWN_USE:
            raise WrongValue(
                zh="户用贷款不填 entity_id，请删去或更改使用方式。",
                en="a loan the household uses itself names no entity_id; leave it out or change the mode",
            )
        return self


class LoanRequestIn(LoanUse, PapersIn):
    """What one household asks for."""

    amount: PositiveMoney
    term_months: Annotated[int, Field(strict=True, ge=1, le=TERM_MONTHS_MAX)]
    branch_id: UUID | None = None
    statement: StatementIn = StatementIn()


class ApplicationBatchIn(Body):
    """A township's applications, filed together (XX-2)."""

    township_code: TownshipCode
    bank_code: Reference
    product_code: Code | None = None  # None: the county's first product
    filed_on: HappenedOn
    items: Annotated[list[LoanRequestIn], Field(min_length=1, max_length=BATCH_ITEMS_MAX)]


class ApplicationIn(LoanRequestIn):
    """One application."""

    bank_code: Reference
    product_code: Code | None = None  # None: the county's first product
    filed_on: HappenedOn


class ReasonOut(Answer):
    """One reason, in words, with the clause behind it."""

    code: str
    clause: str | None = None
    zh: str = ""
    en: str = ""


class RefusedRequest(Answer):
    """A loan request that was refused when it was filed."""

    application_id: UUID
    household_number: str
    reasons: list[ReasonOut]


class FiledBatch(Answer):
    """What became of a batch."""

    id: UUID
    pack_version: int
    product_code: str
    filed_count: int
    filed_amount: Money
    refused_count: int
    refused_amount: Money
    refusals: list[RefusedRequest]


class ApplicationOut(Answer):
    """One application as lists show it."""

    id: UUID
    batch_id: UUID | None
    household_id: UUID
    household_number: str
    village_code: str
    township_code: str
    county_code: str
    bank_code: str
    branch_id: UUID | None
    amount: Money
    term_months: int
    industry: str
    purpose: str
    mode: LoanMode
    entity_id: UUID | None
    borrower_member_id: UUID | None
    grade: str | None
    credit_limit: Money | None
    responsible_bank_code: str | None
    loan_round: int
    state: State
    state_from: date
    pack_version: int
    product_code: str
    documents: list[str]
    filed_on: date
    public_notice_ends_on: date | None
    approved_on: date | None
    handed_over_on: date | None
    disbursement_due_on: date | None
    disbursed_on: date | None
    loan_id: UUID | None
    source: Literal["filed", "legacy_loan"]
    reasons: list[ReasonOut]
    conditions: list[LoanConditionOut]
    version: int


class DecisionOut(Answer):
    """One office's decision at one stage."""

    stage: str
    office: str
    decision: str
    officer: str
    decided_on: date
    note: str | None
    checks: dict[str, bool] | None


class WithdrawalAskedOut(Answer):
    """That an approved application be taken back, asked for by one person; another takes it back, or it goes on."""

    asked_on: date
    asked_by: str
    reason: str


class ApplicationDetail(ApplicationOut):
    """One application with everything that was decided about it, and registry's answer as it stood then."""

    filed_by: str
    statement: StatementOut | None
    is_priority: bool
    household_version: int | None
    eligibility: dict[str, Any]
    document_digests: dict[str, str]
    decisions: list[DecisionOut]
    objections: list[ObjectionOut]
    withdrawal_asked: WithdrawalAskedOut | None


class DocumentsIn(PapersIn):
    """Papers that came in after the filing."""

    documents: Annotated[tuple[Paper, ...], Field(min_length=1, max_length=DOCUMENTS_MAX)]


class ChecksIn(Body):
    """What the helper and the village group found (LG-12)."""

    identity_confirmed: bool
    purpose_confirmed: bool
    amount_confirmed: bool


class SelectionIn(Body):
    """Which of a batch's applications are meant: all that stand at the stage, without `except`, or `only` these."""

    except_: Annotated[Ids, Field(alias="except")] = ()
    only: Ids | None = None


class DecisionIn(Body):
    """One office's decision; a refusal needs a note, an approval at the village its three checks."""

    stage: Stage
    decision: Literal["approve", "refuse"]
    decided_on: HappenedOn
    office: Office | None = None
    note: LongText | None = None
    checks: ChecksIn | None = None

    @property
    def level(self) -> ApprovalLevel:
        """Return the stage as a level of the approval chain."""
        return ApprovalLevel(self.stage)

    @model_validator(mode="after")
    def _says_what_is_needed(self) -> "DecisionIn":
        if self.decision == "refuse" and self.note is None:
            raise WrongValue(
                zh="不同意的，须填写告知农户的原因。", en="a refusal needs a note that tells the household why"
            )
        if self.decision == "approve" and self.stage == "village" and self.checks is None:
            raise WrongValue(
                zh="村级同意须填写身份、用途、金额三项核查结果。",
                en="an approval at the village needs its checks: identity, purpose, amount",
            )
        return self


class BatchDecisionIn(DecisionIn, SelectionIn):
    """One office's decision on a batch's applications."""


class SignatureIn(SelectionIn):
    """One office's signature in the joint review (FJ-4)."""

    signed_on: HappenedOn
    office: Office | None = None
    note: LongText | None = None


class DecidedBatch(Answer):
    """What a decision did."""

    batch_id: UUID
    stage: str
    office: str
    decision: str
    decided_count: int
    amount: Money
    advanced_count: int
    refused_count: int
    waiting_for: list[str]
    states: dict[str, int]


class HandOverIn(Body):
    """The day approved applications go to the bank; cover is reserved until `expires_on` (default: the pack's days)."""

    handed_over_on: HappenedOn
    expires_on: Day | None = None


class CountAndAmount(Answer):
    """So many applications of so much money."""

    count: int
    amount: Money


class NotCovered(CountAndAmount):
    """What stayed approved because the fund has no cover for it (FJ-13)."""

    code: str
    detail: str
    missing_amount: Money | None


class HandOverOut(Answer):
    """What went to the bank and what did not."""

    id: UUID
    batch_id: UUID
    handed_over_on: date
    disbursement_due_on: date
    handed_over: CountAndAmount
    not_covered: NotCovered | None
    cover: dict[str, Any]


class StateCount(Answer):
    """Applications in one state."""

    state: State
    count: int
    amount: Money


class NoticeState(NoticeOut):
    """A notice and whether it is closed."""

    closed_on: date | None


class BatchOut(Answer):
    """A batch and where its applications stand."""

    id: UUID
    township_code: str
    county_code: str
    bank_code: str
    pack_version: int
    filed_on: date
    filed_by: str
    application_count: int
    states: list[StateCount]
    notices: list[NoticeState]


class HandedOverApplication(Answer):
    """What the bank needs to pay out a loan."""

    id: UUID
    household_id: UUID
    household_number: str
    village_code: str
    amount: Money
    term_months: int
    industry: str
    purpose: str
    loan_round: int
    handed_over_on: date
    disbursement_due_on: date
    cover_expires_on: date | None


class LateDisbursement(Answer):
    """An application whose money came after the pack's working days, or has not come yet (FJ-4)."""

    id: UUID
    household_number: str
    village_code: str
    bank_code: str
    amount: Money
    handed_over_on: date
    disbursement_due_on: date
    disbursed_on: date | None
    working_days_late: int
