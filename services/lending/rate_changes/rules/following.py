"""What a publication of reference rates means for contracts (利率更正的影响); pure.

A contract whose bank stated no rate rests on the publication of the day it was signed. When that is corrected or comes
late, the contract follows it, as `rates.corrected` says. A rate that the bank stated is the contract's own and stays.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from services.lending.accounts.rules.postings import Contract, Posting, PostingKind
from services.lending.loans.rules.contract_terms import annual_rate, rate_column, refused_rate
from services.lending.loans.rules.floating import Floating, taken_anew
from services.lending.loans.rules.rates import Rates, corrected
from services.lending.pack_copies.rules.series import Publication, rate_in_force
from shared.policy.terms import LoanTerms

COMPENSATED = "loan-compensated"


@dataclass(frozen=True, slots=True)
class Followed:
    """What becomes of one contract: the rates that it has from now on, or why it keeps what it has."""

    loan_id: UUID
    rates: Rates | None = None
    kept_because: str | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """What is published for one contract, in percent a year: on the day it was signed, and how it floats since then."""

    signing: Decimal
    floating: Floating | None = None  # with the days that are over
    on: Callable[[date], Decimal | None] = lambda day: None


def published_rate(
    published: Iterable[Publication], terms: LoanTerms, term_months: int, signed_on: date
) -> Decimal | None:
    """Return the published rate that contracts of a day rest on, without the pack's margin, or None."""
    return rate_in_force(published, terms.rate_basis, signed_on, rate_column(terms, term_months))


def held_rates(contract: Contract, postings: Iterable[Posting]) -> Rates:
    """Return the rates of a contract as its postings say."""
    rates = Rates(contract.annual_rate)
    for posting in sorted((each for each in postings if each.kind is PostingKind.RATE), key=lambda each: each.key):
        rates = rates.changed(posting.value_on, posting.annual_rate or Decimal(0))
    return rates


def follow(
    loan: Mapping[str, object], held: Rates, published: Published, terms: LoanTerms, lent_on: date, today: date
) -> Followed | None:
    """Return what publications make of one loan, or None: nothing.

    A floating contract follows those of the day it was signed and of every day on which its rate was taken anew; of one
    whose bank stated the rate the points above the published one follow. Clauses: LG-2, DZ-1b.
    """
    loan_id = UUID(str(loan["id"]))
    first = held.first if loan["rate_stated"] else annual_rate(published.signing, terms)
    right = Rates(first) if published.floating is None else taken_anew(Rates(first), published.floating, published.on)
    found = corrected(held, right, lent_on, None if loan["state"] == "closed" else today)
    if found == held or (loan["rate_stated"] and published.floating is None):
        refused = refused_rate(held.first, published.signing, terms) if loan["rate_stated"] else None
        return Followed(loan_id, kept_because=refused) if refused and loan["granted_under"] == "current" else None
    return Followed(loan_id, kept_because=COMPENSATED) if loan["claim_id"] is not None else Followed(loan_id, found)
