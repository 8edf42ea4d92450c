"""The largest memory of a running process and its children, sampled while something runs."""

import asyncio
from collections.abc import Awaitable
from typing import Final, TypeVar

import psutil

T = TypeVar("T")
SAMPLE_SECONDS: Final = 0.25  # looking at every process of the machine costs milliseconds of the two cores


def memory(process: psutil.Process) -> int:
    """Return what a process and its children hold now, in bytes."""
    total = 0
    for each in (process, *process.children(recursive=True)):
        try:
            total += each.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total


async def while_it_runs(process: psutil.Process, work: Awaitable[T]) -> tuple[T, int]:
    """Return what `work` returns, and the largest memory of the process meanwhile, in bytes."""
    watch = asyncio.create_task(_peak(process))
    try:
        found = await work
    finally:
        watch.cancel()
    return found, await watch


async def _peak(process: psutil.Process) -> int:
    largest = memory(process)
    try:
        while True:
            await asyncio.sleep(SAMPLE_SECONDS)
            largest = max(largest, memory(process))
    except asyncio.CancelledError:
        return largest
