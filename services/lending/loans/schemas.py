"""Bodies of the loan API; amounts are yuan as decimal strings, rates percent a year."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import PlainSerializer, StringConstraints

from shared.events.base import Percent
from shared.money import Money, PositiveMoney
from shared.patterns import ACCOUNT_REFERENCE
from shared.policy.vocabulary import Consequence, LoanMode, UnpaidInterest
from shared.web.bodies import Answer, Body, HappenedOn, LongText, Reference

AccountReference = Annotated[str, StringConstraints(pattern=ACCOUNT_REFERENCE)]
Rate = Annotated[Decimal, PlainSerializer(lambda rate: f"{rate:f}", return_type=str)]


class LoanConditionOut(Answer):
    """A condition of borrowing that is not met and does not refuse the loan, and what follows of it (MS-1)."""

    code: str
    clause: str
    zh: str
    en: str
    consequence: Consequence


class GrantedUnder(StrEnum):
    """The rule a loan was granted under and keeps."""

    CURRENT = "current"  # 现行政策
    LEGACY_AMOUNT = "legacy_amount"  # 2016年5万元以上担保贷款 (LG-2)
    LEGACY_DAY = "legacy_day"  # 按发放日适用的旧政策
    LEGACY_MODE = "legacy_mode"  # 2017年12月7日前的合作、委托方式 (LG-28)


class LoanState(StrEnum):
    """Where a loan stands."""

    ACTIVE = "active"  # 正常
    CLOSED = "closed"  # 结清
    DEFAULTED = "defaulted"  # 违约
    COMPENSATED = "compensated"  # 已代偿
    CANCELLED = "cancelled"  # 已撤销


class DisbursementIn(Body):
    """The bank's word that it paid out.

    `signed_on` is the day of the contract (left out: the day it was paid out); the published rate of that day holds.
    `annual_rate` is the contract's own rate in percent a year (left out: the county's, of that day).
    """

    contract_number: Reference
    bank_reference: Reference
    disbursed_on: HappenedOn
    amount: PositiveMoney
    account_reference: AccountReference | None = None
    bank_reason: LongText | None = None
    signed_on: HappenedOn | None = None
    annual_rate: Percent | None = None


class RejectedDisbursement(Answer):
    """A line that became no loan, and why."""

    line_number: int
    application_id: str | None
    code: str
    reason: str


class DisbursementFileOut(Answer):
    """What became of a disbursement file."""

    id: UUID
    line_count: int
    loan_count: int
    amount: Money
    late_count: int
    rejected_count: int
    rejections: list[RejectedDisbursement]


class LoanCorrectionOut(Answer):
    """A correction of the pack that the loan was signed under; the registry's record of it has the reason."""

    correction_id: UUID
    number: int
    follows_pack_id: UUID
    follows_pack_version: int | None
    keys: list[str]
    effective_from: date


class LoanPolicyOut(Answer):
    """The version of the pack that a loan was signed under, and what corrects it for decisions of a day."""

    loan_id: UUID
    pack_id: UUID
    pack_version: int
    as_of: date
    corrections: list[LoanCorrectionOut]


class LoanOut(Answer):
    """A loan and how it stands.

    `signed_rate` is the rate of the contract, `rate_stated` whether the bank stated it, `annual_rate` the rate now.
    """

    id: UUID
    application_id: UUID
    household_id: UUID
    household_number: str
    village_code: str
    township_code: str
    county_code: str
    bank_code: str
    contract_number: str
    industry: str
    purpose: str
    mode: LoanMode
    entity_id: UUID | None
    borrower_member_id: UUID | None
    branch_id: UUID | None
    granted_under: GrantedUnder
    conditions: list[LoanConditionOut]
    bank_reason: str | None
    loan_round: int
    pack_version: int
    product_code: str
    principal: Money
    signed_on: date
    signed_rate: Rate
    rate_stated: bool
    annual_rate: Rate
    day_count: str
    repayment_method: str
    misuse_multiplier: Rate
    unpaid_interest_bears: UnpaidInterest
    term_months: int
    disbursed_on: date
    matures_on: date
    state: LoanState
    version: int
    principal_outstanding: Money
    principal_repaid: Money
    principal_compensated: Money
    principal_recovered: Money
    interest_charged: Money
    interest_paid: Money
    interest_compensated: Money
    interest_recovered: Money
    penalty_accrued: Money
    penalty_paid: Money
    principal_remitted: Money
    interest_remitted: Money
    penalty_remitted: Money
    overdue_from: date | None
    closed_on: date | None
    defaulted_on: date | None
    compensated_on: date | None
    claim_id: UUID | None
    written_off_on: date | None


class InstallmentOut(Answer):
    """One row of the schedule with what was paid and what was remitted of it."""

    number: int
    period_from: date
    due_on: date
    days: int
    principal_due: Money
    interest_due: Money
    penalty_due: Money
    principal_paid: Money
    interest_paid: Money
    penalty_paid: Money
    principal_remitted: Money
    interest_remitted: Money
    penalty_remitted: Money
    surcharge_due: Money
    surcharge_paid: Money
    of_misuse: bool
    cancelled_on: date | None


class LoanInstallments(Answer):
    """The schedule of one loan, cancelled rows included."""

    items: list[InstallmentOut]
