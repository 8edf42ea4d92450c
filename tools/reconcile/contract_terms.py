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


def expected_terms(
    pack: Pack, term_months: int, disbursed_on: date, published: Iterable[tuple[Any, ...]]
) -> tuple[object, ...]:
    """Return what a contract of this term signed on this day must say."""
    tenors = sorted(pack("interest.rate_tenors"), key=lambda tenor: int(tenor["up_to_months"]))
    column = next((each["column"] for each in tenors if term_months <= each["up_to_months"]), None)
    known = [row for row in published if row[0] == pack("interest.rate_basis") and row[1] <= disbursed_on]
    text = known[-1][2 + COLUMNS.index(column)] if known and column else None
    annual_rate = rate(text) + pack.ratio("interest.rate_margin") if text is not None else None
    return (
        annual_rate,
        months_later(disbursed_on, term_months),
        pack("interest.day_count"),
        pack("interest.repayment_method"),
        pack("interest.rounding"),
        pack("repayment.early_payment_window_days"),
        pack("repayment.grace_days"),
        pack.ratio("repayment.penalty_multiplier"),
        pack("repayment.default_after_days"),
        pack("repayment.prepayment_allowed"),
        tuple(pack("repayment.allocation_order")),
    )


def found_terms(loan: Any) -> tuple[object, ...]:
    """Return what a contract says, in the same order."""
    return (
        rate(loan["annual_rate"]),
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
    """Return what a loan runs under: its own rate and day, everything else as its pack says."""
    start, end, method = loan["disbursed_on"], loan["matures_on"], loan["repayment_method"]
    day = pack("interest.settlement_day")
    months = pack("interest.settlement_period_months")
    due = (end,) if method == "bullet" else settlement_days(start, end, months, day["month"], day["day"])
    multiplier: Fraction = pack.ratio("repayment.penalty_multiplier")
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
        multiplier,
        tuple(pack("repayment.allocation_order")),
        pack("repayment.prepayment_allowed"),
    )
