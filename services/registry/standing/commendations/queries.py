"""Named reads of the trust list, with what follows from an entry."""

from dataclasses import asdict
from datetime import date
from uuid import UUID

from asyncpg import Record

from services.registry.policy.packs.queries import find_packs_in_force
from services.registry.standing.commendations.refusals import CommendationUnknown
from services.registry.standing.commendations.schemas import CommendationOut
from services.registry.standing.lists.pack_rules import incentives_of
from services.registry.standing.lists.schemas import EffectOut
from shared.access import Principal, Right
from shared.db import Connection

_ENTRIES = """
SELECT c.id, c.household_id, c.entity_id, p.region_code, c.reason, c.evidence, c.valid_from, c.valid_until, c.state,
       c.proposed_by, c.office, c.decided_by, c.decided_on, c.decision_reason, c.ended_on, c.end_reason, c.ended_by,
       f.is_in_force
FROM commendation c LEFT JOIN household h ON h.id = c.household_id
LEFT JOIN implementing_entity e ON e.id = c.entity_id
CROSS JOIN LATERAL (SELECT coalesce(h.village_code, e.region_code) AS region_code) p
CROSS JOIN LATERAL (
  SELECT c.state = 'confirmed' AND $1 >= c.valid_from AND $1 < coalesce(c.ended_on, c.valid_until) AS is_in_force
) f
"""
_LIST = f"""{_ENTRIES}
WHERE p.region_code ^@ $2 AND p.region_code ^@ ANY ($3::text[]) AND (NOT $4 OR f.is_in_force)
  AND ($5::uuid IS NULL OR c.id > $5)
ORDER BY c.id LIMIT $6
"""
_ONE = f"{_ENTRIES} WHERE c.id = $2"


async def list_commendations(
    conn: Connection,
    officer: Principal,
    *,
    region: str,
    as_of: date,
    only_in_force: bool,
    after: UUID | None,
    limit: int,
) -> list[CommendationOut]:
    """Return up to `limit` entries as they stand on a day, proposals and ended ones too unless left out."""
    scopes = officer.regions_for(Right.LISTS_READ)
    return await _shown(conn, await conn.fetch(_LIST, as_of, region, scopes, only_in_force, after, limit), as_of)


async def get_commendation(conn: Connection, commendation_id: UUID, as_of: date) -> CommendationOut:
    """Return one entry as it stands on a day.

    Raises:
        CommendationUnknown
    """
    row = await conn.fetchrow(_ONE, as_of, commendation_id)
    if row is None:
        raise CommendationUnknown(commendation_id)
    return (await _shown(conn, [row], as_of))[0]


async def _shown(conn: Connection, rows: list[Record], as_of: date) -> list[CommendationOut]:
    packs = await find_packs_in_force(conn, {row["region_code"] for row in rows}, as_of)
    follows = {region: incentives_of(found.pack) for region, found in packs.items() if found}
    return [
        CommendationOut(
            **row,
            effects=[
                EffectOut(**asdict(effect))
                for effect in (follows.get(row["region_code"], ()) if row["is_in_force"] else ())
            ],
        )
        for row in rows
    ]
