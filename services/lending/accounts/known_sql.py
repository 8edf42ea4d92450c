"""What was known of a loan at a moment (账务时点), for statements over its postings.

Every posting is stamped by the database's clock while its loan is locked, and so is what ends it: a reversal, a
withdrawal, another rate in its place. Who asks what was known waits for whoever holds the loan, so that nothing is
stamped before that moment any more and the same question always has the same answer.
"""

from typing import Final

# $1 loan, $2 moment
KNOWN: Final = """
SELECT l.id, d.recorded_at AS booked_at, $2::timestamptz > clock_timestamp() AS is_to_come
FROM loan l LEFT JOIN disbursement d ON d.loan_id = l.id WHERE l.id = $1 FOR SHARE OF l
"""


def holds(since: str, until: str | None = None, moment: str = "$2") -> str:
    """Return the condition that what is stamped from `since` (until `until`) holds as known at a moment; null: now."""
    known_at = f"coalesce({moment}::timestamptz, 'infinity')"
    ended = "" if until is None else f" AND ({until} IS NULL OR {until} > {known_at})"
    return f"({since} <= {known_at}{ended})"


def ended(until: str, moment: str = "$2") -> str:
    """Return when something had ended as known at a moment: null if it had not."""
    return f"{until} <= coalesce({moment}::timestamptz, 'infinity')"
