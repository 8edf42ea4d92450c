"""What a lease costs and brings a household, and who is offered a job first (FJ-9c, FJ-9d). Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from shared.money import yuan


@dataclass(frozen=True, slots=True)
class LeaseYear:
    """A household's year of a lease, in yuan: rent that it owes, rent paid, crop sold, and what is left to it."""

    rent: Decimal
    rent_paid: Decimal
    sold: Decimal
    net: Decimal
    expected_net: Decimal | None

    @property
    def is_below_expected(self) -> bool:
        """Return whether less is left than the document expects (FJ-9d(c))."""
        return self.expected_net is not None and self.net < self.expected_net


def lease_year(
    area_mu: Decimal, rent_per_mu: Decimal, rent_paid: Decimal, sold: Decimal, expected_per_mu: Decimal | None
) -> LeaseYear:
    """Return a household's year: it pays the rent of its land and keeps what the crop brings beyond it (FJ-9d(a))."""
    rent = yuan(area_mu * rent_per_mu)
    expected = None if expected_per_mu is None else yuan(area_mu * expected_per_mu)
    return LeaseYear(rent, rent_paid, sold, sold - rent, expected)


def is_at_floor(price_per_500g: Decimal, floor_per_500g: Decimal) -> bool:
    """Return whether the company paid the floor price or more (FJ-9d(c))."""
    return price_per_500g >= floor_per_500g


def services_missing(promised: Collection[str], done: Collection[str]) -> list[str]:
    """Return what the company promised for a year and is not recorded as done, in the promise's order (FJ-9d(b))."""
    return [each for each in promised if each not in done]


def partners_to_ask(partners: Collection[UUID], offered: Collection[UUID]) -> list[UUID]:
    """Return the partners who were not offered a post yet; only when there are none may others have it (FJ-9c)."""
    return sorted(set(partners) - set(offered))
