"""Named places where a test may kill, fail or delay the process; never armed in production.

`FAILPOINTS="relay.after_publish=kill:once=/tmp/killed,consumer.before_commit=sleep:seconds=0.5"` arms them.
Actions: `kill` (SIGKILL to ourselves), `raise` (`FailpointReached`), `sleep` (blocks the whole process, on purpose).
Options: `seconds=` for sleep, `after=N` lets the first N passes through, `once=FILE` acts only while FILE does not
exist and creates it first, so that a restarted process passes; `when=FILE` acts only while FILE exists and removes it
first, so that a test arms a process that runs already. One name may stand there several times.
"""

import os
import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

VARIABLE = "FAILPOINTS"
ACTIONS = frozenset({"kill", "raise", "sleep"})


class FailpointReached(Exception):
    """A failpoint armed with `raise` was passed."""


class FailpointsRefused(RuntimeError):
    """Failpoints are armed where they must not be, or the variable cannot be read."""


@dataclass(slots=True)
class _Failpoint:
    name: str
    action: str
    seconds: float = 0.0
    skips: int = 0
    once: Path | None = None
    when: Path | None = None
    passes: int = field(default=0, init=False)

    def reached(self) -> None:
        self.passes += 1
        if self.passes <= self.skips or not self._first():
            return
        if self.action == "sleep":
            time.sleep(self.seconds)
        elif self.action == "raise":
            raise FailpointReached(self.name)
        else:
            os.kill(os.getpid(), signal.SIGKILL)

    def _first(self) -> bool:
        if self.when is not None:
            try:
                self.when.unlink()
            except FileNotFoundError:
                return False
        if self.once is None:
            return True
        try:
            self.once.touch(exist_ok=False)
        except FileExistsError:
            return False
        return True


def _parsed(entry: str) -> _Failpoint:
    name, _, rest = entry.strip().partition("=")
    action, *options = rest.split(":")
    if not name or action not in ACTIONS:
        raise FailpointsRefused(f"{VARIABLE}: {entry!r} is not NAME=kill|raise|sleep[:option=value…]")
    point = _Failpoint(name, action)
    for option in options:
        key, _, value = option.partition("=")
        if key == "seconds":
            point.seconds = float(value)
        elif key == "after":
            point.skips = int(value)
        elif key == "once":
            point.once = Path(value)
        elif key == "when":
            point.when = Path(value)
        else:
            raise FailpointsRefused(f"{VARIABLE}: {entry!r} has the unknown option {key!r}")
    return point


def _read(environment: Mapping[str, str]) -> dict[str, list[_Failpoint]]:
    entries = [entry for entry in environment.get(VARIABLE, "").split(",") if entry.strip()]
    points: dict[str, list[_Failpoint]] = {}
    for point in map(_parsed, entries):
        points.setdefault(point.name, []).append(point)
    if points and environment.get("PLATFORM_PROFILE") == "production":
        raise FailpointsRefused(f"{VARIABLE} is set in production; unset it and start again")
    return points


_armed = _read(os.environ)


def failpoint(name: str) -> None:
    """Do what is armed under `name`; nothing when nothing is."""
    for point in _armed.get(name, ()) if _armed else ():
        point.reached()


def ensure_allowed(profile: str) -> None:
    """Refuse to start when failpoints are armed in production.

    Raises:
        FailpointsRefused: with the variable's name.
    """
    if _armed and profile == "production":
        raise FailpointsRefused(f"{VARIABLE} is set in production; unset it and start again")
