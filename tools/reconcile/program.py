"""One run: snapshots, streams, all checks, the report."""

import asyncio
import time
from collections.abc import Awaitable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, Final

from tools.reconcile import (
    across,
    conservation,
    cover_limit,
    delivery,
    effects,
    lending_applications,
    lending_classes,
    lending_corrections,
    lending_limits,
    lending_loans,
    lending_plans,
    lending_replay,
    registry,
    riskfund,
    subsidy,
    subsidy_budget,
)
from tools.reconcile.checks import CHECKS, Check
from tools.reconcile.databases import snapshots
from tools.reconcile.report import Report, Result
from tools.reconcile.retelling import Retelling
from tools.reconcile.streams import Nats, Stream, connected, read_streams
from tools.reconcile.world import World, packs_of

SECOND_LOOKS: Final = 2
SECOND_LOOK_SECONDS: Final = 2.0

# In the order of the report. Groups run side by side; those of the last one wait until the streams are read.
MODULES: Final = (
    (
        lending_loans,
        lending_replay,
        lending_limits,
        lending_corrections,
        lending_applications,
        lending_classes,
        lending_plans,
    ),
    (registry,),
    (subsidy, subsidy_budget),
    (riskfund, cover_limit),
    (effects, across, conservation),
    (delivery,),
)


async def run(urls: Mapping[str, str], nats: Nats, *, is_online: bool = False, only: Sequence[str] = ()) -> Report:
    """Compare everything and return the report; `urls` by service, `only` names checks by id.

    Strict by default: nothing may be on its way. With `is_online`, events younger than a minute may be, and what they
    touch is left out.
    Raises: OSError, asyncpg.PostgresError, nats.errors.Error: a server is away; ReadingStopped: a stream is.
    """
    report = await _look(urls, nats, is_online, only)
    for _ in range(SECOND_LOOKS if is_online else 0):
        if report.is_green:
            break
        # Snapshots of several databases are never of one instant; what is really wrong is still wrong a little later.
        await asyncio.sleep(SECOND_LOOK_SECONDS)
        report = report.looked_at_again(await _look(urls, nats, is_online, report.red))
    return report


async def _look(urls: Mapping[str, str], nats: Nats, is_online: bool, only: Sequence[str]) -> Report:
    started_at, began = datetime.now(UTC), time.perf_counter()
    retelling = Retelling()
    async with snapshots(urls) as databases, connected(nats) as client:
        world = World(databases, {}, retelling, await packs_of(databases["registry"]), is_online)
        reading = asyncio.create_task(read_streams(client, retelling.hear))
        try:
            results = await check_world(world, only, reading)
        finally:
            await _ended(reading)
    mode = "online" if is_online else "strict"
    return Report(mode, started_at, time.perf_counter() - began, results, dict(sorted(world.figures.items())))


async def check_world(
    world: World, only: Sequence[str] = (), reading: Awaitable[Mapping[str, Stream]] | None = None
) -> list[Result]:
    """Run all checks, or those named, and return their results in the order of the report.

    With `reading`, the streams are still being read; the checks that need them wait.
    """
    chosen = sorted((each for each in CHECKS.values() if not only or each.id in only), key=_place)
    groups = [(place, list(members)) for place, members in groupby(chosen, key=lambda each: _place(each)[0])]

    async def in_turn(place: int, members: Sequence[Check]) -> list[Result]:
        if reading is not None and MODULES[place] == (delivery,):
            world.streams = await reading
        return [await each.result(world) for each in members]

    running = [asyncio.create_task(in_turn(place, members)) for place, members in groups]
    try:
        results = await asyncio.gather(*running)
    finally:  # when one group fails, the others must let go of the connections before these are closed
        await _ended(*running)
    return [result for group in results for result in group]


async def _ended(*tasks: "asyncio.Task[Any]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _place(each: Check) -> tuple[int, int]:
    """Return the group and the place of the check's module in it."""
    module = each.function.__module__
    return next(
        (group, place)
        for group, modules in enumerate(MODULES)
        for place, known in enumerate(modules)
        if known.__name__ == module
    )
