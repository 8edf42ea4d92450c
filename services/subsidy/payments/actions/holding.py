"""Hold what a household was granted while it is on the blacklist (LG-22), or until it is known who receives it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.subsidy.accounts.succession_sql import SUCCEEDED
from services.subsidy.batches.actions.preparing import rules_of_county
from services.subsidy.payees.queries import RECEIVES
from shared.db import Connection

# The pack of one of the household's loans bars support to who is listed; an entry that was found wrong never held. Who
# stands for a household that was merged receives its money, and none while it is listed itself.
_LISTED: Final = f"""
WITH {SUCCEEDED}, receiver AS (
  SELECT l.loan_id, l.household_id, r.household_id AS listed_id FROM subsidy_line l
  LEFT JOIN succeeded s ON s.household_id = l.household_id
  CROSS JOIN LATERAL unnest(ARRAY[l.household_id, s.stands_for_it]) AS r (household_id)
  WHERE l.batch_id = $1 AND l.amount > 0 AND r.household_id IS NOT NULL
)
SELECT DISTINCT ON (l.household_id) l.household_id, e.listing_id
FROM receiver l
JOIN household_listing e ON e.household_id = l.listed_id
JOIN subsidy_account a ON a.loan_id = l.loan_id
JOIN jsonb_to_recordset($3::jsonb) AS r (pack_version int, product_code text, region text, bars_listed boolean,
    held_from date, held_until date)
  ON r.bars_listed AND r.pack_version = a.pack_version AND r.product_code = a.product_code
  AND a.village_code ^@ r.region AND r.held_from <= $2 AND r.held_until > $2
WHERE e.list_name = 'blacklist' AND NOT e.overturned AND e.listed_on <= $2 AND coalesce(e.cleared_on > $2, true)
  AND NOT EXISTS (SELECT FROM payment_instruction i
    WHERE i.batch_id = $1 AND i.household_id = l.household_id AND i.state IN ('sent', 'paid'))
ORDER BY l.household_id, e.listed_on, e.listing_id
"""  # noqa: S608 - our own text
_NOBODY_LEFT: Final = f"""
WITH {SUCCEEDED}
SELECT DISTINCT l.household_id FROM subsidy_line l
LEFT JOIN succeeded s ON s.household_id = l.household_id
JOIN household_end e ON e.household_id = coalesce(s.stands_for_it, l.household_id) AND e.reason = 'died_out'
  AND e.effective_on <= $2
WHERE l.batch_id = $1 AND l.amount > 0
  AND NOT EXISTS (SELECT FROM subsidy_payee p
    WHERE p.household_id = l.household_id AND {RECEIVES} AND p.id = ANY ($3::uuid[]))
  AND NOT EXISTS (SELECT FROM payment_instruction i
    WHERE i.batch_id = $1 AND i.household_id = l.household_id AND i.state IN ('sent', 'paid'))
"""  # noqa: S608 - our own text
_HOLD: Final = """
INSERT INTO payment_hold (run_id, household_id, listing_id, reversal_id)
SELECT $1, * FROM unnest($2::uuid[], $3::uuid[], $4::uuid[])
"""


async def listed_households(conn: Connection, batch: Mapping[str, Any], on: date) -> dict[UUID, UUID]:
    """Return whom a batch pays nothing on a day because they are on the blacklist, each with the entry (LG-22).

    Raises:
        PackNotReplicated: a loan's pack version has not arrived here.
    """
    rules = await rules_of_county(conn, batch["county_code"])
    return {row["household_id"]: row["listing_id"] for row in await conn.fetch(_LISTED, batch["id"], on, rules)}


async def households_without_heir(
    conn: Connection, batch: Mapping[str, Any], on: date, payee_ids: Sequence[UUID | None]
) -> list[UUID]:
    """Return whom a batch pays nothing on a day because they died out and none of the payees receives it for them."""
    known = [each for each in payee_ids if each is not None]
    return [row["household_id"] for row in await conn.fetch(_NOBODY_LEFT, batch["id"], on, known)]


async def hold(
    conn: Connection, run_id: UUID, held: Collection[UUID], listed: Mapping[UUID, UUID], in_doubt: Mapping[UUID, UUID]
) -> None:
    """Record whom a run left out: listed by which entry, in doubt by which proposal, or with nobody left to receive."""
    doubts = [None if each in listed else in_doubt.get(each) for each in held]
    await conn.execute(_HOLD, run_id, list(held), [listed.get(each) for each in held], doubts)
