"""Keep recoveries with their split, take them back, and book what the bank returns of them (LG-40)."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.riskfund.claims.actions import deciding as claims
from services.riskfund.claims.rules.compensation import for_lender
from services.riskfund.cover.actions.corrections import reopen_compensated
from services.riskfund.funds.actions import ledger
from services.riskfund.funds.actions.movements import lock_funds
from services.riskfund.funds.rules import postings
from services.riskfund.recoveries import queries
from services.riskfund.recoveries.refusals import AlreadyReturned, ReturnAmountWrong
from services.riskfund.recoveries.rules.split import (
    RecoveryShares,
    left_of_fund_share,
    recovery_shares,
    return_due_on,
)
from services.riskfund.recoveries.schemas import RecoveryOut, RecoveryState, ReturnIn
from shared import outbox
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.events.lending import RecoveryRecorded, RecoveryReversed
from shared.events.received import Received
from shared.events.riskfund import RecoveryReturned
from shared.policy.copies import pack_in_effect
from shared.policy.terms import CompensationRule
from shared.scope import scope_of

_PAID_CLAIMS = """
SELECT c.id, c.pack_id, c.product_code, c.county_code, c.village_code, c.bank_code, c.approved_on,
       c.fund_amount + c.bank_amount + c.guarantor_amount AS loss,
       (SELECT coalesce(sum(r.amount), 0.00) FROM recovery r WHERE r.claim_id = c.id AND r.reversed_on IS NULL)
         AS recovered
FROM claim c WHERE c.id = ANY($1::uuid[]) AND c.state = 'paid' ORDER BY c.id FOR UPDATE
"""
_STORE = """
INSERT INTO recovery (id, claim_id, loan_id, county_code, village_code, bank_code, bank_reference, recovered_on, amount,
                      principal, interest, fund_share, bank_share, guarantor_share, beyond_loss, due_on, state)
SELECT n.id, n.claim_id, n.loan_id, c.county_code, c.village_code, c.bank_code, n.bank_reference, n.recovered_on,
       n.amount, n.principal, n.interest, n.fund_share, n.bank_share, n.guarantor_share, n.beyond_loss, n.due_on,
       CASE WHEN n.fund_share > 0 THEN 'open' ELSE 'nothing_due' END
FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::date[], $6::numeric[], $7::numeric[], $8::numeric[],
            $9::numeric[], $10::numeric[], $11::numeric[], $12::numeric[], $13::date[])
  AS n (id, claim_id, loan_id, bank_reference, recovered_on, amount, principal, interest, fund_share, bank_share,
        guarantor_share, beyond_loss, due_on)
JOIN claim c ON c.id = n.claim_id
"""
_PLACE = "SELECT c.id, c.county_code, c.fund_id FROM claim c WHERE c.id = $1"
_LOCK_CLAIM = "SELECT id FROM claim WHERE id = $1 FOR UPDATE"
_RETURNED = "UPDATE recovery SET state = 'returned' WHERE id = $1 AND state = 'open' RETURNING id"
_NOTE = """
INSERT INTO recovery_return (recovery_id, entry_id, amount, returned_on, bank_reference, is_late, returned_by)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""


_TO_REVERSE = "SELECT id, fund_share, state, reversed_on FROM recovery WHERE id = ANY($1::uuid[])"
_NOTE_REVERSAL = """
INSERT INTO recovery_reversal (recovery_id, claim_id, cause, reversed_on, fund_share, bank_share, guarantor_share,
                               beyond_loss, fund_due, fund_owes, due_on)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""
_REVERSED = """
UPDATE recovery SET reversed_on = $2, principal = 0, interest = 0,
  state = CASE WHEN $3::bool THEN state ELSE 'reversed' END WHERE id = $1
"""
_PAYS = """
UPDATE recovery r SET principal = n.principal, interest = n.interest
FROM unnest($1::uuid[], $2::numeric[], $3::numeric[]) AS n (id, principal, interest) WHERE r.id = n.id
"""


class RecoveryBeforePayment(Exception):
    """Lending published a recovery on a claim that is not paid here; the event is parked and looked at."""


async def store_recoveries(conn: Connection, received: Sequence[Received[RecoveryRecorded]]) -> None:
    """Split each recovery by the shares of its claim and note by when others' parts are due (LG-40)."""
    recoveries = [message.event for message in received]
    rows = await conn.fetch(_PAID_CLAIMS, [recovery.claim_id for recovery in recoveries])
    claims = {row["id"]: dict(row) for row in rows}
    rules = await _rules(conn, claims, [(each.claim_id, each.recovered_on) for each in recoveries])
    splits = [_split(claims, rules, recovery) for recovery in recoveries]
    await conn.execute(
        _STORE,
        [recovery.recovery_id for recovery in recoveries],
        [recovery.claim_id for recovery in recoveries],
        [recovery.loan_id for recovery in recoveries],
        [recovery.bank_reference for recovery in recoveries],
        [recovery.recovered_on for recovery in recoveries],
        [recovery.amount for recovery in recoveries],
        [recovery.principal for recovery in recoveries],
        [recovery.interest for recovery in recoveries],
        [shares.fund for shares, _ in splits],
        [shares.bank for shares, _ in splits],
        [shares.guarantor for shares, _ in splits],
        [shares.beyond_loss for shares, _ in splits],
        [due_on for _, due_on in splits],
    )


RuleOn = tuple[UUID, date, str | None]  # a claim's pack, the day whose corrections count, and its product


async def _rules(
    conn: Connection, claims: dict[UUID, dict[str, Any]], happened: Sequence[tuple[UUID, date]]
) -> dict[RuleOn, CompensationRule]:
    """Return the rules of the days on which the claims were approved and of those on which it happened, each once."""
    paid = [(claims[claim_id], on) for claim_id, on in happened if claim_id in claims]
    asked = {_rule_on(claim, day) for claim, on in paid for day in (claim["approved_on"], on)}
    return {key: (await pack_in_effect(conn, *key)).compensation_rule for key in asked}


def _rule_on(claim: dict[str, Any], day: date) -> RuleOn:
    return claim["pack_id"], day, claim["product_code"]


def _split(
    claims: dict[UUID, dict[str, Any]], rules: dict[RuleOn, CompensationRule], recovery: RecoveryRecorded
) -> tuple[RecoveryShares, date]:
    """Return the parts, by the shares of the day on which the claim was approved, and by when they are due."""
    claim = claims.get(recovery.claim_id)
    if claim is None:
        raise RecoveryBeforePayment(f"claim {recovery.claim_id} is not paid here")
    by_shares = for_lender(rules[_rule_on(claim, claim["approved_on"])], claim["bank_code"])
    shares = recovery_shares(recovery.amount, claim["recovered"], claim["loss"], by_shares)
    claim["recovered"] += recovery.amount
    return shares, return_due_on(recovery.recovered_on, rules[_rule_on(claim, recovery.recovered_on)])


async def reverse_recoveries(conn: Connection, received: Sequence[Received[RecoveryReversed]]) -> None:
    """Take recoveries back: what each party got of them goes, nothing that was split or booked before is rewritten.

    What the bank had returned of the fund's part is owed back to it; a loan that was closed is compensated again.
    """
    events = [message.event for message in received]
    claims = {row["id"]: dict(row) for row in await conn.fetch(_PAID_CLAIMS, [event.claim_id for event in events])}
    rules = await _rules(conn, claims, [(event.claim_id, event.reversed_on) for event in events])
    known = {row["id"]: row for row in await conn.fetch(_TO_REVERSE, [event.recovery_id for event in events])}
    for event in events:
        if event.recovery_id not in known:
            raise RecoveryBeforePayment(f"recovery {event.recovery_id} is not known here")
        if known[event.recovery_id]["reversed_on"] is None:
            await _reverse(conn, claims[event.claim_id], known[event.recovery_id], rules, event)
    await reopen_compensated(conn, [event.loan_id for event in events if event.reopened])


async def _reverse(
    conn: Connection, claim: dict[str, Any], row: Any, rules: dict[RuleOn, CompensationRule], event: RecoveryReversed
) -> None:
    rule = for_lender(rules[_rule_on(claim, claim["approved_on"])], claim["bank_code"])
    back = recovery_shares(event.amount, claim["recovered"] - event.amount, claim["loss"], rule)
    due, owes = left_of_fund_share(row["fund_share"], back.fund, returned=row["state"] == "returned")
    due_on = return_due_on(event.reversed_on, rules[_rule_on(claim, event.reversed_on)])
    parts = back.fund, back.bank, back.guarantor, back.beyond_loss
    await conn.execute(
        _NOTE_REVERSAL, row["id"], event.claim_id, event.cause, event.reversed_on, *parts, due, owes, due_on
    )
    await conn.execute(_REVERSED, row["id"], event.reversed_on, due > 0)
    await conn.execute(
        _PAYS,
        [each.recovery_id for each in event.counted],
        [each.principal for each in event.counted],
        [each.interest for each in event.counted],
    )


async def return_recovery(conn: Connection, officer: Principal, recovery_id: UUID, body: ReturnIn) -> RecoveryOut:
    """Book the fund's part of a recovery; late when it comes after the fifth working day (LG-40).

    Raises:
        RecoveryUnknown: no such recovery of this bank.
        AlreadyReturned: nothing of it is owed any more.
        ReturnAmountWrong: not exactly the fund's share.
        DateBeforeStep: dated before the recovery.
        BankReferenceUsed: the transfer is booked already.
    """
    scope = scope_of(officer, Right.RECOVERIES_RETURN)
    seen = await queries.get_recovery(conn, recovery_id, scope)
    place: Any = await conn.fetchrow(_PLACE, seen.claim_id)
    await lock_funds(conn, [place["county_code"]])
    await conn.execute(_LOCK_CLAIM, seen.claim_id)
    recovery = await queries.get_recovery(conn, recovery_id, scope)
    _ensure_owed(recovery, body)
    transfer = ledger.Transfer(body.returned_on, officer.subject, body.bank_reference)
    booked = postings.recovery(body.amount)
    entry_id = await ledger.enter(conn, place["fund_id"], postings.EntryKind.RECOVERY, booked, transfer)
    is_late = body.returned_on > recovery.due_on
    noted = (body.amount, body.returned_on, body.bank_reference, is_late, officer.subject)
    await conn.execute(_NOTE, recovery_id, entry_id, *noted)
    assert await conn.fetchval(_RETURNED, recovery_id) == recovery_id, "it was open a moment ago"
    await _record(conn, recovery, body.returned_on, is_late)
    return await queries.get_recovery(conn, recovery_id, scope)


def _ensure_owed(recovery: RecoveryOut, body: ReturnIn) -> None:
    if recovery.state is not RecoveryState.OPEN:
        raise AlreadyReturned(recovery.id, recovery.state)
    if body.amount != recovery.fund_due:
        raise ReturnAmountWrong(body.amount, recovery.fund_due)
    ensure_not_before("returned_on", body.returned_on, "recovered_on", recovery.recovered_on)


async def _record(conn: Connection, recovery: RecoveryOut, returned_on: date, is_late: bool) -> None:
    version = await claims.raise_version(conn, recovery.claim_id)
    event = RecoveryReturned(
        claim_id=recovery.claim_id,
        loan_id=recovery.loan_id,
        recovery_id=recovery.id,
        amount=recovery.amount,
        fund_share=recovery.fund_share,
        bank_share=recovery.bank_share,
        due_on=recovery.due_on,
        returned_on=returned_on,
        is_late=is_late,
        guarantor_share=recovery.guarantor_share,
        beyond_loss=recovery.beyond_loss,
    )
    await outbox.record(
        conn, event, aggregate_id=recovery.claim_id, aggregate_version=version, region_code=recovery.village_code
    )
