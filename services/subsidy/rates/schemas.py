"""Reference rates in and out."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from shared.events.base import Percent
from shared.policy.vocabulary import RateBasis
from shared.web.bodies import Answer, Body

RATES_PER_REQUEST_MAX = 500


def _plausible(rate: Decimal) -> Decimal:
    if not 0 < rate < 100:
        raise ValueError("a yearly rate lies above 0 and below 100 percent")
    return rate


YearlyRate = Annotated[Percent, AfterValidator(_plausible)]


class ReferenceRateIn(Body):
    """One publication; a column is null where none is published."""

    basis: RateBasis
    effective_from: date
    up_to_1y: YearlyRate | None = None
    over_1y_to_5y: YearlyRate | None = None
    over_5y: YearlyRate | None = None


class ReferenceRatesIn(Body):
    """Publications to record; those already recorded with the same rates do no harm."""

    rates: Annotated[list[ReferenceRateIn], Field(min_length=1, max_length=RATES_PER_REQUEST_MAX)]


class ReferenceRateOut(Answer):
    """One publication, in percent a year."""

    rate_id: UUID
    basis: str
    effective_from: date
    up_to_1y: Percent | None
    over_1y_to_5y: Percent | None
    over_5y: Percent | None
    published_by: str
    published_at: datetime

    @property
    def place(self) -> str:
        """Return where the publication stands in the list: series, then day."""
        return f"{self.basis} {self.effective_from}"


class ReferenceRatesOut(Answer):
    """What was new and what was known."""

    published: int
    already_published: int
