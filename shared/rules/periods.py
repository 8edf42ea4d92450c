"""When what returns falls due (周期), by the rule that held on each day: a survey, a report, a meeting. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

from shared.dates import LATEST_DAY, add_months

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Every:
    """How often something returns: every so many months, or every so many days; the other one is 0."""

    months: int = 0
    days: int = 0

    def __post_init__(self) -> None:
        """Hold that something returns, and by one of both."""
        assert (self.months > 0) != (self.days > 0), self

    def after(self, day: date, times: int) -> date:
        """Return the day that is so many times the period after a day; the months' ends never drift.

        Raises:
            OutsideCalendar: there is no such year.
        """
        return add_months(day, self.months * times) if self.months else day + timedelta(days=self.days * times)


@dataclass(frozen=True, slots=True)
class RuleFrom:
    """What holds from a day on, until the next rule; `every` is None where nothing returns any more."""

    begins_on: date
    every: Every | None


@dataclass(frozen=True, slots=True)
class Period:
    """One turn: it opens on its first day and falls due on its last."""

    opens_on: date
    due_on: date


def periods(begins_on: date, rules: Sequence[RuleFrom], through: date) -> tuple[Period, ...]:
    """Return every period that opens from `begins_on` to `through`, both included, in order.

    Under one rule the periods follow each other without gap or overlap. Another rhythm starts anew on its first day;
    what had opened before stays due on its own day. `rules` are in order of their days; the same rhythm said again
    by a later rule changes nothing. Days after the calendar's end do not come.
    """
    return tuple(
        each
        for first, until, every in _stretches(rules)
        for each in _of_stretch(max(begins_on, first), min(until, through + _DAY), every)
    )


def _stretches(rules: Sequence[RuleFrom]) -> Iterator[tuple[date, date, Every]]:
    """Yield (first day, day on which it no longer holds, rhythm) for every stretch of days under one rhythm."""
    changes = [rule for number, rule in enumerate(rules) if number == 0 or rules[number - 1].every != rule.every]
    ends = [*(rule.begins_on for rule in changes[1:]), LATEST_DAY]
    for rule, until in zip(changes, ends, strict=True):
        if rule.every is not None:
            yield rule.begins_on, until, rule.every


def _of_stretch(first: date, until: date, every: Every) -> Iterator[Period]:
    opens_on = first
    for number in count(1):
        if opens_on >= until:
            return
        following = every.after(first, number)
        yield Period(opens_on, following - _DAY)
        opens_on = following
