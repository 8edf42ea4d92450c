"""The place where documents are kept: what crashes leave, what is swept, missing or damaged, and what is scanned."""

import asyncio
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from services.registry.dossier.documents.__main__ import main
from services.registry.dossier.documents.sweeping import missing_contents, sweep
from services.registry.tests.county import registered, row
from services.registry.tests.papers import file_paper, filed, picture
from shared import failpoints
from shared.access import Role
from shared.failpoints import VARIABLE
from shared.testing.service import ServiceUnderTest


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which the registry of the test keeps contents."""
    monkeypatch.setenv("REGISTRY_DOCUMENTS_DIR", str(tmp_path / "store"))
    return tmp_path / "store"


@pytest.fixture
async def household(registry: ServiceUnderTest) -> str:
    """Return a household of the first township."""
    (only,) = await registered(registry, row(1))
    return only


def _files(store: Path) -> list[Path]:
    return [path for path in store.rglob("*") if path.is_file()]


def _file(store: Path, address: str) -> Path:
    return next(store.rglob(address))


def _block(store: Path) -> None:
    """Put a file where the folder should be."""
    store.parent.mkdir(exist_ok=True)
    store.write_text("in the way")


async def _content(registry: ServiceUnderTest, document: str, role: Role = Role.VILLAGE, **query: Any) -> Any:
    path = f"/api/v1/documents/{document}/content"
    return await registry.client.get(path, params=query, headers=registry.headers(role))


async def test_a_crash_before_the_commit_leaves_no_row_and_an_orphan_that_is_swept(
    registry: ServiceUnderTest, household: str, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(failpoints, "_armed", failpoints._read({VARIABLE: "web.before_commit=raise"}))
    crashed = await file_paper(registry, household, picture())
    assert crashed.status_code == 500
    monkeypatch.setattr(failpoints, "_armed", {})
    assert await registry.database.pool.fetchval("SELECT count(*) FROM document") == 0
    kept = await filed(registry, household, picture(1))
    assert len(_files(store)) == 2
    contents = registry.app.state.documents.store
    early, late = await registry.database.pool.fetchrow("SELECT now() - interval '1 h', now() + interval '1 h'")
    young = await sweep(registry.database, contents, written_before=early, remove=True)
    assert (young.stored_count, young.orphan_count) == (2, 0)
    counted = await sweep(registry.database, contents, written_before=late, remove=False)
    assert (counted.orphan_count, counted.removed_count, len(_files(store))) == (1, 0, 2)
    swept = await sweep(registry.database, contents, written_before=late, remove=True)
    assert (swept.orphan_count, swept.removed_count) == (1, 1)
    assert [path.name for path in _files(store)] == [kept["sha256"]]
    assert [each async for each in missing_contents(registry.database, contents)] == []


async def test_the_operators_command_sweeps_and_verifies(
    registry: ServiceUnderTest, household: str, store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = await filed(registry, household, picture())
    await registry.app.state.documents.store.put("ab" * 32, b"nobody knows this")
    assert await asyncio.to_thread(main, ["verify"]) == 0
    assert await asyncio.to_thread(main, ["sweep"]) == 0
    assert "stored 2, orphans 0, removed 0" in capsys.readouterr().out
    assert await asyncio.to_thread(main, ["sweep", "--older-than-hours", "0", "--remove"]) == 0
    assert "stored 2, orphans 1, removed 1" in capsys.readouterr().out
    _file(store, kept["sha256"]).unlink()
    assert await asyncio.to_thread(main, ["verify"]) == 1
    assert f"missing {kept['sha256']}" in capsys.readouterr().out


@pytest.fixture
def scanner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set a scanner that knows one virus."""
    script = tmp_path / "scanner"
    script.write_text('#!/bin/sh\ngrep -q VIRUS "$2" && exit 1\nexit 0\n')
    script.chmod(0o700)
    monkeypatch.setenv("REGISTRY_SCAN_COMMAND", f"{script} --quiet")


async def test_what_the_scanner_clears_is_marked_and_what_it_refuses_is_not_stored(
    scanner: None, registry: ServiceUnderTest, household: str, store: Path
) -> None:
    infected = await file_paper(registry, household, picture(comment=b"VIRUS"))
    assert (infected.status_code, infected.json()["code"]) == (422, "document-infected")
    assert _files(store) == []
    assert (await filed(registry, household, picture()))["scanned"] is True


async def test_content_that_was_swept_during_an_upload_is_stored_again(
    registry: ServiceUnderTest, household: str, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contents, put, puts = registry.app.state.documents.store, registry.app.state.documents.store.put, 0

    async def put_and_lose(address: str, sealed: bytes) -> None:
        nonlocal puts
        puts += 1
        await put(address, sealed)
        if puts == 1:
            await contents.remove(address)

    monkeypatch.setattr(contents, "put", put_and_lose)
    document = await filed(registry, household, picture())
    assert puts == 2
    assert (await _content(registry, document["id"])).content == picture()


async def test_damaged_and_missing_content_is_said_and_never_sent(
    registry: ServiceUnderTest, household: str, store: Path
) -> None:
    document = await filed(registry, household, picture())
    other = await filed(registry, household, picture(1))
    damaged, missing = (_file(store, each["sha256"]) for each in (document, other))
    damaged.write_bytes(missing.read_bytes())  # another document's sealed content
    missing.unlink()
    for each in (document, other):
        answer = await _content(registry, each["id"])
        assert (answer.status_code, answer.json()["code"]) == (503, "document-content-missing")
    assert await registry.database.pool.fetchval("SELECT count(*) FROM document_view") == 0
    gone = [each async for each in missing_contents(registry.database, registry.app.state.documents.store)]
    assert gone == [other["sha256"]]


async def test_a_store_that_cannot_write_changes_nothing(
    registry: ServiceUnderTest, household: str, store: Path
) -> None:
    _block(store)
    answer = await file_paper(registry, household, picture())
    assert (answer.status_code, answer.json()["code"]) == (503, "document-store-unavailable")
    assert answer.headers["retry-after"]
    assert await registry.database.pool.fetchval("SELECT count(*) FROM document") == 0


async def test_the_database_keeps_what_was_recorded(registry: ServiceUnderTest, household: str) -> None:
    document = await filed(registry, household, picture())
    await _content(registry, document["id"])
    for statement in (
        "UPDATE document SET kind = 'other'",
        "DELETE FROM document_version",
        "UPDATE document_version SET content_sha256 = sha256('x')",
        "DELETE FROM document_view",
        "UPDATE document_view SET viewed_by = 'nobody'",
    ):
        with pytest.raises(asyncpg.RestrictViolationError):
            await registry.database.pool.execute(statement)
