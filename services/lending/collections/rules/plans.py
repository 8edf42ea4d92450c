"""What a repayment plan must be, and whether it is kept: by what the account received since it was agreed. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise
from typing import Final

from services.lending.collections.refusals import PlanAbovePayoff, PlanBelowArrears, PlanOutOfOrder
from shared.money import ZERO

INSTALLMENTS_MAX: Final = 60


class PlanProgress(StrEnum):
    """How a plan that the bank signed is kept on a day."""

    RUNNING = "running"  # 履行中
    FULFILLED = "fulfilled"  # 已履行
    BROKEN = "broken"  # 已违约


@dataclass(frozen=True, slots=True)
class Instalment:
    """What is to be paid by a day; `met_on` is the working day on which that is met."""

    due_on: date
    met_on: date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Kept:
    """How a plan stands on a day: what was received or remitted since it was agreed, and since when it is broken."""

    progress: PlanProgress
    received: Decimal
    remitted: Decimal
    missing: Decimal  # of what should have been received by the day
    broken_since: date | None


def ensure_plan(
    agreed_on: date, instalments: Sequence[tuple[date, Decimal]], arrears: Decimal, payoff: Decimal
) -> None:
    """Refuse a plan whose days do not rise, that leaves arrears open, or asks for more than ends the loan.

    Args:
        arrears: owed and due on the day the plan was agreed, penalty to the day.
        payoff: what ends the loan on the plan's last day.

    Raises:
        PlanOutOfOrder, PlanBelowArrears, PlanAbovePayoff
    """
    days = [agreed_on, *(due_on for due_on, _ in instalments)]
    if any(later <= earlier for earlier, later in pairwise(days)):
        raise PlanOutOfOrder(agreed_on)
    total = sum((amount for _, amount in instalments), ZERO)
    if total < arrears:
        raise PlanBelowArrears(total, arrears)
    if total > payoff:
        raise PlanAbovePayoff(total, payoff)


def kept(
    instalments: Sequence[Instalment],
    receipts: Sequence[tuple[date, Decimal]],
    day: date,
    settled_on: date | None = None,
    remissions: Sequence[tuple[date, Decimal]] = (),
) -> Kept:
    """Return how a plan is kept at the end of a day.

    Each instalment is met when everything received by its day reaches everything planned by it; money that comes after
    heals the plan, what was remitted need not come, and who settled the loan has fulfilled it, for less interest where
    that was early. Clause: DZ-5c.

    Args:
        receipts: day and amount of the money received after the day the plan was agreed, in any order.
        settled_on: the day on which the loan was paid off.
        remissions: day and amount of what was remitted after the plan was agreed.
    """
    received, remitted = _by(receipts, day), _by(remissions, day)
    if settled_on is not None and settled_on <= day:
        return Kept(PlanProgress.FULFILLED, received, remitted, ZERO, None)
    met = received + remitted
    planned, broken_since, missing = ZERO, None, ZERO
    for each in instalments:
        planned += each.amount
        if each.met_on < day and met < planned:
            missing = planned - met
            broken_since = broken_since or date.fromordinal(each.met_on.toordinal() + 1)
    if met >= planned:
        progress = PlanProgress.FULFILLED
    else:
        progress = PlanProgress.BROKEN if broken_since else PlanProgress.RUNNING
    return Kept(progress, received, remitted, missing, broken_since)


def _by(amounts: Sequence[tuple[date, Decimal]], day: date) -> Decimal:
    return sum((amount for on, amount in amounts if on <= day), ZERO)
