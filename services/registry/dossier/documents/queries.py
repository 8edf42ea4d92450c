"""Named reads of documents; every look at one is recorded before it is answered (LG-44)."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, Literal
from uuid import UUID

from asyncpg import Record

from services.registry.dossier.documents.refusals import DocumentUnknown
from services.registry.dossier.documents.rules.kinds import KindName, known_kinds
from services.registry.dossier.documents.schemas import DocumentDetail, DocumentOut, VersionOut, ViewOut
from services.registry.policy.packs.queries import find_pack_in_force
from services.registry.register.households.refusals import HouseholdsUnknown
from shared.access import Principal, Right
from shared.db import Connection

_VERSION_COLUMNS: Final = """
v.version, v.media_type, v.size_bytes, encode(v.content_sha256, 'hex') AS sha256, v.width, v.height, v.page_count,
v.scanned, v.added_by, v.added_roles, v.added_at, v.withdrawal_reason, v.withdrawn_by, v.withdrawn_at
"""
# A document is shown by its latest version that holds; one whose versions were all withdrawn, by the last of them.
_DOCUMENTS: Final = f"""
SELECT d.id, d.household_id, h.number AS household_number, d.kind, d.title, {_VERSION_COLUMNS},
       (SELECT count(*) FROM document_version o WHERE o.document_id = d.id AND o.withdrawn_at IS NULL) AS version_count,
       h.county_code, h.village_code
FROM document d JOIN household h ON h.id = d.household_id
JOIN LATERAL (SELECT * FROM document_version o WHERE o.document_id = d.id
              ORDER BY o.withdrawn_at IS NOT NULL, o.version DESC LIMIT 1) v ON true
"""  # noqa: S608 - our own column list
_LIST = f"""{_DOCUMENTS}
WHERE d.household_id = $1 AND v.withdrawn_at IS NULL AND ($2::text IS NULL OR d.kind = $2)
  AND ($3::uuid IS NULL OR d.id > $3)
ORDER BY d.id LIMIT $4
"""
DOCUMENTS_IN_A_FILE_MAX: Final = 1000  # two photos a month for forty years; the newest, when there are more
_ON_FILE = f"""{_DOCUMENTS}
WHERE d.household_id = $1 AND v.withdrawn_at IS NULL ORDER BY d.id DESC LIMIT $2
"""
_ONE = f"{_DOCUMENTS} WHERE d.id = $1 AND h.village_code ^@ ANY ($2::text[])"
_VERSIONS = f"""
SELECT {_VERSION_COLUMNS} FROM document_version v WHERE v.document_id = $1 ORDER BY v.version
"""  # noqa: S608 - our own column list
_VERSION = f"""
SELECT d.id, h.number AS household_number, h.county_code, h.village_code, d.kind, {_VERSION_COLUMNS}
FROM document d JOIN household h ON h.id = d.household_id JOIN document_version v ON v.document_id = d.id
WHERE d.id = $1 AND h.village_code ^@ ANY ($2::text[]) AND ($3::integer IS NULL OR v.version = $3)
ORDER BY v.withdrawn_at IS NOT NULL, v.version DESC LIMIT 1
"""  # noqa: S608 - our own column list
_HOUSEHOLD = """
SELECT id, number, county_code, village_code FROM household WHERE id = $1 AND village_code ^@ ANY ($2::text[])
"""
_RECORD_VIEW = """
INSERT INTO document_view (document_id, version, access, viewed_by, roles) VALUES ($1, $2, $3, $4, $5)
"""
_VIEWS = """
SELECT w.id, w.document_id, w.version, w.access, w.viewed_by, w.roles, w.viewed_at
FROM document_view w JOIN document d ON d.id = w.document_id JOIN household h ON h.id = d.household_id
WHERE w.document_id = $1 AND h.village_code ^@ ANY ($2::text[]) AND ($3::bigint IS NULL OR w.id > $3)
ORDER BY w.id LIMIT $4
"""
_NOT_SHOWN: Final = frozenset({"county_code", "village_code"})


async def list_documents(
    conn: Connection,
    officer: Principal,
    household_id: UUID,
    *,
    today: date,
    kind: str | None,
    after: UUID | None,
    limit: int,
) -> list[DocumentOut]:
    """Return up to `limit` documents of a household in the order of filing; withdrawn ones are left out.

    Raises:
        HouseholdsUnknown: it is not on file in the officer's region.
    """
    household = await get_household(conn, officer, household_id)
    names = await kind_names(conn, household["village_code"], today)
    return [document_out(row, names) for row in await conn.fetch(_LIST, household_id, kind, after, limit)]


async def documents_on_file(conn: Connection, household_id: UUID, names: Mapping[str, KindName]) -> list[DocumentOut]:
    """Return a household's documents for its file, the first one first, for callers that checked who is asking."""
    rows = await conn.fetch(_ON_FILE, household_id, DOCUMENTS_IN_A_FILE_MAX)
    return [document_out(row, names) for row in reversed(rows)]


async def get_document(
    conn: Connection, officer: Principal, right: Right, document_id: UUID, on: date
) -> DocumentDetail:
    """Return a document with all its versions.

    Raises:
        DocumentUnknown: there is none in the officer's region.
    """
    row = await conn.fetchrow(_ONE, document_id, officer.regions_for(right))
    if row is None:
        raise DocumentUnknown(document_id)
    names = await kind_names(conn, row["village_code"], on)
    versions = [VersionOut(**each) for each in await conn.fetch(_VERSIONS, document_id)]
    return DocumentDetail(**_shown(row, names), versions=versions)


async def view_document(conn: Connection, officer: Principal, document_id: UUID, today: date) -> DocumentDetail:
    """Return a document to an officer, and record that the officer looked at it.

    Raises:
        DocumentUnknown: there is none in the officer's region.
    """
    found = await get_document(conn, officer, Right.DOCUMENTS_READ, document_id, today)
    village_code = (await get_household(conn, officer, found.household_id))["village_code"]
    await record_view(conn, officer, document_id, found.version, "details", village_code)
    return found


async def find_version(conn: Connection, officer: Principal, document_id: UUID, version: int | None) -> Record:
    """Return one version of a document, the latest that holds if none is named.

    Raises:
        DocumentUnknown: there is none in the officer's region.
    """
    row = await conn.fetchrow(_VERSION, document_id, officer.regions_for(Right.DOCUMENTS_READ), version)
    if row is None:
        raise DocumentUnknown(document_id, version)
    return row


async def record_view(
    conn: Connection,
    officer: Principal,
    document_id: UUID,
    version: int,
    access: Literal["details", "content"],
    village_code: str,
) -> None:
    """Record who looked at which version, in which roles."""
    roles = officer.roles_for(Right.DOCUMENTS_READ, village_code)
    await conn.execute(_RECORD_VIEW, document_id, version, access, officer.subject, roles)


async def list_views(
    conn: Connection, officer: Principal, document_id: UUID, after: int | None, limit: int
) -> list[ViewOut]:
    """Return up to `limit` looks at a document, the first one first.

    Raises:
        DocumentUnknown: there is none in the officer's region.
    """
    await find_version(conn, officer, document_id, None)
    scopes = officer.regions_for(Right.DOCUMENTS_READ)
    return [ViewOut(**row) for row in await conn.fetch(_VIEWS, document_id, scopes, after, limit)]


async def get_household(
    conn: Connection, officer: Principal, household_id: UUID, right: Right = Right.DOCUMENTS_READ
) -> Record:
    """Return id, number, county_code and village_code of a household.

    Raises:
        HouseholdsUnknown: it is not on file in the officer's region.
    """
    row = await conn.fetchrow(_HOUSEHOLD, household_id, officer.regions_for(right))
    if row is None:
        raise HouseholdsUnknown([household_id])
    return row


async def kind_names(conn: Connection, region_code: str, on: date) -> dict[str, KindName]:
    """Return what the kinds of documents are called where a household lives, by the pack in force there."""
    found = await find_pack_in_force(conn, region_code, on)
    return known_kinds(found.pack.approval_chain().documents if found else ())


def document_out(row: Mapping[str, Any], names: Mapping[str, KindName]) -> DocumentOut:
    """Return a document with the names of its kind."""
    return DocumentOut(**_shown(row, names))


def _shown(row: Mapping[str, Any], names: Mapping[str, KindName]) -> dict[str, Any]:
    """A kind that only an older pack knew goes by its code."""
    name = names.get(row["kind"], KindName(row["kind"], row["kind"]))
    plain = {key: value for key, value in row.items() if key not in _NOT_SHOWN}
    return {**plain, "kind_zh": name.zh, "kind_en": name.en}
