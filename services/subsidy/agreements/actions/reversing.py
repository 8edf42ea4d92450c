"""Reverse principal that was booked wrongly, and give security back, each by two persons (ZJ-4(b), ZJ-5(d))."""

from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.subsidy.agreements.actions.storing import lock_agreement, stored_terms
from services.subsidy.agreements.refusals import PrincipalReceiptUnknown, SecurityUnknown, SecurityWanted
from services.subsidy.agreements.schemas import SecurityReleaseIn
from services.subsidy.proposals.actions import Wrong, propose
from services.subsidy.proposals.schemas import ReversalIn, ReversalOut, Subject
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.ids import new_id
from shared.money import ZERO

_OF_RECEIPT: Final = "SELECT agreement_id FROM principal_receipt WHERE id = $1"
_RECEIPT: Final = """
SELECT r.* FROM principal_receipt r WHERE r.id = $1 AND r.reverses_id IS NULL
  AND NOT EXISTS (SELECT FROM principal_receipt b WHERE b.reverses_id = r.id)
"""
_REVERSE: Final = """
INSERT INTO principal_receipt (id, agreement_id, amount, received_on, bank_reference, reverses_id, recorded_by)
SELECT $2, agreement_id, -amount, $3, bank_reference, id, $4 FROM principal_receipt WHERE id = $1
"""
_RELEASED: Final = """
SELECT coalesce(sum(amount), 0.00) FROM security_release WHERE agreement_id = $1 AND valuation_document = $2
"""
_GONE: Final = """
SELECT (SELECT coalesce(sum(amount), 0.00) FROM security_release WHERE agreement_id = $1)
  + (SELECT coalesce(sum(amount), 0.00) FROM security_draw WHERE agreement_id = $1 AND state <> 'rejected')
"""
# What the entity owes once the agreement holds no more: principal that it has to return, dividends that it did not pay.
_OWED: Final = """
SELECT (SELECT coalesce(sum(t.principal), 0.00) FROM agreement_termination t
    WHERE t.agreement_id = $1 AND t.state = 'accepted')
  - (SELECT coalesce(sum(amount), 0.00) FROM principal_receipt WHERE agreement_id = $1)
  + (SELECT coalesce(sum(l.amount), 0.00) FROM dividend_run r JOIN dividend_line l ON l.run_id = r.id
    WHERE r.agreement_id = $1 AND r.state = 'approved')
  - (SELECT coalesce(sum(amount), 0.00) FROM dividend_payment WHERE agreement_id = $1)
"""
_FOLLOWED: Final = "SELECT EXISTS (SELECT FROM agreement WHERE follows_id = $1 AND confirmed_on <= $2)"
_RELEASE: Final = """
INSERT INTO security_release (id, agreement_id, valuation_document, amount, released_on) VALUES ($1, $2, $3, $4, $5)
"""


async def lock_principal(
    conn: Connection, officer: Principal, right: Right, receipt_id: UUID
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the agreement of a receipt of principal that counts, locked, and the receipt.

    Raises:
        PrincipalReceiptUnknown, AgreementUnknown.
    """
    agreement_id = await conn.fetchval(_OF_RECEIPT, receipt_id)
    if agreement_id is None:
        raise PrincipalReceiptUnknown(receipt_id)
    agreement = await lock_agreement(conn, officer, right, agreement_id)
    row = await conn.fetchrow(_RECEIPT, receipt_id)
    if row is None:
        raise PrincipalReceiptUnknown(receipt_id)
    return agreement, dict(row)


async def propose_principal_reversal(
    conn: Connection, officer: Principal, receipt_id: UUID, body: ReversalIn
) -> ReversalOut:
    """Propose to reverse principal that was booked wrongly: it is owed again (ZJ-5(d)).

    Raises:
        PrincipalReceiptUnknown, AgreementUnknown, DateBeforeStep, ReversalProposed.
    """
    agreement, row = await lock_principal(conn, officer, Right.DIVIDENDS_RECORD, receipt_id)
    ensure_not_before("proposed_on", body.proposed_on, "received_on", row["received_on"])
    wrong = Wrong(Subject.PRINCIPAL_RECEIPT, receipt_id, agreement["region_code"], amount=row["amount"])
    return await propose(conn, officer, wrong, body)


async def reverse_principal(conn: Connection, receipt_id: UUID, by: str, on: date) -> None:
    """Write the counter-entry of a receipt of principal."""
    await conn.execute(_REVERSE, receipt_id, new_id(), on, by)


async def propose_release(
    conn: Connection, officer: Principal, agreement_id: UUID, body: SecurityReleaseIn
) -> ReversalOut:
    """Propose to give security, or a part of it, back to the entity (ZJ-4(b)).

    Raises:
        AgreementUnknown, AgreementStateWrong, SecurityUnknown, DateBeforeStep, ReversalProposed.
        SecurityWanted: what is left secures less than the invested money, or than what is still owed.
    """
    held = "in_force", "terminated"
    agreement = await lock_agreement(conn, officer, Right.DIVIDENDS_RECORD, agreement_id, *held)
    ensure_not_before("released_on", body.released_on, "drafted_on", agreement["drafted_on"])
    ensure_not_before("proposed_on", body.proposed_on, "released_on", body.released_on)
    await ensure_releasable(conn, agreement, body.valuation_document, body.amount, body.released_on)
    about = {"amount": body.amount, "reference": body.valuation_document, "happened_on": body.released_on}
    wrong = Wrong(Subject.SECURITY, agreement_id, agreement["region_code"], **about)  # type: ignore[arg-type]
    return await propose(conn, officer, wrong, body)


async def ensure_releasable(
    conn: Connection, agreement: dict[str, Any], document: str, amount: Decimal, on: date
) -> None:
    """Refuse to give back more than is there, or than can be spared on a day.

    Raises:
        SecurityUnknown, SecurityWanted.
    """
    terms = await stored_terms(conn, agreement["id"], agreement["version"])
    worth = sum((each.value for each in terms.securities if each.valuation_document == document), ZERO)
    if amount > worth - await conn.fetchval(_RELEASED, agreement["id"], document):
        raise SecurityUnknown(document)
    needed = await _needed(conn, agreement, on)
    valued = sum((each.value for each in terms.securities if each.valued_on <= on), ZERO)
    spare = valued - await conn.fetchval(_GONE, agreement["id"]) - needed
    if amount > spare:
        raise SecurityWanted(amount, max(spare, ZERO), needed)


async def release(conn: Connection, agreement: dict[str, Any], proposed: dict[str, Any]) -> None:
    """Give security back as it was proposed.

    Raises:
        SecurityUnknown, SecurityWanted: things changed since.
    """
    what = proposed["reference"], proposed["amount"], proposed["happened_on"]
    await ensure_releasable(conn, agreement, *what)
    await conn.execute(_RELEASE, proposed["id"], agreement["id"], *what)


async def _needed(conn: Connection, agreement: dict[str, Any], on: date) -> Decimal:
    # The money stays with the entity beyond the term, until it is given back or another agreement secures it.
    holds = agreement["state"] == "in_force" and (
        on < agreement["valid_until"] or not await conn.fetchval(_FOLLOWED, agreement["id"], on)
    )
    needed: Decimal = agreement["security_needed"] if holds else await conn.fetchval(_OWED, agreement["id"])
    return max(needed, ZERO)
