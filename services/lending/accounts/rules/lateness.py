"""Days past due (逾期天数), counted one way everywhere; pure."""

from datetime import date


def days_past_due(overdue_from: date, on: date) -> int:
    """Return the days since the oldest unpaid due date; `overdue_from` is the day after it, so it counts 1."""
    return (on - overdue_from).days + 1
