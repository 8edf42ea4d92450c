"""What money does that comes before its day: interest within the window, a settlement, a prepayment, or it is held.

The window is for interest (FJ-11). Principal before its day ends its interest that day, and interest is owed for the
days really used (Civil Code, Article 677): interest that was paid ahead counts for it, and what is too much is held.
A default may let all that is to come fall due at once.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from services.lending.accounts.rules.account import Account, Due, Receipt
from services.lending.accounts.rules.postings import PostingKind
from services.lending.loans.rules.day_count import RuleRefused, days
from services.lending.loans.rules.prepayment import accrued_interest, prepay
from services.lending.loans.rules.schedule import NOTHING, Installment
from shared.policy.vocabulary import DueKind


def pay_early(account: Account, receipts: Sequence[Receipt]) -> None:
    """Use what one day's receipts of a kind hold, after all arrears, for what is not yet due; the rest stays held."""
    posting, terms = receipts[0].posting, account.contract
    day = posting.value_on
    coming, left = coming_after(account, day), sum((receipt.held for receipt in receipts), NOTHING)
    if left == 0 or not coming:
        return
    prepays = posting.kind is PostingKind.PREPAYMENT and terms.prepayment_allowed
    at_its_end = coming[-1].due_on <= terms.window_until(day)
    if (prepays or at_its_end) and account.held + terms.tolerance >= settlement(account, day):
        _settle(account, coming, day)
    elif not (prepays and _prepay(account, coming, receipts, left)):
        _pay_interest(coming, receipts, terms.window_until(day))


def settlement(account: Account, day: date) -> Decimal:
    """Return what ends the loan on a day once its arrears are paid: principal, and interest for the days used."""
    return _principal(coming_after(account, day)) + interest_since(account, day)


def interest_since(account: Account, day: date) -> Decimal:
    """Return the interest of the running period up to a day, less what was paid ahead for it (then below zero)."""
    coming = coming_after(account, day)
    return _accrued(account, coming, day) - _ahead(coming) if coming else NOTHING


def coming_after(account: Account, day: date) -> list[Due]:
    """Return what falls due after a day, in order."""
    return sorted((due for due in account.live if due.due_on > day), key=lambda due: (due.due_on, due.number))


def _principal(coming: Sequence[Due]) -> Decimal:
    return sum((due.principal for due in coming), NOTHING)


def _ahead(coming: Sequence[Due]) -> Decimal:
    return sum((due.interest_paid for due in coming), NOTHING)


def _accrued(account: Account, coming: Sequence[Due], day: date) -> Decimal:
    terms, since = account.contract, min(due.period_from for due in coming)
    return accrued_interest(_principal(coming), account.rates, terms.day_count, since, day, terms.rounding)


def accelerate(account: Account, day: date) -> None:
    """Let all principal fall due on a day, with interest for the days used: one due takes the place of what is to come.

    It is met and late as any due of that day is. What was paid ahead counts for it, and what is held pays it.
    """
    coming, terms = coming_after(account, day), account.contract
    if account.closed_on is not None or not coming:
        return
    due = _paid_now(account, coming, day, _accrued(account, coming, day), _principal(coming))
    due.met_on, due.late_after = account.rest_days.met_on(day), account.rest_days.late_after(day, terms.grace_days)
    replace_dues(account, coming, [due], day)


def _settle(account: Account, coming: Sequence[Due], day: date) -> None:
    last = _paid_now(account, coming, day, _accrued(account, coming, day), _principal(coming))
    replace_dues(account, coming, [last], day)
    _pay(account, last, account.receipts)


def _prepay(account: Account, coming: Sequence[Due], receipts: Sequence[Receipt], left: Decimal) -> bool:
    """Repay a part early and plan what remains until the old maturity (期限不变); False: it repays no principal."""
    day, terms = receipts[0].posting.value_on, account.contract
    accrued = _accrued(account, coming, day)
    principal = left - max(NOTHING, accrued - _ahead(coming))
    if not 0 < principal < _principal(coming):
        return False
    try:
        plan = prepay(
            as_planned(coming),
            accrued + principal,
            day,
            account.rates,
            terms.day_count,
            terms.repayment_method,
            terms.rounding,
        )
    except RuleRefused:
        return False
    now = _paid_now(account, coming, day, accrued, principal)
    later = [planned(account, row, now.number + place) for place, row in enumerate(plan.installments, start=1)]
    replace_dues(account, coming, [now, *later], day)
    _pay(account, now, receipts)
    return True


def _pay(account: Account, due: Due, receipts: Sequence[Receipt]) -> None:
    for kind in account.contract.allocation_order:
        for receipt in receipts:
            receipt.pay(due, kind, due.unpaid(kind))


def _pay_interest(coming: Sequence[Due], receipts: Sequence[Receipt], until: date) -> None:
    for due in coming:
        for receipt in receipts:
            if due.due_on <= until:
                receipt.pay(due, DueKind.INTEREST, due.unpaid(DueKind.INTEREST))


def replace_dues(account: Account, coming: Sequence[Due], rows: Sequence[Due], day: date) -> None:
    """Cancel instalments for others; interest paid ahead moves to these, in order, and what is too much is held."""
    numbers = {due.number for due in coming}
    for due in coming:
        due.cancelled_on, due.interest_paid = day, NOTHING
    account.dues.extend(rows)
    for receipt in account.receipts:
        for number in sorted(numbers & receipt.parts.keys()):
            left = receipt.parts[number][DueKind.INTEREST]
            receipt.give(number, DueKind.INTEREST, -left)
            receipt.held += left
            for row in rows:
                share = min(left, row.unpaid(DueKind.INTEREST))
                receipt.pay(row, DueKind.INTEREST, share)
                left -= share


def _paid_now(account: Account, coming: Sequence[Due], day: date, interest: Decimal, principal: Decimal) -> Due:
    since = min(due.period_from for due in coming)
    return Due(
        number=max(due.number for due in account.dues) + 1,
        period_from=since,
        due_on=day,
        days=days(account.contract.day_count, since, day),
        principal=principal,
        interest=interest,
        met_on=day,
        late_after=day,
        penalty_until=day,
        signed=False,
    )


def planned(account: Account, row: Installment, number: int) -> Due:
    """Return an instalment of a new plan as a due under a number of its own."""
    rest, terms = account.rest_days, account.contract
    return Due(
        number=number,
        period_from=row.period_from,
        due_on=row.due_on,
        days=row.days,
        principal=row.principal,
        interest=row.interest,
        met_on=rest.met_on(row.due_on),
        late_after=rest.late_after(row.due_on, terms.grace_days),
        penalty_until=row.due_on,
        signed=False,
    )


def as_planned(coming: Sequence[Due]) -> list[Installment]:
    """Return dues, in order, as the instalments of a schedule."""
    left, rows = _principal(coming), []
    for due in coming:
        left -= due.principal
        total = due.principal + due.interest
        rows.append(
            Installment(due.number, due.due_on, due.days, due.principal, due.interest, total, left, due.period_from)
        )
    return rows
