"""How many households' loans an implementing entity can still carry (SX-4). Pure."""

from dataclasses import dataclass
from decimal import Decimal

from shared.policy.household_facts import EntityFacts


@dataclass(frozen=True, slots=True)
class Capacity:
    """What is left of an assessed capacity; None where nothing was assessed."""

    households_left: int | None
    amount_left: Decimal | None
    exceeded: bool  # a newer, smaller assessment may lie below what is bound already


def capacity_of(facts: EntityFacts) -> Capacity:
    """Return what is left, never below zero."""
    households_left = None if facts.households_max is None else facts.households_max - facts.households
    amount_left = None if facts.amount_max is None else facts.amount_max - facts.amount
    exceeded = (households_left or 0) < 0 or (amount_left or Decimal(0)) < 0
    return Capacity(
        None if households_left is None else max(households_left, 0),
        None if amount_left is None else max(amount_left, Decimal("0.00")),
        exceeded,
    )
