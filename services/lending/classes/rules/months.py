"""Which months are classified by a business date, and the buckets of days past due that reports count in. Pure."""

from datetime import date, timedelta
from typing import Final

# Lower bounds of the buckets of days past due (逾期天数区间); a loan that is not overdue has 0 days.
BUCKETS: Final = (0, 1, 31, 61, 91, 181, 361)


def months_over(after: date, as_of: date) -> list[date]:
    """Return the last days of the months that ended after a day and are over on a business date, in order.

    A month is over on the day after its last: money that comes on its last day still counts in it.
    """
    found, end = [], _end_of_month(after + timedelta(days=1))
    while end < as_of:
        found.append(end)
        end = _end_of_month(end + timedelta(days=1))
    return found


def _end_of_month(day: date) -> date:
    first_of_next = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return first_of_next - timedelta(days=1)
