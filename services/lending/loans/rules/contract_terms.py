"""What a contract is signed on: rate, due dates and instalments from the pack's terms; pure once the rate is known."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.lending.loans.refusals import TenorMissing
from services.lending.loans.rules import schedule
from services.lending.loans.rules.due_dates import SettlementDay, maturity_on, settlement_due_dates
from services.lending.loans.rules.schedule import Installment
from shared.policy.terms import LoanTerms
from shared.policy.vocabulary import DayCount, RateColumn, RateForm, RepaymentMethod, Rounding


@dataclass(frozen=True, slots=True)
class ContractTerms:
    """What distinguishes one contract's figures from another's."""

    pack_id: UUID
    term_months: int
    disbursed_on: date
    principal: Decimal
    agreed_rate: Decimal | None = None  # percent a year as the bank stated it; None: the published rate of the day
    product_code: str | None = None  # None: the pack's first product
    signed_on: date | None = None  # None: the day of the disbursement
    own_terms: str = "{}"  # those of a contract from before the platform, as JSON


@dataclass(frozen=True, slots=True)
class Contract:
    """The terms with their rate (percent a year), their maturity and their schedule."""

    terms: ContractTerms
    annual_rate: Decimal
    matures_on: date
    installments: tuple[Installment, ...]

    @property
    def interest(self) -> Decimal:
        """Return all interest of the schedule."""
        return sum((row.interest for row in self.installments), schedule.NOTHING)


def rate_column(loan_terms: LoanTerms, term_months: int) -> RateColumn:
    """Return the column of the published series that loans of this term read.

    Raises: TenorMissing. Clause: LG-2.
    """
    tenors = sorted(loan_terms.rate_tenors, key=lambda tenor: tenor.up_to_months)
    for tenor in tenors:
        if term_months <= tenor.up_to_months:
            return tenor.column
    raise TenorMissing(term_months)


def annual_rate(reference_rate: Decimal, loan_terms: LoanTerms) -> Decimal:
    """Return the contract's rate in percent a year: the published rate and the pack's margin. Clause: LG-2."""
    return Decimal(f"{(reference_rate + loan_terms.rate_margin).normalize():f}")


def refused_rate(stated: Decimal | None, reference_rate: Decimal, loan_terms: LoanTerms) -> str | None:
    """Return why the rate that the bank states for a contract is refused, or None (DZ-1b, LG-2).

    Nothing stated is the published rate with the pack's margin, whatever the form.
    """
    county = annual_rate(reference_rate, loan_terms)
    if stated is None or stated == county or loan_terms.rate_form is RateForm.STATED:
        return None
    if loan_terms.rate_form is RateForm.MAXIMUM:
        return "rate-above-maximum" if stated > county else None
    return "rate-differs"


def contract(terms: ContractTerms, loan_terms: LoanTerms, rate: Decimal) -> Contract:
    """Return the contract's maturity and schedule.

    A bullet loan has one due date, its maturity; all others have every settlement day before it as well.
    Raises: DueDatesRefused, LoanTermsRefused, ScheduleImpossible. Clauses: FJ-11, LG-2.
    """
    matures_on = maturity_on(terms.disbursed_on, terms.term_months)
    rows = schedule.installments(
        terms.principal,
        rate,
        DayCount(loan_terms.day_count),
        RepaymentMethod(loan_terms.repayment_method),
        terms.disbursed_on,
        _due_on(terms.disbursed_on, matures_on, loan_terms),
        Rounding(loan_terms.rounding),
    )
    return Contract(terms, rate, matures_on, rows)


def _due_on(disbursed_on: date, matures_on: date, loan_terms: LoanTerms) -> Sequence[date]:
    if RepaymentMethod(loan_terms.repayment_method) is RepaymentMethod.BULLET:
        return (matures_on,)
    day = loan_terms.settlement_day
    settlement = SettlementDay.every(loan_terms.settlement_period_months, day.month, day.day)
    return settlement_due_dates(disbursed_on, matures_on, settlement)
