"""The quote itself: the engine's schedule, its refusals as the API's."""

from services.lending.loans.rules import schedule
from services.lending.loans.rules.day_count import RuleRefused
from services.lending.quotes.refusals import QuoteRefused
from services.lending.quotes.schemas import LoanQuote, LoanQuoteIn, QuotedInstallment


def loan_quote(body: LoanQuoteIn) -> LoanQuote:
    """Return the schedule a loan on these terms would have.

    Raises:
        QuoteRefused: with the engine's own code and sentence.
    """
    try:
        quoted = schedule.quote(
            principal=body.principal,
            annual_rate_percent=body.annual_rate,
            day_count=body.day_count,
            repayment_method=body.repayment_method,
            disbursed_on=body.disbursed_on,
            installment_count=body.installment_count,
            period_months=body.period_months,
            first_due_on=body.first_due_on,
            rounding=body.rounding,
        )
    except RuleRefused as refused:
        raise QuoteRefused(refused.sentence, refused.code) from None
    return LoanQuote(
        installments=[
            QuotedInstallment(
                number=row.number,
                due_on=row.due_on,
                days=row.days,
                principal=row.principal,
                interest=row.interest,
                total_due=row.total,
                balance=row.balance,
            )
            for row in quoted.installments
        ],
        total_interest=quoted.total_interest,
    )
