"""Put somebody on the trust list, and take them off: one officer proposes, another decides (ZJ-8)."""

from typing import Final
from uuid import UUID

from asyncpg import Record

from services.registry.evidence import plain
from services.registry.policy.packs.queries import get_pack_in_force
from services.registry.standing.commendations.queries import get_commendation
from services.registry.standing.commendations.refusals import (
    CommendationDecided,
    CommendationEnded,
    CommendationUnknown,
    ListedNotCommended,
)
from services.registry.standing.commendations.schemas import (
    CommendationDecisionIn,
    CommendationIn,
    CommendationOut,
    CommendationTerminationIn,
)
from services.registry.standing.lists.subjects import lock_subject
from shared.access import Principal, Right
from shared.dates import ensure_not_before, ensure_period
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id
from shared.offices import Step, acting_for

_LISTED: Final = """
SELECT list_name FROM listing
WHERE coalesce(household_id, entity_id) = $1 AND coalesce(cleared_on > $2, true) ORDER BY list_name LIMIT 1
"""
_PROPOSE: Final = """
INSERT INTO commendation (id, household_id, entity_id, reason, evidence, valid_from, valid_until, state, proposed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'proposed', $8)
"""
_LOCK: Final = """
SELECT c.household_id, c.entity_id, c.valid_from, c.valid_until, c.state, c.proposed_by, c.decided_by, c.ended_on,
       coalesce((SELECT village_code FROM household WHERE id = c.household_id),
                (SELECT region_code FROM implementing_entity WHERE id = c.entity_id)) AS region_code
FROM commendation c WHERE c.id = $1 FOR UPDATE
"""
_DECIDE: Final = """
UPDATE commendation SET state = $2, office = $3, decided_by = $4, decided_on = $5, decision_reason = $6 WHERE id = $1
"""
_END: Final = "UPDATE commendation SET ended_on = $2, end_reason = $3, ended_by = $4 WHERE id = $1"


async def propose_commendation(conn: Connection, officer: Principal, body: CommendationIn) -> CommendationOut:
    """Propose a household or an entity for the trust list, until a day that is named.

    Raises:
        SubjectNotOne, HouseholdsUnknown, EntityUnknown, PeriodEmpty, ListedNotCommended
    """
    subject = await lock_subject(conn, officer, Right.LISTS_PROPOSE, body.household_id, body.entity_id)
    ensure_period("valid_from", body.valid_from, "valid_until", body.valid_until)
    listed = await conn.fetchval(_LISTED, subject.household_id or subject.entity_id, body.valid_from)
    if listed is not None:
        raise ListedNotCommended(listed)
    commendation_id = new_id()
    period = (body.valid_from, body.valid_until)
    await conn.execute(
        _PROPOSE,
        commendation_id,
        subject.household_id,
        subject.entity_id,
        body.reason,
        plain(body.evidence),
        *period,
        officer.subject,
    )
    return await get_commendation(conn, commendation_id, body.valid_from)


async def decide_commendation(
    conn: Connection, officer: Principal, commendation_id: UUID, body: CommendationDecisionIn
) -> CommendationOut:
    """Confirm or reject what another officer proposed; the office that confirms stands beside the entry.

    Raises:
        CommendationUnknown, CommendationDecided, MakerIsChecker, DateBeforeStep, ListedNotCommended, NoPackInForce,
        OtherOffice
    """
    entry = await _locked(conn, officer, commendation_id)
    if entry["state"] != "proposed":
        raise CommendationDecided(entry["state"])
    if entry["proposed_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("decided_on", body.decided_on, "valid_from", entry["valid_from"])
    confirms = body.decision == "confirm"
    listed = await conn.fetchval(_LISTED, entry["household_id"] or entry["entity_id"], body.decided_on)
    if confirms and listed is not None:
        raise ListedNotCommended(listed)
    pack = (await get_pack_in_force(conn, entry["region_code"], body.decided_on)).pack
    office = str(acting_for(officer, Step.LISTING_DECISION, entry["region_code"], pack))
    state = "confirmed" if confirms else "rejected"
    await conn.execute(_DECIDE, commendation_id, state, office, officer.subject, body.decided_on, body.reason)
    return await get_commendation(conn, commendation_id, body.decided_on)


async def end_commendation(
    conn: Connection, officer: Principal, commendation_id: UUID, body: CommendationTerminationIn
) -> CommendationOut:
    """Take somebody off the trust list before the end; by another officer than the one who confirmed the entry.

    Raises:
        CommendationUnknown, CommendationDecided, CommendationEnded, MakerIsChecker, DateBeforeStep
    """
    entry = await _locked(conn, officer, commendation_id)
    if entry["state"] != "confirmed":
        raise CommendationDecided(entry["state"])
    if entry["ended_on"] is not None or entry["valid_until"] <= body.ended_on:
        raise CommendationEnded(entry["ended_on"] or entry["valid_until"])
    if entry["decided_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("ended_on", body.ended_on, "valid_from", entry["valid_from"])
    await conn.execute(_END, commendation_id, body.ended_on, body.reason, officer.subject)
    return await get_commendation(conn, commendation_id, body.ended_on)


async def _locked(conn: Connection, officer: Principal, commendation_id: UUID) -> Record:
    entry = await conn.fetchrow(_LOCK, commendation_id)
    if entry is None or not entry["region_code"].startswith(tuple(officer.regions_for(Right.LISTS_DECIDE))):
        raise CommendationUnknown(commendation_id)
    return entry
