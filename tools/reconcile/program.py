"""One run: snapshots, streams, all checks, the report."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Final

from tools.reconcile import (
    across,
    conservation,
    cover_limit,
    delivery,
    effects,
    lending_applications,
    lending_loans,
    lending_replay,
    registry,
    riskfund,
    subsidy,
)
from tools.reconcile.checks import CHECKS, Check
from tools.reconcile.databases import snapshots
from tools.reconcile.report import Report, Result
from tools.reconcile.retelling import Retelling
from tools.reconcile.streams import Nats, connected, read_streams
from tools.reconcile.world import World, packs_of

# In the order of the report; the modules of one group look at one database each, so groups run side by side.
MODULES: Final = (
    (lending_loans, lending_replay, lending_applications),
    (registry,),
    (subsidy,),
    (riskfund, cover_limit),
    (delivery, effects, across, conservation),
)


async def run(urls: Mapping[str, str], nats: Nats, *, is_online: bool = False, only: Sequence[str] = ()) -> Report:
    """Compare everything and return the report; `urls` by service, `only` names checks by id.

    Strict by default: nothing may be on its way. With `is_online`, facts younger than a minute may be, and what they
    touch is left out.
    Raises: OSError, asyncpg.PostgresError, nats.errors.Error: a server is away; ReadingStopped: a stream is.
    """
    started_at, began = datetime.now(UTC), time.perf_counter()
    retelling = Retelling()
    async with snapshots(urls) as databases, connected(nats) as client:
        streams = await read_streams(client, retelling.hear)
        world = World(databases, streams, retelling, await packs_of(databases["registry"]), is_online)
        results = await check_world(world, only)
    mode = "online" if is_online else "strict"
    return Report(mode, started_at, time.perf_counter() - began, results, dict(sorted(world.figures.items())))


async def check_world(world: World, only: Sequence[str] = ()) -> list[Result]:
    """Run all checks, or those named, and return their results in the order of the report."""
    chosen = sorted((each for each in CHECKS.values() if not only or each.id in only), key=_place)
    groups = [list(members) for _, members in groupby(chosen, key=lambda each: _place(each)[0])]
    results = await asyncio.gather(*(_one_after_another(members, world) for members in groups))
    return [result for group in results for result in group]


def _place(each: Check) -> tuple[int, int]:
    """Return the group and the place of the check's module in it."""
    module = each.function.__module__
    return next(
        (group, place)
        for group, modules in enumerate(MODULES)
        for place, known in enumerate(modules)
        if known.__name__ == module
    )


async def _one_after_another(checks: Sequence[Check], world: World) -> list[Result]:
    return [await each.result(world) for each in checks]
