"""The list of checks: a function is one by its decorator, and runs over the world with findings of its own."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from tools.reconcile.findings import Findings
from tools.reconcile.report import Result
from tools.reconcile.world import World

CheckFunction = Callable[[World, Findings], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold, with its stable id and its names."""

    id: str
    zh: str
    en: str
    function: CheckFunction

    async def result(self, world: World) -> Result:
        """Run it and return what it found."""
        findings, began = Findings(), time.perf_counter()
        await self.function(world, findings)
        return Result(self.id, self.zh, self.en, findings, time.perf_counter() - began)


CHECKS: Final[dict[str, Check]] = {}


def check(id_: str, zh: str, en: str) -> Callable[[CheckFunction], CheckFunction]:
    """Register a function as the check with this id."""

    def register(function: CheckFunction) -> CheckFunction:
        if id_ in CHECKS:
            raise ValueError(f"check {id_} is registered twice")
        CHECKS[id_] = Check(id_, zh, en, function)
        return function

    return register
