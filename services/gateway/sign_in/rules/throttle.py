"""When an account's next sign-in may be tried, from the attempts within the window. Pure."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

UNDERWAY_SECONDS: Final = 1  # a check takes a fraction of this


@dataclass(frozen=True, slots=True)
class SignInRules:
    """How many wrong secrets of one account within the window are allowed: from one source, and from all together."""

    failures_allowed: int
    failures_of_account_allowed: int
    window: timedelta


@dataclass(frozen=True, slots=True)
class CountedAttempt:
    """One attempt of the account within the window: failed, or still being checked."""

    at: datetime
    source: str
    is_failed: bool


@dataclass(frozen=True, slots=True)
class Wait:
    """How long to wait, and whether failures are the reason or attempts that are still being checked."""

    seconds: int
    is_locked: bool


def wait_before_next(earlier: Sequence[CountedAttempt], source: str, now: datetime, rules: SignInRules) -> Wait | None:
    """Return how long the source must wait before it may try the account again; None when it may at once.

    Attempts being checked count as failures until they are known to be none, so that many at once do not pass the
    limit together.
    """
    from_source = [each for each in earlier if each.source == source]
    waits = [
        wait
        for attempts, allowed in (
            (from_source, rules.failures_allowed),
            (earlier, rules.failures_of_account_allowed),
        )
        if (wait := _wait(attempts, allowed, now, rules.window)) is not None
    ]
    return max(waits, key=lambda wait: (wait.is_locked, wait.seconds), default=None)


def _wait(attempts: Sequence[CountedAttempt], allowed: int, now: datetime, window: timedelta) -> Wait | None:
    if len(attempts) < allowed:
        return None
    failed_at = _sorted_moments(each for each in attempts if each.is_failed)
    if len(failed_at) < allowed:
        return Wait(UNDERWAY_SECONDS, is_locked=False)
    ends_at = failed_at[len(failed_at) - allowed] + window
    return Wait(max(1, math.ceil((ends_at - now).total_seconds())), is_locked=True)


def _sorted_moments(attempts: Iterable[CountedAttempt]) -> list[datetime]:
    return sorted(each.at for each in attempts)
