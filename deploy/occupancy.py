"""Which process runs the platform on a data folder, and with what environment."""

import fcntl
import json
import os
from pathlib import Path
from typing import IO

from deploy.errors import AlreadyRunning, NotRunning

ENVIRONMENT_FILE = "environment.json"
LOCK_FILE = "supervisor.lock"


def running_environment(data_dir: Path | str) -> dict[str, str]:
    """Return the environment of the platform that runs on this data folder.

    Raises:
        NotRunning: when none does.
    """
    folder = Path(data_dir).resolve()
    try:
        environment: dict[str, str] = json.loads((folder / ENVIRONMENT_FILE).read_text())
    except FileNotFoundError:
        raise NotRunning(folder) from None
    if supervisor_pid(folder) is None:
        raise NotRunning(folder)
    return environment


def supervisor_pid(data_dir: Path) -> int | None:
    """Return the process that runs the platform on this data folder, or None."""
    try:
        with (data_dir / LOCK_FILE).open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return int((data_dir / LOCK_FILE).read_text() or 0) or None
    return None


def hold(data_dir: Path) -> IO[str]:
    """Take the data folder for this process until the returned file is closed or the process ends.

    Raises:
        AlreadyRunning: when another process holds it.
    """
    lock = (data_dir / LOCK_FILE).open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        holder = lock.read().strip() or "unknown"
        lock.close()
        raise AlreadyRunning(data_dir, holder) from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock
