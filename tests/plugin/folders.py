"""Folders for the data of servers that live no longer than a test run."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from deploy.embedded.folders import scratch_folder

_MEMORY = Path("/dev/shm")  # noqa: S108 - the folder below it is ours alone
_ROOM_BYTES = 3 * 1024**3


@contextmanager
def server_folder() -> Iterator[Path]:
    """Lend a folder for servers' data, in memory while there is room: nothing in it has to outlive the machine."""
    with scratch_folder(_MEMORY if _has_room() else None) as folder:
        yield folder


def _has_room() -> bool:
    if not _MEMORY.is_dir():
        return False
    return min(shutil.disk_usage(_MEMORY).free, psutil.virtual_memory().available) > _ROOM_BYTES
