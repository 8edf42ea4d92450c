"""Imports in the background: seen while they run, finished exactly once whoever dies, sealed until they are."""

import asyncio
import csv
import io
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from services.registry.register.imports import worker
from services.registry.register.imports.actions import queue, receiving, registering
from services.registry.register.imports.actions.registering import LeaseLost, PieceStatements
from services.registry.register.imports.worker import ImportWorker
from services.registry.tests.county import (
    COUNTY,
    SCHEME,
    finished,
    get,
    registered_events,
    row,
    send_sheet,
    workbook,
)
from shared.access import Role
from shared.db import Connection
from shared.households_sheet import household_columns
from shared.ids import new_id
from shared.testing.connections import left_behind
from shared.testing.service import ServiceUnderTest

ROOT = Path(__file__).parents[3]
ROWS = 45
DEATH_SECONDS = 120.0
TABLES = ("household", "member", "bank_account", "credit_survey", "household_state_change", "household_village")
EXPIRE = "UPDATE household_import SET lease_until = now() - interval '1 second' WHERE worker IS NOT NULL"


@pytest.fixture(autouse=True)
def by_hand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the registry only answer, and cut sheets into pieces of ten rows; each test runs its workers itself."""
    monkeypatch.setenv("REGISTRY_IMPORT_WORKER", "false")
    monkeypatch.setattr(receiving, "ROWS_PER_PIECE", 10)


def _worker(registry: ServiceUnderTest) -> ImportWorker:
    return ImportWorker(registry.database, registry.app.state.cipher)


async def _queued(registry: ServiceUnderTest, first: int = 1, count: int = ROWS, **other: Any) -> dict[str, Any]:
    body = workbook([row(place) for place in range(first, first + count)] + ([row(499, **other)] if other else []))
    sent = await send_sheet(registry, body)
    assert sent.status_code == 202, sent.text
    answer: dict[str, Any] = sent.json()
    return answer


async def _shown(registry: ServiceUnderTest, import_id: str) -> dict[str, Any]:
    answer: dict[str, Any] = (await get(registry, f"/household-imports/{import_id}", Role.POVERTY_OFFICE)).json()
    return answer


async def _other_process(registry: ServiceUnderTest, keys_dir: Path, failpoints: str) -> asyncio.subprocess.Process:
    parameters = registry.database.pool._connect_args[0]  # the URL of this test's own database
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "services.registry.tests.import_worker_process",
        parameters,
        str(keys_dir / "pii.json"),
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "FAILPOINTS": failpoints},
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )


async def _ensure_once(registry: ServiceUnderTest, import_id: str, registered: int = ROWS) -> None:
    shown = await _shown(registry, import_id)
    counts = [shown[f"{each}_count"] for each in ("row", "registered", "already_registered", "rejected")]
    assert (shown["state"], counts) == ("finished", [registered, registered, 0, 0])
    for table in (
        "household",
        "member",
        "bank_account",
        "credit_survey",
        "household_state_change",
        "household_village",
    ):
        assert await registry.database.pool.fetchval(f"SELECT count(*) FROM {table}") == registered, table
    recorded = await registered_events(registry)
    assert len({household.household_id for household in recorded}) == len(recorded) == registered
    assert await registry.database.pool.fetchval("SELECT count(*) FROM household_import_part") == 0


@pytest.mark.parametrize(
    "failpoint",
    [
        "imports.piece_read=kill:after=1",
        "imports.before_piece_commit=kill:after=2",
        "imports.after_piece_commit=kill:after=2",
        "imports.before_finish=kill",
    ],
)
async def test_whoever_is_killed_the_import_finishes_exactly_once(
    registry: ServiceUnderTest, keys_dir: Path, failpoint: str
) -> None:
    queued = await _queued(registry)
    process = await _other_process(registry, keys_dir, failpoint)
    async with asyncio.timeout(DEATH_SECONDS):
        assert await process.wait() == -signal.SIGKILL
    left = await _shown(registry, queued["id"])
    assert left["state"] in {"reading", "registering"}
    await registry.database.pool.execute(EXPIRE)
    async with _worker(registry).running():
        await finished(registry, await _again(registry, queued))
    await _ensure_once(registry, queued["id"])


async def _again(registry: ServiceUnderTest, queued: Mapping[str, Any]) -> Any:
    """Return an answer that names the import, as the one to its upload did."""
    shown = await get(registry, f"/household-imports/{queued['id']}", Role.POVERTY_OFFICE)
    shown.status_code = 202
    return shown


async def test_while_its_lease_lasts_nobody_else_takes_it(registry: ServiceUnderTest) -> None:
    await _queued(registry)
    async with registry.database.connection() as conn:
        first, second = new_id(), new_id()
        assert await queue.take(conn, first) is not None
        assert await queue.take(conn, second) is None


async def test_a_worker_that_lost_its_lease_can_neither_go_on_nor_finish(registry: ServiceUnderTest) -> None:
    queued = await _queued(registry)
    async with registry.database.connection() as conn:
        asleep = new_id()
        taken = await queue.take(conn, asleep)
        assert taken is not None
        await conn.execute(EXPIRE)
        async with _worker(registry).running():
            await finished(registry, await _again(registry, queued))
        with pytest.raises(LeaseLost):
            await queue.renew(conn, taken.id, asleep, 10, is_read=False)
        with pytest.raises(LeaseLost):
            await queue.finish(conn, taken.id, asleep)
    await _ensure_once(registry, queued["id"])


async def test_two_replicas_share_the_queue_and_register_each_person_once(registry: ServiceUnderTest) -> None:
    sheets = [await _queued(registry, first, 30) for first in (1, 11, 21, 31)]
    async with _worker(registry).running(), _worker(registry).running():
        shown = [(await finished(registry, await _again(registry, each))).json() for each in sheets]
    assert {each["state"] for each in shown} == {"finished"}
    assert sum(each["registered_count"] for each in shown) == 60
    assert sum(each["already_registered_count"] for each in shown) == 60
    assert await registry.database.pool.fetchval("SELECT count(*) FROM household") == 60
    assert len(await registered_events(registry)) == 60


async def test_progress_is_seen_while_it_runs(registry: ServiceUnderTest, keys_dir: Path) -> None:
    queued = await _queued(registry)
    assert (queued["state"], queued["row_count"], queued["seconds"]) == ("queued", 0, None)
    assert (queued["rows_expected"], queued["form"], queued["finished_at"]) == (ROWS, "xlsx", None)
    process = await _other_process(registry, keys_dir, "imports.before_piece_commit=sleep:seconds=0.15")
    seen = set()
    try:
        async with asyncio.timeout(DEATH_SECONDS):
            while (shown := await _shown(registry, queued["id"]))["state"] != "finished":
                seen.add((shown["state"], shown["row_count"]))
                await asyncio.sleep(0.02)
    finally:
        process.kill()
        await process.wait()
    assert [count for state, count in seen if state != "queued" and 0 < count < ROWS]
    assert (shown["row_count"], shown["rows_read"]) == (ROWS, ROWS)
    assert shown["seconds"] > 0.15


async def test_the_upload_is_kept_sealed_and_only_until_the_end(registry: ServiceUnderTest) -> None:
    body = workbook([row(place) for place in range(1, 9)])
    queued = (await send_sheet(registry, body)).json()
    parts = await registry.database.pool.fetch("SELECT content_sealed FROM household_import_part")
    assert parts
    assert not any(body[:64] in part["content_sealed"] for part in parts)
    async with _worker(registry).running():
        await finished(registry, await _again(registry, queued))
    assert await registry.database.pool.fetchval("SELECT count(*) FROM household_import_part") == 0


async def test_what_a_stopped_worker_had_under_way_is_taken_at_once_by_the_next(registry: ServiceUnderTest) -> None:
    queued = await _queued(registry)
    blocker = await registry.database.pool.acquire()
    try:
        async with blocker.transaction():
            await blocker.execute("LOCK TABLE household IN SHARE MODE")  # pieces wait, as they may behind any lock
            async with _worker(registry).running():
                async with asyncio.timeout(DEATH_SECONDS):
                    while (await _shown(registry, queued["id"]))["state"] == "queued":  # noqa: ASYNC110 - in the database
                        await asyncio.sleep(0.01)
            assert (await _shown(registry, queued["id"]))["state"] == "queued"
    finally:
        await registry.database.pool.release(blocker)
    async with _worker(registry).running():
        await finished(registry, await _again(registry, queued))
    await _ensure_once(registry, queued["id"])


async def test_a_fault_while_the_staging_tables_are_made_leaves_none_of_them(
    registry: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def prepare(conn: Connection, statements: PieceStatements) -> None:
        await registering.prepare(conn, statements)
        raise asyncpg.DataError

    monkeypatch.setattr(worker, "PAUSE_AFTER_FAULT_SECONDS", 0.01)
    monkeypatch.setattr(worker, "prepare", prepare)
    queued = await _queued(registry)
    async with _worker(registry).running():
        shown = (await finished(registry, await _again(registry, queued))).json()
    assert shown["failure"]["code"] == "import-given-up"
    assert await left_behind(registry.database) == []


class _FaultOfItsOwn(ImportWorker):
    """A worker that meets the same fault in every try."""

    fault: type[Exception] = asyncpg.DataError

    async def _register_all(self, *_: object) -> None:
        raise self.fault


async def test_a_sheet_that_fails_again_and_again_is_given_up_and_the_next_one_taken(
    registry: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "PAUSE_AFTER_FAULT_SECONDS", 0.01)
    queued = await _queued(registry)
    async with _FaultOfItsOwn(registry.database, registry.app.state.cipher).running():
        shown = (await finished(registry, await _again(registry, queued))).json()
    assert (shown["state"], shown["failure"]["code"], shown["registered_count"]) == ("failed", "import-given-up", 0)
    next_one = await _queued(registry)
    async with _worker(registry).running():
        await finished(registry, await _again(registry, next_one))
    await _ensure_once(registry, next_one["id"])


async def test_a_fault_that_passes_is_not_the_sheets(
    registry: ServiceUnderTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "PAUSE_AFTER_FAULT_SECONDS", 0.01)
    monkeypatch.setattr(_FaultOfItsOwn, "fault", ConnectionResetError)
    queued = await _queued(registry)
    async with _FaultOfItsOwn(registry.database, registry.app.state.cipher).running():
        await asyncio.sleep(0.5)
    shown = await _shown(registry, queued["id"])
    attempts = await registry.database.pool.fetchval("SELECT attempt_count FROM household_import")
    assert (shown["state"], attempts) == ("queued", 0)


async def test_a_sheet_that_kills_its_workers_is_given_up_by_name(registry: ServiceUnderTest) -> None:
    queued = await _queued(registry)
    await registry.database.pool.execute("UPDATE household_import SET attempt_count = $1", queue.ATTEMPTS_MAX)
    async with _worker(registry).running():
        shown = (await finished(registry, await _again(registry, queued))).json()
    assert (shown["state"], shown["failure"]["code"], shown["registered_count"]) == ("failed", "import-given-up", 0)
    assert await registry.database.pool.fetchval("SELECT count(*) FROM household_import_part") == 0


async def test_a_sheet_that_breaks_off_ends_as_failed_by_its_name(registry: ServiceUnderTest) -> None:
    columns = household_columns(SCHEME)
    lines = [[column.header for column in columns]]
    lines += [[str(row(place).get(column.key, "")) for column in columns] for place in range(1, 16)]
    text = io.StringIO(newline="")
    csv.writer(text).writerows(lines)
    sent = await send_sheet(registry, (text.getvalue() + 'FJ00016,"王').encode("gb18030"))
    assert (sent.status_code, sent.json()["form"]) == (202, "csv")
    async with _worker(registry).running():
        shown = (await finished(registry, sent)).json()
    assert (shown["state"], shown["failure"]["code"]) == ("failed", "file-unreadable")
    assert "line 17" in shown["failure"]["detail"]
    assert (shown["row_count"], shown["registered_count"]) == (10, 10)  # the pieces above the break
    right = await send_sheet(registry, text.getvalue().encode("utf-8-sig"))
    async with _worker(registry).running():
        again = (await finished(registry, right)).json()
    assert (again["registered_count"], again["already_registered_count"]) == (5, 10)


async def test_what_was_sent_by_whom_never_changes_and_an_end_is_an_end(registry: ServiceUnderTest) -> None:
    queued = await _queued(registry)
    for change in ("imported_by = 'another'", "county_code = '500237'", "file_sha256 = ''"):
        with pytest.raises(Exception, match="only grows"):
            await registry.database.pool.execute(f"UPDATE household_import SET {change}")
    async with _worker(registry).running():
        await finished(registry, await _again(registry, queued))
    for change in ("UPDATE household_import SET registered_count = 1, row_count = 1", "DELETE FROM household_import"):
        with pytest.raises(Exception, match="only grows"):
            await registry.database.pool.execute(change)


async def test_sheets_are_listed_the_newest_first_and_ones_own_only_below_the_county(
    registry: ServiceUnderTest,
) -> None:
    first, second = await _queued(registry, 1, 3), await _queued(registry, 4, 3)
    listed = (await get(registry, f"/household-imports?county_code={COUNTY}", Role.POVERTY_OFFICE)).json()
    assert [each["id"] for each in listed["items"]] == [second["id"], first["id"]]
    township = await get(registry, f"/household-imports?county_code={COUNTY}", Role.TOWNSHIP, region="500236001")
    assert township.json()["items"] == []
