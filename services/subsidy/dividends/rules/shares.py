"""A year's dividend of each household, exact to the fen (ZJ-4(a), ZJ-5(a), FJ-9b, FJ-9c)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Final

from services.subsidy.agreements.rules.years import AgreementYear
from shared.money import FEN, ZERO, yuan

_PERCENT: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class Share:
    """A household's part of the grant and of its own loan in the business, in yuan."""

    grant: Decimal
    loan: Decimal


@dataclass(frozen=True, slots=True)
class YearTerms:
    """What one year promises: rates in percent of the invested money, or a share of the yield in yuan."""

    grant_rate: Decimal = Decimal(0)
    loan_rate: Decimal = Decimal(0)
    household_share: Decimal | None = None
    year_yield: Decimal | None = None


def dividends_of_year(shares: Sequence[Share], terms: YearTerms, year: AgreementYear) -> tuple[Decimal, ...]:
    """Return what the year brings each share, in yuan, in their order.

    By equity the households' share of the yield is split by their quantified money. Otherwise grant and loans each earn
    their rate: a whole year the whole of it, a broken one by its days over those of the whole year (365 or 366).
    """
    if terms.household_share is not None:
        total = yuan((terms.year_yield or ZERO) * terms.household_share)
        return split(total, [each.grant + each.loan for each in shares])
    grants, loans = [each.grant for each in shares], [each.loan for each in shares]
    by_grant = split(guaranteed(sum(grants, ZERO), terms.grant_rate, year), grants)
    by_loan = split(guaranteed(sum(loans, ZERO), terms.loan_rate, year), loans)
    return tuple(grant + loan for grant, loan in zip(by_grant, by_loan, strict=True))


def guaranteed(money: Decimal, rate: Decimal, year: AgreementYear) -> Decimal:
    """Return what money earns in a year at a guaranteed rate in percent a year, in yuan, rounded half up once."""
    return yuan(money * rate / _PERCENT * year.days / year.whole_days)


def split(total: Decimal, weights: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """Split an amount by weights to the fen, so that the parts add up to it.

    Each part is cut to the fen; the fen left over go one by one to the largest remainders, of equal ones to the first.
    Weights of zero get nothing; without any weight there must be nothing to split.
    """
    whole = sum(weights, Decimal(0))
    if not whole:
        return (ZERO,) * len(weights)
    exact = [total * weight / whole for weight in weights]
    parts = [each.quantize(FEN, rounding=ROUND_DOWN) for each in exact]
    left = int((total - sum(parts, ZERO)) / FEN)
    by_remainder = sorted(range(len(weights)), key=lambda i: (parts[i] - exact[i], i))
    for index in by_remainder[:left]:
        parts[index] += FEN
    return tuple(parts)
