"""The postings of each kind of entry: pure, debit positive, credit negative, always adding up to zero (F1)."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from shared.money import FEN


class Account(StrEnum):
    """The accounts of a fund."""

    CASH = "fund_cash"  # asset: the special account at the bank (LG-37)
    CAPITAL = "fund_capital"  # what the county paid in
    COMPENSATION = "compensation_paid"  # what went to banks for lost loans
    RECOVERY = "recovery_income"  # what came back of it
    INTEREST = "interest_income"  # what the account itself earned, which is the fund's


class EntryKind(StrEnum):
    """Why money moved."""

    CONTRIBUTION = "contribution"
    COMPENSATION = "compensation"
    RECOVERY = "recovery"
    INTEREST = "interest"
    WITHDRAWAL = "withdrawal"
    REVERSAL = "reversal"
    RECOVERY_BACK = "recovery_back"


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of an entry, in yuan."""

    account: Account
    amount: Decimal


Postings = tuple[Posting, ...]


def contribution(amount: Decimal) -> Postings:
    """Return the postings of money paid in by the county (FJ-13)."""
    return _moved(Account.CAPITAL, Account.CASH, amount)


def compensation(amount: Decimal) -> Postings:
    """Return the postings of the fund's share of a loss, paid to the bank (LG-20)."""
    return _moved(Account.CASH, Account.COMPENSATION, amount)


def recovery(amount: Decimal) -> Postings:
    """Return the postings of the fund's share of a recovery, returned by the bank (LG-40)."""
    return _moved(Account.RECOVERY, Account.CASH, amount)


def recovery_back(amount: Decimal) -> Postings:
    """Return the postings of a recovery's part that the fund pays back to the bank, as it was taken back (LG-40)."""
    return _moved(Account.CASH, Account.RECOVERY, amount)


def interest(amount: Decimal) -> Postings:
    """Return the postings of interest that the bank paid on the account: it belongs to the fund."""
    return _moved(Account.INTEREST, Account.CASH, amount)


def taken_back(amount: Decimal) -> Postings:
    """Return the postings of money that the county takes out again, or never paid in though it was booked."""
    return _moved(Account.CASH, Account.CAPITAL, amount)


def cash_change(postings: Postings) -> Decimal:
    """Return how much the fund's cash rises (or, negative, falls)."""
    return sum((posting.amount for posting in postings if posting.account is Account.CASH), Decimal("0.00"))


def _moved(credit: Account, debit: Account, amount: Decimal) -> Postings:
    postings = (Posting(debit, amount), Posting(credit, -amount))
    assert amount > 0, "an entry moves money"
    assert amount == amount.quantize(FEN), "an entry moves whole fen"
    assert sum(posting.amount for posting in postings) == 0, "debits and credits must be equal"
    return postings
