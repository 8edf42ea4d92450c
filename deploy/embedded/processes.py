"""Child processes that never outlive their supervisor, however it ends."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from deploy.embedded.accounts import Account
from deploy.errors import ServerDidNotStart, StillRunning

POLL_SECONDS = 0.01
LOG_TAIL_BYTES = 3000
LOG_LIMIT_BYTES = 20 * 1024 * 1024  # a log above this is set aside once, at the next start
LEFTOVER_SECONDS = 15.0

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Ending:
    """How a process is asked to end: in order, and when its supervisor was killed."""

    stop: signal.Signals
    orphaned: signal.Signals
    patience_seconds: float
    insist: signal.Signals = signal.SIGKILL


class Child:
    """One supervised process, in its own process group so that Ctrl-C reaches only the supervisor.

    The kernel sends `ending.orphaned` when the *thread* that called `start` ends: start children from a thread that
    lives as long as they should.
    """

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        *,
        log: Path,
        ending: Ending,
        env: Mapping[str, str],
        cwd: Path,
        account: Account | None = None,
        stdin: int = subprocess.DEVNULL,
    ) -> None:
        self.name, self.argv, self.log, self.ending = name, list(argv), log, ending
        self._env, self._cwd, self._account, self._stdin = dict(env), cwd, account, stdin
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the process; it appends what it prints to its log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        account = self._account
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.argv,
                stdin=self._stdin,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._env,
                cwd=self._cwd,
                process_group=0,
                user=account.uid if account else None,
                group=account.gid if account else None,
                extra_groups=[] if account else None,
                # Runs after the change of user, which would clear the setting.
                preexec_fn=_death_signal(self.ending.orphaned),
            )

    @property
    def pid(self) -> int | None:
        """Return the process id, or None before the start."""
        return self.process.pid if self.process else None

    def is_running(self) -> bool:
        """Return whether the process was started and has not ended."""
        return self.process is not None and self.process.poll() is None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal if the process still runs."""
        if self.process is not None and self.is_running():
            self.process.send_signal(number)

    def ask_to_stop(self) -> None:
        """Send the signal of an orderly stop, and wake the process if it was suspended."""
        self.signal(self.ending.stop)
        self.signal(signal.SIGCONT)

    def wait(self, timeout_seconds: float | None = None) -> int | None:
        """Wait for the end and return the exit code; None when it was never started."""
        return self.process.wait(timeout_seconds) if self.process else None

    def stop(self) -> None:
        """Ask the process to end, wait, and insist when it does not."""
        self.ask_to_stop()
        self.finish()

    def finish(self) -> None:
        """Wait for a process that was asked to stop; insist after its patience."""
        try:
            self.wait(self.ending.patience_seconds)
        except subprocess.TimeoutExpired:
            self.signal(self.ending.insist)
            try:
                self.wait(5.0)
            except subprocess.TimeoutExpired:
                self.signal(signal.SIGKILL)
                self.wait()

    def log_tail(self) -> str:
        """Return the last lines that the process printed."""
        if not self.log.exists():
            return "(empty)"
        with self.log.open("rb") as log:
            log.seek(max(0, self.log.stat().st_size - LOG_TAIL_BYTES))
            return log.read().decode(errors="replace")

    def await_ready(
        self, is_ready: Callable[[], bool], timeout_seconds: float, poll_seconds: float = POLL_SECONDS
    ) -> None:
        """Wait until `is_ready()`.

        Raises:
            ServerDidNotStart: with the end of the log, when the process ends or the time is up.
        """
        deadline = time.monotonic() + timeout_seconds
        while not is_ready():
            if not self.is_running():
                code = self.process.returncode if self.process else None
                raise ServerDidNotStart(self.name, f"it ended with code {code}", self.log_tail())
            if time.monotonic() > deadline:
                raise ServerDidNotStart(self.name, f"not ready after {timeout_seconds:.0f} s", self.log_tail())
            time.sleep(poll_seconds)


def _death_signal(number: signal.Signals) -> Callable[[], None] | None:
    libc, parent = _libc, os.getpid()
    if libc is None:
        return None

    def arrange() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:  # the supervisor died between fork and this line
            os._exit(1)

    return arrange


def settle_leftover(name: str, pid_file: Path, marker: str, stop: signal.Signals) -> None:
    """Wait for the server of a crashed run to end, then remove its pid file.

    A pid file may outlive its process and the number may since belong to a stranger: only a process whose command
    line contains `marker` counts.

    Raises:
        StillRunning: when it does not end although it was asked to.
    """
    pid = _pid_in(pid_file)
    deadline = time.monotonic() + LEFTOVER_SECONDS
    asked = False
    while pid is not None and _is_ours(pid, marker):
        if not asked and time.monotonic() > deadline - LEFTOVER_SECONDS + 1.0:
            os.kill(pid, stop)  # no death signal on this system: ask ourselves
            asked = True
        if time.monotonic() > deadline:
            raise StillRunning(name, pid)
        time.sleep(POLL_SECONDS)
    pid_file.unlink(missing_ok=True)


def _pid_in(pid_file: Path) -> int | None:
    try:
        return int(pid_file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _is_ours(pid: int, marker: str) -> bool:
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and any(marker in part for part in process.cmdline())
    except psutil.Error:
        return False


def memory_bytes(processes: Iterable[psutil.Process]) -> int:
    """Return the memory of the processes together; pages they share are counted once."""
    return sum(_proportional_bytes(process) for process in processes)


def _proportional_bytes(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except (psutil.Error, AttributeError):  # ended meanwhile, or not Linux
        try:
            return int(process.memory_info().rss)
        except psutil.Error:
            return 0
