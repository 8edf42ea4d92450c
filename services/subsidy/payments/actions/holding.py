"""Hold what a household on the blacklist was granted, until its entry holds no more (LG-22)."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.subsidy.batches.actions.preparing import rules_of_county
from shared.db import Connection

# The pack of one of the household's loans bars support to who is listed; an entry that was found wrong never held.
_LISTED: Final = """
SELECT DISTINCT ON (e.household_id) e.household_id, e.listing_id
FROM household_listing e
JOIN subsidy_line l ON l.batch_id = $1 AND l.household_id = e.household_id AND l.amount > 0
JOIN subsidy_account a ON a.loan_id = l.loan_id
JOIN jsonb_to_recordset($3::jsonb) AS r (pack_version int, product_code text, region text, bars_listed boolean,
    held_from date, held_until date)
  ON r.bars_listed AND r.pack_version = a.pack_version AND r.product_code = a.product_code
  AND a.village_code ^@ r.region AND r.held_from <= $2 AND r.held_until > $2
WHERE e.list_name = 'blacklist' AND NOT e.overturned AND e.listed_on <= $2 AND coalesce(e.cleared_on > $2, true)
  AND NOT EXISTS (SELECT FROM payment_instruction i
    WHERE i.batch_id = $1 AND i.household_id = e.household_id AND i.state IN ('sent', 'paid'))
ORDER BY e.household_id, e.listed_on, e.listing_id
"""
_HOLD: Final = """
INSERT INTO payment_hold (run_id, household_id, listing_id)
SELECT $1, * FROM unnest($2::uuid[], $3::uuid[])
"""


async def listed_households(conn: Connection, batch: Mapping[str, Any], on: date) -> dict[UUID, UUID]:
    """Return whom a batch pays nothing on a day because they are on the blacklist, each with the entry (LG-22).

    Raises:
        PackNotReplicated: a loan's pack version has not arrived here.
    """
    rules = await rules_of_county(conn, batch["county_code"])
    return {row["household_id"]: row["listing_id"] for row in await conn.fetch(_LISTED, batch["id"], on, rules)}


async def hold(conn: Connection, run_id: UUID, held: Mapping[UUID, UUID]) -> None:
    """Record whom a run left out because of which entry."""
    await conn.execute(_HOLD, run_id, list(held), list(held.values()))
