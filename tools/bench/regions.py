"""(r) The regions of a whole country by HTTP, and how fast one of them is found by its name."""

import asyncio
import csv
import io
import time
from collections.abc import Iterator
from typing import Final

import httpx

from shared.access import Role
from shared.ids import new_id
from tools.bench.ratios import Bound, Comparison, Series, Target, percentile
from tools.bench.world import World

LOADED: Final = (
    "no floor: seconds from sending the file of the whole country (a made-up tree as large as the real one: 31 "
    "provinces, 342 prefectures, 2 978 counties, 41 352 townships, 620 573 villages) until it is committed."
)
FOUND: Final = "no floor: milliseconds of one search over HTTP, names' beginnings and middles in turn, in all of it."
COUNTS: Final = {"province": 31, "prefecture": 342, "county": 2_978, "township": 41_352, "village": 620_573}
DIGITS: Final = {"province": 2, "prefecture": 2, "county": 2, "township": 3, "village": 3}
NAMES: Final = {"province": "省", "prefecture": "市", "county": "县", "township": "镇", "village": "村村委会"}
SYLLABLES: Final = "东南西北中上下大小新老王李张刘陈杨赵黄周吴家庄河山水石桥林泉龙凤平安和兴福德义仁红"
REQUEST_SECONDS: Final = 120.0
SEARCHES: Final = 200


class RegionsNotTaken(RuntimeError):
    """The regions were not loaded or found as expected."""


async def measure(world: World) -> list[Comparison]:
    """Load the country, then look for places in it."""
    world.platform.start("registry")
    body, count = await asyncio.to_thread(_country, world.sizes.country_share)
    loading: list[float] = []
    for _ in range(world.sizes.rounds):
        await _empty(world)
        loading.append(await _load(world, body, count))
    async with world.database("registry", as_superuser=True) as connection:
        await connection.execute("VACUUM (ANALYZE) region")  # as autovacuum leaves it a minute later
    searching = await _search(world)
    await _empty(world)
    world.platform.stop("registry")
    return [
        Comparison(
            "r1",
            f"全国区划 {count} 个",
            f"All {count} regions of a country",
            Series("HTTP at the registry service", "s", tuple(loading)),
            None,
            Target(Bound.AT_MOST, 15.0),
        ),
        Comparison(
            "r2",
            "按名称查找区划",
            "A region found by its name, p99",
            Series("HTTP at the registry service", "ms", (percentile(searching, 99),)),
            None,
            Target(Bound.AT_MOST, 150.0),
        ),
    ]


def _country(share: float) -> tuple[bytes, int]:
    """Return the file of a country of that share of the real one's size, and how many regions it has."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("code", "name", "level", "parent_code"))
    rows = list(_regions(share))
    writer.writerows(rows)
    return text.getvalue().encode(), len(rows)


def _regions(share: float) -> Iterator[tuple[str, str, str, str]]:
    parents = [""]
    for level, count in COUNTS.items():
        wanted = max(1, round(count * share))
        each, more = divmod(wanted, len(parents))
        codes = []
        for place, parent in enumerate(parents):
            for number in range(1, each + (place < more) + 1):
                # Provinces' codes begin with 1 to 8; the others count from 1.
                own = number + 10 if level == "province" else number
                codes.append(f"{parent}{own:0{DIGITS[level]}d}")
                yield codes[-1], _name(len(codes), level), level, parent
        parents = codes


def _name(number: int, level: str) -> str:
    size = len(SYLLABLES)
    return SYLLABLES[number * 7 % size] + SYLLABLES[number // size * 3 % size] + SYLLABLES[number % size] + NAMES[level]


async def _load(world: World, body: bytes, count: int) -> float:
    async with _client(world) as http:
        headers = {"Idempotency-Key": str(new_id()), "Content-Type": "text/csv"}
        began = time.perf_counter()
        answer = await http.post("/region-imports", content=body, headers=headers)
        seconds = time.perf_counter() - began
    if answer.status_code != 201 or answer.json()["added_count"] != count:
        raise RegionsNotTaken(f"{count} regions were expected: {answer.status_code} {answer.text[:500]}")
    return seconds


async def _search(world: World) -> list[float]:
    found: list[float] = []
    async with _client(world) as http:
        for place in range(SEARCHES):
            name = _name(place * 97 + 1, "village")
            words = name[:2] if place % 2 else name[1:3]
            began = time.perf_counter()
            answer = await http.get("/region-search", params={"query": words})
            found.append((time.perf_counter() - began) * 1000)
            if answer.status_code != 200 or not answer.json()["items"]:
                raise RegionsNotTaken(f"nothing was found for {words}: {answer.status_code} {answer.text[:500]}")
    return found


def _client(world: World) -> httpx.AsyncClient:
    host, port = world.address("registry")
    token = world.token("registry", Role.ADMIN, "bench.regions")
    return httpx.AsyncClient(
        base_url=f"http://{host}:{port}/api/v1",
        headers={"Authorization": f"Bearer {token}"},
        trust_env=False,
        timeout=REQUEST_SECONDS,
    )


async def _empty(world: World) -> None:
    async with world.database("registry", as_superuser=True) as connection:
        await connection.execute("SET session_replication_role = replica")
        await connection.execute("TRUNCATE region, idempotency_key CASCADE")
        await connection.execute("CHECKPOINT")
