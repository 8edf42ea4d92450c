"""Record what the village says of its households, and withdraw what was wrong (MS-2)."""

from collections import Counter
from typing import Final
from uuid import UUID

from services.registry.register.households.refusals import (
    HouseholdHasEnded,
    HouseholdNamedTwice,
    HouseholdsUnknown,
    PeriodAlreadyEnded,
)
from services.registry.standing.testimonies.refusals import TestimonyUnknown
from services.registry.standing.testimonies.schemas import (
    TestimoniesIn,
    TestimoniesOut,
    TestimonyOut,
    TestimonyWithdrawalIn,
)
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker

COLUMNS: Final = (
    "id, household_id, good_name, no_bad_habits, family_harmony, willing_to_repay, able_to_repay, reason, valid_from, "
    "recorded_by, recorded_at, valid_until, end_reason, ended_by, ended_at"
)
_LOCK: Final = """
SELECT id, number, ended_on, end_reason FROM household
WHERE id = ANY ($1::uuid[]) AND village_code ^@ ANY ($2::text[]) ORDER BY id FOR UPDATE
"""
_RECORD: Final = """
INSERT INTO household_testimony (id, household_id, good_name, no_bad_habits, family_harmony, willing_to_repay,
  able_to_repay, reason, valid_from, recorded_by)
SELECT uuid7(), n.household_id, n.good_name, n.no_bad_habits, n.family_harmony, n.willing_to_repay, n.able_to_repay,
       n.reason, $2, $3
FROM jsonb_to_recordset($1::jsonb) AS n (household_id uuid, good_name boolean, no_bad_habits boolean,
  family_harmony boolean, willing_to_repay boolean, able_to_repay boolean, reason text)
"""
_FIND: Final = """
SELECT t.valid_from, t.valid_until, t.ended_by, t.recorded_by
FROM household_testimony t JOIN household h ON h.id = t.household_id
WHERE t.id = $1 AND h.village_code ^@ ANY ($2::text[]) FOR UPDATE OF t
"""
_WITHDRAW: Final = f"""
UPDATE household_testimony SET valid_until = $2, end_reason = $3, ended_by = $4, ended_at = now()
WHERE id = $1 AND valid_until IS NULL RETURNING {COLUMNS}
"""  # noqa: S608 - our own column list


async def record_testimonies(conn: Connection, officer: Principal, body: TestimoniesIn) -> TestimoniesOut:
    """Record what the village says of its households from a day on; a later record takes the place of an earlier one.

    Raises:
        HouseholdNamedTwice: a household stands in the request twice.
        HouseholdsUnknown: some are not on file in the officer's village; nothing was recorded.
        HouseholdHasEnded: one of them has ended.
    """
    times = Counter(each.household_id for each in body.items)
    if twice := [household for household, count in times.items() if count > 1]:
        raise HouseholdNamedTwice(twice)
    rows = await conn.fetch(_LOCK, list(times), officer.regions_for(Right.TESTIMONIES_RECORD))
    if unknown := sorted(times.keys() - {row["id"] for row in rows}):
        raise HouseholdsUnknown(unknown)
    for row in rows:
        if row["ended_on"] is not None and row["ended_on"] <= body.valid_from:
            raise HouseholdHasEnded(row["number"], row["ended_on"], row["end_reason"])
    items = [each.model_dump(mode="json") for each in body.items]
    await conn.execute(_RECORD, items, body.valid_from, officer.subject)
    return TestimoniesOut(valid_from=body.valid_from, recorded_count=len(items))


async def withdraw_testimony(
    conn: Connection, officer: Principal, testimony_id: UUID, body: TestimonyWithdrawalIn
) -> TestimonyOut:
    """Withdraw a testimony that was wrong or holds no longer, as another officer than the one who recorded it.

    What the village said before it counts again from that day on.

    Raises:
        TestimonyUnknown: there is none in the officer's region.
        MakerIsChecker: the officer recorded it.
        PeriodAlreadyEnded, DateBeforeStep: it was withdrawn before, or began later.
    """
    row = await conn.fetchrow(_FIND, testimony_id, officer.regions_for(Right.TESTIMONIES_WITHDRAW))
    if row is None:
        raise TestimonyUnknown(testimony_id)
    if row["recorded_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    if row["valid_until"] is not None:
        raise PeriodAlreadyEnded(row["valid_until"], row["ended_by"])
    ensure_not_before("valid_until", body.valid_until, "valid_from", row["valid_from"])
    withdrawn = await conn.fetchrow(_WITHDRAW, testimony_id, body.valid_until, body.reason, officer.subject)
    assert withdrawn is not None
    return TestimonyOut(**withdrawn)
