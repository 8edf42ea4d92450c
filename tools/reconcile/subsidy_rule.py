"""What of an interest payment is reimbursed, worked out day by day: the reconciliation's own reading of the rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, Final

from tools.reconcile.packs import Pack
from tools.reconcile.schedule import months_later, rounded
from tools.reconcile.subsidy_listings import Spells

ONE_DAY: Final = timedelta(days=1)
REMEMBERED: Final = 20_000  # loans of one county share amounts and dates, so most answers are known


@dataclass(frozen=True, slots=True)
class Part:
    """Interest in fen that was paid for the days from `first_on` until `until`."""

    interest: int
    first_on: date
    until: date
    is_prepaid: bool
    repeated: int  # fen of it for days that the loan paid before (`subsidy_days`)
    payer: str = "borrower"
    is_served: bool = False  # an earlier batch paid the household for interest of this calendar year


@dataclass(frozen=True, slots=True)
class Loan:
    """The terms of the loan that its subsidy depends on; principal in fen."""

    principal: int
    rate_percent: Fraction
    term_months: int
    disbursed_on: date
    without_subsidy: bool = False
    legacy_rule: str | None = None
    rates: tuple[
        tuple[date, Fraction], ...
    ] = ()  # where the rate changed: each from its day on, the first from the start

    def rates_of(self, first_on: date, until: date) -> list[Fraction]:
        """Return the rate of each day of a period, in percent a year."""
        days = [first_on + ONE_DAY * number for number in range((until - first_on).days)]
        steps = self.rates or ((date.min, self.rate_percent),)
        return [next((each for since, each in reversed(steps) if since <= day), steps[0][1]) for day in days]


Marks = tuple[tuple[date, int, str], ...]  # day, version and state of every mark on a household


@lru_cache(REMEMBERED)
def reimbursed(
    part: Part, loan: Loan, marks: Marks, pack: Pack, cap_percent: Fraction | None, listed: Spells = ()
) -> int:
    """Return the fen of one interest payment that is reimbursed.

    Each day of the period carries an equal part of the interest; a day counts with the share of its date unless the
    household was in a stop state by then, the subsidised years are over, or the household stood on the blacklist and
    the county gives no support then; `listed` are the days of its entries. The part of the principal or rate above the
    largest is left to the borrower. One rounding, half up.
    """
    spells = _spells(marks, loan.disbursed_on)
    served = part.is_served and bool(pack("subsidy.once_a_year"))
    if loan.without_subsidy or served or not _may_start(pack, spells, loan):
        return 0
    if not _covers(pack, part) or not _paid_as_household(pack, part.payer):
        return 0
    last = max(part.until, part.first_on + ONE_DAY)
    ends = [last, *_stops(pack, spells)]
    months = int(pack("subsidy.months_max") or 12 * int(pack("subsidy.years_max") or 0))
    if months:
        ends.append(months_later(loan.disbursed_on, months))
    most, shares = _largest(pack, loan)
    weight = Fraction(0)
    for place, (begin, share) in enumerate(shares):
        end = shares[place + 1][0] if place + 1 < len(shares) else date.max
        since, until = max(part.first_on, begin), min(*ends, end)
        weight += (max((until - since).days, 0) - _days_listed(pack, listed, since, until)) * share
    kept = Fraction(min(loan.principal, most), loan.principal)
    fixed = pack("subsidy.fixed_rate")
    caps = [each for each in (cap_percent, None if fixed is None else Fraction(str(fixed))) if each is not None]
    rates = loan.rates_of(part.first_on, last)
    if caps and sum(rates):
        kept *= sum((min(each, *caps) for each in rates), Fraction(0)) / sum(rates)
    return rounded((part.interest - part.repeated) * weight * kept / (last - part.first_on).days, "half_up")


def cap_column(pack: Pack, term_months: int) -> tuple[str, str] | None:
    """Return series and column of the pack's rate cap for this term, or None where there is no cap."""
    cap = pack("subsidy.rate_cap")
    if not cap:
        return None
    tenors = sorted(cap["tenors"], key=lambda tenor: int(tenor["up_to_months"]))
    column = next((each["column"] for each in tenors if term_months <= each["up_to_months"]), "")
    return cap["basis"], column


def _spells(marks: Marks, disbursed_on: date) -> list[tuple[date, str]]:
    """Return the states that held at some time since disbursement; of several marks for a day the last holds."""
    last_of_day = {on: state for on, _, state in sorted(marks)}
    days = sorted(last_of_day)
    ends = [*days, date.max][1:]
    return [(on, last_of_day[on]) for on, end in zip(days, ends, strict=True) if end > disbursed_on]


def _stops(pack: Pack, spells: Sequence[tuple[date, str]]) -> list[date]:
    stopping = set(pack("subsidy.stop_states", ()))
    if not pack("subsidy.keeps_after_lifting", True):
        stopping.add("lifted")
    return [on for on, state in spells if state in stopping][:1]


def _days_listed(pack: Pack, listed: Spells, since: date, until: date) -> int:
    """Return how many days of a period lie within entries; a day of several entries is one day."""
    if not listed or not pack("lists.blacklist_bars_support", False):
        return 0
    days = (since + ONE_DAY * number for number in range((until - since).days))
    return sum(any(begin <= day < end for begin, end in listed) for day in days)


def _may_start(pack: Pack, spells: Sequence[tuple[date, str]], loan: Loan) -> bool:
    was_lifted = any(state == "lifted" and on <= loan.disbursed_on for on, state in spells)
    return bool(pack("subsidy.lifted_may_start", True)) or not was_lifted


def _covers(pack: Pack, part: Part) -> bool:
    return bool(pack("subsidy.covers_prepaid_interest", True)) or not part.is_prepaid


def _paid_as_household(pack: Pack, payer: str) -> bool:
    """Return whether the household bore the interest: it settles first, and only what it settled comes back."""
    named = pack("subsidy.reimbursed_payers", None)
    return payer != "government" and payer in (("borrower", "heir", "other") if named is None else named)


def _largest(pack: Pack, loan: Loan) -> tuple[int, list[tuple[date, Fraction]]]:
    later = sorted((date.fromisoformat(each["from_on"]), Fraction(Decimal(str(each["share"]))))
                   for each in pack("subsidy.later_shares", ()))  # fmt: skip
    shares = [(date.min, pack.ratio("subsidy.share")), *later]
    earlier = next((rule for rule in pack.legacy_rules() if _is_under(rule, loan)), None)
    if earlier is None:
        return pack.fen("subsidy.principal_max") or loan.principal, shares
    share = earlier.get("subsidy_share")
    return int(Decimal(earlier["amount_max"]) * 100), shares if share is None else [
        (date.min, Fraction(Decimal(share)))
    ]


def _is_under(rule: Mapping[str, Any], loan: Loan) -> bool:
    """Return whether the loan keeps an earlier rule: the one it was onboarded under, else that of its amount."""
    if loan.legacy_rule is not None:
        return bool(loan.legacy_rule == rule["code"])
    first, last, above = rule.get("granted_from") or "0001-01-01", rule["granted_until"], rule.get("amount_above")
    return above is not None and loan.principal > int(Decimal(above) * 100) and first <= str(loan.disbursed_on) <= last
