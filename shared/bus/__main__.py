"""`python -m shared.bus …`: provision NATS, publish again what it lost, look at and replay what was parked.

NATS is found by NATS_URL, NATS_PROVISION_USER and NATS_PROVISION_PASSWORD; a service's database by its own
variable, for example LENDING_DATABASE_URL.
"""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine
from typing import TypeVar

import asyncpg
import nats.errors

from shared.bus import operations
from shared.bus.connection import NatsAccess, NatsAway, connected
from shared.bus.provisioning import ConfigurationDrift, NotProvisioned, provision, verify
from shared.bus.topology import OWNERS
from shared.db import Connection

T = TypeVar("T")

PROVISIONING_PATIENCE_SECONDS = 60.0  # a cluster that just started elects its leaders first


def main() -> int:
    """Run one command and return the process's exit code."""
    options = _parser().parse_args()
    try:
        asyncio.run(_COMMANDS[options.command](options))
    except (ConfigurationDrift, NotProvisioned, OSError, nats.errors.Error, asyncpg.PostgresError, KeyError) as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
        return 1
    return 0


async def _provision(options: argparse.Namespace) -> None:
    give_up_at = time.monotonic() + PROVISIONING_PATIENCE_SECONDS
    while True:
        try:
            async with connected(_provisioner(), "provisioner") as link:
                done = await provision(link, options.replicas)
            break
        except (NatsAway, nats.errors.Error):
            if time.monotonic() > give_up_at:
                raise
            await asyncio.sleep(1.0)
    _say("\n".join(done) or "streams and consumers are as the code says")


async def _check(options: argparse.Namespace) -> None:
    async with connected(_provisioner(), "provisioner") as link:
        for service in OWNERS:
            await verify(link, service, options.replicas)
    _say("streams and consumers are as the code says")


async def _republish(options: argparse.Namespace) -> None:
    count = await _on(options.service, lambda conn: operations.republish(conn, options.from_position))
    _say(f"{count} events of {options.service} will be published again by its relay")


async def _release(options: argparse.Namespace) -> None:
    count = await _on(options.service, operations.release)
    _say(f"{count} refused events of {options.service} will be looked at again by its relay")


async def _parked(options: argparse.Namespace) -> None:
    for row in await _on(options.service, operations.list_parked):
        _say(f"{row['id']}  {row['parked_at']:%F %T}  {row['consumer']}  {row['subject']}  {row['reason']}")


async def _replay(options: argparse.Namespace) -> None:
    chosen = options.id or None
    count = await _on(options.service, lambda conn: operations.request_replay(conn, options.consumer, chosen))
    _say(f"{count} parked messages of {options.service} will be replayed by the running service")


async def _on(service: str, action: Callable[[Connection], Awaitable[T]]) -> T:
    conn = await asyncpg.connect(os.environ[f"{service.upper()}_DATABASE_URL"])
    try:
        async with conn.transaction():
            return await action(conn)
    finally:
        await conn.close()


def _provisioner() -> NatsAccess:
    return NatsAccess(
        os.environ.get("NATS_URL", "nats://127.0.0.1:4222"),
        os.environ.get("NATS_PROVISION_USER", "provisioner"),
        os.environ.get("NATS_PROVISION_PASSWORD", ""),
    )


_COMMANDS: dict[str, Callable[[argparse.Namespace], Coroutine[None, None, None]]] = {
    "provision": _provision,
    "check": _check,
    "republish": _republish,
    "release": _release,
    "parked": _parked,
    "replay": _replay,
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m shared.bus", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    replicas = int(os.environ.get("NATS_STREAM_REPLICAS", "1"))
    for name, text in (("provision", "create or update all"), ("check", "read all back, fail on any difference")):
        commands.add_parser(name, help=text).add_argument("--replicas", type=int, default=replicas)
    for name, text in (
        ("republish", "publish events again, after NATS lost its data; before `provision`, so that the old come first"),
        ("release", "let the relay look again at events it refused"),
        ("parked", "list parked messages"),
        ("replay", "take parked messages again"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("service", choices=OWNERS)
        if name == "republish":
            command.add_argument("--from-position", type=int, default=0)
        if name == "replay":
            command.add_argument("--consumer")
            command.add_argument("--id", type=int, action="append")
    return parser


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    sys.exit(main())
