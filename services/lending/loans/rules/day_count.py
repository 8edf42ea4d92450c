"""Day counts (计息基础): how many days a period has for interest, and which part of a year they are."""

from calendar import isleap, monthrange
from datetime import date
from fractions import Fraction
from typing import ClassVar

from shared.languages import Sentence
from shared.policy.vocabulary import DayCount


class RuleRefused(ValueError):
    """Refuse figures the interest rules cannot work with; `code` is stable, the sentence names the values."""

    code: ClassVar[str] = "rule-refused"

    def __init__(self, *, zh: str, en: str) -> None:
        super().__init__(en)
        self.sentence = Sentence(zh, en)


class PeriodReversed(RuleRefused):
    """A period of interest ends before it starts."""

    code = "period-reversed"

    def __init__(self, start: date, end: date) -> None:
        super().__init__(
            zh=f"计息期间不能从 {start} 到更早的 {end}，止日应不早于起日。",
            en=f"A period of interest cannot run from {start} to the earlier {end}: give an end on or after the start.",
        )
        self.start = start
        self.end = end


def days(day_count: DayCount, start: date, end: date) -> int:
    """Count the days of interest from `start` until `end`: calendar days for ACT/*, 30-day months for 30/360.

    Raises: PeriodReversed.
    """
    if end < start:
        raise PeriodReversed(start, end)
    if day_count == DayCount.THIRTY_360:
        return _thirty_360_number(end) - _thirty_360_number(start)
    return (end - start).days


def year_fraction(day_count: DayCount, start: date, end: date) -> Fraction:
    """Return the exact part of a year from `start` until `end`; parts of adjoining periods add up exactly.

    ACT/ACT follows ISDA: days in a leap year count 1/366, all others 1/365, the year is cut on 1 January.
    Raises: PeriodReversed.
    """
    counted = days(day_count, start, end)
    match day_count:
        case DayCount.ACT_365:
            return Fraction(counted, 365)
        case DayCount.ACT_ACT:
            return _act_act(start, end)
        case _:
            return Fraction(counted, 360)


def _thirty_360_number(day: date) -> int:
    # 30E/360 (ISDA): every month's last day, also 28 February, is its 30th. Unlike the American variant this makes
    # periods additive, and a loan due on month ends has exactly 30 days of interest in every month. The exception
    # ISDA makes for a bond's termination date in February is left out: it would shorten a loan's last month.
    last_day = monthrange(day.year, day.month)[1]
    day_number = 30 if day.day == last_day else min(day.day, 30)
    return 360 * day.year + 30 * (day.month - 1) + day_number


def _act_act(start: date, end: date) -> Fraction:
    if start.year == end.year:
        return Fraction((end - start).days, _days_in_year(start.year))
    head = Fraction((date(start.year + 1, 1, 1) - start).days, _days_in_year(start.year))
    tail = Fraction((end - date(end.year, 1, 1)).days, _days_in_year(end.year))
    return head + (end.year - start.year - 1) + tail


def _days_in_year(year: int) -> int:
    return 366 if isleap(year) else 365
