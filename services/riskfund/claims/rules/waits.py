"""From which day a loss may be claimed, by its cause (LG-20b, LG-21a). Pure."""

from datetime import date, timedelta

from shared.dates import add_months
from shared.errors import Refused
from shared.policy.terms import CompensationRule, CompensationWait
from shared.policy.vocabulary import LossCause, WaitStart


class CauseNotCompensated(Refused):
    """The county's pack does not compensate losses of this cause."""

    code = "cause-not-compensated"
    title = "该原因不予代偿 Cause not compensated"

    def __init__(self, cause: str) -> None:
        super().__init__(
            f"The county's policy compensates no loss whose cause is '{cause}'; keep collecting from the borrower.",
            cause=cause,
        )


class PursuitNotStated(Refused):
    """Without the day on which pursuit of the operating entity began the waiting time cannot be counted."""

    code = "pursuit-not-stated"
    title = "未载明追偿起始日 Pursuit not stated"
    clause = "LG-20b"

    def __init__(self) -> None:
        super().__init__(
            "The entity that used the money is to be pursued first; "
            "state in pursued_from the day on which pursuit began."
        )


class ClaimTooEarly(Refused):
    """The waiting time of the cause has not passed."""

    code = "claim-too-early"
    title = "未到可申请代偿之日 Claim too early"

    def __init__(self, cause: str, filed_on: date, first_on: date) -> None:
        super().__init__(
            f"A loss by '{cause}' may be claimed from {first_on} on, not on {filed_on}; file the claim then.",
            cause=cause,
            filed_on=filed_on.isoformat(),
            first_on=first_on.isoformat(),
        )


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
