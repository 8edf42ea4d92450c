"""Reference rates in and out."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from services.subsidy.rates.rules.plausibility import Publication
from shared.errors import WrongValue
from shared.events.base import Percent
from shared.policy.vocabulary import RateBasis
from shared.web.bodies import Answer, Body, Day, Text

RATES_PER_REQUEST_MAX = 500
ProposalState = Literal["proposed", "confirmed", "rejected"]


def _possible(rate: Decimal) -> Decimal:
    if not 0 < rate < 100:
        raise WrongValue(zh="年利率应大于 0 且小于 100%", en="a yearly rate lies above 0 and below 100 percent")
    return rate


YearlyRate = Annotated[Percent, AfterValidator(_possible)]


class ReferenceRateIn(Body):
    """One publication; a column is null where none is published.

    `unusual_confirmed` says that a rate far from its neighbours in the series was checked and is meant.
    """

    basis: RateBasis
    effective_from: Day
    up_to_1y: YearlyRate | None = None
    over_1y_to_5y: YearlyRate | None = None
    over_5y: YearlyRate | None = None
    unusual_confirmed: bool = False

    def publication(self) -> Publication:
        """Return the publication as the rules take it."""
        rates = (self.up_to_1y, self.over_1y_to_5y, self.over_5y)
        return Publication(str(self.basis), self.effective_from, *rates)


class RateProposalIn(Body):
    """Publications to record; those already published with the same rates are left out."""

    rates: Annotated[list[ReferenceRateIn], Field(min_length=1, max_length=RATES_PER_REQUEST_MAX)]


class RateDecisionIn(Body):
    """A second officer's word on a proposal; unusual rates are published only when this officer checked them too."""

    decision: Literal["confirm", "reject"]
    reason: Text
    unusual_confirmed: bool = False


class ProposedRateOut(Answer):
    """One publication of a proposal, in percent a year."""

    basis: str
    effective_from: date
    up_to_1y: Percent | None
    over_1y_to_5y: Percent | None
    over_5y: Percent | None
    unusual_confirmed: bool


class RateProposalOut(Answer):
    """A proposal with its publications; they count, and others hear of them, once it is confirmed."""

    id: UUID
    state: ProposalState
    rates: list[ProposedRateOut]
    already_published: int
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None


class ReferenceRateOut(Answer):
    """One publication, in percent a year."""

    id: UUID
    basis: str
    effective_from: date
    up_to_1y: Percent | None
    over_1y_to_5y: Percent | None
    over_5y: Percent | None
    proposed_by: str
    published_by: str
    published_at: datetime

    @property
    def place(self) -> str:
        """Return where the publication stands in the list: series, then day."""
        return f"{self.basis} {self.effective_from}"
