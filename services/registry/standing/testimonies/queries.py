"""Named reads of testimonies."""

from typing import Final
from uuid import UUID

from services.registry.register.households.refusals import HouseholdsUnknown
from services.registry.standing.testimonies.actions import COLUMNS
from services.registry.standing.testimonies.schemas import TestimonyOut
from shared.access import Principal, Right
from shared.db import Connection

_ON_FILE: Final = "SELECT EXISTS (SELECT FROM household WHERE id = $1 AND village_code ^@ ANY ($2::text[]))"
_OF_HOUSEHOLD: Final = f"""
SELECT {COLUMNS} FROM household_testimony WHERE household_id = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3
"""  # noqa: S608 - our own column list


async def list_testimonies(
    conn: Connection, officer: Principal, household_id: UUID, *, after: UUID | None, limit: int
) -> list[TestimonyOut]:
    """Return up to `limit` testimonies about a household, those withdrawn included, the first one first.

    Raises:
        HouseholdsUnknown: it is not on file in the officer's region.
    """
    if not await conn.fetchval(_ON_FILE, household_id, officer.regions_for(Right.HOUSEHOLDS_READ)):
        raise HouseholdsUnknown([household_id])
    return [TestimonyOut(**row) for row in await conn.fetch(_OF_HOUSEHOLD, household_id, after, limit)]
