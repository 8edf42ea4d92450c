"""Named reads of successions, and of grants on regions that ended."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.gateway.regions.lineage import Lineage, Succession
from services.gateway.regions.schemas import EndedGrant
from services.gateway.regions.widening import is_decided
from shared.access import Role
from shared.db import Connection

CANDIDATES: Final = 500  # grants looked at in one go

# A code and the regions it lies in. The bounds make everything below a code one range of an index: ':' follows '9'.
_ABOVE = "ARRAY[left({0}, 2), left({0}, 4), left({0}, 6), left({0}, 9), {0}]"
# `kin`: every code whose fate may concern the regions: what the regions and their kin became, what came into them from
# outside, and what became of the regions they lie in. A move within a region says nothing new of that region; what lies
# in it is looked at one by one only where it was split or went elsewhere than the regions asked for: parts may differ.
_AROUND = f"""
WITH RECURSIVE known AS NOT MATERIALIZED (
  SELECT * FROM region_succession WHERE effective_on <= $2
), home (code) AS (
  SELECT unnest($1::text[]) COLLATE "C"
  UNION
  SELECT s.to_code || substr(h.code, length(s.from_code) + 1)
  FROM home h CROSS JOIN LATERAL unnest({_ABOVE.format("h.code")}) AS above
  JOIN known s ON s.from_code = above AND (s.from_code = h.code OR s.successor_count = 1)
), kin (code) AS (
  SELECT unnest($1::text[]) COLLATE "C"
  UNION
  SELECT found.code FROM kin k CROSS JOIN LATERAL (
    SELECT s.from_code AS code FROM known s
    WHERE s.to_code >= k.code AND s.to_code < k.code || ':' AND s.to_code ^@ k.code AND NOT s.from_code ^@ k.code
    UNION ALL
    SELECT s.from_code || substr(k.code, length(s.to_code) + 1) FROM known s
    WHERE s.to_code = ANY ({_ABOVE.format("k.code")}) AND s.to_code <> k.code AND s.successor_count = 1
    UNION ALL
    SELECT s.to_code || substr(k.code, length(s.from_code) + 1) FROM known s
    WHERE s.from_code = ANY ({_ABOVE.format("k.code")}) AND (s.from_code = k.code OR s.successor_count = 1)
    UNION ALL
    SELECT d.from_code FROM known d
    WHERE d.from_code > k.code AND d.from_code < k.code || ':' AND d.from_code ^@ k.code AND EXISTS (
      SELECT FROM known e WHERE e.from_code = ANY ({_ABOVE.format("k.code")})
        AND (e.successor_count > 1 OR NOT EXISTS (SELECT FROM home h WHERE e.to_code ^@ h.code OR h.code ^@ e.to_code)))
  ) AS found
)
SELECT DISTINCT s.change_id, s.effective_on, s.from_code, s.to_code, s.successor_count, s.predecessor_count
FROM kin k CROSS JOIN LATERAL unnest({_ABOVE.format("k.code")}) AS above JOIN known s ON s.from_code = above
"""  # noqa: S608 - our own expressions
# Only grants on codes that something became of, themselves or with the region they lie in, can have ended.
_TOUCHED = f"""
SELECT a.username, a.display_name, g.role, g.region,
       ARRAY(SELECT o.region FROM account_grant o
             WHERE o.account_id = g.account_id AND o.role = g.role AND o.region <> g.region) AS others
FROM account_grant g JOIN account a ON a.id = g.account_id AND a.state = 'active'
WHERE g.region <> '' AND (a.username, g.role, g.region) > ($1, $2, $3)
  AND EXISTS (SELECT FROM region_succession s
              WHERE s.from_code = ANY ({_ABOVE.format("g.region")}) AND s.from_code <> s.to_code AND effective_on <= $4)
ORDER BY a.username, g.role, g.region LIMIT $5
"""  # noqa: S608 - our own expressions


@dataclass(frozen=True, slots=True)
class GrantPlace:
    """Where a grant stands in the list: by account, role and region."""

    username: str = ""
    role: str = ""
    region: str = ""

    @classmethod
    def read(cls, cursor: str) -> "GrantPlace":
        """Return the place a cursor names.

        Raises:
            ValueError: it names none.
        """
        username, role, region = cursor.split(" ")
        return cls(username, role, region)


async def lineage_of(conn: Connection, regions: Iterable[str], as_of: date) -> Lineage:
    """Return the changes of codes that concern regions, as of a day; the whole country needs none."""
    codes = sorted(set(regions) - {""})
    rows = await conn.fetch(_AROUND, codes, as_of) if codes else []
    return Lineage((Succession(*row) for row in rows), as_of)


async def list_ended_grants(conn: Connection, as_of: date, after: GrantPlace | None, limit: int) -> list[EndedGrant]:
    """Return up to `limit` grants of active accounts on regions that were merged or split, and nobody decided yet."""
    found: list[EndedGrant] = []
    place = after or GrantPlace()
    while len(found) < limit:
        rows = await conn.fetch(_TOUCHED, place.username, place.role, place.region, as_of, CANDIDATES)
        lineage = await lineage_of(conn, {code for row in rows for code in (row["region"], *row["others"])}, as_of)
        found += [
            ended
            for row in rows
            if (ended := _ended(row["username"], row["display_name"], row["role"], row["region"], lineage)) is not None
            and not is_decided(ended.successors, row["others"], lineage)
        ]
        if len(rows) < CANDIDATES:
            break
        place = GrantPlace(rows[-1]["username"], rows[-1]["role"], rows[-1]["region"])
    return found[:limit]


def _ended(username: str, display_name: str, role: str, region: str, lineage: Lineage) -> EndedGrant | None:
    home = lineage.home_of(region)
    if home.ended_on is None:
        return None
    successors: Sequence[str] = sorted(lineage.became(home.code))
    return EndedGrant(
        username=username,
        display_name=display_name,
        role=Role(role),
        region=region,
        ended_on=home.ended_on,
        successors=list(successors),
    )
