"""What a change of the rate does to an account: what is not yet due is planned anew, span by span (利率调整)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from services.lending.accounts.rules import early
from services.lending.accounts.rules.account import Account
from services.lending.loans.rules.day_count import RuleRefused
from services.lending.loans.rules.prepayment import accrued_interest
from services.lending.loans.rules.schedule import Installment, installments
from shared.policy.vocabulary import RepaymentMethod


def change_rate(account: Account, day: date, rate: Decimal) -> None:
    """Let a rate (percent a year) hold from a day on; the instalments after it are replaced where they change.

    The running period bears the old rate up to the day and the new one from it. Principal falls due as before, but for
    equal instalments, which are equal again from the running period on. What was due by the day is not touched.
    """
    account.rates = account.rates.changed(day, rate)
    coming = early.coming_after(account, day)
    if account.closed_on is not None or not coming:
        return
    before = early.as_planned(coming)
    after = _planned_anew(account, before)
    if [(row.principal, row.interest) for row in before] == [(row.principal, row.interest) for row in after]:
        return
    first = max(due.number for due in account.dues) + 1
    rows = [early.planned(account, row, first + place) for place, row in enumerate(after)]
    early.replace_dues(account, coming, rows, day)


def _planned_anew(account: Account, rows: Sequence[Installment]) -> Sequence[Installment]:
    terms = account.contract
    if terms.repayment_method is RepaymentMethod.EQUAL_INSTALLMENT:
        balance, since = rows[0].balance + rows[0].principal, rows[0].period_from
        due_on = [row.due_on for row in rows]
        try:
            return installments(
                balance, account.rates, terms.day_count, terms.repayment_method, since, due_on, terms.rounding
            )
        except RuleRefused:  # one instalment would not even cover its interest: principal falls due as it did
            pass
    return [_with_interest(account, row, row is rows[-1]) for row in rows]


def _with_interest(account: Account, row: Installment, is_last: bool) -> Installment:
    terms = account.contract
    if terms.repayment_method is RepaymentMethod.BULLET and not is_last:
        return row
    interest = accrued_interest(
        row.balance + row.principal, account.rates, terms.day_count, row.period_from, row.due_on, terms.rounding
    )
    return replace(row, interest=interest, total=row.principal + interest) if interest != row.interest else row
