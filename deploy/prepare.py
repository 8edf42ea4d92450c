"""Bring servers to the state that services expect: keys, databases, schema, streams. Safe to run again.

`python -m deploy.prepare [--wait] [service ...]` reads the environment contract. With PLATFORM_POSTGRES_ADMIN_URL
(a superuser) it also creates databases and roles. With `--wait` it imports everything, then waits for one line of
JSON on standard input with the variables: so the supervisor hides the import time behind starting the servers.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from deploy.databases import create_databases
from deploy.environment import PROVISIONER, SERVICES
from deploy.keys import ensure_pii_keys, ensure_signing_keys
from shared import migrations
from shared.bus.connection import NatsAccess, connected
from shared.bus.provisioning import provision

SERVER_SECONDS = 60.0  # how long a server in another container may take to come up
RETRY_SECONDS = 0.5


def prepare(environment: Mapping[str, str], services: tuple[str, ...] = SERVICES) -> None:
    """Create keys and databases, migrate every service's database, provision NATS."""
    ensure_signing_keys(Path(environment["PLATFORM_KEYS_DIR"]), services)
    ensure_pii_keys(Path(environment["PLATFORM_PII_KEY_FILE"]))
    asyncio.run(_create_and_provision(environment, services))
    migrate(environment, services)


def migrate(environment: Mapping[str, str], services: tuple[str, ...]) -> None:
    """Bring the database of each service to the newest schema, as its owner."""
    for service in services:
        began = time.monotonic()
        migrations.upgrade(service, environment[f"{service.upper()}_MIGRATION_URL"])
        print(f"migrated {service} in {time.monotonic() - began:.2f} s", flush=True)


async def _create_and_provision(environment: Mapping[str, str], services: tuple[str, ...]) -> None:
    admin_url = environment.get("PLATFORM_POSTGRES_ADMIN_URL")
    if admin_url:
        await _answering(admin_url)
        await create_databases(admin_url, environment, services)
    user, password = environment.get("NATS_PROVISION_USER", ""), environment.get("NATS_PROVISION_PASSWORD", "")
    for url in environment["NATS_URL"].split(","):
        await _answering(url)
    async with connected(NatsAccess(environment["NATS_URL"], user, password), PROVISIONER) as link:
        for change in await provision(link, int(environment.get("NATS_STREAM_REPLICAS", "1"))):
            print(change, flush=True)


async def _answering(url: str) -> None:
    """Wait for a server that may still be starting in another container; start order is nobody's promise."""
    address = urlsplit(url)
    deadline = time.monotonic() + SERVER_SECONDS
    while True:
        try:
            _, writer = await asyncio.open_connection(address.hostname, address.port)
        except OSError:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(RETRY_SECONDS)
        else:
            writer.close()
            return


def main() -> None:
    """Run from the command line."""
    arguments = sys.argv[1:]
    environment = dict(os.environ)
    if "--wait" in arguments:
        line = sys.stdin.readline()
        if not line:  # the supervisor gave up
            sys.exit(1)
        environment |= json.loads(line)
    prepare(environment, tuple(name for name in arguments if not name.startswith("--")) or SERVICES)


if __name__ == "__main__":
    main()
