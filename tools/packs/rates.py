"""The published reference rates as the examples read them."""

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from services.lending.pack_copies.refusals import ReferenceRateMissing
from shared.policy.rate_terms import RateTenor
from shared.policy.vocabulary import RateBasis, RateColumn

PUBLISHED = Path(__file__).resolve().parents[2] / "data" / "reference_rates.csv"


@dataclass(frozen=True, slots=True)
class PublishedRate:
    """One notice: the series, its first day and the rate of a column, percent a year."""

    basis: str
    effective_from: date
    column: str
    rate: Decimal


@cache
def published(path: Path = PUBLISHED) -> tuple[PublishedRate, ...]:
    """Return every published rate, the newest first."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            PublishedRate(row["kind"], date.fromisoformat(row["effective_from"]), column, Decimal(row[column]))
            for row in csv.DictReader(file)
            for column in RateColumn
            if row[column]
        ]
    return tuple(sorted(rows, key=lambda row: row.effective_from, reverse=True))


def rate_on(basis: RateBasis, column: RateColumn, on: date) -> Decimal:
    """Return the rate in force on a day, percent a year.

    Raises:
        ReferenceRateMissing: nothing was published by then for this column.
    """
    for row in published():
        if row.basis == basis and row.column == column and row.effective_from <= on:
            return row.rate
    raise ReferenceRateMissing(basis, on, column)


def column_for(tenors: tuple[RateTenor, ...], term_months: int) -> RateColumn | None:
    """Return the column that loans of this term read, or None when the tenors do not reach so far."""
    rising = sorted(tenors, key=lambda tenor: tenor.up_to_months)
    return next((tenor.column for tenor in rising if term_months <= tenor.up_to_months), None)
