"""What is known about implementing entities on a day, for the rules of eligibility and of bindings (SX-4)."""

from collections.abc import Iterable
from datetime import date
from typing import Final
from uuid import UUID

from services.registry.standing.eligibility.fact_rows import entity_of
from services.registry.standing.eligibility.facts_sql import entity_facts_on
from shared.db import Connection
from shared.policy.household_facts import EntityFacts

# A binding that begins later has been promised already, so it takes its share of the capacity from now on.
_FACTS: Final = f"{entity_facts_on('$2::date', 'true', 'true')} WHERE e.id = ANY ($1::uuid[])"


async def entity_facts(conn: Connection, entity_ids: Iterable[UUID], as_of: date) -> dict[UUID, EntityFacts]:
    """Return the facts of each entity on file, all bound households counted."""
    return {row["id"]: entity_of(row) for row in await conn.fetch(_FACTS, sorted(set(entity_ids)), as_of)}
