"""The parts of one run, one after another: a part that fails is named, and the others keep their figures."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import httpx
from rich.console import Console

from deploy.environment import SERVICES
from tools.bench import world
from tools.bench.ratios import Comparison, Failure
from tools.bench.world import World

REASON_CHARACTERS = 800


@dataclass(frozen=True, slots=True)
class Part:
    """One part: the keys of its comparisons, what it measures, how, and which services must run for it."""

    keys: tuple[str, ...]
    title: str
    measure: Callable[[World], Awaitable[list[Comparison]]]
    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of a run: the comparisons in the order of their keys, and the parts that failed."""

    comparisons: tuple[Comparison, ...]
    failures: tuple[Failure, ...]


async def measure(running: World, parts: Sequence[Part], console: Console) -> Measured:
    """Put loans on file, then measure part by part.

    Raises:
        Exception: only when the loans cannot be put on file, or a service cannot be stopped; nothing can be measured
            then.
    """
    began = time.monotonic()
    comparisons: list[Comparison] = []
    failures: list[Failure] = []

    def say(what: str) -> None:
        console.print(f"[dim]{time.monotonic() - began:4.0f} s[/] {what}")

    say(f"建立数据 putting {running.sizes.loans} loans on file")
    await world.fill(running)
    for part in parts:
        say(f"({', '.join(part.keys)}) {part.title}")
        try:
            _run_only(running, part.services)
            comparisons += await part.measure(running)
        except Exception as error:  # whatever it is, the other parts can still be measured
            failures.append(Failure(part.keys, part.title, _reason(error)))
            say(f"失败 failed: {type(error).__name__}")
    _run_only(running, ())
    say("完成 done")
    return Measured(tuple(sorted(comparisons, key=lambda each: each.key)), tuple(failures))


def _reason(error: Exception) -> str:
    """Return what went wrong; of a request that was refused, the refusal."""
    refusal = f" {error.response.text}" if isinstance(error, httpx.HTTPStatusError) else ""
    return f"{type(error).__name__}: {error}{refusal}"[:REASON_CHARACTERS]


def _run_only(running: World, services: Sequence[str]) -> None:
    """Stop what an earlier part left running, and start what the next one needs."""
    active = {name for name, child in running.platform.children().items() if name in SERVICES and child.is_running()}
    for name in active - set(services):
        running.platform.stop(name)
    for name in services:
        if name not in active:
            running.platform.start(name)
