"""The reconciliation's own interest mathematics: whole fen and exact fractions, nothing shared with the services."""

from calendar import isleap, monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from typing import Final, TypeAlias

# A yearly rate in percent, or several, each from its day on; the days ascend and the first holds from the beginning.
Rates: TypeAlias = Fraction | tuple[tuple[date, Fraction], ...]
THIRTY_360: Final = "30/360"
TERMS_REMEMBERED: Final = 20_000


@dataclass(frozen=True, slots=True)
class Row:
    """One instalment of a plan, in fen."""

    period_from: date
    due_on: date
    days: int
    principal: int
    interest: int

    @property
    def total(self) -> int:
        """Return principal and interest."""
        return self.principal + self.interest


def months_later(day: date, months: int) -> date:
    """Return the same day of a later month, or that month's last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return day.replace(year=year, month=month, day=min(day.day, monthrange(year, month)[1]))


def counted_days(basis: str, start: date, end: date) -> int:
    """Return the days of interest from `start` until `end`."""
    if basis == THIRTY_360:
        return _commercial_day(end) - _commercial_day(start)
    return (end - start).days


def _commercial_day(day: date) -> int:
    is_month_end = (day + timedelta(days=1)).month != day.month
    return (day.year * 12 + day.month) * 30 + (30 if is_month_end else day.day)


@cache
def part_of_year(basis: str, start: date, end: date) -> Fraction:
    """Return which part of a year the period is, exactly."""
    if basis in ("ACT/360", THIRTY_360):
        return Fraction(counted_days(basis, start, end), 360)
    if basis == "ACT/365":
        return Fraction((end - start).days, 365)
    if basis != "ACT/ACT":
        raise ValueError(f"unknown day count {basis}")
    whole = Fraction(0)
    for year in range(start.year, end.year + 1):
        first, after = max(start, date(year, 1, 1)), min(end, date(year + 1, 1, 1))
        whole += Fraction(max((after - first).days, 0), 366 if isleap(year) else 365)
    return whole


def rounded(fen: Fraction, rounding: str) -> int:
    """Return whole fen: halves up, or to the even neighbour."""
    twice = fen * 2
    whole, is_half = fen.__floor__(), twice.denominator == 1 and twice.numerator % 2 == 1
    if is_half:
        return whole + 1 if rounding == "half_up" or whole % 2 else whole
    return (fen + Fraction(1, 2)).__floor__()


def yearly(rates: Rates, basis: str, start: date, end: date) -> Fraction:
    """Return what one yuan earns from `start` until `end`, each day at the rate of that day, exactly."""
    if isinstance(rates, Fraction):
        return rates / 100 * part_of_year(basis, start, end)
    whole = Fraction(0)
    for (since, percent), until in zip(rates, [*(day for day, _ in rates[1:]), date.max], strict=True):
        first, after = max(start, since), min(end, until)
        if first < after:
            whole += percent / 100 * part_of_year(basis, first, after)
    return whole


def interest(balance: int, rates: Rates, basis: str, start: date, end: date, rounding: str) -> int:
    """Return simple interest in fen on a balance in fen, rounded once."""
    return rounded(balance * yearly(rates, basis, start, end), rounding)


@cache
def rate(text: str) -> Fraction:
    """Return a rate or multiplier exactly as written."""
    return Fraction(Decimal(text))


def settlement_days(start: date, end: date, every_months: int, month: int, day: int) -> tuple[date, ...]:
    """Return the settlement days strictly between two days, and then the last day itself."""
    months = {(month - 1 + step) % 12 + 1 for step in range(0, 12, every_months)}
    between = [
        candidate
        for year in range(start.year, end.year + 1)
        for each in sorted(months)
        if start < (candidate := date(year, each, min(day, monthrange(year, each)[1]))) < end
    ]
    return (*between, end)


@lru_cache(TERMS_REMEMBERED)
def plan(
    principal: int, rates: Rates, basis: str, method: str, start: date, due: tuple[date, ...], rounding: str
) -> tuple[Row, ...]:
    """Return the instalments of a loan of `principal` fen; the last one takes what rounding left."""
    owing = _Owing(principal, rates, basis, start, due, rounding)
    match method:
        case "interest_only":
            return owing.rows([0] * len(due))
        case "bullet":
            return owing.at_the_end()
        case "equal_principal":
            return _equal_principal(owing)
        case "equal_installment":
            return _level(owing)
    raise ValueError(f"unknown repayment method {method}")


@dataclass(frozen=True, slots=True)
class _Owing:
    principal: int
    rates: Rates
    basis: str
    start: date
    due: tuple[date, ...]
    rounding: str

    def periods(self) -> Sequence[tuple[date, date]]:
        return list(zip((self.start, *self.due), self.due, strict=False))

    def charge(self, balance: int, start: date, end: date) -> int:
        return interest(balance, self.rates, self.basis, start, end, self.rounding)

    def rows(self, principals: Sequence[int]) -> tuple[Row, ...]:
        made, balance = [], self.principal
        for place, (start, end) in enumerate(self.periods()):
            is_last = place == len(self.due) - 1
            part = balance if is_last else min(principals[place], balance)
            made.append(Row(start, end, counted_days(self.basis, start, end), part, self.charge(balance, start, end)))
            balance -= part
        return tuple(made)

    def at_the_end(self) -> tuple[Row, ...]:
        made = [Row(self.start, day, counted_days(self.basis, self.start, day), 0, 0) for day in self.due[:-1]]
        last = self.due[-1]
        charged = self.charge(self.principal, self.start, last)
        return (*made, Row(self.start, last, counted_days(self.basis, self.start, last), self.principal, charged))

    def level(self, amount: int) -> tuple[Row, ...] | None:
        """Return rows of this total each, or None when one does not cover its own interest."""
        principals, balance = [], self.principal
        for start, end in self.periods()[:-1]:
            part = min(amount - self.charge(balance, start, end), balance)
            if part < 0:
                return None
            principals.append(part)
            balance -= part
        return self.rows([*principals, balance])


def _ends_early(rows: Sequence[Row], principal: int) -> bool:
    return any(sum(row.principal for row in rows[: place + 1]) == principal for place in range(len(rows) - 1))


def _equal_principal(owing: _Owing) -> tuple[Row, ...]:
    share = Fraction(owing.principal, len(owing.due))
    rows = owing.rows([rounded(share, owing.rounding)] * len(owing.due))
    return owing.rows([share.__floor__()] * len(owing.due)) if _ends_early(rows, owing.principal) else rows


def _level(owing: _Owing) -> tuple[Row, ...]:
    worth, growth = Fraction(0), Fraction(1)
    for start, end in owing.periods():
        growth *= 1 + yearly(owing.rates, owing.basis, start, end)
        worth += 1 / growth
    exact = owing.principal / worth
    nearest = rounded(exact, owing.rounding)
    rows = owing.level(nearest)
    if rows is None:
        raise ValueError(f"an instalment of {nearest} fen does not cover its interest")
    if _ends_early(rows, owing.principal):
        return owing.level(exact.__floor__()) or rows
    best, gap = rows, abs(rows[-1].total - nearest)
    for beside in (nearest - 1, nearest + 1):
        other = owing.level(beside)
        if other and not _ends_early(other, owing.principal) and abs(other[-1].total - beside) < gap:
            best, gap = other, abs(other[-1].total - beside)
    return best
