"""Entries by hand, appeals and removals: one officer asks, another decides, every step stays on file (LG-22)."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

from asyncpg import Record

from services.registry.credit.certificates.actions import withdraw_listed
from services.registry.evidence import EvidenceIn, plain
from services.registry.policy.packs.queries import get_pack_in_force
from services.registry.standing.lists import queries
from services.registry.standing.lists.actions import quotas
from services.registry.standing.lists.refusals import (
    AlreadyListed,
    ListingCleared,
    ListingRequestDecided,
    ListingRequestOpen,
    ListingRequestUnknown,
    ListingUnknown,
    OwnEntryAppealed,
    RemovalNeedsRepayment,
)
from services.registry.standing.lists.rules import decide_by
from services.registry.standing.lists.schemas import (
    EntryProposalIn,
    ListingDecisionIn,
    ListingPleaIn,
    ListingRequestOut,
)
from services.registry.standing.lists.subjects import Subject, lock_subject, record_listed_event, record_unlisted_event
from shared.access import Principal, Right
from shared.dates import ensure_not_before, ensure_period
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id
from shared.offices import Step, acting_for
from shared.policy.vocabulary import Office

_LISTED_BY_HAND = """
SELECT listed_on FROM listing
WHERE coalesce(household_id, entity_id) = $1 AND list_name = $2 AND source = 'officer' AND state <> 'cleared'
  AND coalesce(ends_on > $3, true)
"""
# One that its own term has ended makes room for the next.
_CLOSE_ENDED = """
UPDATE listing SET state = 'cleared'
WHERE coalesce(household_id, entity_id) = $1 AND list_name = $2 AND source = 'officer' AND ends_on <= $3
"""
_OPEN_ENTRY = """
SELECT id, kind, decision_due_on FROM listing_request
WHERE coalesce(household_id, entity_id) = $1 AND list_name = $2 AND kind = 'entry' AND state = 'open'
"""
_OPEN_PLEA = "SELECT id, kind, decision_due_on FROM listing_request WHERE listing_id = $1 AND state = 'open'"
_FILE = """
INSERT INTO listing_request (id, kind, listing_id, household_id, entity_id, list_name, cause, reason, evidence,
                             filed_by, filed_on, decision_due_on, ends_on, state)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'open')
"""
_LISTING = """
SELECT l.id, l.household_id, l.entity_id, l.list_name, l.source, l.loan_id, l.state, l.listed_on, l.cleared_on,
       l.ends_on, l.request_id
FROM listing l WHERE l.id = $1
"""
_LOCK_LISTING = _LISTING + " FOR UPDATE"
_APPEAL = "UPDATE listing SET state = 'appealed' WHERE id = $1 AND state = 'listed'"
_STEP = """
INSERT INTO listing_event (listing_id, kind, happened_on, reason, recorded_by, request_id)
VALUES ($1, $2, $3, $4, $5, $6)
"""
_REQUEST = "SELECT * FROM listing_request WHERE id = $1"
_LOCK_REQUEST = _REQUEST + " FOR UPDATE"
_DECIDE = """
UPDATE listing_request
SET state = $2, decided_by = $3, decided_on = $4, decision_reason = $5, decided_as = $6, decided_at = now()
WHERE id = $1 AND state = 'open'
"""
_ENTER = """
INSERT INTO listing (id, household_id, entity_id, village_code, list_name, source, cause, reason, evidence, request_id,
                     state, listed_on, office, ends_on, cleared_on, clear_cause)
VALUES ($1, $2, $3, $4, $5, 'officer', $6, $7, $8, $9, 'listed', $10, $11, $12, $12,
        CASE WHEN $12::date IS NOT NULL THEN 'term_ended' END)
"""
_CLEAR = """
UPDATE listing SET state = 'cleared', cleared_on = greatest($2, listed_on), clear_cause = $3
WHERE id = $1 AND state <> 'cleared' AND coalesce(ends_on > $2, true) RETURNING cleared_on
"""
_RESTORE = "UPDATE listing SET state = 'listed' WHERE id = $1 AND state = 'appealed'"
_AUTHORS = "SELECT filed_by, decided_by FROM listing_request WHERE id = $1"
_DECIDED: dict[str, str] = {"accept": "accepted", "reject": "rejected"}

Plea = Literal["appeal", "removal"]


async def propose_entry(conn: Connection, officer: Principal, body: EntryProposalIn) -> ListingRequestOut:
    """Propose to list a household or an entity; it is listed from the day on which another officer accepts.

    Raises:
        SubjectNotOne, HouseholdsUnknown, EntityUnknown, PeriodEmpty, AlreadyListed, ListingRequestOpen, NoPackInForce
    """
    subject = await lock_subject(conn, officer, Right.LISTS_PROPOSE, body.household_id, body.entity_id)
    key = subject.household_id or subject.entity_id
    if body.ends_on is not None:
        ensure_period("filed_on", body.filed_on, "ends_on", body.ends_on)
    listed_on = await conn.fetchval(_LISTED_BY_HAND, key, body.list_name, body.filed_on)
    if listed_on is not None:
        raise AlreadyListed(body.list_name, listed_on)
    _ensure_none_open(await conn.fetchrow(_OPEN_ENTRY, key, body.list_name))
    return await _file(
        conn,
        officer,
        subject,
        "entry",
        None,
        body.list_name,
        body.cause,
        body.reason,
        body.evidence,
        body.filed_on,
        body.ends_on,
    )


async def file_plea(
    conn: Connection, officer: Principal, listing_id: UUID, kind: Plea, body: ListingPleaIn
) -> ListingRequestOut:
    """Appeal against an entry, or ask for its removal because the debt is cleared; until decided the entry holds.

    An entry that repayment cleared may still be appealed while it costs its village part of the quota (FJ-12).

    Raises:
        ListingUnknown, ListingCleared, RemovalNeedsRepayment, DateBeforeStep, ListingRequestOpen, NoPackInForce
    """
    right = Right.LISTS_APPEAL if kind == "appeal" else Right.LISTS_PROPOSE
    subject, listing = await _locked_listing(conn, officer, right, listing_id)
    over = listing["state"] == "cleared" or (listing["ends_on"] is not None and listing["ends_on"] <= body.filed_on)
    if over and not (kind == "appeal" and await quotas.holds_a_cut(conn, listing_id)):
        raise ListingCleared(listing_id, listing["cleared_on"])
    if kind == "removal" and listing["source"] == "event":
        raise RemovalNeedsRepayment(listing["loan_id"])
    ensure_not_before("filed_on", body.filed_on, "listed_on", listing["listed_on"])
    _ensure_none_open(await conn.fetchrow(_OPEN_PLEA, listing_id))
    name = listing["list_name"]
    filed = await _file(conn, officer, subject, kind, listing_id, name, None, body.reason, body.evidence, body.filed_on)
    if kind == "appeal":
        await conn.execute(_APPEAL, listing_id)
    step = "appealed" if kind == "appeal" else "removal_requested"
    await conn.execute(_STEP, listing_id, step, body.filed_on, body.reason, officer.subject, filed.id)
    return filed


async def decide_request(
    conn: Connection, officer: Principal, request_id: UUID, body: ListingDecisionIn
) -> ListingRequestOut:
    """Accept or reject what another officer asked for.

    Raises:
        ListingRequestUnknown, OtherOffice, MakerIsChecker, ListingRequestDecided, DateBeforeStep, OwnEntryAppealed,
        PeriodEmpty, AlreadyListed, NoPackInForce
    """
    subject, request = await _locked_request(conn, officer, request_id)
    pack = (await get_pack_in_force(conn, subject.region_code, body.decided_on)).pack
    office = acting_for(officer, Step.LISTING_DECISION, subject.region_code, pack)
    if request["filed_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    if request["state"] != "open":
        raise ListingRequestDecided(request_id, request["state"])
    ensure_not_before("decided_on", body.decided_on, "filed_on", request["filed_on"])
    if request["kind"] == "appeal":
        await _ensure_no_part(conn, officer, request["listing_id"])
    state = _DECIDED[body.decision]
    await conn.execute(_DECIDE, request_id, state, officer.subject, body.decided_on, body.reason, str(office))
    if request["kind"] == "entry":
        if state == "accepted":
            await _enter(conn, officer, office, subject, request, body)
    elif state == "accepted":
        await _clear(conn, officer, subject, request, body)
    else:
        await _reject(conn, officer, request, body)
    return await queries.get_request(conn, request_id, body.decided_on)


async def _file(
    conn: Connection,
    officer: Principal,
    subject: Subject,
    kind: str,
    listing_id: UUID | None,
    list_name: str,
    cause: str | None,
    reason: str,
    evidence: list[EvidenceIn],
    filed_on: date,
    ends_on: date | None = None,
) -> ListingRequestOut:
    rule = (await get_pack_in_force(conn, subject.region_code, filed_on)).pack.list_rule()
    request_id = new_id()
    await conn.execute(
        _FILE,
        request_id,
        kind,
        listing_id,
        subject.household_id,
        subject.entity_id,
        list_name,
        cause,
        reason,
        plain(evidence),
        officer.subject,
        filed_on,
        decide_by(rule, filed_on),
        ends_on,
    )
    return await queries.get_request(conn, request_id, filed_on)


def _ensure_none_open(row: Record | None) -> None:
    if row is not None:
        raise ListingRequestOpen(row["kind"], row["id"], row["decision_due_on"])


async def _locked_listing(
    conn: Connection, officer: Principal, right: Right, listing_id: UUID
) -> tuple[Subject, Record]:
    seen = await conn.fetchrow(_LISTING, listing_id)
    if seen is None:
        raise ListingUnknown(listing_id)
    subject = await _subject_of(conn, officer, right, seen, ListingUnknown(listing_id))
    listing = await conn.fetchrow(_LOCK_LISTING, listing_id)
    assert listing is not None
    return subject, listing


async def _locked_request(conn: Connection, officer: Principal, request_id: UUID) -> tuple[Subject, Record]:
    seen = await conn.fetchrow(_REQUEST, request_id)
    if seen is None:
        raise ListingRequestUnknown(request_id)
    unknown = ListingRequestUnknown(request_id)
    subject = await _subject_of(conn, officer, Right.LISTS_DECIDE, seen, unknown)
    request = await conn.fetchrow(_LOCK_REQUEST, request_id)
    assert request is not None
    return subject, request


async def _subject_of(
    conn: Connection, officer: Principal, right: Right, row: Record, unknown: ListingUnknown | ListingRequestUnknown
) -> Subject:
    """Lock the household or entity first, as lending's events do, so that two writers never wait for each other."""
    place = await queries.region_of_subject(conn, row["household_id"], row["entity_id"])
    if not place.startswith(tuple(officer.regions_for(right))):
        raise unknown
    return await lock_subject(conn, officer, right, row["household_id"], row["entity_id"])


async def _ensure_no_part(conn: Connection, officer: Principal, listing_id: UUID) -> None:
    entered_by = await conn.fetchval("SELECT request_id FROM listing WHERE id = $1", listing_id)
    authors = await conn.fetchrow(_AUTHORS, entered_by) if entered_by else None
    if authors is not None and officer.subject in tuple(authors):
        raise OwnEntryAppealed(officer.subject)


async def _enter(
    conn: Connection,
    officer: Principal,
    office: Office,
    subject: Subject,
    request: Record,
    body: ListingDecisionIn,
) -> None:
    key = subject.household_id or subject.entity_id
    if request["ends_on"] is not None:
        ensure_period("decided_on", body.decided_on, "ends_on", request["ends_on"])
    listed_on = await conn.fetchval(_LISTED_BY_HAND, key, request["list_name"], body.decided_on)
    if listed_on is not None:
        raise AlreadyListed(request["list_name"], listed_on)
    await conn.execute(_CLOSE_ENDED, key, request["list_name"], body.decided_on)
    listing_id = new_id()
    village_code = subject.region_code if subject.household_id else None
    arguments: tuple[Any, ...] = (
        listing_id,
        subject.household_id,
        subject.entity_id,
        village_code,
        request["list_name"],
        request["cause"],
        request["reason"],
        request["evidence"],
        request["id"],
        body.decided_on,
        str(office),
        request["ends_on"],
    )
    await conn.execute(_ENTER, *arguments)
    await conn.execute(_STEP, listing_id, "listed", body.decided_on, request["reason"], officer.subject, request["id"])
    if subject.household_id is not None:
        await withdraw_listed(conn, [subject.household_id], body.decided_on)
    terms = (request["list_name"], request["cause"], body.decided_on, request["ends_on"])
    await record_listed_event(conn, subject, listing_id, *terms)


async def _clear(
    conn: Connection, officer: Principal, subject: Subject, request: Record, body: ListingDecisionIn
) -> None:
    """Clear the entry and take back the cut it caused; one that repayment cleared meanwhile stays as it is."""
    cause: Literal["appeal_accepted", "removal_accepted"]
    cause = "appeal_accepted" if request["kind"] == "appeal" else "removal_accepted"
    listing_id = request["listing_id"]
    if cause == "appeal_accepted":
        await quotas.restore_quota(conn, listing_id, request["id"], body.decided_on)
    cleared_on = await conn.fetchval(_CLEAR, listing_id, body.decided_on, cause)
    if cleared_on is None:
        return
    await conn.execute(_STEP, listing_id, "cleared", cleared_on, body.reason, officer.subject, request["id"])
    await record_unlisted_event(conn, subject, listing_id, request["list_name"], cause, cleared_on)


async def _reject(conn: Connection, officer: Principal, request: Record, body: ListingDecisionIn) -> None:
    listing_id, step = request["listing_id"], f"{request['kind']}_rejected"
    await conn.execute(_RESTORE, listing_id)
    await conn.execute(_STEP, listing_id, step, body.decided_on, body.reason, officer.subject, request["id"])
