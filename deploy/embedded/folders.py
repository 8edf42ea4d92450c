"""Where server data and programs live when the checkout itself cannot be entered by PostgreSQL's user."""

import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deploy.errors import StateFolderNotOurs

ROOT = Path(__file__).resolve().parents[2]
_ORIGIN = "origin"


def state_folder() -> Path:
    """Return this checkout's own short folder that every user can enter, creating it when needed.

    Raises:
        StateFolderNotOurs: when somebody else made it first.
    """
    base = Path("/var/tmp") if Path("/var/tmp").is_dir() else Path(tempfile.gettempdir())  # noqa: S108 - owner checked
    folder = base / f"county-loans-{_key(ROOT)}"
    try:
        folder.mkdir(mode=0o755)
        folder.chmod(0o755)  # the umask may have taken the others' right to enter
    except FileExistsError:
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
            raise StateFolderNotOurs(folder) from None
    return folder


def relocated(data_dir: Path) -> Path:
    """Return the place outside the checkout that stands for `data_dir`; a note in each points to the other."""
    state = state_folder()
    _sweep(state)
    place = state / f"data-{_key(data_dir)}"
    make_enterable(place)
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    (data_dir / "moved-to").write_text(f"{place}\n")
    (place / _ORIGIN).write_text(str(data_dir))
    return place


def _sweep(state: Path) -> None:
    """Remove relocated data whose own folder, in this checkout or among temporary files, was deleted.

    Folders elsewhere are left alone: they may be on a disk that is not mounted just now.
    """
    for note in state.glob(f"data-*/{_ORIGIN}"):
        origin = Path(note.read_text())
        surely_deleted = origin.is_relative_to(ROOT) or origin.is_relative_to(tempfile.gettempdir())
        if surely_deleted and not origin.exists():
            shutil.rmtree(note.parent, ignore_errors=True)


def make_enterable(folder: Path) -> None:
    """Create `folder` and missing parents so that other users may pass through; never touch what exists."""
    missing = [step for step in (folder, *folder.parents) if not step.exists()]
    for step in reversed(missing):
        step.mkdir(mode=0o711, exist_ok=True)
        step.chmod(0o711)


@contextmanager
def scratch_folder(within: Path | None = None) -> Iterator[Path]:
    """Lend a short empty folder that every user may pass through; it is removed afterwards.

    It is made in `within`, or among the temporary files.
    """
    folder = Path(tempfile.mkdtemp(prefix="cl-", dir=within))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _key(path: Path) -> str:
    return hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:12]
