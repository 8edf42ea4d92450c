"""What a contract must say, from its pack and the published rate, and what it does say."""

from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from typing import Any

from tools.reconcile.loan_parts import Contract
from tools.reconcile.packs import Pack
from tools.reconcile.schedule import months_later, rate, settlement_days

RATES = """
SELECT basis, effective_from, up_to_1y::text, over_1y_to_5y::text, over_5y::text FROM reference_rate
ORDER BY effective_from
"""
COLUMNS = ("up_to_1y", "over_1y_to_5y", "over_5y")


def rate_of_the_day(
    pack: Pack, term_months: int, signed_on: date, published: Iterable[tuple[Any, ...]]
) -> Fraction | None:
    """Return the published rate of the day with the pack's margin for a contract of this term; None: none is known."""
    tenors = sorted(pack("interest.rate_tenors"), key=lambda tenor: int(tenor["up_to_months"]))
    column = next((each["column"] for each in tenors if term_months <= each["up_to_months"]), None)
    known = [row for row in published if row[0] == pack("interest.rate_basis") and row[1] <= signed_on]
    text = known[-1][2 + COLUMNS.index(column)] if known and column else None
    return rate(text) + pack.ratio("interest.rate_margin") if text is not None else None


def expected_terms(pack: Pack, loan: Any, county: Fraction | None) -> tuple[object, ...]:
    """Return what a loan's contract must say, its rate first; `county` is the rate of the day it was signed."""
    own = loan["own_terms"]
    return (
        _expected_rate(pack, loan, county),
        months_later(loan["disbursed_on"], loan["term_months"]),
        own.get("day_count", pack("interest.day_count")),
        own.get("repayment_method", pack("interest.repayment_method")),
        pack("interest.rounding"),
        pack("repayment.early_payment_window_days"),
        pack("repayment.grace_days"),
        pack.ratio("repayment.penalty_multiplier"),
        pack("repayment.default_after_days"),
        pack("repayment.prepayment_allowed"),
        tuple(pack("repayment.allocation_order")),
    )


def _expected_rate(pack: Pack, loan: Any, county: Fraction | None) -> Fraction | None:
    """Return the rate of the contract; one that the bank stated may be another where the pack's form lets it."""
    signed, form = rate(loan["signed_rate"]), pack("interest.rate_form", "fixed")
    is_older = loan["granted_under"] != "current"  # an older contract keeps the rate it was signed with
    is_lower = form == "maximum" and county is not None and signed <= county
    may_differ = loan["rate_stated"] and (form == "stated" or is_lower)
    return signed if is_older or may_differ else county


def found_terms(loan: Any) -> tuple[object, ...]:
    """Return what a contract says, in the same order."""
    return (
        rate(loan["signed_rate"]),
        loan["matures_on"],
        loan["day_count"],
        loan["repayment_method"],
        loan["rounding"],
        loan["early_payment_window_days"],
        loan["grace_days"],
        rate(loan["penalty_multiplier"]),
        loan["default_after_days"],
        loan["prepayment_allowed"],
        tuple(loan["allocation_order"]),
    )


def contract_of(pack: Pack, loan: Any) -> Contract:
    """Return what a loan runs under: rate, method and interest days of its own, everything else as its pack says."""
    start, end, method, own = loan["disbursed_on"], loan["matures_on"], loan["repayment_method"], loan["own_terms"]
    day = own.get("settlement_day", pack("interest.settlement_day"))
    months = own.get("settlement_period_months", pack("interest.settlement_period_months"))
    due = (end,) if method == "bullet" else settlement_days(start, end, months, day["month"], day["day"])
    return Contract(
        loan["principal"],
        rate(loan["annual_rate"]),
        loan["day_count"],
        method,
        loan["rounding"],
        start,
        due,
        loan["early_payment_window_days"],
        loan["grace_days"],
        pack.ratio("repayment.penalty_multiplier"),
        tuple(pack("repayment.allocation_order")),
        pack("repayment.prepayment_allowed"),
    )
