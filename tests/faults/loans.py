"""Which loan belongs to which fault: what one test does to a loan must not decide what another finds on it."""

from collections import Counter
from datetime import date
from itertools import count
from typing import Final

from tests.journeys.tiny_county import Place
from tools.demo.county import Loan

SHARED: Final = 4  # any test may pay some fen of their interest, and nobody does more to them
FIRST_POSTING: Final = date(2017, 6, 1)  # the earliest day on which a fault books something
_given: dict[str, set[str]] = {}
_numbers = count()


def shared_loan(place: Place) -> Loan:
    """Return a loan of which some fen of interest may be paid: each call gives the next."""
    return _early(place)[next(_numbers) % SHARED]


def own_loan(place: Place, bank_code: str | None = None) -> Loan:
    """Return a loan, of a certain bank if it must be one's, that is the caller's alone.

    It is of the bank that has most of them left, so that a second one of the same bank is there too.
    """
    given = _given.setdefault(place.platform.urls["gateway"], set())
    free = [loan for loan in _early(place)[SHARED:] if loan.loan_id not in given]
    left = Counter(loan.bank_code for loan in free)
    mine = [loan for loan in free if bank_code in (None, loan.bank_code)]
    assert mine, f"{len(given)} loans are given away: enlarge the faults' county"
    chosen = max(mine, key=lambda loan: left[loan.bank_code])
    given.add(chosen.loan_id)
    return chosen


def _early(place: Place) -> list[Loan]:
    """Return the loans that are paid out before the first day of which a fault speaks."""
    return [loan for loan in place.county.loans if loan.disbursed_on < FIRST_POSTING]
