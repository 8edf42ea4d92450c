"""Move a fund's money by the decision of two persons: interest, money back, what was booked too high or not due."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.riskfund.funds import queries
from services.riskfund.funds.actions import ledger
from services.riskfund.funds.refusals import (
    ContributionUnknown,
    FundTooLowToPayBack,
    FundUnknown,
    MoreThanMayLeave,
    MovementUnknown,
    NothingOwedBack,
    OwedBackExactly,
)
from services.riskfund.funds.rules import postings
from services.riskfund.funds.rules.cover_limit import for_lender, free_money
from services.riskfund.funds.schemas import (
    FundMovementIn,
    FundMovementOut,
    MovementDecision,
    MovementDecisionIn,
    MovementKind,
)
from shared.access import Principal, Right
from shared.acting import acting_in
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id
from shared.offices import Step
from shared.policy.copies import find_current_pack

_LOCK_FUND = """
SELECT id, county_code, bank_code, opened_on, exposure_total + reserved_total AS used FROM fund
WHERE id = $1 AND county_code ^@ ANY($2::text[]) FOR UPDATE
"""
_CONTRIBUTION = """
SELECT c.amount, c.received_on, c.entry_id FROM contribution c
WHERE c.id = $1 AND c.fund_id = $2 AND NOT EXISTS (SELECT FROM journal_entry e WHERE e.reverses = c.entry_id)
"""
# What the fund owes for a recovery taken back, unless a movement other than $3 pays it.
_OWED_BACK = """
SELECT v.fund_owes, v.reversed_on FROM recovery_reversal v JOIN claim c ON c.id = v.claim_id
WHERE v.recovery_id = $1 AND c.fund_id = $2 AND v.fund_owes > 0 AND NOT EXISTS (
  SELECT FROM fund_movement m WHERE m.recovery_id = v.recovery_id AND m.state <> 'refused' AND m.id <> $3)
"""
_PROPOSE = """
INSERT INTO fund_movement (id, fund_id, kind, contribution_id, recovery_id, amount, moved_on, bank_reference, reason,
                           proposed_by, proposed_in_name_of)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""
_WAITING = "SELECT * FROM fund_movement WHERE id = $1 AND fund_id = $2 AND state = 'proposed' FOR UPDATE"
_DECIDE = """
UPDATE fund_movement SET state = $2, decided_on = $3, decided_by = $4, decided_in_name_of = $5, decision_reason = $6,
  entry_id = $7 WHERE id = $1
"""


_POSTED: Final = {
    MovementKind.INTEREST: postings.interest,
    MovementKind.WITHDRAWAL: postings.taken_back,
    MovementKind.REVERSAL: postings.taken_back,
    MovementKind.RECOVERY_BACK: postings.recovery_back,
}


async def propose_movement(
    conn: Connection, officer: Principal, fund_id: UUID, body: FundMovementIn
) -> FundMovementOut:
    """Propose a movement; nothing is booked before a second person has decided.

    Raises:
        FundUnknown: no such fund in the officer's regions.
        OtherOffice: the county's pack has others manage the account.
        DateBeforeStep: dated before the account was opened.
        ContributionUnknown: the contribution to be taken back is not there, or was taken back before.
        NothingOwedBack, OwedBackExactly: the fund owes the bank nothing of the recovery, or another sum.
        MoreThanMayLeave, FundTooLowToPayBack: as for `decide_movement`.
    """
    fund = await _locked(conn, officer, Right.FUNDS_PROPOSE, fund_id)
    office = await acting_in(conn, officer, Step.FUND_MOVEMENT, fund["county_code"], body.moved_on)
    ensure_not_before("moved_on", body.moved_on, "opened_on", fund["opened_on"])
    movement_id = new_id()
    await _ensure_may_leave(conn, fund, {**dict(body), "id": movement_id})
    named = (str(body.kind), body.contribution_id, body.recovery_id)
    moved = (body.amount, body.moved_on, body.bank_reference, body.reason)
    await conn.execute(_PROPOSE, movement_id, fund_id, *named, *moved, officer.subject, str(office))
    return await queries.get_fund_movement(conn, movement_id)


async def decide_movement(
    conn: Connection, officer: Principal, fund_id: UUID, movement_id: UUID, body: MovementDecisionIn
) -> FundMovementOut:
    """Book or refuse a proposed movement; a reversal counts on the day of its contribution, as if it had never been.

    Raises:
        FundUnknown, OtherOffice: as for `propose_movement`.
        MovementUnknown: no such movement waits.
        MakerIsChecker: the officer proposed it.
        DateBeforeStep: dated before the movement.
        ContributionUnknown: the contribution was taken back meanwhile.
        MoreThanMayLeave: money that left would be missing on that day or since; or more than the county paid in; or
            what is withdrawn covers loans.
        FundTooLowToPayBack: more than it holds, or than banks have returned to it.
        BankReferenceUsed: the transfer is booked already.
    """
    fund = await _locked(conn, officer, Right.FUNDS_DECIDE, fund_id)
    office = await acting_in(conn, officer, Step.FUND_MOVEMENT_DECISION, fund["county_code"], body.decided_on)
    waiting = await conn.fetchrow(_WAITING, movement_id, fund_id)
    if waiting is None:
        raise MovementUnknown(movement_id)
    if waiting["proposed_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("decided_on", body.decided_on, "moved_on", waiting["moved_on"])
    approved = body.decision is MovementDecision.APPROVE
    entry_id = await _book(conn, fund, waiting, officer.subject) if approved else None
    said = (body.decided_on, officer.subject, str(office), body.reason, entry_id)
    await conn.execute(_DECIDE, movement_id, "booked" if approved else "refused", *said)
    return await queries.get_fund_movement(conn, movement_id)


async def _locked(conn: Connection, officer: Principal, right: Right, fund_id: UUID) -> Any:
    fund = await conn.fetchrow(_LOCK_FUND, fund_id, officer.regions_for(right))
    if fund is None:
        raise FundUnknown(fund_id)
    return fund


async def _book(conn: Connection, fund: Any, movement: Any, booked_by: str) -> UUID:
    kind, amount = MovementKind(movement["kind"]), movement["amount"]
    taken_back = await _ensure_may_leave(conn, fund, movement)
    booked_on = taken_back["received_on"] if taken_back else movement["moved_on"]
    reverses = taken_back["entry_id"] if taken_back else None
    transfer = ledger.Transfer(booked_on, booked_by, movement["bank_reference"], reverses)
    return await ledger.enter(conn, fund["id"], postings.EntryKind(kind), _POSTED[kind](amount), transfer)


async def _ensure_may_leave(conn: Connection, fund: Any, movement: Mapping[str, Any]) -> Any:
    """Refuse what may not leave; return the contribution that a reversal takes back, None for other movements."""
    kind, amount, moved_on = movement["kind"], movement["amount"], movement["moved_on"]
    if kind == MovementKind.INTEREST:
        return None
    if kind == MovementKind.RECOVERY_BACK:
        return await _ensure_owed_back(conn, fund, movement)
    contribution, contribution_id = None, movement["contribution_id"]
    if contribution_id is not None:
        contribution = await conn.fetchrow(_CONTRIBUTION, contribution_id, fund["id"])
        if contribution is None:
            raise ContributionUnknown(contribution_id)
    counts_on = contribution["received_on"] if contribution else moved_on
    shown = await queries.get_fund(conn, fund["id"], [fund["county_code"]], moved_on)
    bound = contribution["amount"] if contribution else await _free(conn, fund, shown.balance, moved_on)
    most = min(await ledger.cash_from(conn, fund["id"], counts_on), shown.paid_in, bound)
    if amount > most:
        raise MoreThanMayLeave(amount, most, counts_on)
    return contribution


async def _ensure_owed_back(conn: Connection, fund: Any, movement: Mapping[str, Any]) -> None:
    """Refuse to pay a bank back what is not owed to it, or more than banks have returned and the account holds."""
    owed = await conn.fetchrow(_OWED_BACK, movement["recovery_id"], fund["id"], movement["id"])
    if owed is None:
        raise NothingOwedBack(movement["recovery_id"])
    if movement["amount"] != owed["fund_owes"]:
        raise OwedBackExactly(movement["amount"], owed["fund_owes"])
    ensure_not_before("moved_on", movement["moved_on"], "reversed_on", owed["reversed_on"])
    shown = await queries.get_fund(conn, fund["id"], [fund["county_code"]], movement["moved_on"])
    most = min(await ledger.cash_from(conn, fund["id"], movement["moved_on"]), shown.returned)
    if movement["amount"] > most:
        raise FundTooLowToPayBack(movement["amount"], most, movement["moved_on"])


async def _free(conn: Connection, fund: Any, balance: Decimal, on: date) -> Decimal:
    """Return what the loans that the account covers or has reserved do not need of its money, in yuan."""
    pack = await find_current_pack(conn, fund["county_code"], on)
    return free_money(balance, fund["used"], for_lender(pack.fund_rule, fund["bank_code"])) if pack else balance
