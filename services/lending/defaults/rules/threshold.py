"""When a loan may be called in default: days past due, or the wait the pack sets for a borrower's death; pure."""

from datetime import date, timedelta

from shared.dates import add_months
from shared.policy.terms import CompensationRule, CompensationWait
from shared.policy.vocabulary import LossCause, WaitStart


def first_default_on(
    cause: LossCause, overdue_from: date, matures_on: date, default_after_days: int, rule: CompensationRule
) -> date:
    """Return the first day on which the default may be reported and confirmed.

    Any cause needs `default_after_days` days past due; a borrower's death needs its own wait instead, usually some
    months after maturity. Clauses: LG-21a, FJ-12.
    """
    wait = rule.wait_for(cause)
    if cause is not LossCause.DEATH or wait is None:
        return overdue_from + timedelta(days=default_after_days - 1)
    return max(_waited(wait, overdue_from, matures_on), overdue_from)


def _waited(wait: CompensationWait, overdue_from: date, matures_on: date) -> date:
    start = matures_on if wait.counts_from is WaitStart.MATURITY else overdue_from
    return add_months(start, wait.months) + timedelta(days=wait.days + (1 if wait.strictly_after else 0))
