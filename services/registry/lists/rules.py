"""When a late borrower is listed (FJ-12). Pure."""

from datetime import date

from shared.policy.terms import ListRule


def is_listed_for_lateness(rule: ListRule, overdue_since_on: date, noticed_on: date) -> bool:
    """Tell whether a loan overdue since a day puts its household on the dishonesty list on the day it was noticed.

    `overdue_since_on` is the first day after the due date, so on that day the borrower is one day late.
    """
    if rule.dishonesty_after_days_late is None:
        return False
    return (noticed_on - overdue_since_on).days + 1 >= rule.dishonesty_after_days_late
