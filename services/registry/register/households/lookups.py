"""Which household is meant by a number or an id, for an officer or for a service that asks in an officer's name."""

import asyncio
from collections.abc import Sequence
from typing import Final

from asyncpg import Record

from services.registry.asking import scopes_asked
from services.registry.register.households.masking import masked_name
from services.registry.register.households.schemas import (
    FoundHousehold,
    HouseholdLookupsIn,
    HouseholdLookupsOut,
    NamedHousehold,
    NameLookupsIn,
    NameLookupsOut,
)
from services.registry.register.households.sealed import NAME_CONTEXT
from shared.access import Principal, Right
from shared.db import Connection
from shared.pii import PiiCipher

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


# The head of a household that has ended is the last it had.
_NAMES: Final = """
SELECT h.id AS household_id, h.number AS household_number, m.name_sealed,
  coalesce(t.name, '') || coalesce(v.name, h.village_code) AS place
FROM unnest($1::uuid[]) WITH ORDINALITY AS asked (id, place)
JOIN household h ON h.id = asked.id AND h.village_code ^@ ANY ($2::text[])
JOIN LATERAL (
  SELECT name_sealed FROM member WHERE household_id = h.id AND is_head
  ORDER BY left_on DESC NULLS FIRST, id DESC LIMIT 1) m ON true
LEFT JOIN region v ON v.code = h.village_code
LEFT JOIN region t ON t.code = left(h.village_code, 9)
ORDER BY asked.place
"""


async def reveal_names(conn: Connection, caller: Principal, cipher: PiiCipher, body: NameLookupsIn) -> NameLookupsOut:
    """Return the names of households' heads in clear and masked, in the order asked for (LG-12).

    Raises:
        AskerRegionsMissing: a service asks and does not say in whose regions.
    """
    asked = list(dict.fromkeys(body.household_ids))
    rows = await conn.fetch(_NAMES, asked, scopes_asked(caller, Right.NAMES_REVEAL, body.asker_regions))
    named = await asyncio.to_thread(_named, rows, cipher)
    found = {each.household_id for each in named}
    return NameLookupsOut(households=named, unknown=[each for each in asked if each not in found])


def _named(rows: Sequence[Record], cipher: PiiCipher) -> list[NamedHousehold]:
    names = [cipher.decrypt(row["name_sealed"], NAME_CONTEXT) for row in rows]
    return [
        NamedHousehold(
            household_id=row["household_id"],
            household_number=row["household_number"],
            head_name=name,
            head_name_masked=masked_name(name),
            place=row["place"],
        )
        for row, name in zip(rows, names, strict=True)
    ]
