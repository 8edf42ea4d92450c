"""What a contract must say, from its pack and the published rate, and what it does say."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from tools.reconcile.loan_parts import Contract
from tools.reconcile.packs import Pack
from tools.reconcile.schedule import months_later, rate, settlement_days

RATES = """
SELECT basis, effective_from, up_to_1y::text, over_1y_to_5y::text, over_5y::text,
  NOT EXISTS (SELECT FROM reference_rate n WHERE n.corrects = r.rate_id) AS holds
FROM reference_rate r ORDER BY effective_from
"""
COLUMNS = ("up_to_1y", "over_1y_to_5y", "over_5y")


@dataclass(frozen=True, slots=True)
class RateOfTheDay:
    """The published rate of a day with the pack's margin, and all that were ever published for the days until it."""

    right: Fraction | None
    ever: frozenset[Fraction]


def rate_of_the_day(
    pack: Pack, term_months: int, signed_on: date, published: Iterable[tuple[Any, ...]]
) -> RateOfTheDay:
    """Return what contracts of this term rest on that were signed on a day.

    What was corrected holds no more; a correction that takes the rate back leaves that of the publication before.
    """
    tenors = sorted(pack("interest.rate_tenors"), key=lambda tenor: int(tenor["up_to_months"]))
    column = next((each["column"] for each in tenors if term_months <= each["up_to_months"]), None)
    if column is None:
        return RateOfTheDay(None, frozenset())
    known = [row for row in published if row[0] == pack("interest.rate_basis") and row[1] <= signed_on]
    margin = pack.ratio("interest.rate_margin")
    rates = [(row[5], rate(text) + margin) for row in known if (text := row[2 + COLUMNS.index(column)]) is not None]
    return RateOfTheDay(
        next((each for holds, each in reversed(rates) if holds), None), frozenset(each for _, each in rates)
    )


def expected_terms(pack: Pack, loan: Any, county: RateOfTheDay) -> tuple[object, ...]:
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
        round(100 * pack.ratio("repayment.tolerance")),
        pack("repayment.unpaid_interest_bears", "penalty_rate"),
        _of_misuse(pack),
    )


def _of_misuse(pack: Pack) -> Fraction:
    """Return by how much the rate of misuse is more than the contract's; the least of the notice if nothing is said."""
    return pack.ratio("repayment.misuse_multiplier") or Fraction(3, 2)


def _expected_rate(pack: Pack, loan: Any, county: RateOfTheDay) -> Fraction | None:
    """Return the rate a contract was signed at; one that the bank stated may be another where the form lets it.

    A contract that rested on a publication which was corrected later keeps it as the rate of its beginning.
    """
    signed, form = rate(loan["signed_rate"]), pack("interest.rate_form", "fixed")
    is_older = loan["granted_under"] != "current"  # an older contract keeps the rate it was signed with
    is_lower = form == "maximum" and county.right is not None and signed <= county.right
    may_differ = loan["rate_stated"] and (form == "stated" or is_lower)
    return signed if is_older or may_differ or signed in county.ever else county.right


def follows(pack: Pack, loan: Any, right: Fraction | None, last: Fraction) -> bool:
    """Return whether the rate in force is the right one as it is known now; a fixed one that a bank stated is its own.

    On a loan that is repaid only what was too high was put right, and one that was compensated stays as it was.
    """
    is_bound = loan["granted_under"] == "current" and loan["claim_id"] is None
    is_own = loan["rate_stated"] and not floats(pack, loan)
    if not is_bound or is_own or right is None:
        return True
    return last == right or (loan["state"] == "closed" and last < right)


def floats(pack: Pack, loan: Any) -> bool:
    """Return whether a loan's contract takes the published rate anew; one from before the platform does not."""
    is_fixed = pack("interest.rate_fixed", True) or pack("interest.repricing") is None
    return not is_fixed and not loan["is_legacy"]


def repricing_days(pack: Pack, loan: Any, due: Sequence[date]) -> list[date]:
    """Return the days on which a loan's contract takes the published rate anew, from its pack and its due days."""
    if not floats(pack, loan):
        return []
    start, end, how = loan["disbursed_on"], loan["matures_on"], pack("interest.repricing")["frequency"]
    days = {
        "january_first": [date(year, 1, 1) for year in range(start.year, end.year + 1)],
        "anniversary": [months_later(start, months) for months in range(12, 12 * (end.year - start.year + 1), 12)],
        "due_day": list(due),
    }[how]
    return [day for day in days if start < day < end]


def right_rate(
    pack: Pack, loan: Any, county: RateOfTheDay, days: Iterable[date], published: Sequence[tuple[Any, ...]]
) -> Fraction | None:
    """Return the rate that a contract should have after some days on which it took the published one anew.

    `county` is the rate of the day it was signed. The points between the contract's rate and the published one stay.
    """
    signed = rate(loan["signed_rate"])
    if county.right is None or not floats(pack, loan):
        return county.right
    points = signed - county.right if loan["rate_stated"] else Fraction(0)
    most, last = pack("interest.repricing").get("rate_max"), signed if loan["rate_stated"] else county.right
    for day in days:
        found = rate_of_the_day(pack, loan["term_months"], day, published).right
        if found is not None:
            last = max(Fraction(0), found + points)
            last = last if most is None else min(last, rate(str(most)))
    return last


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
        loan["tolerance"],
        loan["unpaid_interest_bears"],
        rate(loan["misuse_multiplier"]),
    )


def known_days(loan: Any, moment: datetime | None) -> dict[date, bool]:
    """Return on which days the loan's county rests (true) or works by itself, by what was confirmed before a moment."""
    found: dict[date, bool] = {}
    for decided_at, kind, days in loan["own_days"]:
        if moment is None or decided_at < moment:
            found = {day: rests for day, rests in found.items() if day not in days}
            if kind != "as_national":
                found.update(dict.fromkeys(days, kind == "rest"))
    return found


def contract_of(pack: Pack, loan: Any, moment: datetime | None = None) -> Contract:
    """Return what a loan runs under: rate, method and interest days of its own, everything else as its pack says.

    The county's own days are those known before a moment, or now.
    """
    start, end, method, own = loan["disbursed_on"], loan["matures_on"], loan["repayment_method"], loan["own_terms"]
    day = own.get("settlement_day", pack("interest.settlement_day"))
    months = own.get("settlement_period_months", pack("interest.settlement_period_months"))
    due = (end,) if method == "bullet" else settlement_days(start, end, months, day["month"], day["day"])
    return Contract(
        loan["principal"],
        rate(loan["signed_rate"]),
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
        loan["tolerance"],
        pack("repayment.unpaid_interest_bears", "penalty_rate"),
        _of_misuse(pack),
        known_days(loan, moment),
    )
