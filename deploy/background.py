"""A supervisor that goes on after the command that started it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

from deploy.embedded.folders import ROOT, make_enterable
from deploy.errors import NotRunning, ServerDidNotStart
from deploy.occupancy import supervisor_pid

READY_FILE = "ready"
START_SECONDS = 300.0
STOP_SECONDS = 90.0
_POLL_SECONDS = 0.05
_TAIL_CHARACTERS = 4000


def start(data_dir: Path) -> int:
    """Start `python -m deploy run` detached from this terminal; return its pid when every service is ready.

    Raises:
        ServerDidNotStart: with what it printed.
    """
    make_enterable(data_dir.resolve())
    withdraw(data_dir)
    log = data_dir / "logs" / "supervisor.log"
    log.parent.mkdir(exist_ok=True)
    with log.open("wb") as printed:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy", "run", "--data", str(data_dir.resolve())],
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            start_new_session=True,
        )
    deadline = time.monotonic() + START_SECONDS
    while not (data_dir / READY_FILE).exists():
        if process.poll() is not None or time.monotonic() > deadline:
            process.terminate()
            reason = "it ended" if process.returncode is not None else f"not ready after {START_SECONDS:.0f} s"
            raise ServerDidNotStart("the platform", reason, log.read_text(errors="replace")[-_TAIL_CHARACTERS:])
        time.sleep(_POLL_SECONDS)
    return process.pid


def stop(data_dir: Path) -> int:
    """Ask the supervisor to stop everything, wait for its end, and return its pid.

    Raises:
        NotRunning: when there is none.
    """
    pid = supervisor_pid(data_dir)
    if pid is None:
        raise NotRunning(data_dir)
    process = psutil.Process(pid)
    os.kill(pid, signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except psutil.TimeoutExpired:
        process.kill()  # the kernel then ends its children
        process.wait()
    return pid


def announce(data_dir: Path) -> None:
    """Note that the platform on this data folder is ready."""
    (data_dir / READY_FILE).touch()


def withdraw(data_dir: Path) -> None:
    """Remove the note."""
    (data_dir / READY_FILE).unlink(missing_ok=True)
