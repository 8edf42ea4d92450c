"""Documents of a household's dossier: filing, versions, withdrawal, downloads, and who viewed them."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import pytest

from services.registry.tests.county import OTHER_VILLAGE, VILLAGE, get, registered, row
from services.registry.tests.papers import file_paper, filed, newer, pdf, picture, withdraw
from shared.access import Role
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


async def _content(registry: ServiceUnderTest, document: str, role: Role = Role.VILLAGE, **query: Any) -> Any:
    path = f"/api/v1/documents/{document}/content"
    return await registry.client.get(path, params=query, headers=registry.headers(role))


@pytest.mark.clause("LG-43")
async def test_a_document_is_filed_sealed_and_comes_back_as_it_was(
    registry: ServiceUnderTest, household: str, store: Path
) -> None:
    content = picture()
    answer = await file_paper(
        registry, household, content, title="户主身份证正面", file_name="a.JPG", content_type="image/jpeg"
    )
    assert answer.status_code == 201, answer.text
    document = answer.json()
    assert document["household_number"] == "FJ00001"
    assert (document["kind"], document["kind_zh"], document["version"]) == ("identity_proof", "身份证明", 1)
    assert document["sha256"] == hashlib.sha256(content).hexdigest()
    assert (document["media_type"], document["width"], document["height"]) == ("image/jpeg", 24, 24)
    assert (document["scanned"], document["added_roles"]) == (False, ["village"])
    (kept,) = _files(store)
    assert kept.name == document["sha256"]
    assert kept.stat().st_mode & 0o777 == 0o600
    assert content not in kept.read_bytes()
    assert content[:20] not in kept.read_bytes()
    taken = await _content(registry, document["id"])
    assert taken.content == content
    assert taken.headers["content-type"] == "image/jpeg"
    assert taken.headers["x-content-type-options"] == "nosniff"
    assert taken.headers["cache-control"] == "no-store"
    plain, _, full = taken.headers["content-disposition"].partition("; filename*=UTF-8''")
    assert plain == 'attachment; filename="FJ00001-identity_proof-v1.jpg"'
    assert unquote(full) == "FJ00001-身份证明-v1.jpg"


async def test_the_same_content_twice_is_one_document(registry: ServiceUnderTest, household: str, store: Path) -> None:
    first = await filed(registry, household, picture())
    again = await file_paper(registry, household, picture(), role=Role.TOWNSHIP)
    assert (again.status_code, again.json()["id"]) == (201, first["id"])
    other = await file_paper(registry, household, picture(), "photo")
    assert (other.status_code, other.json()["code"]) == (409, "document-on-file")
    assert other.json()["values"]["document_id"] == first["id"]
    (neighbour,) = await registered(registry, row(2))
    assert (await filed(registry, neighbour, picture()))["id"] != first["id"]
    assert len(_files(store)) == 1


async def test_the_same_upload_at_once_is_one_document(registry: ServiceUnderTest, household: str) -> None:
    uploads = [file_paper(registry, household, picture(), subject=f"officer-{place}") for place in range(4)]
    answers = await asyncio.gather(*uploads)
    assert [each.status_code for each in answers] == [201] * 4
    assert len({each.json()["id"] for each in answers}) == 1
    assert await registry.database.pool.fetchval("SELECT count(*) FROM document_version") == 1


async def test_a_retry_with_the_same_key_answers_the_same(registry: ServiceUnderTest, household: str) -> None:
    headers = registry.headers(Role.VILLAGE)
    path = f"/api/v1/households/{household}/documents"
    first, second, third = [
        await registry.client.post(path, params={"kind": "photo"}, content=content, headers=headers)
        for content in (picture(), picture(), picture(5))
    ]
    assert (first.status_code, second.content) == (201, first.content)
    assert (third.status_code, third.json()["code"]) == (422, "idempotency-key-reused")
    del headers["Idempotency-Key"]
    keyless = await registry.client.post(path, params={"kind": "photo"}, content=picture(9), headers=headers)
    assert (keyless.status_code, keyless.json()["code"]) == (400, "idempotency-key-missing")


async def test_a_newer_version_supersedes_and_the_legacy_stays_readable(
    registry: ServiceUnderTest, household: str
) -> None:
    document = (await filed(registry, household, picture()))["id"]
    second = (await newer(registry, document, pdf())).json()
    assert (second["version"], second["media_type"], second["page_count"]) == (2, "application/pdf", 1)
    assert [each["version"] for each in second["versions"]] == [1, 2]
    assert (await newer(registry, document, pdf())).json()["version"] == 2
    back = await newer(registry, document, picture())
    assert (back.status_code, back.json()["code"]) == (409, "document-on-file")
    assert (await _content(registry, document)).headers["content-type"] == "application/pdf"
    assert (await _content(registry, document, version=1)).content == picture()
    gone = await _content(registry, document, version=3)
    assert (gone.status_code, gone.json()["code"]) == (404, "document-unknown")


async def test_versions_at_once_are_numbered_one_after_the_other(registry: ServiceUnderTest, household: str) -> None:
    document = (await filed(registry, household, picture()))["id"]
    answers = await asyncio.gather(*(newer(registry, document, picture(shade)) for shade in (10, 20, 30)))
    assert [each.status_code for each in answers] == [201] * 3
    numbers = await registry.database.pool.fetch("SELECT version FROM document_version ORDER BY version")
    assert [each["version"] for each in numbers] == [1, 2, 3, 4]


@pytest.mark.clause("LG-44")
async def test_every_look_is_recorded_even_an_auditors(registry: ServiceUnderTest, household: str) -> None:
    document = (await filed(registry, household, picture()))["id"]
    await newer(registry, document, picture(3))
    await _content(registry, document, Role.AUDITOR)
    await _content(registry, document, Role.HELPER, version=1)
    await get(registry, f"/documents/{document}", Role.AUDITOR)
    views = (await get(registry, f"/documents/{document}/views", Role.SERVICE_CENTRE)).json()["items"]
    assert [(each["viewed_by"], each["roles"], each["version"], each["access"]) for each in views] == [
        ("auditor-officer", ["auditor"], 2, "content"),
        ("helper-officer", ["helper"], 1, "content"),
        ("auditor-officer", ["auditor"], 2, "details"),
    ]
    assert all(each["viewed_at"] for each in views)
    page = await get(registry, f"/documents/{document}/views?limit=2", Role.AUDITOR)
    rest = await get(registry, f"/documents/{document}/views?cursor={page.json()['next']}", Role.AUDITOR)
    assert [len(each.json()["items"]) for each in (page, rest)] == [2, 1]


async def test_another_officer_withdraws_a_document_filed_by_mistake(
    registry: ServiceUnderTest, household: str
) -> None:
    document = (await filed(registry, household, picture()))["id"]
    own = await withdraw(registry, document, subject="village-officer")
    assert (own.status_code, own.json()["code"]) == (403, "maker-is-checker")
    done = await withdraw(registry, document)
    assert (done.status_code, done.json()["withdrawn_by"]) == (201, "township-officer")
    assert (done.json()["withdrawal_reason"], done.json()["version_count"]) == ("归错户", 0)
    twice = await withdraw(registry, document)
    assert (twice.status_code, twice.json()["code"]) == (409, "document-withdrawn")
    version = await newer(registry, document, picture(2))
    assert (version.status_code, version.json()["code"]) == (409, "document-withdrawn")
    listed = await get(registry, f"/households/{household}/documents", Role.VILLAGE)
    assert listed.json()["items"] == []
    assert (await _content(registry, document)).content == picture()
    right = await filed(registry, household, picture(), "photo")
    assert right["id"] != document


async def test_one_version_is_withdrawn_and_the_one_before_holds_again(
    registry: ServiceUnderTest, household: str
) -> None:
    document = (await filed(registry, household, picture()))["id"]
    await newer(registry, document, picture(7))
    unknown = await withdraw(registry, document, subject="another", version=9)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "document-unknown")
    done = (await withdraw(registry, document, subject="another", version=2)).json()
    assert (done["version"], done["version_count"]) == (1, 1)
    assert (await _content(registry, document)).content == picture()
    assert (await newer(registry, document, picture(8))).json()["version"] == 3


_WRONG: Final[list[tuple[bytes, dict[str, Any], int, str]]] = [
    (b"", {}, 422, "document-empty"),
    (b"MZ" + bytes(90), {}, 422, "document-type-not-accepted"),
    (picture()[:-200], {}, 422, "document-unreadable"),
    (picture(), {"content_type": "application/pdf"}, 422, "content-type-contradicts"),
    (picture(), {"file_name": "合同.pdf"}, 422, "file-name-contradicts"),
    (picture(), {"kind": "diary"}, 422, "document-kind-unknown"),
    (picture(), {"title": "身份证 500236198001010011"}, 422, "title-carries-a-number"),
    (picture(), {"title": "电话 13800001234"}, 422, "title-carries-a-number"),
    (picture(), {"kind": "../etc"}, 422, "invalid-request"),
    (picture(), {"title": "x" * 101}, 422, "invalid-request"),
    (picture() + bytes(16 * 1024 * 1024), {}, 413, "document-too-large"),
    (bytes(21 * 1024 * 1024), {}, 413, "document-too-large"),
]


async def test_a_wrong_upload_is_refused_by_name_and_leaves_nothing(
    registry: ServiceUnderTest, household: str, store: Path
) -> None:
    for content, query, status, code in _WRONG:
        answer = await file_paper(registry, household, content, **query)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert await registry.database.pool.fetchval("SELECT count(*) FROM document") == 0
    assert _files(store) == []


async def test_an_upload_without_length_is_stopped_at_the_limit(registry: ServiceUnderTest, household: str) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield picture()
        for _ in range(64):
            sent += 1
            yield bytes(1024 * 1024)

    answer = await file_paper(registry, household, endless())
    assert (answer.status_code, answer.json()["code"]) == (413, "document-too-large")
    assert sent < 64


async def test_an_upload_too_many_is_sent_away_and_a_finished_one_leaves_its_place(
    registry: ServiceUnderTest, household: str
) -> None:
    slots = registry.app.state.documents.upload_slots
    whole, slots.free = slots.free, 1
    uploads = [file_paper(registry, household, picture(shade), "photo") for shade in range(3)]
    answers = await asyncio.gather(*uploads)
    busy = [each for each in answers if each.status_code == 503]
    assert [each.json()["code"] for each in busy] == ["uploads-busy"] * 2
    assert busy[0].headers["retry-after"]
    assert (await file_paper(registry, household, b"MZ", "photo")).status_code == 422
    assert (await file_paper(registry, household, picture(9), "photo")).status_code == 201
    assert (slots.free, whole) == (1, 16)


async def test_other_regions_and_roles_neither_see_nor_file(registry: ServiceUnderTest, household: str) -> None:
    (far,) = await registered(registry, row(2, village_code=OTHER_VILLAGE))
    document = (await filed(registry, household, picture()))["id"]
    outside = await file_paper(registry, far, picture(), region=VILLAGE)
    assert (outside.status_code, outside.json()["code"]) == (404, "households-unknown")
    for path in (f"/documents/{document}", f"/documents/{document}/content", f"/documents/{document}/views"):
        answer = await get(registry, path, Role.VILLAGE, region=OTHER_VILLAGE)
        assert (answer.status_code, answer.json()["code"]) == (404, "document-unknown")
    version = await newer(registry, document, picture(2), region=OTHER_VILLAGE[:9])
    assert (version.status_code, version.json()["code"]) == (404, "document-unknown")
    for path in (f"/households/{household}/documents", f"/households/{household}/document-checklist"):
        answer = await get(registry, path, Role.VILLAGE, region=OTHER_VILLAGE)
        assert (answer.status_code, answer.json()["code"]) == (404, "households-unknown")
        bank = await get(registry, path, Role.BANK)
        assert (bank.status_code, bank.json()["code"]) == (403, "right-missing")
    audit = await file_paper(registry, household, picture(4), role=Role.AUDITOR)
    assert (audit.status_code, audit.json()["code"]) == (403, "right-missing")
    assert await registry.database.pool.fetchval("SELECT count(*) FROM document_view") == 0


@pytest.mark.clause("FJ-4a", "LG-11")
async def test_the_checklist_of_a_stage_names_what_is_missing(registry: ServiceUnderTest, household: str) -> None:
    path = f"/households/{household}/document-checklist"
    village = (await get(registry, f"{path}?stage=village", Role.VILLAGE)).json()
    assert (village["complete"], village["missing"], village["clauses"]) == (False, ["application_form"], ["FJ-4a"])
    await filed(registry, household, picture(), "application_form")
    assert (await get(registry, f"{path}?stage=village", Role.VILLAGE)).json()["complete"] is True
    township = (await get(registry, f"{path}?stage=township", Role.TOWNSHIP)).json()
    assert (township["missing"], township["missing_zh"]) == (["commitment_letter"], ["承诺书"])
    bank = (await get(registry, path, Role.SERVICE_CENTRE)).json()
    assert bank["stage"] == "bank"
    assert bank["missing"] == ["review_form", "commitment_letter", "loan_contract"]
    assert [each["present"] for each in bank["lines"]] == [True, False, False, False]
    letter = await filed(registry, household, picture(1), "commitment_letter")
    await withdraw(registry, letter["id"])
    township = (await get(registry, f"{path}?stage=township", Role.TOWNSHIP)).json()
    assert township["missing"] == ["commitment_letter"]
    nowhere = await get(registry, f"{path}?stage=moon", Role.VILLAGE)
    assert (nowhere.status_code, nowhere.json()["code"]) == (422, "stage-unknown")


async def test_documents_are_listed_in_pages_and_by_kind(registry: ServiceUnderTest, household: str) -> None:
    ids = [(await filed(registry, household, picture(shade), "photo"))["id"] for shade in range(3)]
    await filed(registry, household, pdf(), "iou")
    path = f"/households/{household}/documents"
    first = (await get(registry, f"{path}?kind=photo&limit=2", Role.HELPER)).json()
    rest = (await get(registry, f"{path}?kind=photo&limit=2&cursor={first['next']}", Role.HELPER)).json()
    assert [each["id"] for each in (*first["items"], *rest["items"])] == ids
    assert rest["next"] is None
    assert len((await get(registry, path, Role.HELPER)).json()["items"]) == 4
