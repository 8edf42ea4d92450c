"""How long a grade is on public notice, and what an objection does to it (ZJ-1). Pure."""

from datetime import date

from shared.policy.terms import PublicNoticeRule
from shared.workdays import add_workdays, workdays_between


def days_on_show(rule: PublicNoticeRule) -> int:
    """Return the working days of a rating's public notice, level after level."""
    return rule.rating_working_days_per_level * len(rule.rating_levels)


def ends_on(started_on: date, rule: PublicNoticeRule) -> date:
    """Return the first day on which a grade shown from `started_on` may become final.

    Raises:
        CalendarHorizonPassed: the working days of that year are not announced.
    """
    return add_workdays(started_on, days_on_show(rule))


def ends_on_after(
    *, upheld: bool, raised_on: date, settled_on: date, would_end_on: date, rule: PublicNoticeRule
) -> date:
    """Return when a household's public notice ends after an objection is settled.

    Upheld: the changed grade is on public notice anew for the full time. Dismissed: where an objection stops the
    clock, the working days that were left run on from the settlement; never earlier than the settlement itself.

    Raises:
        CalendarHorizonPassed
    """
    if upheld:
        return max(would_end_on, ends_on(settled_on, rule))
    if rule.objection_stops_clock:
        return max(would_end_on, add_workdays(settled_on, workdays_between(raised_on, would_end_on)))
    return max(would_end_on, settled_on)
