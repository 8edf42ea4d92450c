"""Name the bank that answers for villages, by two persons (LG-47)."""

from uuid import UUID

from services.lending.clients import list_regions
from services.lending.lenders import queries
from services.lending.lenders.refusals import ResponsibilityDecided, ResponsibilityUnknown, ResponsibleRegionsUnknown
from services.lending.lenders.schemas import (
    ResponsibilityDecisionIn,
    ResponsibilityIn,
    ResponsibilityOut,
    ResponsibilityState,
)
from shared.access import Principal, Right
from shared.clients import PeerClient
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id
from shared.regions import LEVEL_BY_LENGTH
from shared.web.writes import Writer

_PROPOSE = """
INSERT INTO responsibility (id, county_code, bank_code, from_on, reason, proposed_on, proposed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
_REGIONS = "INSERT INTO responsibility_region (responsibility_id, region_code) SELECT $1, unnest($2::text[])"
_LOCK = """
SELECT state, proposed_on, proposed_by, decided_on FROM responsibility
WHERE id = $1 AND county_code ^@ ANY ($2::text[]) FOR UPDATE
"""
_DECIDE = """
UPDATE responsibility SET state = $2, decided_on = $3, decided_by = $4, decision_reason = $5,
  decided_at = clock_timestamp()
WHERE id = $1
"""


async def ensure_regions_hold(registry: PeerClient, write: Writer, body: ResponsibilityIn) -> None:
    """Ask registry whether the townships and villages hold on the first day, before the transaction.

    Raises:
        OutsideRegion: a region is not the officer's.
        ResponsibleRegionsUnknown: some do not hold on that day.
        PeerUnavailable: registry did not answer in time; nothing was recorded.
    """
    for code in body.region_codes:
        write.caller.ensure_region(Right.LENDERS_ASSIGN, code)
    if await write.is_answered():
        return
    levels = {LEVEL_BY_LENGTH[len(code)] for code in body.region_codes}
    known = [await list_regions(registry, body.county_code, level, body.from_on) for level in sorted(levels)]
    unknown = [code for code in body.region_codes if not any(code in found for found in known)]
    if unknown:
        raise ResponsibleRegionsUnknown(unknown, body.from_on)


async def propose_responsible_bank(conn: Connection, officer: Principal, body: ResponsibilityIn) -> ResponsibilityOut:
    """Propose that a bank, or nobody any more, answers for villages from a day on.

    Raises: LenderNotRegistered: the bank does not lend in the county. Clause: LG-47.
    """
    if body.bank_code is not None:
        await queries.ensure_registered(conn, body.bank_code, body.county_code)
    responsibility_id = new_id()
    said = body.county_code, body.bank_code, body.from_on, body.reason, body.proposed_on, officer.subject
    await conn.execute(_PROPOSE, responsibility_id, *said)
    await conn.execute(_REGIONS, responsibility_id, body.region_codes)
    return await queries.get_responsibility(conn, responsibility_id)


async def decide_responsible_bank(
    conn: Connection, officer: Principal, responsibility_id: UUID, body: ResponsibilityDecisionIn
) -> ResponsibilityOut:
    """Confirm or refuse what another person proposed; from its first day on it takes the place of what held before.

    Raises:
        ResponsibilityUnknown: there is none in the officer's regions.
        ResponsibilityDecided: it is decided already.
        MakerIsChecker: the officer proposed it.
        DateBeforeStep: dated before the proposal.
    """
    row = await conn.fetchrow(_LOCK, responsibility_id, officer.regions_for(Right.LENDERS_ASSIGN))
    if row is None:
        raise ResponsibilityUnknown(responsibility_id)
    if row["state"] != ResponsibilityState.PROPOSED:
        raise ResponsibilityDecided(row["state"], row["decided_on"])
    if row["proposed_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("decided_on", body.decided_on, "proposed_on", row["proposed_on"])
    state = ResponsibilityState.CONFIRMED if body.decision == "confirm" else ResponsibilityState.REFUSED
    await conn.execute(_DECIDE, responsibility_id, str(state), body.decided_on, officer.subject, body.reason)
    return await queries.get_responsibility(conn, responsibility_id)
