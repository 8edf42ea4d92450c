"""File a document, give it a new version, withdraw one (LG-42, LG-43).

The content is checked and stored before the transaction that records it, so that no row ever points to nothing; what
is stored and never recorded is swept later. The sweeper and the recording transaction meet at one lock per content.
"""

import asyncio
import re
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from asyncpg import Record

from services.registry.dossier.documents.inspection import Measures
from services.registry.dossier.documents.intake import DocumentIntake
from services.registry.dossier.documents.queries import get_document, get_household, kind_names
from services.registry.dossier.documents.receiving import Received
from services.registry.dossier.documents.refusals import (
    DocumentKindUnknown,
    DocumentOnFile,
    DocumentUnknown,
    DocumentWithdrawn,
    StoreUnavailable,
    TitleNamesAPerson,
)
from services.registry.dossier.documents.schemas import DocumentDetail, WithdrawalIn
from services.registry.dossier.documents.store import StoreAway, sealed_content
from services.registry.register.households.refusals import HouseholdHasEnded, HouseholdsUnknown
from shared.access import Principal, Right
from shared.db import Connection, Database
from shared.errors import MakerIsChecker
from shared.ids import new_id

# One filing at a time for a household, so that the same content cannot come twice between check and insert.
_LOCK_HOUSEHOLD = """
SELECT id, number, county_code, village_code, ended_on, end_reason FROM household
WHERE id = $1 AND village_code ^@ ANY ($2::text[]) FOR NO KEY UPDATE
"""
_HOUSEHOLD_OF = "SELECT household_id FROM document WHERE id = $1"
_SAME_CONTENT = """
SELECT v.document_id, v.version, d.kind,
       v.version = (SELECT max(o.version) FROM document_version o
                    WHERE o.document_id = v.document_id AND o.withdrawn_at IS NULL) AS is_latest
FROM document_version v JOIN document d ON d.id = v.document_id
WHERE v.household_id = $1 AND v.content_sha256 = $2 AND v.withdrawn_at IS NULL
"""
_DOCUMENT = "INSERT INTO document (id, household_id, kind, title, added_by) VALUES ($1, $2, $3, $4, $5)"
_VERSION = """
INSERT INTO document_version (id, document_id, household_id, version, content_sha256, media_type, size_bytes, width,
  height, page_count, scanned, added_by, added_roles)
SELECT $1, $2, $3, coalesce(max(version), 0) + 1, $4, $5, $6, $7, $8, $9, $10, $11, $12
FROM document_version WHERE document_id = $2
"""
_VERSIONS = """
SELECT version, added_by, withdrawn_by, withdrawn_at FROM document_version WHERE document_id = $1 ORDER BY version
"""
_WITHDRAW = """
UPDATE document_version SET withdrawal_reason = $3, withdrawn_by = $4, withdrawn_at = now()
WHERE document_id = $1 AND version = ANY ($2::integer[]) AND withdrawn_at IS NULL
"""
# Whoever records a content keeps the sweeper from it until the commit.
_HOLD_CONTENT: Final = "SELECT pg_advisory_xact_lock_shared(hashtextextended('document-content/' || $1, 0))"
_PERSONAL: Final = re.compile(r"[0-9]{15,}|(?<![0-9])1[3-9][0-9]{9}(?![0-9])")


@dataclass(frozen=True, slots=True)
class Filing:
    """What a new document is filed as."""

    household_id: UUID
    kind: str
    title: str | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """Content that was checked and stored, ready to be recorded."""

    received: Received
    sha256: bytes
    sealed: bytes
    measures: Measures
    scanned: bool

    @property
    def address(self) -> str:
        """Return where the content is stored."""
        return self.sha256.hex()


async def ensure_may_file(database: Database, officer: Principal, filing: Filing, today: date) -> None:
    """Refuse what cannot be filed before any work is done for it.

    Raises:
        TitleNamesAPerson: the title carries a personal number.
        HouseholdsUnknown: the household is not on file in the officer's region.
        DocumentKindUnknown: neither the pack nor the file knows the kind.
    """
    if filing.title is not None and _PERSONAL.search(filing.title):
        raise TitleNamesAPerson
    async with database.connection() as conn:
        household = await get_household(conn, officer, filing.household_id, Right.DOCUMENTS_ADD)
        await _ensure_kind(conn, filing.kind, household["village_code"], today)


async def ensure_may_add_version(database: Database, officer: Principal, document_id: UUID) -> None:
    """Refuse a version of a document that is not there, before any work is done for it.

    Raises:
        DocumentUnknown: there is none in the officer's region.
    """
    async with database.connection() as conn:
        await _household_of(conn, officer, Right.DOCUMENTS_ADD, document_id)


async def prepare(intake: DocumentIntake, received: Received) -> Prepared:
    """Check the content and store it sealed.

    Raises:
        DocumentUnreadable, PictureTooLarge, DocumentHidesAnother, PdfIsLocked, PdfIsActive, DocumentInfected,
        ScannerUnavailable: what the checks found; nothing was stored.
        StoreUnavailable: the store did not take it.
    """
    measures = await intake.checker.check(received.content, received.media_type)
    digest = await asyncio.to_thread(lambda: received.sha256)
    sealed = await asyncio.to_thread(sealed_content, intake.cipher, digest.hex(), received.content)
    prepared = Prepared(received, digest, sealed, measures, intake.checker.scans)
    await _put(intake, prepared)
    return prepared


async def file_document(
    conn: Connection, intake: DocumentIntake, officer: Principal, filing: Filing, prepared: Prepared, today: date
) -> DocumentDetail:
    """Record a new document; the same content under the same kind is the document that is there already.

    Raises:
        HouseholdsUnknown: the household is not on file in the officer's region.
        HouseholdHasEnded: its file is closed.
        DocumentKindUnknown: neither the pack nor the file knows the kind.
        DocumentOnFile: the same content is there under another kind, or was replaced by a newer version.
    """
    household = await _locked_household(conn, officer, filing.household_id)
    await _ensure_kind(conn, filing.kind, household["village_code"], today)
    same = await conn.fetchrow(_SAME_CONTENT, filing.household_id, prepared.sha256)
    if same is not None:
        if same["kind"] != filing.kind or not same["is_latest"]:
            raise DocumentOnFile(same["document_id"], same["version"], same["kind"])
        return await get_document(conn, officer, Right.DOCUMENTS_ADD, same["document_id"], today)
    document_id = new_id()
    await conn.execute(_DOCUMENT, document_id, filing.household_id, filing.kind, filing.title, officer.subject)
    await _record_version(conn, intake, officer, document_id, household, prepared)
    return await get_document(conn, officer, Right.DOCUMENTS_ADD, document_id, today)


async def add_version(
    conn: Connection, intake: DocumentIntake, officer: Principal, document_id: UUID, prepared: Prepared, today: date
) -> DocumentDetail:
    """Record a newer version of a document; the older ones stay readable. The latest content again changes nothing.

    Raises:
        DocumentUnknown: there is none in the officer's region.
        HouseholdHasEnded: the household's dossier is closed.
        DocumentWithdrawn: the whole document was withdrawn.
        DocumentOnFile: the same content is in the household's dossier in another place.
    """
    household_id = await _household_of(conn, officer, Right.DOCUMENTS_ADD, document_id)
    household = await _locked_household(conn, officer, household_id)
    _versions_in_use(document_id, await conn.fetch(_VERSIONS, document_id))
    same = await conn.fetchrow(_SAME_CONTENT, household_id, prepared.sha256)
    if same is None:
        await _record_version(conn, intake, officer, document_id, household, prepared)
    elif same["document_id"] != document_id or not same["is_latest"]:
        raise DocumentOnFile(same["document_id"], same["version"], same["kind"])
    return await get_document(conn, officer, Right.DOCUMENTS_ADD, document_id, today)


async def withdraw(
    conn: Connection, officer: Principal, document_id: UUID, body: WithdrawalIn, today: date
) -> DocumentDetail:
    """Withdraw a document, or one version of it, that another officer put on file by mistake; the content stays.

    Raises:
        DocumentUnknown: there is no such document or version in the officer's region.
        DocumentWithdrawn: it was withdrawn before.
        MakerIsChecker: the officer added it.
    """
    household_id = await _household_of(conn, officer, Right.DOCUMENTS_WITHDRAW, document_id)
    await conn.fetchrow(_LOCK_HOUSEHOLD, household_id, officer.regions_for(Right.DOCUMENTS_WITHDRAW))
    versions = await conn.fetch(_VERSIONS, document_id)
    if body.version is not None:
        versions = [each for each in versions if each["version"] == body.version]
        if not versions:
            raise DocumentUnknown(document_id, body.version)
    in_use = _versions_in_use(document_id, versions)
    if any(each["added_by"] == officer.subject for each in in_use):
        raise MakerIsChecker(officer.subject)
    await conn.execute(_WITHDRAW, document_id, [each["version"] for each in in_use], body.reason, officer.subject)
    return await get_document(conn, officer, Right.DOCUMENTS_WITHDRAW, document_id, today)


async def _ensure_kind(conn: Connection, kind: str, region_code: str, today: date) -> None:
    names = await kind_names(conn, region_code, today)
    if kind not in names:
        raise DocumentKindUnknown(kind, region_code, names)


async def _household_of(conn: Connection, officer: Principal, right: Right, document_id: UUID) -> UUID:
    household_id: UUID | None = await conn.fetchval(_HOUSEHOLD_OF, document_id)
    if household_id is None:
        raise DocumentUnknown(document_id)
    try:
        await get_household(conn, officer, household_id, right)
    except HouseholdsUnknown:
        raise DocumentUnknown(document_id) from None
    return household_id


async def _locked_household(conn: Connection, officer: Principal, household_id: UUID) -> Record:
    row = await conn.fetchrow(_LOCK_HOUSEHOLD, household_id, officer.regions_for(Right.DOCUMENTS_ADD))
    if row is None:
        raise HouseholdsUnknown([household_id])
    if row["ended_on"] is not None:
        raise HouseholdHasEnded(row["number"], row["ended_on"], row["end_reason"])
    return row


def _versions_in_use(document_id: UUID, versions: list[Record]) -> list[Record]:
    in_use = [each for each in versions if each["withdrawn_at"] is None]
    if not in_use:
        last = versions[-1]
        raise DocumentWithdrawn(document_id, last["withdrawn_by"], last["withdrawn_at"])
    return in_use


async def _record_version(
    conn: Connection,
    intake: DocumentIntake,
    officer: Principal,
    document_id: UUID,
    household: Record,
    prepared: Prepared,
) -> None:
    await conn.execute(_HOLD_CONTENT, prepared.address)
    if not await _is_stored(intake, prepared.address):  # swept between the upload and now
        await _put(intake, prepared)
    await conn.execute(
        _VERSION,
        new_id(),
        document_id,
        household["id"],
        prepared.sha256,
        str(prepared.received.media_type),
        len(prepared.received.content),
        prepared.measures.width,
        prepared.measures.height,
        prepared.measures.page_count,
        prepared.scanned,
        officer.subject,
        officer.roles_for(Right.DOCUMENTS_ADD, household["village_code"]),
    )


async def _is_stored(intake: DocumentIntake, address: str) -> bool:
    try:
        return await intake.store.holds(address)
    except StoreAway:
        raise StoreUnavailable from None


async def _put(intake: DocumentIntake, prepared: Prepared) -> None:
    try:
        await intake.store.put(prepared.address, prepared.sealed)
    except StoreAway:
        raise StoreUnavailable from None
