"""Is a township's collection of credit indicators whole: every household that may borrow, in this turn (DZ-4b)?"""

from datetime import date
from typing import Any, Final

from services.registry.duties.refusals import CollectionIncomplete
from services.registry.policy.packs.queries import pack_by_id
from shared.db import Connection

NAMED_MAX: Final = 20  # households named in one answer; the count is of all
# A household that came on file during the turn is collected in its next one.
_LACKING: Final = """
SELECT count(*) AS lacking_count, (array_agg(h.number ORDER BY h.number))[1:$5] AS numbers
FROM household h
WHERE h.village_code ^@ $1 AND h.registered_on <= $2 AND coalesce(h.ended_on > $3, true)
  AND h.poverty_state = ANY ($4::text[])
  AND NOT EXISTS (SELECT FROM credit_survey s WHERE s.household_id = h.id AND s.collected_on BETWEEN $2 AND $3)
"""


async def ensure_collected(conn: Connection, duty: Any, done_on: date) -> None:
    """Refuse a collection that left out a household which the county's loan is for.

    Raises: CollectionIncomplete. Clause: DZ-4b.
    """
    states = (await pack_by_id(conn, duty["pack_id"])).eligibility.eligible_states.value
    row = await conn.fetchrow(_LACKING, duty["region_code"], duty["opens_on"], done_on, list(states), NAMED_MAX)
    if row["lacking_count"]:
        raise CollectionIncomplete(row["lacking_count"], row["numbers"], duty["opens_on"])
