"""From which day a loss may be claimed, by its cause (LG-20b, LG-21a). Pure."""

from datetime import date, timedelta

from services.riskfund.claims.refusals import CauseNotCompensated, ClaimTooEarly, PursuitNotStated
from shared.dates import add_months
from shared.policy.terms import CompensationRule, CompensationWait
from shared.policy.vocabulary import LossCause, WaitStart


def ensure_waited(
    rule: CompensationRule,
    cause: LossCause,
    filed_on: date,
    *,
    matures_on: date,
    overdue_from: date,
    pursued_from: date | None,
) -> None:
    """Refuse a claim before the waiting time of its cause has passed.

    LG-21a: borrower dead and the loan unrecovered 3 months after maturity. LG-20b: entrusted loans only after more
    than 6 months of pursuit.

    Raises:
        CauseNotCompensated: the rule names no waiting time for the cause.
        PursuitNotStated: the time counts from pursuit and its first day is unknown.
        ClaimTooEarly: with the first day on which the claim may be filed.
    """
    wait = rule.wait_for(cause)
    if wait is None:
        raise CauseNotCompensated(cause)
    starts = {
        WaitStart.MATURITY: matures_on,
        WaitStart.OVERDUE: overdue_from,
        WaitStart.PURSUIT: pursued_from,
    }
    start = starts[wait.counts_from]
    if start is None:
        raise PursuitNotStated
    first_on = first_claim_day(wait, start)
    if filed_on < first_on:
        raise ClaimTooEarly(cause, filed_on, first_on)


def first_claim_day(wait: CompensationWait, start: date) -> date:
    """Return the first day on which a loss may be claimed, months first (a month's end clamps), then days."""
    return add_months(start, wait.months) + timedelta(days=wait.days + wait.strictly_after)
