"""Events the lending service records. Loan events are ordered by the loan's version."""

from decimal import Decimal
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from shared.events.base import Day, Event, Money, Percent, PositiveMoney, RegionCode
from shared.money import ZERO

PayerKind = Literal["borrower", "heir", "guarantor", "insurer", "entity", "government", "other"]


class InterestPart(BaseModel):
    """Interest paid for one instalment's period `[period_from, period_until)`."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    installment_number: int
    period_from: Day
    period_until: Day
    amount: PositiveMoney


class LoanDisbursed(Event, owner="lending", name="loan-disbursed", version=1, aggregate="loan"):
    """The bank paid the money out to the household (FJ-4); always the loan's first event."""

    loan_id: UUID
    application_id: UUID
    household_id: UUID
    contract_number: str
    bank_code: str
    village_code: RegionCode
    principal: PositiveMoney
    annual_rate: Percent
    day_count: str
    repayment_method: str
    term_months: int
    disbursed_on: Day
    matures_on: Day
    industry: str
    loan_round: int  # 1 for the household's first loan here, 2 for the next
    pack_version: int
    mode: str = "direct"  # a LoanMode of the policy vocabulary (SX-4, LG-28)
    entity_id: UUID | None = None  # the implementing entity that uses the loan
    granted_under: str = "current"  # or the kind of earlier rule that it keeps: legacy_amount, legacy_mode, legacy_day
    without_subsidy: bool = False  # granted on the condition that the household bears the interest
    without_cover: bool = False  # granted on the condition that the bank bears a loss
    product_code: str | None = None  # of the pack; None: the national small loan, as packs had one product
    legacy_rule: str | None = None  # code in the pack of the earlier rule that it keeps (LG-2, LG-28)


class RepaymentRecorded(Event, owner="lending", name="repayment-recorded", version=1, aggregate="loan"):
    """Money came back on a loan; amount = penalty + interest + principal + held.

    What it pays is so when it is published; if that changes later, `loan-restated` publishes it anew. One that changes
    what others pay is published as held, and `loan-restated` follows at once.
    """

    loan_id: UUID
    household_id: UUID
    repayment_id: UUID
    bank_reference: str
    kind: Literal["repayment", "prepayment"]
    paid_on: Day
    amount: PositiveMoney
    penalty: Money
    interest: Money
    principal: Money
    interest_parts: list[InterestPart]
    principal_outstanding: Money
    held: Money = Decimal("0.00")  # more than anything was due: it pays nothing yet (挂账)
    overdue_from: Day | None = None  # since when the loan, which was marked overdue before, still is; null: it is not
    payer: PayerKind = "borrower"  # who paid it; the name stays with the bank's postings
    surcharge: Money | None = None  # of the penalty; the rest is interest at the contract's rate; None: not published
    after_write_off: bool = False  # the bank had written the loan off by that day


class RestatedRepayment(BaseModel):
    """A repayment that counts, and what it pays now; amount = penalty + interest + principal + held + refunded."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    repayment_id: UUID
    bank_reference: str
    kind: Literal["repayment", "prepayment"]
    paid_on: Day
    amount: PositiveMoney
    penalty: Money
    interest: Money
    principal: Money
    held: Money  # pays nothing yet
    refunded: Money
    interest_parts: list[InterestPart]
    payer: PayerKind = "borrower"
    surcharge: Money | None = None  # of the penalty; None: not published


class LoanFigures(BaseModel):
    """How a loan stands: what consumers keep of it."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    state: str  # active, closed, defaulted, compensated
    principal_outstanding: Money
    interest_paid: Money
    penalty_paid: Money
    held: Money
    overdue_from: Day | None
    closed_on: Day | None
    repaid_on_time: bool  # never late so far
    # Owed no more without having been paid: within the contract's tolerance or by decision of two persons (减免).
    principal_remitted: Money = ZERO
    interest_remitted: Money = ZERO
    penalty_remitted: Money = ZERO
    surcharge_remitted: Money = ZERO  # of the penalty


class RateFrom(BaseModel):
    """One rate of a contract in percent a year, from a day until the next one."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    from_on: Day
    annual_rate: Percent


class MisusedDays(BaseModel):
    """Days on which principal of a loan was misused (挪用), the last not among them; None: it goes on."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    from_on: Day
    until_on: Day | None


class LoanRestated(Event, owner="lending", name="loan-restated", version=1, aggregate="loan"):
    """What earlier repayments of a loan pay, or where it stands, is different from what was published (冲正、补记).

    Everything is published anew, so a consumer that keeps the highest version is right: `repayments` are all that
    count, in the order of their days; those taken back stand in `reversed_repayments` and in no later list.
    """

    loan_id: UUID
    household_id: UUID
    village_code: RegionCode
    bank_code: str
    cause: str  # a RestatementCause of lending: repayment, reversal, held_money, refund, rate, rest_days, default …
    restated_on: Day
    before: LoanFigures
    after: LoanFigures
    repayments: list[RestatedRepayment]
    reversed_repayments: list[UUID]
    annual_rate: Percent | None = None  # of the contract as it stands; None: as it was published before
    rates: list[RateFrom] | None = None  # since its disbursement, in order; None: as they were published before
    misused: list[MisusedDays] | None = None  # all that stand, in order; None: as they were published before


class DisbursementReversed(Event, owner="lending", name="disbursement-reversed", version=1, aggregate="loan"):
    """Two persons of the bank took a disbursement back (放款冲正): the loan never stood; always its last event.

    Its repayments and defaults were taken back before, each by an event of its own. The application waits at the bank
    again: if it is paid out anew, that is another loan.
    """

    loan_id: UUID
    application_id: UUID
    household_id: UUID
    village_code: RegionCode
    bank_code: str
    principal: PositiveMoney
    disbursed_on: Day
    cause: str  # wrong_day, wrong_amount, wrong_borrower, returned, doubled, other
    reversed_on: Day


class LoanOverdue(Event, owner="lending", name="loan-overdue", version=1, aggregate="loan"):
    """An amount fell due and was not paid; recorded once per overdue episode."""

    loan_id: UUID
    household_id: UUID
    village_code: RegionCode
    overdue_from: Day
    noticed_on: Day
    amount_overdue: PositiveMoney


class LoanClosed(Event, owner="lending", name="loan-closed", version=1, aggregate="loan"):
    """Nothing is owed on the loan any more."""

    loan_id: UUID
    household_id: UUID
    village_code: RegionCode
    principal: PositiveMoney
    closed_on: Day
    bank_code: str | None = None  # published since banks have credit limits of their own (LG-10)
    repaid_on_time: bool  # never overdue beyond the pack's tolerance in its whole life


class DefaultConfirmed(Event, owner="lending", name="default-confirmed", version=1, aggregate="loan"):
    """The service centre confirmed that the loan is in default."""

    loan_id: UUID
    household_id: UUID
    village_code: RegionCode
    bank_code: str
    default_report_id: UUID
    cause: str  # a LossCause of the policy vocabulary
    malicious: bool
    confirmed_on: Day
    overdue_from: Day
    matures_on: Day
    days_past_due: int
    principal_outstanding: PositiveMoney
    interest_overdue: Money
    penalty_overdue: Money
    surcharge_overdue: Money | None = None  # of the penalty; None: not published
    accelerates: bool = False  # all principal falls due that day, and its interest up to it is in what is overdue


class DefaultLifted(Event, owner="lending", name="default-lifted", version=1, aggregate="loan"):
    """A confirmed default stands no more; if the household fails again, it is reported and confirmed anew.

    `cured`: the arrears are paid, so the default was right and is over. `withdrawn`: two persons found that it was
    wrong, so it never stood. `reopened`: the loan it ended with was opened again by a correction, and whether it is
    in default is for the bank to report.
    """

    loan_id: UUID
    household_id: UUID
    village_code: RegionCode
    bank_code: str
    default_report_id: UUID
    lifted_on: Day
    cause: Literal["cured", "withdrawn", "reopened"]


class PursuitStepRecorded(Event, owner="lending", name="pursuit-step-recorded", version=1, aggregate="pursuit-step"):
    """How the bank pursues who owes a loan; published again with `withdrawn_on` when the step was recorded wrongly.

    A consumer that lets a withdrawal win is right in any order. Clauses: LG-20b, LG-22.
    """

    pursuit_step_id: UUID
    loan_id: UUID
    village_code: RegionCode
    bank_code: str
    debtor: str  # household, or entity: the operating entity that used the money
    # agreement_call (no pursuit yet), demand, suit, judgment, enforcement, credit_database, farmers_credit_system
    kind: str
    happened_on: Day
    withdrawn_on: Day | None = None


class LoanCompensated(Event, owner="lending", name="loan-compensated", version=1, aggregate="loan"):
    """Insurance, fund, bank and guarantor bore the loss; the claim on the household stays."""

    loan_id: UUID
    household_id: UUID
    claim_id: UUID
    compensated_on: Day
    principal: Money
    interest: Money
    insurance_amount: Money
    fund_amount: Money
    bank_amount: Money
    guarantor_amount: Money = ZERO


class RecoveryRecorded(Event, owner="lending", name="recovery-recorded", version=1, aggregate="loan"):
    """The bank collected money on a compensated loan (LG-40)."""

    loan_id: UUID
    household_id: UUID
    claim_id: UUID
    recovery_id: UUID
    bank_reference: str
    recovered_on: Day
    amount: PositiveMoney
    principal: Money
    interest: Money
    after_write_off: bool = False  # the bank had written the loan off by that day


class LoanWrittenOff(Event, owner="lending", name="loan-written-off", version=1, aggregate="loan"):
    """Two persons of the bank wrote a loan off (核销); the household owes what it owed, and goes on paying."""

    loan_id: UUID
    household_id: UUID
    village_code: RegionCode
    bank_code: str
    write_off_id: UUID
    written_off_on: Day
    ground: str  # a WriteOffGround of the policy vocabulary
    amount: PositiveMoney  # that left the bank's books
    owed: PositiveMoney  # by the household that day


class WriteOffWithdrawn(Event, owner="lending", name="write-off-withdrawn", version=1, aggregate="loan"):
    """A write-off was wrong and two persons of the bank took it back; it never stood."""

    loan_id: UUID
    household_id: UUID
    village_code: RegionCode
    bank_code: str
    write_off_id: UUID
    withdrawn_on: Day
    amount: PositiveMoney


class CountedRecovery(BaseModel):
    """A recovery that counts, and what it pays now."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    recovery_id: UUID
    recovered_on: Day
    principal: Money
    interest: Money


class RecoveryReversed(Event, owner="lending", name="recovery-reversed", version=1, aggregate="loan"):
    """Two persons of the bank took a recovery back (追偿冲正): it pays nothing, its reference stays used.

    `counted` are all recoveries of the loan that count, in the order in which they were recorded, with what each pays
    now; what is recovered altogether falls by `principal` and `interest`. A loan that was closed is open again.
    """

    loan_id: UUID
    household_id: UUID
    village_code: RegionCode
    bank_code: str
    claim_id: UUID
    recovery_id: UUID
    amount: PositiveMoney
    principal: Money
    interest: Money
    recovered_on: Day
    cause: str  # wrong_loan, wrong_amount, wrong_day, returned, doubled, other
    reversed_on: Day
    counted: list[CountedRecovery]
    reopened: bool  # it had been closed: it is compensated, and owed by the household, again
    overdue_from: Day | None  # since when the household is late


class ClassFigures(BaseModel):
    """The loans of one of the five classes, as the bank's books show them."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    loan_class: str  # a LoanClass of the policy vocabulary
    loans: int
    principal_outstanding: Money


class LoansClassified(Event, owner="lending", name="loans-classified", version=1, aggregate="class-run"):
    """A county's loans were classified as of the end of a month (LG-43); all five classes, once a month."""

    class_run_id: UUID
    county_code: RegionCode
    classified_on: Day
    loans: int
    principal_outstanding: Money
    classes: list[ClassFigures]


class ApplicationRefused(Event, owner="lending", name="application-refused", version=1, aggregate="application"):
    """An application ended without a loan; every reason's code stands here (DZ-4)."""

    application_id: UUID
    household_id: UUID
    village_code: RegionCode
    amount: PositiveMoney
    refused_on: Day
    stage: str
    reasons: list[str]


class ApplicationWithdrawn(Event, owner="lending", name="application-withdrawn", version=1, aggregate="application"):
    """An application that may hold cover was withdrawn; the risk fund releases its reservation."""

    application_id: UUID
    household_id: UUID
    village_code: RegionCode
    withdrawn_on: Day
    reason: str
