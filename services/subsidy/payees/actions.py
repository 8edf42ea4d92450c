"""Name who receives for heirs, and withdraw it again: one officer proposes, another decides."""

from typing import Any, Final
from uuid import UUID

import asyncpg

from services.subsidy.accounts.succession_sql import SUCCEEDED
from services.subsidy.payees.queries import payee_out
from services.subsidy.payees.refusals import (
    HouseholdLives,
    HouseholdUnknown,
    PayeeDecided,
    PayeeNotInForce,
    PayeeProposed,
    PayeeUnknown,
)
from services.subsidy.payees.schemas import PayeeDecisionIn, PayeeIn, PayeeOut
from services.subsidy.payees.sealed import ACCOUNT_CONTEXT, HOLDER_CONTEXT, ID_NUMBER_CONTEXT
from services.subsidy.proposals.actions import Wrong, propose
from services.subsidy.proposals.schemas import ReversalIn, ReversalOut, Subject
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id
from shared.pii import PiiCipher, masked_tail

_HOUSEHOLD: Final = f"""
WITH {SUCCEEDED}
SELECT a.village_code, e.effective_on AS ended_on FROM subsidy_account a
LEFT JOIN succeeded s ON s.household_id = a.household_id
LEFT JOIN household_end e ON e.household_id = coalesce(s.stands_for_it, a.household_id) AND e.reason = 'died_out'
WHERE a.household_id = $1 AND a.village_code ^@ ANY ($2::text[]) ORDER BY a.disbursed_on DESC LIMIT 1
"""  # noqa: S608 - our own text
_PROPOSE: Final = """
INSERT INTO subsidy_payee (id, household_id, village_code, version, holder_name_sealed, id_number_sealed, bank_code,
  account_sealed, account_tail, relation, document, state, proposed_on, proposed_by)
SELECT $1, $2, $3, count(*) + 1, $4, $5, $6, $7, $8, $9, $10, 'proposed', $11, $12
FROM subsidy_payee WHERE household_id = $2
"""
_LOCK: Final = "SELECT * FROM subsidy_payee WHERE id = $1 AND village_code ^@ ANY ($2::text[]) FOR UPDATE"
_REPLACE: Final = "UPDATE subsidy_payee SET state = 'replaced' WHERE household_id = $1 AND state = 'in_force'"
_WITHDRAW: Final = "UPDATE subsidy_payee SET state = 'withdrawn' WHERE id = $1"
_DECIDE: Final = "UPDATE subsidy_payee SET state = $2, decided_by = $3, decided_on = $4 WHERE id = $1"


async def propose_payee(conn: Connection, officer: Principal, cipher: PiiCipher, body: PayeeIn) -> PayeeOut:
    """Propose who receives the subsidy of a household that died out, or that was merged into one that did.

    Raises:
        HouseholdUnknown, DateBeforeStep, PayeeProposed.
        HouseholdLives: it has not died out, and is paid to its own account.
    """
    household = await conn.fetchrow(_HOUSEHOLD, body.household_id, officer.regions_for(Right.SUBSIDIES_REVIEW))
    if household is None:
        raise HouseholdUnknown(body.household_id)
    if household["ended_on"] is None:
        raise HouseholdLives(body.household_id)
    ensure_not_before("proposed_on", body.proposed_on, "effective_on", household["ended_on"])
    payee_id = new_id()
    who = (
        cipher.encrypt(body.holder_name, HOLDER_CONTEXT),
        cipher.encrypt(body.id_number, ID_NUMBER_CONTEXT),
        body.bank_code,
        cipher.encrypt(body.account_number, ACCOUNT_CONTEXT),
        masked_tail(body.account_number),
    )
    shown = (body.relation, body.document, body.proposed_on, officer.subject)
    try:
        async with conn.transaction():
            await conn.execute(_PROPOSE, payee_id, body.household_id, household["village_code"], *who, *shown)
    except asyncpg.UniqueViolationError:
        raise PayeeProposed(body.household_id) from None
    return await payee_out(conn, payee_id)


async def decide_payee(conn: Connection, officer: Principal, payee_id: UUID, body: PayeeDecisionIn) -> PayeeOut:
    """Let a payee receive from the next run on, in the place of the one before, or drop it; another than the proposer.

    Raises:
        PayeeUnknown, PayeeDecided, MakerIsChecker, DateBeforeStep.
    """
    payee: Any = await conn.fetchrow(_LOCK, payee_id, officer.regions_for(Right.SUBSIDIES_APPROVE))
    if payee is None:
        raise PayeeUnknown(payee_id)
    if payee["state"] != "proposed":
        raise PayeeDecided(payee_id)
    if payee["proposed_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("decided_on", body.decided_on, "proposed_on", payee["proposed_on"])
    is_approved = body.decision == "approve"
    if is_approved:
        await conn.execute(_REPLACE, payee["household_id"])
    state = "in_force" if is_approved else "refused"
    await conn.execute(_DECIDE, payee_id, state, officer.subject, body.decided_on)
    return await payee_out(conn, payee_id)


async def lock_in_force(conn: Connection, officer: Principal, right: Right, payee_id: UUID) -> Any:
    """Return a payee that receives now, locked.

    Raises:
        PayeeUnknown: it does not exist in the officer's region.
        PayeeNotInForce: it waits for its decision, was refused, replaced or withdrawn.
    """
    payee: Any = await conn.fetchrow(_LOCK, payee_id, officer.regions_for(right))
    if payee is None:
        raise PayeeUnknown(payee_id)
    if payee["state"] != "in_force":
        raise PayeeNotInForce(payee_id, payee["state"])
    return payee


async def propose_withdrawal(conn: Connection, officer: Principal, payee_id: UUID, body: ReversalIn) -> ReversalOut:
    """Propose that a payee receives no more; from now on no run pays it, until the proposal is refused.

    Raises:
        PayeeUnknown, PayeeNotInForce, ReversalProposed.
        DateBeforeStep: it was not in force yet.
    """
    payee = await lock_in_force(conn, officer, Right.SUBSIDIES_REVIEW, payee_id)
    ensure_not_before("proposed_on", body.proposed_on, "decided_on", payee["decided_on"])
    return await propose(conn, officer, Wrong(Subject.SUBSIDY_PAYEE, payee_id, payee["village_code"]), body)


async def withdraw(conn: Connection, payee: Any) -> None:
    """Let a payee receive no more: the household's money is held until another payee is confirmed."""
    await conn.execute(_WITHDRAW, payee["id"])
