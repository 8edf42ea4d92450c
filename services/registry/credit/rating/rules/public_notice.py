"""How long a grade is on public notice, and what an objection does to it (ZJ-1). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from shared.policy.terms import PublicNoticeRule
from shared.rules import public_notice
from shared.rules.public_notice import Pause


@dataclass(frozen=True, slots=True)
class Settlement:
    """A settled objection to a grade; upheld, it gave the household another grade."""

    upheld: bool
    raised_on: date
    settled_on: date


def days_on_show(rule: PublicNoticeRule) -> int:
    """Return the working days of a rating's public notice, level after level."""
    return rule.rating_working_days_per_level * len(rule.rating_levels)


def ends_on(started_on: date, rule: PublicNoticeRule) -> date:
    """Return the first day on which a grade shown from `started_on` may become final.

    Raises:
        CalendarHorizonPassed: the working days of that year are not announced.
    """
    return public_notice.ends_on(started_on, days_on_show(rule))


def ends_on_after(started_on: date, settlements: Sequence[Settlement], rule: PublicNoticeRule) -> date:
    """Return when a household's public notice ends after its objections were settled (LG-12, ZJ-1).

    An objection that was upheld puts the changed grade on public notice anew for the full time, from its settlement.
    One that was dismissed stops the clock while it was open, where the county has it so.

    Raises:
        CalendarHorizonPassed: the working days of that year are not announced.
    """
    shown_from = max([started_on, *(each.settled_on for each in settlements if each.upheld)])
    pauses = [
        Pause(each.raised_on, each.settled_on)
        for each in settlements
        if not each.upheld and each.settled_on >= shown_from
    ]
    return public_notice.ends_on(shown_from, days_on_show(rule), pauses, stops_clock=rule.objection_stops_clock)
