"""What the entity paid its households, what came back, and its security where it does not pay (ZJ-4(b))."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.subsidy.agreements.actions.storing import lock_agreement, stored_terms
from services.subsidy.dividends.queries import get_accounts
from services.subsidy.dividends.refusals import (
    DividendPaymentUnknown,
    DrawAboveLimit,
    PaymentAboveDividend,
    SecurityDrawUnknown,
)
from services.subsidy.dividends.schemas import (
    DividendAccountsOut,
    DividendPaymentsIn,
    DividendReturnIn,
    SecurityDrawDecisionIn,
    SecurityDrawIn,
    SecurityDrawOut,
)
from services.subsidy.proposals.actions import Wrong, propose
from services.subsidy.proposals.schemas import ReversalOut, Subject
from shared.access import Principal, Right
from shared.acting import acting_in
from shared.dates import LATEST_DAY, ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id
from shared.money import ZERO
from shared.offices import Step

# The bank's reference counts once: in what is sent, and among what was recorded and did not come back.
_PAY: Final = """
INSERT INTO dividend_payment (id, agreement_id, household_id, amount, paid_on, bank_reference, security_draw_id,
  recorded_by, booking)
SELECT DISTINCT ON (p.bank_reference) uuid7(), $1, p.*, $7, (SELECT count(*) + 1 FROM dividend_payment r
  WHERE r.agreement_id = $1 AND r.bank_reference = p.bank_reference AND r.reverses_id IS NOT NULL)
FROM unnest($2::uuid[], $3::numeric[], $4::date[], $5::text[], $6::uuid[])
  AS p (household_id, amount, paid_on, bank_reference, draw_id)
WHERE NOT EXISTS (SELECT FROM dividend_payment d
  WHERE d.agreement_id = $1 AND d.bank_reference = p.bank_reference AND d.reverses_id IS NULL
    AND NOT EXISTS (SELECT FROM dividend_payment b WHERE b.reverses_id = d.id))
RETURNING id
"""
_PAYMENT: Final = """
SELECT p.* FROM dividend_payment p JOIN agreement a ON a.id = p.agreement_id
WHERE p.id = $1 AND p.reverses_id IS NULL AND a.region_code ^@ ANY ($2::text[])
  AND NOT EXISTS (SELECT FROM dividend_payment b WHERE b.reverses_id = p.id)
"""
_RETURN: Final = """
INSERT INTO dividend_payment (id, agreement_id, household_id, amount, paid_on, bank_reference, security_draw_id,
  reverses_id, recorded_by)
SELECT $2, agreement_id, household_id, -amount, $3, bank_reference, security_draw_id, id, $4
FROM dividend_payment WHERE id = $1
"""
_DRAWN: Final = """
SELECT d.id, d.state, d.decided_on,
  d.amount - coalesce((SELECT sum(amount) FROM dividend_payment p WHERE p.security_draw_id = d.id), 0) AS left
FROM security_draw d WHERE d.agreement_id = $1 AND d.state <> 'rejected'
"""
_FIRST_GRANT: Final = "SELECT min(decided_on) FROM dividend_run WHERE agreement_id = $1 AND state = 'approved'"
# What of the security is drawn on, about to be, or was given back.
_GONE: Final = """
SELECT (SELECT coalesce(sum(amount), 0.00) FROM security_draw WHERE agreement_id = $1 AND state <> 'rejected')
  + (SELECT coalesce(sum(amount), 0.00) FROM security_release WHERE agreement_id = $1)
"""
_PROPOSE: Final = """
INSERT INTO security_draw (id, agreement_id, amount, reason, proposed_by, proposed_on)
VALUES ($1, $2, $3, $4, $5, $6) RETURNING *
"""
_OF_AGREEMENT: Final = "SELECT agreement_id FROM security_draw WHERE id = $1"
_FIND: Final = "SELECT * FROM security_draw WHERE id = $1 FOR UPDATE"
_DECIDE: Final = """
UPDATE security_draw SET state = $2, decided_by = $3, decided_on = $4 WHERE id = $1 RETURNING *
"""


async def record_payments(
    conn: Connection, officer: Principal, agreement_id: UUID, body: DividendPaymentsIn
) -> DividendAccountsOut:
    """Record transfers that reached households, in one sum or in parts; never more than was granted.

    Raises:
        AgreementUnknown, AgreementStateWrong, DateBeforeStep, SecurityDrawUnknown, PaymentAboveDividend.
    """
    held = "in_force", "terminated"
    agreement = await lock_agreement(conn, officer, Right.DIVIDENDS_RECORD, agreement_id, *held)
    regions, last = [agreement["region_code"]], max(each.paid_on for each in body.items)
    accounts = (await get_accounts(conn, regions, agreement_id, LATEST_DAY)).accounts
    left = {each.household_id: each.granted - each.paid for each in accounts}
    above = [household for household, amount in _sums(body).items() if amount > left.get(household, ZERO)]
    if not above:
        granted_on = await conn.fetchval(_FIRST_GRANT, agreement_id)
        ensure_not_before("paid_on", min(each.paid_on for each in body.items), "dividend_granted_on", granted_on)
    await _ensure_drawn(conn, agreement_id, body)
    columns = [each.household_id for each in body.items], [each.amount for each in body.items]
    when = [each.paid_on for each in body.items], [each.bank_reference for each in body.items]
    draws = [each.security_draw_id for each in body.items]
    stored = [] if above else await conn.fetch(_PAY, agreement_id, *columns, *when, draws, officer.subject)
    if len(stored) < len(body.items):
        raise PaymentAboveDividend(above or [each.household_id for each in body.items])
    return await get_accounts(conn, regions, agreement_id, last)


async def lock_payment(
    conn: Connection, officer: Principal, right: Right, payment_id: UUID
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the agreement of a transfer that counts, locked, and the transfer.

    Raises:
        DividendPaymentUnknown, AgreementUnknown.
    """
    regions = officer.regions_for(right)
    row = await conn.fetchrow(_PAYMENT, payment_id, regions)
    if row is None:
        raise DividendPaymentUnknown(payment_id)
    agreement = await lock_agreement(conn, officer, right, row["agreement_id"])
    row = await conn.fetchrow(_PAYMENT, payment_id, regions)  # as it stands once nobody else changes it
    if row is None:
        raise DividendPaymentUnknown(payment_id)
    return agreement, dict(row)


async def propose_return(conn: Connection, officer: Principal, payment_id: UUID, body: DividendReturnIn) -> ReversalOut:
    """Propose that a transfer came back, or was recorded wrongly; another person decides.

    Raises:
        DividendPaymentUnknown, AgreementUnknown, DateBeforeStep, ReversalProposed.
    """
    agreement, row = await lock_payment(conn, officer, Right.DIVIDENDS_RECORD, payment_id)
    ensure_not_before("returned_on", body.returned_on, "paid_on", row["paid_on"])
    ensure_not_before("proposed_on", body.proposed_on, "returned_on", body.returned_on)
    about = agreement["region_code"], None, row["amount"], None, body.returned_on
    return await propose(conn, officer, Wrong(Subject.DIVIDEND_PAYMENT, payment_id, *about), body)


async def return_payment(conn: Connection, payment_id: UUID, by: str, on: date) -> None:
    """Write the counter-entry of a transfer that came back on a day: its household is owed again."""
    await conn.execute(_RETURN, payment_id, new_id(), on, by)


async def propose_draw(
    conn: Connection, officer: Principal, agreement_id: UUID, body: SecurityDrawIn
) -> SecurityDrawOut:
    """Propose to use the entity's security for dividends in arrears, never more than either (ZJ-4(b)).

    Raises:
        AgreementUnknown, AgreementStateWrong, DrawAboveLimit.
    """
    held = "in_force", "terminated"
    agreement = await lock_agreement(conn, officer, Right.DIVIDENDS_RECORD, agreement_id, *held)
    terms = await stored_terms(conn, agreement_id, agreement["version"])
    worth = sum((each.value for each in terms.securities), ZERO) - await conn.fetchval(_GONE, agreement_id)
    most = min(worth, await _drawable(conn, agreement, body.proposed_on))
    if body.amount > most:
        raise DrawAboveLimit(body.amount, most)
    about = body.amount, body.reason, officer.subject, body.proposed_on
    row: Any = await conn.fetchrow(_PROPOSE, new_id(), agreement_id, *about)
    return SecurityDrawOut(**row)


async def decide_draw(
    conn: Connection, officer: Principal, draw_id: UUID, body: SecurityDrawDecisionIn
) -> SecurityDrawOut:
    """Let the security be drawn on, or not; never one's own proposal.

    Raises:
        SecurityDrawUnknown, AgreementUnknown, OtherOffice, MakerIsChecker, DateBeforeStep, DrawAboveLimit.
    """
    agreement_id = await conn.fetchval(_OF_AGREEMENT, draw_id)
    if agreement_id is None:
        raise SecurityDrawUnknown(draw_id)
    agreement = await lock_agreement(conn, officer, Right.DIVIDENDS_APPROVE, agreement_id)
    draw: Any = await conn.fetchrow(_FIND, draw_id)
    if draw["state"] != "proposed":
        raise SecurityDrawUnknown(draw_id)
    await acting_in(conn, officer, Step.DIVIDEND_APPROVAL, agreement["region_code"], body.decided_on)
    if draw["proposed_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("decided_on", body.decided_on, "proposed_on", draw["proposed_on"])
    state = "accepted" if body.decision == "accept" else "rejected"
    if state == "accepted":
        most = await _drawable(conn, agreement, body.decided_on, but=draw_id)
        if draw["amount"] > most:
            raise DrawAboveLimit(draw["amount"], most)
    row: Any = await conn.fetchrow(_DECIDE, draw_id, state, officer.subject, body.decided_on)
    return SecurityDrawOut(**row)


def _sums(body: DividendPaymentsIn) -> Mapping[UUID, Decimal]:
    found: dict[UUID, Decimal] = {}
    for each in body.items:
        found[each.household_id] = found.get(each.household_id, ZERO) + each.amount
    return found


async def _ensure_drawn(conn: Connection, agreement_id: UUID, body: DividendPaymentsIn) -> None:
    draws = {row["id"]: dict(row) for row in await conn.fetch(_DRAWN, agreement_id) if row["state"] == "accepted"}
    for each in body.items:
        if each.security_draw_id is not None:
            draw = draws.get(each.security_draw_id)
            if draw is None or each.amount > draw["left"]:
                raise SecurityDrawUnknown(each.security_draw_id)
            ensure_not_before("paid_on", each.paid_on, "drawn_on", draw["decided_on"])
            draw["left"] -= each.amount


async def _drawable(conn: Connection, agreement: dict[str, Any], on: date, *, but: UUID | None = None) -> Decimal:
    """Return what may be drawn: due by a day, less all that was paid since and all that other draws have yet to pay."""
    where = [agreement["region_code"]], agreement["id"]
    due = {each.household_id: each.due for each in (await get_accounts(conn, *where, on)).accounts}
    paid = {each.household_id: each.paid for each in (await get_accounts(conn, *where, LATEST_DAY)).accounts}
    lacking = sum((max(amount - paid.get(each, ZERO), ZERO) for each, amount in due.items()), ZERO)
    promised = sum((row["left"] for row in await conn.fetch(_DRAWN, agreement["id"]) if row["id"] != but), ZERO)
    return max(lacking - promised, ZERO)
