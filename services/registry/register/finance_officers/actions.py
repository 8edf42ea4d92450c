"""Appoint village finance officers, one for each village, and enter how their service ended (FJ-7)."""

from uuid import UUID

from services.registry.evidence import plain
from services.registry.register.finance_officers.queries import get_officer
from services.registry.register.finance_officers.refusals import (
    FinanceOfficerUnknown,
    LaterOfficerServes,
    OfficerNeedsVillage,
    OfficerServesNoMore,
)
from services.registry.register.finance_officers.schemas import (
    FinanceOfficerEndIn,
    FinanceOfficerIn,
    FinanceOfficerOut,
)
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id

_VILLAGE = """
SELECT level = 'village' AND coalesce(valid_from <= $2, true) AND coalesce(valid_until > $2, true) FROM region
WHERE code = $1 FOR SHARE
"""
_SERVING = """
SELECT id, officer_name, appointed_on FROM finance_officer WHERE village_code = $1 AND ended_on IS NULL FOR UPDATE
"""
_REPLACE = """
UPDATE finance_officer SET ended_on = $2, end_cause = 'replaced', end_reason = $3, ended_by = $4 WHERE id = $1
"""
_APPOINT = """
INSERT INTO finance_officer (id, village_code, officer, officer_name, evidence, appointed_on, appointed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_LOCK = "SELECT village_code, appointed_on, appointed_by, ended_on FROM finance_officer WHERE id = $1 FOR UPDATE"
_END = "UPDATE finance_officer SET ended_on = $2, end_cause = $3, end_reason = $4, ended_by = $5 WHERE id = $1"
# Whom a wrong record replaced serves on.
_REINSTATE = """
UPDATE finance_officer SET ended_on = NULL, end_cause = NULL, end_reason = NULL, ended_by = NULL
WHERE village_code = $1 AND end_cause = 'replaced' AND ended_on = $2
"""


async def appoint_officer(conn: Connection, appointing: Principal, body: FinanceOfficerIn) -> FinanceOfficerOut:
    """Appoint a village's finance officer, from that day on in the place of who served before.

    Raises:
        OutsideRegion, OfficerNeedsVillage, LaterOfficerServes
    """
    appointing.ensure_region(Right.FINANCE_OFFICERS_APPOINT, body.village_code)
    if not await conn.fetchval(_VILLAGE, body.village_code, body.appointed_on):
        raise OfficerNeedsVillage(body.village_code)
    former = await conn.fetchrow(_SERVING, body.village_code)
    if former is not None:
        if former["appointed_on"] >= body.appointed_on:
            raise LaterOfficerServes(former["officer_name"], former["appointed_on"])
        await conn.execute(_REPLACE, former["id"], body.appointed_on, body.officer_name, appointing.subject)
    appointment_id = new_id()
    who = (body.officer, body.officer_name, plain(body.evidence))
    await conn.execute(_APPOINT, appointment_id, body.village_code, *who, body.appointed_on, appointing.subject)
    return await get_officer(conn, appointment_id)


async def end_service(
    conn: Connection, ending: Principal, appointment_id: UUID, body: FinanceOfficerEndIn
) -> FinanceOfficerOut:
    """Enter that an officer left, or never served because the record was wrong; the latter by somebody else.

    Whom a wrong record had replaced serves again.

    Raises:
        FinanceOfficerUnknown, OfficerServesNoMore, MakerIsChecker, DateBeforeStep
    """
    found = await conn.fetchrow(_LOCK, appointment_id)
    scopes = tuple(ending.regions_for(Right.FINANCE_OFFICERS_APPOINT))
    if found is None or not found["village_code"].startswith(scopes):
        raise FinanceOfficerUnknown(appointment_id)
    if found["ended_on"] is not None:
        raise OfficerServesNoMore(found["ended_on"])
    wrong = body.cause == "recorded_wrongly"
    if wrong and found["appointed_by"] == ending.subject:
        raise MakerIsChecker(ending.subject)
    ensure_not_before("ended_on", body.ended_on, "appointed_on", found["appointed_on"])
    ended_on = found["appointed_on"] if wrong else body.ended_on
    await conn.execute(_END, appointment_id, ended_on, body.cause, body.reason, ending.subject)
    if wrong:
        await conn.execute(_REINSTATE, found["village_code"], found["appointed_on"])
    return await get_officer(conn, appointment_id)
