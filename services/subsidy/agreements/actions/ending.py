"""End an agreement early by two persons; the principal goes back to the village collective (ZJ-5(d))."""

from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.subsidy.agreements.actions.storing import lock_agreement
from services.subsidy.agreements.pack_rules import ensure_returns_to, needs_successor
from services.subsidy.agreements.queries import get_agreement
from services.subsidy.agreements.refusals import PrincipalAboveOpen, ProposalOpen, ProposalUnknown
from services.subsidy.agreements.schemas import (
    AgreementDecisionIn,
    AgreementDetail,
    AgreementTerminationIn,
    PrincipalReceiptIn,
)
from shared import outbox
from shared.access import Principal, Right
from shared.acting import acting_in
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.events.subsidy import AgreementTerminated
from shared.ids import new_id
from shared.offices import Step
from shared.policy.copies import find_current_pack

_PROPOSE: Final = """
INSERT INTO agreement_termination
  (id, agreement_id, reason, ends_on, principal, principal_due_on, principal_to, needs_successor,
   proposed_by, proposed_on)
SELECT $1, a.id, $3, $4, (SELECT coalesce(sum(s.grant_amount), 0) FROM agreement_share s
  WHERE s.agreement_id = a.id AND s.version = a.version), $5, $6, $7, $8, $9
FROM agreement a WHERE a.id = $2 ON CONFLICT DO NOTHING RETURNING id
"""
_GRANTED_UNTIL: Final = "SELECT max(period_until) FROM dividend_run WHERE agreement_id = $1 AND state = 'approved'"
_OPEN: Final = "SELECT * FROM agreement_termination WHERE agreement_id = $1 AND state = 'proposed'"
_ACCEPTED: Final = "SELECT * FROM agreement_termination WHERE agreement_id = $1 AND state = 'accepted'"
_DECIDE: Final = """
UPDATE agreement_termination SET state = $2, decided_by = $3, decided_on = $4 WHERE id = $1
"""
_END: Final = """
UPDATE agreement SET state = 'terminated', ended_on = $2, event_version = event_version + 1 WHERE id = $1
RETURNING event_version
"""
_RECEIVED: Final = "SELECT coalesce(sum(amount), 0.00) FROM principal_receipt WHERE agreement_id = $1"
_RECEIVE: Final = """
INSERT INTO principal_receipt (id, agreement_id, amount, received_on, bank_reference, recorded_by, booking)
SELECT $1, $2, $3, $4, $5, $6, (SELECT count(*) + 1 FROM principal_receipt r
  WHERE r.agreement_id = $2 AND r.bank_reference = $5 AND r.reverses_id IS NOT NULL)
WHERE NOT EXISTS (SELECT FROM principal_receipt r
  WHERE r.agreement_id = $2 AND r.bank_reference = $5 AND r.reverses_id IS NULL
    AND NOT EXISTS (SELECT FROM principal_receipt b WHERE b.reverses_id = r.id)) RETURNING id
"""
_CORRECTION_OPEN: Final = "SELECT 1 FROM agreement_terms WHERE agreement_id = $1 AND state = 'proposed'"


async def propose_termination(
    conn: Connection, officer: Principal, agreement_id: UUID, body: AgreementTerminationIn
) -> AgreementDetail:
    """Propose that an agreement ends before its time; the grant money in it becomes owed to the village collective.

    Raises:
        AgreementUnknown, AgreementStateWrong, DateBeforeStep, OutsideRegion, PrincipalElsewhere, ProposalOpen.
    """
    row = await lock_agreement(conn, officer, Right.AGREEMENTS_DRAFT, agreement_id, "in_force")
    ensure_not_before("ends_on", body.ends_on, "valid_from", row["valid_from"])
    ensure_not_before("proposed_on", body.proposed_on, "confirmed_on", row["confirmed_on"])
    ensure_not_before("principal_due_on", body.principal_due_on, "ends_on", body.ends_on)
    ensure_not_before("valid_until", row["valid_until"], "ends_on", body.ends_on)
    await _ensure_after_dividends(conn, agreement_id, body.ends_on)
    officer.ensure_region(Right.AGREEMENTS_DRAFT, body.principal_to)
    found = await find_current_pack(conn, row["county_code"], body.ends_on)
    ensure_returns_to(found.pack if found else None, body.principal_to)
    successor = needs_successor(found.pack if found else None, row["kind"])
    about = body.reason, body.ends_on, body.principal_due_on, body.principal_to, successor
    if await conn.fetchval(_CORRECTION_OPEN, agreement_id):
        raise ProposalOpen(row["number"])  # what is owed depends on the terms
    proposed = await conn.fetchval(_PROPOSE, new_id(), agreement_id, *about, officer.subject, body.proposed_on)
    if proposed is None:
        raise ProposalOpen(row["number"])
    return await get_agreement(conn, [row["region_code"]], agreement_id)


async def decide_termination(
    conn: Connection, officer: Principal, agreement_id: UUID, body: AgreementDecisionIn
) -> AgreementDetail:
    """End the agreement as proposed, or let it go on; never one's own proposal.

    Raises:
        AgreementUnknown, OtherOffice, ProposalUnknown, MakerIsChecker, DateBeforeStep.
    """
    row = await lock_agreement(conn, officer, Right.AGREEMENTS_CONFIRM, agreement_id)
    await acting_in(conn, officer, Step.AGREEMENT_CONFIRMATION, row["region_code"], body.decided_on)
    proposal: Any = await conn.fetchrow(_OPEN, agreement_id)
    if proposal is None:
        raise ProposalUnknown(row["number"])
    if proposal["proposed_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("decided_on", body.decided_on, "proposed_on", proposal["proposed_on"])
    state = "accepted" if body.decision == "accept" else "rejected"
    await conn.execute(_DECIDE, proposal["id"], state, officer.subject, body.decided_on)
    if state == "accepted":
        await _ensure_after_dividends(conn, agreement_id, proposal["ends_on"])
        await _end(conn, row, proposal)
    return await get_agreement(conn, [row["region_code"]], agreement_id)


async def record_principal_receipt(
    conn: Connection, officer: Principal, agreement_id: UUID, body: PrincipalReceiptIn
) -> AgreementDetail:
    """Record principal that the entity returned to the village collective (ZJ-5(d)).

    Raises:
        AgreementUnknown, AgreementStateWrong, DateBeforeStep, PrincipalAboveOpen.
    """
    row = await lock_agreement(conn, officer, Right.DIVIDENDS_RECORD, agreement_id, "terminated")
    ending: Any = await conn.fetchrow(_ACCEPTED, agreement_id)
    ensure_not_before("received_on", body.received_on, "ends_on", ending["ends_on"])
    still_open: Decimal = ending["principal"] - await conn.fetchval(_RECEIVED, agreement_id)
    about = body.amount, body.received_on, body.bank_reference, officer.subject
    if body.amount > still_open or await conn.fetchval(_RECEIVE, new_id(), agreement_id, *about) is None:
        raise PrincipalAboveOpen(body.amount, still_open)
    return await get_agreement(conn, [row["region_code"]], agreement_id)


async def _ensure_after_dividends(conn: Connection, agreement_id: UUID, ends_on: date) -> None:
    """Refuse an end before the last year whose dividend was granted: that year would have no terms any more."""
    granted_until = await conn.fetchval(_GRANTED_UNTIL, agreement_id)
    if granted_until is not None:
        ensure_not_before("ends_on", ends_on, "dividend_granted_until", granted_until)


async def _end(conn: Connection, row: dict[str, Any], proposal: Any) -> None:
    version = await conn.fetchval(_END, row["id"], proposal["ends_on"])
    event = AgreementTerminated(
        agreement_id=row["id"],
        county_code=row["county_code"],
        ended_on=proposal["ends_on"],
        principal=proposal["principal"],
        principal_due_on=proposal["principal_due_on"],
        principal_to=proposal["principal_to"],
    )
    await outbox.record(conn, event, aggregate_id=row["id"], aggregate_version=version, region_code=row["region_code"])
