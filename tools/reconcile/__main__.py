"""`python -m tools.reconcile`: exit 0 when everything agrees, 1 when something differs, 2 when it could not look.

Servers are those of the environment (RECONCILE_<SERVICE>_DATABASE_URL, NATS_URL), or those of the platform running on
the data folder; when it is not running, its servers alone are started for the time of the comparison.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import nats.errors
from rich.console import Console

from deploy.errors import NotRunning, PlatformError
from deploy.occupancy import running_environment
from deploy.platform import Platform
from tools.reconcile.databases import SERVICES
from tools.reconcile.program import run
from tools.reconcile.report import Report
from tools.reconcile.streams import Nats, ReadingStopped

PLACES = (Path("var/demo/platform"), Path("var/platform"))
COULD_NOT_LOOK = 2
WIDTH = 120  # where no terminal says how wide it is


def main(arguments: Sequence[str] | None = None) -> int:
    """Run from the command line and return the exit status."""
    options = _options(arguments)
    console = Console() if sys.stdout.isatty() else Console(width=WIDTH)
    try:
        with _environment(options.data) as environment:
            report = asyncio.run(run(database_urls(environment), nats_of(environment), is_online=options.online,
                                     only=options.only))  # fmt: skip
    except (OSError, asyncpg.PostgresError, nats.errors.Error, ReadingStopped, PlatformError, MissingVariable) as error:
        print(f"对账未能进行 could not reconcile: {type(error).__name__}: {error}", file=sys.stderr)
        return COULD_NOT_LOOK
    _write(report, options.json)
    report.print(console)
    return 0 if report.is_green else 1


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.reconcile", description=__doc__)
    parser.add_argument(
        "--data", type=Path, help="data folder of the platform (default: the demo's, else var/platform)"
    )
    parser.add_argument("--json", type=Path, help="also write the report as JSON")
    parser.add_argument("--only", nargs="+", default=(), metavar="ID", help="run these checks only")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--strict", action="store_true", help="nothing may be on its way (the default)")
    mode.add_argument("--online", action="store_true", help="leave out what is younger than a minute and on its way")
    return parser.parse_args(arguments)


@contextmanager
def _environment(data: Path | None) -> Iterator[Mapping[str, str]]:
    if data is None and os.environ.get("RECONCILE_LENDING_DATABASE_URL"):
        yield os.environ
        return
    folder = data or next((place for place in PLACES if place.exists()), PLACES[-1])
    try:
        environment = running_environment(folder)
    except NotRunning:
        if not folder.exists():
            raise
        with Platform(folder, services=(), prepare=False) as platform:
            yield platform.env
    else:
        yield environment


class MissingVariable(LookupError):
    """The environment names some servers and not others."""


def database_urls(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the reconciler's connection of each service. Raises: MissingVariable."""
    return {service: _required(environment, f"RECONCILE_{service.upper()}_DATABASE_URL") for service in SERVICES}


def nats_of(environment: Mapping[str, str]) -> Nats:
    """Return where NATS is and as whom to read. Raises: MissingVariable."""
    url = _required(environment, "NATS_URL")
    return Nats(url, environment.get("NATS_READER_USER", ""), environment.get("NATS_READER_PASSWORD", ""))


def _required(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name)
    if not value:
        raise MissingVariable(f"{name} is not set; set it, or give the platform's folder with --data")
    return value


def _write(report: Report, file: Path | None) -> None:
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(report.to_json(), "utf-8")


if __name__ == "__main__":
    sys.exit(main())
