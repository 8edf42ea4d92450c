"""Leases and jobs in and out."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, model_validator

from shared.errors import WrongValue
from shared.money import Money, PositiveMoney
from shared.web.bodies import Answer, Body, HappenedOn, Reference, Text

YearNumber = Annotated[int, Field(ge=1, le=50)]


class LeaseEntryIn(Body):
    """Rent that a household paid, or crop that the company bought from it: then with weight and price."""

    kind: Literal["rent", "sale"]
    household_id: UUID
    year_number: YearNumber
    amount: PositiveMoney | None = None
    weight_500g: PositiveMoney | None = None
    price_per_500g: PositiveMoney | None = None
    booked_on: HappenedOn
    bank_reference: Reference

    @model_validator(mode="after")
    def _of_its_kind(self) -> "LeaseEntryIn":
        sale = self.weight_500g is not None and self.price_per_500g is not None and self.amount is None
        rent = self.weight_500g is None and self.price_per_500g is None and self.amount is not None
        if not (sale if self.kind == "sale" else rent):
            raise WrongValue(
                zh="租金填金额，销售填重量和单价，不得混填。", en="rent has an amount, a sale has a weight and a price"
            )
        return self


class LeaseServiceIn(Body):
    """What the company did in a year for the households that lease from it, and the paper that shows it (FJ-9d(b))."""

    year_number: YearNumber
    service: Literal["management", "guidance", "service"]
    what: Text
    document: Reference
    served_on: HappenedOn


class LeaseServiceOut(Answer):
    """A service of the company; one that was not done has the day on which two persons found it."""

    id: UUID
    service: str
    what: str
    document: str
    served_on: date
    recorded_by: str
    reversed_on: date | None


class LeaseYearOut(Answer):
    """A household's year of a lease."""

    household_id: UUID
    area_mu: Money
    rent: Money
    rent_paid: Money
    sold: Money
    net: Money
    shortfall: Money
    expected_net: Money | None
    is_below_expected: bool


class LeaseEntryOut(Answer):
    """An entry of a lease."""

    id: UUID
    kind: str
    household_id: UUID
    weight_500g: Money | None
    price_per_500g: Money | None
    amount: Money
    booked_on: date
    bank_reference: str
    is_reversed: bool


class LeaseStatementOut(Answer):
    """A year of a lease, household by household, with its entries and what the company did, or failed to do."""

    agreement_id: UUID
    year_number: int
    households: list[LeaseYearOut]
    entries: list[LeaseEntryOut]
    services: list[LeaseServiceOut]
    services_missing: list[str]


class JobOfferIn(Body):
    """A post that the business offers: to a partner, or without `household_id` to somebody else."""

    post: Text
    household_id: UUID | None = None
    accepted: bool
    offered_on: HappenedOn


class JobOfferOut(Answer):
    """A post that was offered, to whom, and the answer."""

    id: UUID
    post: str
    household_id: UUID | None
    accepted: bool
    offered_on: date


class JobOffersOut(Answer):
    """All posts that were offered under an agreement."""

    items: list[JobOfferOut]
