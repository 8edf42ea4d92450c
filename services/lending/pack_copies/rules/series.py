"""Which published rate holds on a day (基准利率); pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from shared.policy.vocabulary import RateBasis, RateColumn


@dataclass(frozen=True, slots=True)
class Publication:
    """One publication of a series, in percent a year; of several for one day that with the highest revision holds.

    A correction may say that nothing was published for that day: then every column is None.
    """

    rate_id: UUID
    basis: str
    effective_from: date
    revision: int
    up_to_1y: Decimal | None = None
    over_1y_to_5y: Decimal | None = None
    over_5y: Decimal | None = None

    def rate(self, column: RateColumn) -> Decimal | None:
        """Return the rate of one column."""
        found: Decimal | None = getattr(self, str(column))
        return found


def rate_in_force(published: Iterable[Publication], basis: RateBasis, on: date, column: RateColumn) -> Decimal | None:
    """Return the rate of a column in force on a day, or None: nothing was published for it by then. Clause: LG-2."""
    held = publication_in_force(published, basis, on, column)
    return None if held is None else held.rate(column)


def publication_in_force(
    published: Iterable[Publication], basis: RateBasis, on: date, column: RateColumn
) -> Publication | None:
    """Return the publication whose rate of a column is in force on a day, or None."""
    held: dict[date, Publication] = {}
    for each in published:
        if each.basis == basis and each.effective_from <= on:
            other = held.get(each.effective_from)
            if other is None or other.revision < each.revision:
                held[each.effective_from] = each
    known = (each for each in held.values() if each.rate(column) is not None)
    return max(known, key=lambda each: each.effective_from, default=None)
