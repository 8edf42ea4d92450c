"""An account computed from its postings (重放记账); pure, and the same for every order in which they were booked.

What was remitted, by two persons or within the contract's tolerance, was never received and is owed no more.
Clauses: FJ-11 (interest may be paid within a window before its day), SX-5 (penalty is kept apart), LG-2; Civil Code,
Articles 203 (a due day of rest), 530, 677 (early repayment bears interest for the days really used).
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby

from services.lending.accounts.rules import early, misusing, remitting
from services.lending.accounts.rules.account import Account, Accrual, Due, Receipt
from services.lending.accounts.rules.postings import Contract, Posting, PostingKind, RestDays
from services.lending.accounts.rules.repricing import change_rate
from services.lending.loans.rules.prepayment import accrued_interest
from services.lending.loans.rules.rates import Rates
from services.lending.loans.rules.schedule import NOTHING, Installment
from services.lending.loans.rules.unpaid_interest import Late, late
from shared.policy.vocabulary import DueKind

ONE_DAY = timedelta(days=1)


def replay(contract: Contract, postings: Iterable[Posting], rest_days: RestDays, as_of: date) -> Account:
    """Return the account after all postings that count on or before `as_of`, penalty as it was booked by them.

    Penalty is accrued whenever something is posted; `accrued_to` brings it up to a day. Money that pays nothing is
    held and used on the day something falls due. Nothing is refused: what was received is a fact.
    """
    dues = [_due(contract, row, rest_days) for row in contract.schedule]
    account = Account(contract, rest_days, dues, as_of, Rates(contract.annual_rate))
    counted = sorted((each for each in postings if each.value_on <= as_of), key=lambda each: each.key)
    for (day, kind), together in groupby(counted, key=lambda each: (each.value_on, each.kind)):
        _use_held_until(account, day)
        _remit_small_before(account, day)
        _accrue(account, day)
        _post(account, kind, list(together))
    _use_held_until(account, as_of)
    _remit_small_before(account, as_of + ONE_DAY)
    return account


def accrued_to(account: Account, day: date) -> Account:
    """Accrue penalty up to a day, not including it; the account is changed and returned."""
    _accrue(account, day)
    return account


def _due(contract: Contract, row: Installment, rest_days: RestDays) -> Due:
    return Due(
        number=row.number,
        period_from=row.period_from,
        due_on=row.due_on,
        days=row.days,
        principal=row.principal,
        interest=row.interest,
        met_on=rest_days.met_on(row.due_on),
        late_after=rest_days.late_after(row.due_on, contract.grace_days),
        penalty_until=row.due_on,
    )


def _post(account: Account, kind: PostingKind, postings: Sequence[Posting]) -> None:
    match kind:
        case PostingKind.RATE:
            for posting in postings:
                change_rate(account, posting.value_on, posting.annual_rate or NOTHING)
        case PostingKind.DEFAULT:
            account.was_late = True
            account.defaulted_on, account.cured_on = postings[0].value_on, None
            if any(posting.accelerates for posting in postings):
                early.accelerate(account, postings[0].value_on)
        case PostingKind.REFUND:
            for posting in postings:
                _refund(account, posting.amount)
        case PostingKind.MISUSE:
            misusing.begin(account, sum((posting.amount for posting in postings), NOTHING), postings[0].value_on)
        case PostingKind.MISUSE_ENDED:
            misusing.end(account, postings[0].value_on)
        case PostingKind.REMISSION:
            for posting in postings:
                remitting.by_decision(account, posting)
            _look(account, postings[0].value_on)
        case _:
            _receive(account, postings)


def _accrue(account: Account, day: date) -> None:
    bears, term_ends_on = account.contract.unpaid_interest_bears, account.term_ends_on
    for due in account.live:
        since = max(due.penalty_until, due.late_after)
        if since >= day or due.due_on > day or due.overdue_base == 0:
            continue
        account.was_late = True
        principal, interest = due.unpaid(DueKind.PRINCIPAL), due.unpaid(DueKind.INTEREST)
        for part in late(bears, principal, interest, since, day, term_ends_on):
            _charge(account, due, part)
    misusing.accrue(account, day)


def _charge(account: Account, due: Due, part: Late) -> None:
    def bears(base: Decimal, rate: Decimal) -> Decimal:
        terms = account.contract
        return accrued_interest(base, rate, terms.day_count, part.since, part.until, terms.rounding)

    compound = bears(part.at_contract_rate, account.rates.last)
    amount = bears(part.at_penalty_rate, account.penalty_rate) + compound
    due.penalty, due.compound, due.penalty_until = due.penalty + amount, due.compound + compound, part.until
    overdue = part.at_penalty_rate + part.at_contract_rate
    account.accruals.append(Accrual(due.number, part.since, part.until, overdue, amount, compound))


def _receive(account: Account, postings: Sequence[Posting]) -> None:
    """Use what came on one day in one kind as one sum, shared in the order of the references."""
    day, outstanding = postings[0].value_on, account.principal_outstanding
    receipts = [Receipt(posting, held=posting.amount) for posting in postings]
    account.receipts.extend(receipts)
    if account.closed_on is None:
        # What was held before pays as well: a misuse adds to arrears on days on which nothing falls due.
        _pay_arrears(account, [each for each in account.receipts if each.held > 0], day)
        early.pay_early(account, receipts)
        _look(account, day)
    for receipt in receipts:
        outstanding -= receipt.total(DueKind.PRINCIPAL)
        receipt.principal_left = outstanding


def _pay_arrears(account: Account, receipts: Sequence[Receipt], day: date) -> None:
    """Give the oldest due what it lacks, kind by kind in the contract's order, from the oldest money first."""
    dues = sorted((due for due in account.live if due.due_on <= day), key=lambda due: (due.due_on, due.number))
    for due in dues:
        for kind in account.contract.allocation_order:
            for receipt in receipts:
                receipt.pay(due, kind, due.unpaid(kind))


def _use_held_until(account: Account, day: date) -> None:
    """Use what is held on each day on which something falls due, the oldest money first."""
    while account.closed_on is None and account.held > 0:
        coming = [due.due_on for due in account.live if due.is_open and not due.of_misuse and due.due_on <= day]
        if not coming:
            return
        falls_on = max(min(coming), max(each.posting.value_on for each in account.receipts if each.held > 0))
        _accrue(account, falls_on)
        _pay_arrears(account, [each for each in account.receipts if each.held > 0], falls_on)
        _look(account, falls_on)
        if any(due.is_open and due.due_on <= falls_on for due in account.live):
            return  # all of it is used


def _remit_small_before(account: Account, day: date) -> None:
    """Remit, on its day, what a due that was paid ahead lacks within tolerance."""
    for due in sorted(account.live, key=lambda due: (due.due_on, due.number)):
        if account.closed_on is None and due.due_on < day and remitting.is_small(account, due):
            _look(account, due.due_on)


def _look(account: Account, day: date) -> None:
    """Remit what is within tolerance; a loan that owes nothing is closed, a default without arrears is cured."""
    remitting.within_tolerance(account, day)
    misusing.end_if_repaid(account, day)
    _close_if_paid(account, day)
    _cure_if_paid(account, day)


def _close_if_paid(account: Account, day: date) -> None:
    if account.closed_on is None and not any(due.is_open for due in account.live):
        account.closed_on = day


def _cure_if_paid(account: Account, day: date) -> None:
    if account.defaulted_on is not None and account.arrears(day) == 0:
        account.defaulted_on, account.cured_on = None, day


def _refund(account: Account, amount: Decimal) -> None:
    """Take a refund from the money held, the youngest first; what is no longer held is owed by the payee."""
    for receipt in reversed(account.receipts):
        share = min(receipt.held, amount)
        receipt.held -= share
        receipt.refunded += share
        amount -= share
    account.refund_missing += amount
