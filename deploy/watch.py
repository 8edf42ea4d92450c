"""Start again what has ended by itself: servers before services, each on its own."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from deploy.errors import PlatformError
from deploy.platform import Platform

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
STEADY_SECONDS = 60.0  # what ran for so long ended for a new reason


@dataclass(frozen=True, slots=True)
class _Try:
    at: float
    pause_seconds: float

    def next(self, now: float) -> "_Try":
        """Return the try that begins now: its pause is twice as long, unless the last one is long past."""
        is_steady = now - self.at > STEADY_SECONDS
        return _Try(now, FIRST_PAUSE_SECONDS if is_steady else min(self.pause_seconds * 2, LONGEST_PAUSE_SECONDS))


class Watch:
    """Looks after a running platform, round by round.

    What does not stay up is tried again after a pause that doubles, and holds up nothing else: a service that ends
    because its database is away neither delays the database nor the other services.
    """

    def __init__(self, platform: Platform, report: Callable[[str], None]) -> None:
        self._platform, self._report = platform, report
        self._tries: dict[str, _Try] = {}

    def look(self) -> list[str]:
        """Start each server and service that has ended and is due; return the names of those that were started.

        Servers are ready on return; services become ready by themselves.
        """
        started = [name for name in self._platform.fallen() if self._is_due(name) and self._start(name)]
        if started:
            self._report(f"ended by themselves and were started again: {', '.join(started)}")
        return started

    def _is_due(self, name: str) -> bool:
        last = self._tries.get(name)
        return last is None or time.monotonic() >= last.at + last.pause_seconds

    def _start(self, name: str) -> bool:
        now, last = time.monotonic(), self._tries.get(name)
        self._tries[name] = last.next(now) if last else _Try(now, FIRST_PAUSE_SECONDS)
        try:
            self._platform.revive(name)
        except (PlatformError, OSError) as error:
            self._report(str(error))
            return False
        if name in self._platform.servers.children():
            self._tries = {name: self._tries[name]}  # what ended for want of the server is due at once
        return True
