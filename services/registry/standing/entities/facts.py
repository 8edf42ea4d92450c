"""What is known about implementing entities on a day, for the rules of eligibility and of bindings (SX-4)."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from shared.db import Connection
from shared.policy.household_facts import EntityFacts

# A binding that begins later has been promised already, so it takes its share of the capacity from now on.
_FACTS = """
SELECT e.id, e.registered_on <= $2 AND (e.ended_on IS NULL OR e.ended_on > $2) AS active,
  ARRAY(SELECT c.condition FROM (
          SELECT DISTINCT ON (condition) condition, met, valid_until FROM entity_condition
          WHERE entity_id = e.id AND valid_from <= $2 ORDER BY condition, valid_from DESC, id DESC
        ) c WHERE c.met AND (c.valid_until IS NULL OR c.valid_until > $2)) AS conditions_met,
  ARRAY(SELECT DISTINCT list_name FROM listing WHERE entity_id = e.id AND listed_on <= $2
          AND (cleared_on IS NULL OR cleared_on > $2) ORDER BY list_name) AS lists,
  a.assessed_on, a.valid_until, a.households_max, a.amount_max, b.households, b.amount
FROM implementing_entity e
LEFT JOIN LATERAL (
  SELECT assessed_on, valid_until, households_max, amount_max FROM entity_assessment
  WHERE entity_id = e.id AND state = 'confirmed' AND decided_on <= $2 ORDER BY decided_on DESC, id DESC LIMIT 1
) a ON true
CROSS JOIN LATERAL (
  SELECT count(*)::integer AS households, coalesce(sum(amount), 0.00) AS amount FROM entity_household
  WHERE entity_id = e.id AND (valid_until IS NULL OR valid_until > $2)
) b
WHERE e.id = ANY ($1::uuid[])
"""


async def entity_facts(conn: Connection, entity_ids: Iterable[UUID], as_of: date) -> dict[UUID, EntityFacts]:
    """Return the facts of each entity on file, all bound households counted."""
    return {
        row["id"]: EntityFacts(
            conditions_met=frozenset(row["conditions_met"]),
            lists=tuple(row["lists"]),
            active=row["active"],
            assessed_on=row["assessed_on"],
            valid_until=row["valid_until"],
            households_max=row["households_max"],
            amount_max=row["amount_max"],
            households=row["households"],
            amount=row["amount"],
        )
        for row in await conn.fetch(_FACTS, sorted(set(entity_ids)), as_of)
    }
