"""The county's figures worked out again, by hand's rules, from nothing but loans, dates and rates."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

FEN = Decimal("0.01")
PENALTY_MULTIPLIER = Fraction(3, 2)
FUND_SHARE = Decimal("0.80")
DAYS_OF_YEAR = 360  # ACT/360


def half_up(exact: Fraction) -> Decimal:
    """Return the fen nearest to an exact amount, half a fen up."""
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(FEN, rounding=ROUND_HALF_UP)


def interest(principal: Decimal, annual_rate: Decimal, start: date, until: date) -> Decimal:
    """Return the interest of [start, until), `annual_rate` in percent."""
    return half_up(Fraction(principal) * Fraction(annual_rate) / 100 * (until - start).days / DAYS_OF_YEAR)


def penalty(overdue: Decimal, annual_rate: Decimal, due_on: date, paid_on: date) -> Decimal:
    """Return the penalty interest on what was due and not paid."""
    rate = Fraction(annual_rate) / 100 * PENALTY_MULTIPLIER
    return half_up(Fraction(overdue) * rate * (paid_on - due_on).days / DAYS_OF_YEAR)


def late_interest(overdue: Decimal, annual_rate: Decimal, due_on: date, until: date) -> Decimal:
    """Return what of a penalty is interest at the contract's rate; the surcharge on it is never compensated."""
    return half_up(Fraction(penalty(overdue, annual_rate, due_on, until)) / PENALTY_MULTIPLIER)


def fund_part(loss: Decimal) -> Decimal:
    """Return the fund's part of a loss or of its recovery; the odd fen is the bank's."""
    return (loss * FUND_SHARE).quantize(FEN, rounding=ROUND_DOWN)


def subsidy(
    repayments: Iterable[Mapping[str, Any]],
    installments: Iterable[Mapping[str, Any]],
    stopped_from: date | None,
    year: int,
) -> Decimal:
    """Return what is given back of a loan's interest paid in a year, nothing from the stop on (SX-5, FJ-6)."""
    by_number = {row["number"]: row for row in installments}
    total = Decimal("0.00")
    for repayment in repayments:
        paid_on = date.fromisoformat(repayment["paid_on"])
        for part in repayment["parts"] if paid_on.year == year else ():
            row = by_number[part["installment_number"]]
            start, until = date.fromisoformat(row["period_from"]), date.fromisoformat(row["due_on"])
            kept = max((min(until, stopped_from or until) - start).days, 0)
            total += half_up(Fraction(part["interest"]) * kept / (until - start).days)
    return total
