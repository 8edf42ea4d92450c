"""A replica that only imports, to be killed: `… -m services.registry.tests.import_worker_process URL KEYS`."""

import asyncio
import sys
from contextlib import suppress
from pathlib import Path

from services.registry.register.imports.worker import ImportWorker
from shared.db import Database
from shared.pii import PiiCipher

LONGEST_LIFE_SECONDS = 240  # an orphan of a killed test run ends by itself


async def main() -> None:
    """Work until killed, or until nobody can still be interested."""
    database_url, key_file = sys.argv[1:]
    database = await Database.connect(database_url)
    async with ImportWorker(database, PiiCipher.from_file(Path(key_file))).running():
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_LIFE_SECONDS):
                await asyncio.Event().wait()
    await database.close()


if __name__ == "__main__":
    asyncio.run(main())
