"""Both places for contents, the folder and the bucket, keep the same promises."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from services.registry.dossier.documents.folder_store import FolderStore
from services.registry.dossier.documents.s3_store import BucketAccess, S3Store
from services.registry.dossier.documents.store import (
    ContentStore,
    NothingStored,
    StoreAway,
    opened_content,
    sealed_content,
)
from services.registry.tests.bucket_server import BUCKET, KEY_ID, REGION, SECRET, BucketServer, bucket_server
from services.registry.tests.county import registered, row
from services.registry.tests.papers import filed, picture
from shared.access import Role
from shared.pii import PiiCipher
from shared.testing.service import ServiceUnderTest

_FIRST, _SECOND, _THIRD = "ab" * 32, "cd" * 32, "ef" * 32
_CIPHER = PiiCipher({"1": bytes(32)}, "1", bytes(32))


@pytest.fixture
def bucket() -> Iterator[BucketServer]:
    """Return a running S3-compatible server."""
    with bucket_server() as server:
        yield server


def _access(bucket: BucketServer, secret: str = SECRET) -> BucketAccess:
    return BucketAccess(BUCKET, REGION, bucket.endpoint, KEY_ID, secret, "files")


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path, bucket: BucketServer) -> ContentStore:
    """Return each kind of store in turn."""
    return FolderStore(tmp_path / "contents") if request.param == "folder" else S3Store(_access(bucket))


async def test_what_was_put_is_there_until_it_is_removed(store: ContentStore) -> None:
    assert not await store.holds(_FIRST)
    with pytest.raises(NothingStored):
        await store.get(_FIRST)
    await store.put(_FIRST, b"one")
    await store.put(_FIRST, b"two")
    assert await store.holds(_FIRST)
    assert await store.get(_FIRST) == b"two"
    for address in (_SECOND, _THIRD):
        await store.put(address, b"more")
    assert sorted([each.address async for each in store.everything()]) == [_FIRST, _SECOND, _THIRD]
    await store.remove(_FIRST)
    await store.remove(_FIRST)
    assert not await store.holds(_FIRST)


async def test_an_empty_store_lists_nothing(store: ContentStore) -> None:
    assert [each async for each in store.everything()] == []


def test_sealed_content_opens_only_at_its_own_address() -> None:
    sealed = sealed_content(_CIPHER, _FIRST, b"paper")
    assert opened_content(_CIPHER, _FIRST, sealed) == b"paper"
    for address, damaged in ((_SECOND, sealed), (_FIRST, sealed[:-1]), (_FIRST, b"9:" + sealed[2:]), (_FIRST, b"")):
        with pytest.raises(NothingStored):
            opened_content(_CIPHER, address, damaged)


async def test_a_folder_takes_no_address_that_leads_elsewhere(tmp_path: Path) -> None:
    folder = FolderStore(tmp_path / "contents")
    for address in ("../../etc/passwd", "ab", _FIRST.upper(), f"{_FIRST}/x"):
        with pytest.raises(ValueError, match="not an address"):
            await folder.get(address)


async def test_a_write_that_was_cut_off_is_listed_for_the_sweeper(tmp_path: Path) -> None:
    folder = FolderStore(tmp_path / "contents")
    await folder.put(_FIRST, b"whole")
    (tmp_path / "contents" / "ab" / "ab" / f"{_FIRST}.new-1f").write_bytes(b"ha")
    assert await folder.get(_FIRST) == b"whole"
    found = sorted([each.address async for each in folder.everything()])
    assert found == [_FIRST, f"{_FIRST}.new-1f"]
    await folder.remove(found[1])
    assert [each.address async for each in folder.everything()] == [_FIRST]


async def test_a_bucket_with_other_keys_is_away(bucket: BucketServer) -> None:
    with pytest.raises(StoreAway):
        await S3Store(_access(bucket, "another-secret")).put(_FIRST, b"one")
    assert bucket.refused >= 1
    assert bucket.objects == {}


async def _asked(store: ContentStore) -> AsyncIterator[str]:
    for ask in (lambda: store.put(_FIRST, b"x"), lambda: store.get(_FIRST), lambda: store.holds(_FIRST)):
        try:
            await ask()
        except StoreAway:
            yield "away"


async def test_a_bucket_that_fails_is_away_and_not_empty(bucket: BucketServer) -> None:
    store = S3Store(_access(bucket))
    bucket.down = True
    assert [each async for each in _asked(store)] == ["away"] * 3


@pytest.fixture
def bucket_settings(bucket: BucketServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the bucket for a registry that starts afterwards."""
    for name, value in {
        "BUCKET": BUCKET,
        "ENDPOINT": bucket.endpoint,
        "REGION": REGION,
        "PREFIX": "files",
        "ACCESS_KEY_ID": KEY_ID,
        "SECRET_ACCESS_KEY": SECRET,
    }.items():
        monkeypatch.setenv(f"REGISTRY_DOCUMENTS_S3_{name}", value)


async def test_the_registry_keeps_documents_in_a_bucket_by_setting(
    bucket: BucketServer, bucket_settings: None, registry: ServiceUnderTest
) -> None:
    (household,) = await registered(registry, row(1))
    document = await filed(registry, household, picture())
    assert list(bucket.objects) == [f"files/{document['sha256']}"]
    assert picture() not in bucket.objects[f"files/{document['sha256']}"]
    path = f"/api/v1/documents/{document['id']}/content"
    taken = await registry.client.get(path, headers=registry.headers(Role.AUDITOR))
    assert taken.content == picture()
    assert bucket.refused == 0
    bucket.down = True
    away = await registry.client.get(path, headers=registry.headers(Role.AUDITOR))
    assert (away.status_code, away.json()["code"]) == (503, "document-store-unavailable")
