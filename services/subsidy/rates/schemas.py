"""Reference rates in and out."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, model_validator

from services.subsidy.rates.rules.plausibility import Publication
from shared.errors import WrongValue
from shared.events.base import Percent
from shared.money import Money
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

    `unusual_confirmed` says that a rate far from its neighbours in the series was checked and is meant. `corrects` is
    the publication in force for the day that this one takes the place of; without any rate, nothing was published.
    """

    basis: RateBasis
    effective_from: Day
    up_to_1y: YearlyRate | None = None
    over_1y_to_5y: YearlyRate | None = None
    over_5y: YearlyRate | None = None
    unusual_confirmed: bool = False
    corrects: UUID | None = None

    def publication(self) -> Publication:
        """Return the publication as the rules take it."""
        rates = (self.up_to_1y, self.over_1y_to_5y, self.over_5y)
        return Publication(str(self.basis), self.effective_from, *rates)


class RateProposalIn(Body):
    """Publications to record; those already published with the same rates are left out."""

    rates: Annotated[list[ReferenceRateIn], Field(min_length=1, max_length=RATES_PER_REQUEST_MAX)]
    reason: Text | None = None

    @model_validator(mode="after")
    def _correction_has_reason(self) -> Self:
        if self.reason is None and any(rate.corrects for rate in self.rates):
            raise WrongValue(zh="更正已公布利率须填写 reason（更正理由）。", en="a correction needs its reason")
        return self


class ConsequencesSeen(Body):
    """What the officer saw of a proposal's consequences: the loans that change, and all their interest."""

    loan_count: Annotated[int, Field(strict=True, ge=0)]
    interest_before: Money
    interest_after: Money


class RateDecisionIn(Body):
    """A second officer's word on a proposal; unusual rates are published only when this officer checked them too.

    Where loans would change, `consequences` repeats what was shown of it.
    """

    decision: Literal["confirm", "reject"]
    reason: Text
    unusual_confirmed: bool = False
    consequences: ConsequencesSeen | None = None


class ProposedRateOut(Answer):
    """One publication of a proposal, in percent a year."""

    basis: str
    effective_from: date
    up_to_1y: Percent | None
    over_1y_to_5y: Percent | None
    over_5y: Percent | None
    unusual_confirmed: bool
    corrects: UUID | None

    def publication(self) -> Publication:
        """Return the publication as the rules take it."""
        rates = (self.up_to_1y, self.over_1y_to_5y, self.over_5y)
        return Publication(self.basis, self.effective_from, *rates)


class RateConsequenceOut(Answer):
    """What a proposal does to one loan; `kept_because` says why a contract keeps its rate although it differs."""

    loan_id: UUID
    contract_number: str
    bank_code: str
    village_code: str
    state: str
    rate_before: Percent
    rate_after: Percent
    interest_before: Money
    interest_after: Money
    penalty_before: Money
    penalty_after: Money
    held_after: Money
    kept_because: str | None


class RateSummaryOut(Answer):
    """How many loans a proposal changes and how many keep their rate; all interest and penalty of those that change."""

    loan_count: int
    kept_count: int
    interest_before: Money
    interest_after: Money
    penalty_before: Money
    penalty_after: Money


class RateConsequencesOut(RateSummaryOut):
    """What a proposal would do to loans if it were confirmed today, and which they are."""

    items: list[RateConsequenceOut]
    next: UUID | None


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
    correction_reason: str | None
    consequences: RateSummaryOut | None


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
    revision: int
    corrects: UUID | None
    corrected_by: UUID | None

    @property
    def place(self) -> str:
        """Return where the publication stands in the list: series, day, revision."""
        return f"{self.basis} {self.effective_from} {self.revision:04d}"
