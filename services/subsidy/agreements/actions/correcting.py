"""Correct the terms of an agreement: one person proposes, another decides; the terms before stay readable."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from services.subsidy.agreements.actions.storing import (
    ensure_complete,
    lock_agreement,
    store_terms,
    stored_terms,
)
from services.subsidy.agreements.queries import get_agreement
from services.subsidy.agreements.refusals import ProposalOpen, ProposalUnknown
from services.subsidy.agreements.schemas import AgreementCorrectionIn, AgreementDecisionIn, AgreementDetail
from shared import outbox
from shared.access import Principal, Right
from shared.acting import acting_in
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.events.subsidy import AgreementCorrected
from shared.offices import Step

_NEXT: Final = "SELECT max(version) + 1 FROM agreement_terms WHERE agreement_id = $1"
_OPEN: Final = "SELECT * FROM agreement_terms WHERE agreement_id = $1 AND state = 'proposed'"
_ENDING: Final = "SELECT 1 FROM agreement_termination WHERE agreement_id = $1 AND state = 'proposed'"
_REPLACE: Final = "UPDATE agreement_terms SET state = 'replaced' WHERE agreement_id = $1 AND state = 'holds'"
_DECIDE: Final = """
UPDATE agreement_terms SET state = $3, decided_by = $4, decided_on = $5 WHERE agreement_id = $1 AND version = $2
"""
_USE: Final = """
UPDATE agreement SET version = $2, valid_from = $3, valid_until = $4, entity_id = $5, dividend_form = $6,
  security_needed = $7, event_version = event_version + (state = 'in_force')::int WHERE id = $1 RETURNING *
"""


async def propose_correction(
    conn: Connection, officer: Principal, agreement_id: UUID, body: AgreementCorrectionIn
) -> AgreementDetail:
    """Propose other terms for an agreement that was wrongly entered or has changed.

    Raises:
        AgreementUnknown, AgreementStateWrong, DateBeforeStep, ProposalOpen, AgreementHouseholdsUnknown,
        AgreementIncomplete.
    """
    row = await lock_agreement(conn, officer, Right.AGREEMENTS_DRAFT, agreement_id, "drafted", "signed", "in_force")
    ensure_not_before("proposed_on", body.proposed_on, "drafted_on", row["drafted_on"])
    if await conn.fetchrow(_OPEN, agreement_id) or await conn.fetchval(_ENDING, agreement_id):
        raise ProposalOpen(row["number"])
    if row["state"] != "drafted":
        await ensure_complete(conn, row, body.terms, body.proposed_on)
    version = await conn.fetchval(_NEXT, agreement_id)
    who: dict[str, Any] = {"by": officer.subject, "on": body.proposed_on}
    where = agreement_id, row["region_code"], version
    await store_terms(conn, *where, body.terms, state="proposed", reason=body.reason, **who)
    return await get_agreement(conn, [row["region_code"]], agreement_id)


async def decide_correction(
    conn: Connection, officer: Principal, agreement_id: UUID, body: AgreementDecisionIn
) -> AgreementDetail:
    """Let proposed terms hold in the place of the others, or drop them; never one's own.

    Raises:
        AgreementUnknown, OtherOffice, ProposalUnknown, MakerIsChecker, DateBeforeStep, AgreementIncomplete.
        ProposalOpen: whether the agreement ends, and what principal it owes, is decided first.
    """
    row = await lock_agreement(conn, officer, Right.AGREEMENTS_CONFIRM, agreement_id)
    await acting_in(conn, officer, Step.AGREEMENT_CONFIRMATION, row["region_code"], body.decided_on)
    proposal = await conn.fetchrow(_OPEN, agreement_id)
    if proposal is None:
        raise ProposalUnknown(row["number"])
    if proposal["proposed_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("decided_on", body.decided_on, "proposed_on", proposal["proposed_on"])
    state, version = ("holds" if body.decision == "accept" else "refused"), proposal["version"]
    if state == "holds":
        await lock_agreement(conn, officer, Right.AGREEMENTS_CONFIRM, agreement_id, "drafted", "signed", "in_force")
        if await conn.fetchval(_ENDING, agreement_id):
            raise ProposalOpen(row["number"])
        corrected = await _use(conn, row, version, body.decided_on)
    await conn.execute(_DECIDE, agreement_id, version, state, officer.subject, body.decided_on)
    if state == "holds" and row["state"] == "in_force":
        await _record_corrected(conn, corrected, body.decided_on)
    return await get_agreement(conn, [row["region_code"]], agreement_id)


async def _use(conn: Connection, row: dict[str, Any], version: int, on: date) -> Any:
    terms, needed = await stored_terms(conn, row["id"], version), row["security_needed"]
    if row["state"] != "drafted":  # it may have been signed since the correction was proposed
        needed = await ensure_complete(conn, row, terms, on)
    await conn.execute(_REPLACE, row["id"])
    what = terms.valid_from, terms.valid_until, terms.entity_id, terms.dividend_form
    return await conn.fetchrow(_USE, row["id"], version, *what, needed)


async def _record_corrected(conn: Connection, row: Any, on: date) -> None:
    detail = await get_agreement(conn, [row["region_code"]], row["id"])
    event = AgreementCorrected(
        agreement_id=row["id"],
        county_code=row["county_code"],
        terms_version=row["version"],
        dividend_form=row["dividend_form"],
        entity_id=row["entity_id"],
        households=detail.household_count,
        grant_amount=detail.grant_amount,
        loan_amount=detail.loan_amount,
        valid_from=row["valid_from"],
        valid_until=row["valid_until"],
        corrected_on=on,
    )
    place = {"aggregate_version": row["event_version"], "region_code": row["region_code"]}
    await outbox.record(conn, event, aggregate_id=row["id"], **place)
