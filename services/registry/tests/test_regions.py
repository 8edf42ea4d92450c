"""Regions: loaded whole or not at all, read level by level."""

import asyncio
import os

import asyncpg
import pytest

from services.registry.register.regions import routes
from services.registry.register.regions.actions import loading
from services.registry.register.regions.csv_file import RegionLine, region_lines
from services.registry.tests.county import REGIONS, get
from shared.access import Role
from shared.testing.service import ServiceUnderTest


async def _load(registry: ServiceUnderTest, text: str | bytes) -> tuple[int, dict[str, object]]:
    headers = registry.headers(Role.ADMIN, region="")
    answer = await registry.client.post("/api/v1/region-imports", content=text, headers=headers)
    return answer.status_code, answer.json()


async def test_loads_a_tree_and_takes_new_names_the_second_time(empty_registry: ServiceUnderTest) -> None:
    assert await _load(empty_registry, REGIONS) == (
        201,
        {"line_count": 10, "added_count": 10, "renamed_count": 0, "unchanged_count": 0},
    )
    status, answer = await _load(empty_registry, REGIONS.replace("白帝镇", "白帝乡"))
    assert (status, answer["added_count"], answer["renamed_count"]) == (201, 0, 1)
    region = await get(empty_registry, "/regions/500236117", Role.VILLAGE)
    place = {"code": "500236117", "name": "白帝乡", "level": "township", "parent_code": "500236"}
    assert region.json() == {**place, "valid_from": None, "valid_until": None}


async def test_a_file_is_loaded_piece_by_piece_with_parents_first(
    empty_registry: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loading, "PIECE", 3)
    header, *lines = REGIONS.splitlines()
    status, answer = await _load(empty_registry, "\n".join([header, *reversed(lines)]))
    assert (status, answer["added_count"]) == (201, 10)
    assert await empty_registry.database.pool.fetchval("SELECT count(*) FROM region") == 10
    status, answer = await _load(empty_registry, REGIONS.replace("镇", "乡"))
    assert (status, answer["added_count"]) == (201, 0)
    assert answer["renamed_count"] == sum("镇" in line for line in lines)


WAITING_TRANSACTIONS = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'
"""


async def test_no_transaction_waits_while_a_file_is_read(
    empty_registry: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading the whole country takes seconds, on a busy machine longer than a transaction may be idle."""
    waiting: list[int] = []

    async def count_waiting() -> int:
        own = await asyncpg.connect(os.environ["REGISTRY_DATABASE_URL"])
        try:
            return int(await own.fetchval(WAITING_TRANSACTIONS))
        finally:
            await own.close()

    def read(body: bytes) -> list[RegionLine]:
        waiting.append(asyncio.run(count_waiting()))
        return region_lines(body)

    monkeypatch.setattr(routes, "region_lines", read)
    assert (await _load(empty_registry, REGIONS))[0] == 201
    assert waiting == [0]


@pytest.mark.parametrize(
    ("bad_line", "word"),
    [
        ("500999001,某镇,township,500999", "500999"),
        ("50023,短码,county,5002", "code 50023"),
        ("500236118,错级,village,500236", "code 500236118"),
        ("500236119,别处,township,500237", "parent"),
        ("500236001,重复,township,500236", "already"),
        ("500236120,,township,500236", "name"),
        ("500236121,少一格,township", "cells"),
    ],
)
async def test_refuses_a_file_with_the_line_that_is_wrong(
    empty_registry: ServiceUnderTest, bad_line: str, word: str
) -> None:
    status, answer = await _load(empty_registry, REGIONS + bad_line + "\n")
    assert (status, answer["code"]) == (422, "region-file-invalid")
    assert "line 12" in str(answer["detail"])
    assert word in str(answer["detail"])
    assert await empty_registry.database.pool.fetchval("SELECT count(*) FROM region") == 0


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"\xff\xfe\x00", "encoding-unknown"),
        (b"a,b\n", "file-header-unknown"),
        (b"", "file-header-unknown"),
        (REGIONS.encode() + b'500236,"x', "file-unreadable"),
    ],
)
async def test_refuses_what_is_no_region_file(empty_registry: ServiceUnderTest, body: bytes, code: str) -> None:
    status, answer = await _load(empty_registry, body)
    assert (status, answer["code"]) == (422, code)


async def test_a_region_file_may_come_as_chinese_spreadsheets_save_it(empty_registry: ServiceUnderTest) -> None:
    status, _ = await _load(empty_registry, REGIONS.encode("gb18030"))
    assert status == 201
    names = await empty_registry.database.pool.fetch("SELECT name FROM region")
    assert {row["name"] for row in names} == {line.split(",")[1] for line in REGIONS.splitlines()[1:]}


async def test_lists_children_page_by_page(regional_registry: ServiceUnderTest) -> None:
    first = (await get(regional_registry, "/regions?parent_code=500236&limit=1", Role.BANK)).json()
    assert [each["code"] for each in first["items"]] == ["500236001"]
    rest = (await get(regional_registry, f"/regions?parent_code=500236&cursor={first['next']}", Role.BANK)).json()
    assert [each["code"] for each in rest["items"]] == ["500236117"]
    assert rest["next"] is None
    provinces = (await get(regional_registry, "/regions", Role.BANK)).json()
    assert [each["code"] for each in provinces["items"]] == ["50"]


async def test_an_unknown_region_is_not_found(regional_registry: ServiceUnderTest) -> None:
    answer = await get(regional_registry, "/regions/110000", Role.BANK)
    assert (answer.status_code, answer.json()["code"]) == (404, "region-unknown")


async def test_only_the_administrator_loads_regions(empty_registry: ServiceUnderTest) -> None:
    headers = empty_registry.headers(Role.POVERTY_OFFICE)
    answer = await empty_registry.client.post("/api/v1/region-imports", content=REGIONS, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "right-missing")


async def test_lists_the_regions_of_a_level_below_a_region(regional_registry: ServiceUnderTest) -> None:
    path = "/regions/500236/descendants?level=village"
    whole = (await get(regional_registry, path, Role.BANK)).json()["items"]
    codes = [region["code"] for region in whole]
    assert codes == sorted(codes)
    assert codes
    assert all(code.startswith("500236") and len(code) == 12 for code in codes)
    first = (await get(regional_registry, f"{path}&limit=1", Role.BANK)).json()
    rest = (await get(regional_registry, f"{path}&cursor={first['next']}", Role.BANK)).json()
    assert [region["code"] for region in first["items"] + rest["items"]] == codes
    own = (await get(regional_registry, f"/regions/{codes[0]}/descendants?level=village", Role.BANK)).json()["items"]
    assert [region["code"] for region in own] == codes[:1]
    wrong = await get(regional_registry, "/regions/500236/descendants?level=street", Role.BANK)
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid-request")
