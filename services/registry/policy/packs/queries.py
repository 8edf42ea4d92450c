"""Named reads of policy packs."""

from collections import defaultdict
from dataclasses import asdict
from typing import Final
from uuid import UUID

from services.registry.policy.packs.refusals import NothingToCompare, PackUnknown
from services.registry.policy.packs.schemas import (
    DifferenceOut,
    DifferencesOut,
    ListedClauseOut,
    ListedClausesOut,
    PackOut,
    PackWithContent,
)
from shared.db import Connection
from shared.policy.clause_list import citations, document_of
from shared.policy.difference import diff
from shared.policy.in_force import PackTable
from shared.policy.load import cited_clauses
from shared.policy.pack import PolicyPack
from shared.policy.yaml_source import key_path

_COLUMNS = (
    "id, county_code, code, regions, pack_version, supersedes, effective_from, state, content_hash, examples_hash, "
    "submitted_by, submitted_at, confirmed_by, confirmed_at"
)
_LIST = f"""
SELECT {_COLUMNS} FROM policy_pack
WHERE ($1::text IS NULL OR county_code = $1) AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3
"""  # noqa: S608 - our own column list
_ONE = f"SELECT {_COLUMNS}, content, examples FROM policy_pack WHERE id = $1"  # noqa: S608 - our own column list
_SUPERSEDED = "SELECT id FROM policy_pack WHERE code = $1 AND pack_version = $2"


PACKS: Final = PackTable("id", "state = 'confirmed'")
find_pack_in_force, find_packs_in_force = PACKS.find, PACKS.find_all
get_pack_in_force, get_packs_in_force = PACKS.get, PACKS.get_all


async def list_packs(conn: Connection, county_code: str | None, after: UUID | None, limit: int) -> list[PackOut]:
    """Return up to `limit` packs in the order of submission."""
    rows = await conn.fetch(_LIST, county_code, after, limit)
    return [PackOut(**row) for row in rows]


async def get_pack(conn: Connection, pack_id: UUID) -> PackWithContent:
    """Return one pack with its content.

    Raises:
        PackUnknown: there is no such pack.
    """
    row = await conn.fetchrow(_ONE, pack_id)
    if row is None:
        raise PackUnknown(pack_id)
    return PackWithContent(**row)


async def pack_by_id(conn: Connection, pack_id: UUID) -> PolicyPack:
    """Return a confirmed pack that a record of ours points to."""
    return (await PACKS.by_id(conn, pack_id)).pack


async def whole_pack(conn: Connection, pack_id: UUID) -> PolicyPack:
    """Return a pack, confirmed or not, with its worked examples.

    Raises:
        PackUnknown: there is no such pack.
    """
    found = await get_pack(conn, pack_id)
    return PolicyPack.model_validate({**found.content, "examples": found.examples})


async def listed_clauses(conn: Connection, pack_id: UUID) -> ListedClausesOut:
    """Return the clauses a pack lists, each with the values that rest on it, for whoever is to confirm the pack.

    Raises:
        PackUnknown: there is no such pack.
    """
    pack = await whole_pack(conn, pack_id)
    sets, followed = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
    for path, cited, follows in cited_clauses(pack):
        (followed if follows else sets)[cited].append(key_path(path))
    elsewhere = {document.prefix for document in pack.documents if document.elsewhere}
    ids = [each for clause in pack.clauses for each in (clause.id, *(f"{clause.id}({part})" for part in clause.parts))]
    clauses = [
        ListedClauseOut(
            **asdict(found),
            is_elsewhere=document_of(found.id) in elsewhere,
            sets=sets[found.id],
            followed_by=followed[found.id],
        )
        for found in citations(pack.documents, pack.clauses, ids)
    ]
    return ListedClausesOut(pack_id=pack_id, code=pack.header.code, pack_version=pack.header.version, clauses=clauses)


async def differences(conn: Connection, pack_id: UUID, from_id: UUID | None) -> DifferencesOut:
    """Return in words what a pack changes against another one, or against the version it supersedes.

    Raises:
        PackUnknown: there is no such pack.
        NothingToCompare: it supersedes no version and no other pack is named.
    """
    new = await get_pack(conn, pack_id)
    if from_id is None and new.supersedes is not None:
        from_id = await conn.fetchval(_SUPERSEDED, new.code, new.supersedes)
    if from_id is None:
        raise NothingToCompare(new.code, new.pack_version)
    old = await get_pack(conn, from_id)
    changes = diff(await whole_pack(conn, from_id), await whole_pack(conn, pack_id))
    return DifferencesOut(
        pack_id=pack_id,
        code=new.code,
        pack_version=new.pack_version,
        from_pack_id=from_id,
        from_code=old.code,
        from_pack_version=old.pack_version,
        differences=[DifferenceOut(key=each.key, zh=each.zh, en=each.en) for each in changes],
    )
