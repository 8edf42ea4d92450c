"""How long a rating holds and when its facts are stale (DZ-4b). Pure."""

from datetime import date

from shared.dates import add_months


def is_stale(collected_on: date | None, recollect_months: int, as_of: date) -> bool:
    """Return whether the facts behind a rating should have been collected again by `as_of` (DZ-4b)."""
    return collected_on is None or add_months(collected_on, recollect_months) <= as_of
