"""How a household stood on a day: village, state, exclusions, helper and members (FJ-6, LG-42)."""

from datetime import date
from uuid import UUID

from services.registry.register.households.members import ensure_seen, members_on
from services.registry.register.households.schemas import HouseholdProfileOut
from shared.access import Principal
from shared.db import Connection
from shared.pii import PiiCipher

_ON = """
SELECT h.id AS household_id, h.number AS household_number,
  h.ended_on IS NOT NULL AND h.ended_on <= $2 AS has_ended,
  (SELECT village_code FROM household_village w WHERE w.household_id = h.id AND w.valid_from <= $2
   ORDER BY w.valid_from DESC, w.id DESC LIMIT 1) AS village_code,
  (SELECT state FROM household_state_change s WHERE s.household_id = h.id AND s.effective_from <= $2
   ORDER BY s.effective_from DESC, s.id DESC LIMIT 1) AS poverty_state,
  ARRAY(SELECT kind FROM household_exclusion x WHERE x.household_id = h.id AND x.valid_from <= $2
        AND (x.valid_until IS NULL OR $2 < x.valid_until) ORDER BY kind) AS exclusions,
  (SELECT helper FROM helper_assignment a WHERE a.household_id = h.id AND a.valid_from <= $2
   AND (a.valid_until IS NULL OR $2 < a.valid_until) ORDER BY a.valid_from DESC, a.id DESC LIMIT 1) AS helper
FROM household h WHERE h.id = $1
"""


async def get_profile(
    conn: Connection, officer: Principal, cipher: PiiCipher, household_id: UUID, as_of: date
) -> HouseholdProfileOut:
    """Return how a household stood on the register on a day; nulls where it was not on it yet.

    Raises:
        HouseholdsUnknown: it is not on file in the officer's region.
    """
    await ensure_seen(conn, officer, household_id)
    row = await conn.fetchrow(_ON, household_id, as_of)
    assert row is not None
    return HouseholdProfileOut(as_of=as_of, **row, members=await members_on(conn, cipher, household_id, as_of))
