"""How long a rating holds and when its facts are stale (DZ-4b). Pure."""

import calendar
from datetime import date


def months_later(day: date, months: int) -> date:
    """Return the same day `months` later, or that month's last day when it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def is_stale(collected_on: date | None, recollect_months: int, as_of: date) -> bool:
    """Tell whether the facts behind a rating should have been collected again by `as_of` (DZ-4b)."""
    return collected_on is None or months_later(collected_on, recollect_months) <= as_of
