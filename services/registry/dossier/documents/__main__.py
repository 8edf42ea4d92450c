"""`python -m services.registry.dossier.documents sweep|verify`: remove contents that nobody recorded, find those that
are gone.

The store and the database are found by the registry's own settings (REGISTRY_…, PLATFORM_DATA_DIR).
"""

import argparse
import asyncio
import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import asyncpg

from services.registry.dossier.documents.intake import content_store
from services.registry.dossier.documents.store import ContentStore, StoreAway
from services.registry.dossier.documents.sweeping import missing_contents, sweep
from services.registry.settings import RegistrySettings
from shared.db import Database
from shared.settings import PlatformSettings

ORPHAN_HOURS: Final = 24


def main(given: list[str] | None = None) -> int:
    """Run one command and return the process's exit code: 1 when a content is missing or something is away."""
    options = _parser().parse_args(given)
    try:
        return asyncio.run(_with_store(options))
    except (StoreAway, OSError, asyncpg.PostgresError) as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 1


async def _with_store(options: argparse.Namespace) -> int:
    settings = RegistrySettings.load("registry")
    store = content_store(settings, PlatformSettings().platform_data_dir)
    url = settings.database_url.get_secret_value()
    database = await Database.connect(url, application_name="registry-documents", max_size=2)
    try:
        return await _COMMANDS[options.command](database, store, options)
    finally:
        await database.close()


async def _sweep(database: Database, store: ContentStore, options: argparse.Namespace) -> int:
    before = datetime.now(UTC) - timedelta(hours=options.older_than_hours)
    done = await sweep(database, store, written_before=before, remove=options.remove)
    sys.stdout.write(f"stored {done.stored_count}, orphans {done.orphan_count}, removed {done.removed_count}\n")
    return 0


async def _verify(database: Database, store: ContentStore, options: argparse.Namespace) -> int:
    missing = [address async for address in missing_contents(database, store)]
    sys.stdout.write("".join(f"missing {address}\n" for address in missing) or "every content is in the store\n")
    return 1 if missing else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m services.registry.dossier.documents", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    sweeping = commands.add_parser("sweep", help="find contents that no document needs")
    sweeping.add_argument("--older-than-hours", type=float, default=ORPHAN_HOURS, help="never younger ones")
    sweeping.add_argument("--remove", action="store_true", help="remove them; without it they are only counted")
    commands.add_parser("verify", help="name contents that documents need and the store does not have")
    return parser


_COMMANDS: Final[dict[str, Callable[[Database, ContentStore, argparse.Namespace], Coroutine[Any, Any, int]]]] = {
    "sweep": _sweep,
    "verify": _verify,
}

if __name__ == "__main__":
    sys.exit(main())
