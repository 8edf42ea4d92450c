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


class LeaseReversalIn(Body):
    """The day on which a wrong entry is taken back."""

    reversed_on: HappenedOn


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
    """A year of a lease, household by household, with its entries."""

    agreement_id: UUID
    year_number: int
    households: list[LeaseYearOut]
    entries: list[LeaseEntryOut]


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
