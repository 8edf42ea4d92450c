"""Which household is meant by a number or an id, for an officer or for a service that asks in an officer's name."""

from typing import Final

from services.registry.asking import scopes_asked
from services.registry.register.households.schemas import FoundHousehold, HouseholdLookupsIn, HouseholdLookupsOut
from shared.access import Principal, Right
from shared.db import Connection

# A number that two counties of the caller use names no household until the county is named.
_LOOK_UP: Final = """
WITH asked AS (
  SELECT * FROM unnest($1::uuid[], $2::text[]) WITH ORDINALITY AS q (named_id, named_number, place)
), found AS (
  SELECT a.place, h.id, h.number, h.village_code, h.version, count(*) OVER (PARTITION BY a.place) AS candidates
  FROM asked a
  JOIN LATERAL (
    SELECT id, number, village_code, version FROM household WHERE id = a.named_id
    UNION ALL
    SELECT id, number, village_code, version FROM household
    WHERE number = a.named_number AND ($3::text IS NULL OR county_code = $3)
  ) h ON h.village_code ^@ ANY ($4::text[])
)
SELECT f.id AS household_id, f.number AS household_number, f.village_code, f.version AS household_version
FROM asked a LEFT JOIN found f ON f.place = a.place AND f.candidates = 1
ORDER BY a.place
"""


async def find_households(conn: Connection, caller: Principal, body: HouseholdLookupsIn) -> HouseholdLookupsOut:
    """Return one answer for each name, in order: the household, or nothing for one that is unknown.

    A household outside the caller's regions, or outside those of the officer for whom a service asks, is unknown.

    Raises:
        AskerRegionsMissing: a service asks and does not say in whose regions.
    """
    scopes = scopes_asked(caller, Right.HOUSEHOLDS_READ, body.asker_regions)
    ids, numbers = [item.household_id for item in body.items], [item.household_number for item in body.items]
    rows = await conn.fetch(_LOOK_UP, ids, numbers, body.county_code, scopes)
    return HouseholdLookupsOut(
        items=[None if row["household_id"] is None else FoundHousehold.model_validate(dict(row)) for row in rows]
    )
