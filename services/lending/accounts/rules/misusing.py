"""What principal bears that was used for another purpose than agreed (挪用罚息); pure.

From the day of misuse the rate of misuse takes the place of the contract's on the misused principal, until it is repaid
or the misuse ends; where the principal is late as well, only the heavier of the two rates counts, and no day twice
(central bank, notice 251 of 2003, item 3). Interest of the schedule stays as planned, and penalty of lateness is as
ever: what the rate of misuse adds to them is the penalty of a due of its own, owed from the day of misuse on. All of it
is surcharge: nobody subsidises or compensates it (SX-5, LG-21a).
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction

from services.lending.accounts.rules.account import Account, Accrual, Due, Misuse
from services.lending.loans.rules.schedule import NOTHING, exact_interest, in_fen
from shared.policy.vocabulary import DueKind


def begin(account: Account, amount: Decimal, day: date) -> None:
    """Let an amount of the principal (yuan; at most what is outstanding) bear the rate of misuse from a day on."""
    lent = account.principal_outstanding
    if lent == 0:
        return
    number = max(due.number for due in account.dues) + 1
    due = Due(number, day, day, 0, NOTHING, NOTHING, day, day, day, signed=False, of_misuse=True)
    account.dues.append(due)
    end(account, day)
    account.misuses.append(Misuse(due, max(NOTHING, lent - amount)))


def end(account: Account, day: date) -> None:
    """Let what goes on of misuse end on a day, which does not count any more."""
    if account.misuse is not None:
        account.misuse.until = day


def end_if_repaid(account: Account, day: date) -> None:
    """Let a misuse end on the day on which all that was misused is repaid."""
    if account.misuse is not None and account.principal_outstanding <= account.misuse.as_agreed:
        end(account, day)


def accrue(account: Account, day: date) -> None:
    """Accrue what a misuse adds up to a day, not including it; rounded once for the days since the last time."""
    misuse = account.misuse
    if misuse is None or misuse.due.penalty_until >= day:
        return
    since, misused = misuse.due.penalty_until, account.principal_outstanding - misuse.as_agreed
    if misused <= 0:
        return
    exact = sum((_adds(account, due, share, since, day) for due, share in _shares(account, misused)), Fraction(0))
    amount = in_fen(exact, account.contract.rounding)
    misuse.due.penalty, misuse.due.penalty_until = misuse.due.penalty + amount, day
    account.accruals.append(Accrual(misuse.due.number, since, day, misused, amount, NOTHING))


def _shares(account: Account, misused: Decimal) -> Iterator[tuple[Due, Decimal]]:
    """Yield what each due lacks of the misused principal; the oldest due, which is repaid first, holds it first."""
    for due in sorted(account.live, key=lambda due: (due.due_on, due.number)):
        share = min(misused, due.unpaid(DueKind.PRINCIPAL))
        misused -= share
        if share > 0:
            yield due, share


def _adds(account: Account, due: Due, share: Decimal, since: date, until: date) -> Fraction:
    """Return what misuse adds on a share of a due in [`since`, `until`), unrounded: to interest, then to penalty."""
    terms = account.contract
    is_late_from = min(max(since, due.late_after), until)
    over_contract, over_penalty = (
        account.rates.last * max(NOTHING, terms.misuse_multiplier - borne)
        for borne in (Decimal(1), terms.penalty_multiplier)
    )
    return exact_interest(Fraction(share), over_contract, terms.day_count, since, is_late_from) + exact_interest(
        Fraction(share), over_penalty, terms.day_count, is_late_from, until
    )
