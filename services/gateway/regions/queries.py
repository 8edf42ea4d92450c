"""Named reads of successions."""

from collections.abc import Iterable
from datetime import date

from services.gateway.regions.rules.lineage import Lineage, Succession
from shared.db import Connection


def lying_in(code: str) -> str:
    """Return the SQL of a code's own and all higher regions' codes; `code` is an expression of the statement."""
    return f"ARRAY[left({code}, 2), left({code}, 4), left({code}, 6), left({code}, 9), {code}]"


# The bounds make everything below a code one range of an index: ':' follows '9'.
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
  FROM home h CROSS JOIN LATERAL unnest({lying_in("h.code")}) AS above
  JOIN known s ON s.from_code = above AND (s.from_code = h.code OR s.successor_count = 1)
), kin (code) AS (
  SELECT unnest($1::text[]) COLLATE "C"
  UNION
  SELECT found.code FROM kin k CROSS JOIN LATERAL (
    SELECT s.from_code AS code FROM known s
    WHERE s.to_code >= k.code AND s.to_code < k.code || ':' AND s.to_code ^@ k.code AND NOT s.from_code ^@ k.code
    UNION ALL
    SELECT s.from_code || substr(k.code, length(s.to_code) + 1) FROM known s
    WHERE s.to_code = ANY ({lying_in("k.code")}) AND s.to_code <> k.code AND s.successor_count = 1
    UNION ALL
    SELECT s.to_code || substr(k.code, length(s.from_code) + 1) FROM known s
    WHERE s.from_code = ANY ({lying_in("k.code")}) AND (s.from_code = k.code OR s.successor_count = 1)
    UNION ALL
    SELECT d.from_code FROM known d
    WHERE d.from_code > k.code AND d.from_code < k.code || ':' AND d.from_code ^@ k.code AND EXISTS (
      SELECT FROM known e WHERE e.from_code = ANY ({lying_in("k.code")})
        AND (e.successor_count > 1 OR NOT EXISTS (SELECT FROM home h WHERE e.to_code ^@ h.code OR h.code ^@ e.to_code)))
  ) AS found
)
SELECT DISTINCT s.change_id, s.effective_on, s.from_code, s.to_code, s.successor_count, s.predecessor_count
FROM kin k CROSS JOIN LATERAL unnest({lying_in("k.code")}) AS above JOIN known s ON s.from_code = above
"""  # noqa: S608 - our own expressions


async def lineage_of(conn: Connection, regions: Iterable[str], as_of: date) -> Lineage:
    """Return the changes of codes that concern regions, as of a day; the whole country needs none."""
    codes = sorted(set(regions) - {""})
    rows = await conn.fetch(_AROUND, codes, as_of) if codes else []
    return Lineage((Succession(*row) for row in rows), as_of)
