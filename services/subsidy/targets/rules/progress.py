"""How far a programme is with each of its targets on a day (DZ-2): pure, from sums that a statement has taken."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from shared.money import FEN

RATIO: Final = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a programme's loans come to on a day, in yuan; entered figures are None where nobody entered one.

    `balance` is the principal that is still owed on all loans of the programme's regions, whenever they were made;
    `matured` the principal of those that had to be repaid within its period by that day.
    """

    households: int
    townships: int
    loan_amount: Decimal
    subsidy_amount: Decimal
    balance: Decimal
    balance_of_households: Decimal
    balance_in_default: Decimal
    matured: Decimal
    matured_repaid: Decimal
    asked: Decimal | None = None
    satisfied: Decimal | None = None
    income: Decimal | None = None


class Verdict(StrEnum):
    """What is said of a target."""

    MET = "met"
    BEHIND = "behind"  # not reached yet, and the programme runs
    MISSED = "missed"  # not reached, and the programme is over
    NOT_MEASURABLE = "not_measurable"  # nothing to measure it by yet


def _at_least(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """Return part of whole, rounded down: a share is never shown as reached before it is."""
    return None if part is None or not whole else (part / whole).quantize(RATIO, rounding=ROUND_FLOOR)


def _at_most(part: Decimal, whole: Decimal) -> Decimal | None:
    """Return part of whole, rounded up: a risk is never shown as none while there is one."""
    return None if not whole else (part / whole).quantize(RATIO, rounding=ROUND_CEILING)


_REACHED: Final[Mapping[str, Callable[[Facts], Decimal | None]]] = MappingProxyType(
    {
        "households": lambda facts: Decimal(facts.households).quantize(FEN),
        "townships": lambda facts: Decimal(facts.townships).quantize(FEN),
        "loan_amount": lambda facts: facts.loan_amount,
        "subsidy_amount": lambda facts: facts.subsidy_amount,
        "household_share": lambda facts: _at_least(facts.balance_of_households, facts.balance),
        "repayment_rate": lambda facts: _at_least(facts.matured_repaid, facts.matured),
        "risk_ratio": lambda facts: _at_most(facts.balance_in_default, facts.balance),
        "satisfaction": lambda facts: _at_least(facts.satisfied, facts.asked),
        "expected_income": lambda facts: facts.income,
    }
)
AT_MOST: Final = frozenset({"risk_ratio"})  # a bound that is not to be passed; every other target is to be reached


def reached(code: str, facts: Facts) -> Decimal | None:
    """Return the figure that a target has reached, in the target's unit, or None while nothing measures it (DZ-2).

    - `households`, `townships`: distinct ones to which a loan was paid out within the programme's period by the day.
    - `loan_amount`: principal of those loans, yuan. `subsidy_amount`: what banks confirmed as paid, yuan.
    - `household_share`: of the principal owed that day, what households owe for money that they use themselves, alone
      or together with others; money that an entity uses is for the entity to repay.
    - `repayment_rate`: of the principal whose last day passed within the period by the day, what was repaid by then.
    - `risk_ratio`: of the principal owed that day, what is owed on loans in confirmed default.
    - `satisfaction`: of the households asked in the newest confirmed survey up to the day, those that are satisfied.
    - `expected_income`: the newest confirmed figure up to the day, yuan.

    Ratios have four decimals and are never rounded towards the target.
    """
    return _REACHED[code](facts)


def verdict(code: str, value: Decimal, figure: Decimal | None, on: date, ends_on: date) -> Verdict:
    """Say whether a target is met on a day; what is not reached on the programme's last day is missed (DZ-2)."""
    if figure is None:
        return Verdict.NOT_MEASURABLE
    is_met = figure <= value if code in AT_MOST else figure >= value
    if is_met:
        return Verdict.MET
    return Verdict.MISSED if on >= ends_on else Verdict.BEHIND
