"""The life of a policy on a loan: recorded by the bank, confirmed by its insurer, cancelled (LG-41, SX-5c)."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any, Final
from uuid import UUID

import asyncpg

from services.riskfund.cover.refusals import LoanUnknown
from services.riskfund.insurance import queries
from services.riskfund.insurance.refusals import (
    CancelledByItsInsurer,
    PolicyAnswered,
    PolicyAsked,
    PolicyEnded,
    PolicyOnFile,
    PolicyPledged,
)
from services.riskfund.insurance.rules.products import ensure_in_use
from services.riskfund.insurance.schemas import (
    InsurancePolicyIn,
    InsurancePolicyOut,
    PolicyAnswerIn,
    PolicyCancellationIn,
    PolicyState,
)
from shared import outbox
from shared.access import Principal, Right, Role
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.events.base import Event
from shared.events.riskfund import InsurancePolicyCancelled, InsurancePolicyConfirmed
from shared.ids import new_id
from shared.policy.copies import pack_of_version
from shared.scope import scope_of

WhenRecorded = Callable[[Connection, UUID, date], Awaitable[None]]

_LOAN = "SELECT village_code, bank_code, pack_version, product_code FROM covered_loan WHERE loan_id = $1"
_COLUMNS: Final = (*InsurancePolicyIn.model_fields, "id", "recorded_by")
_RECORD = f"""
INSERT INTO insurance_policy ({", ".join(_COLUMNS)})
VALUES ({", ".join(f"${place}" for place in range(1, len(_COLUMNS) + 1))})
"""  # noqa: S608 - only our own text
_ANSWER = """
UPDATE insurance_policy SET state = $2, answered_on = $3, answered_by = $4, answer_reason = $5,
  version = version + $6 WHERE id = $1 RETURNING version
"""
_CANCEL = """
UPDATE insurance_policy SET state = 'cancelled', cancelled_on = $2, cancelled_by = $3, cancel_reason = $4,
  version = version + $5 WHERE id = $1 RETURNING version
"""
_ASKED = """
SELECT max(requested_on) FROM insurance_request WHERE policy_id = $1 AND ended_on IS NULL AND requested_on >= $2
"""

_when_recorded: list[WhenRecorded] = []


def when_a_policy_is_recorded(*actions: WhenRecorded) -> None:
    """Set what rooms above this one do when a policy becomes known."""
    _when_recorded[:] = actions


async def record_policy(
    conn: Connection, officer: Principal, body: InsurancePolicyIn, today: date
) -> InsurancePolicyOut:
    """Record a policy on one of the bank's loans (LG-41); a claim on the loan that waits or is decided asks it too.

    Raises:
        LoanUnknown: no such loan of this bank.
        ProductNotInUse: the county's pack does not name the product.
        PolicyOnFile: it stands on the loan already.
    """
    scope = scope_of(officer, Right.CLAIMS_FILE)
    loan = await conn.fetchrow(_LOAN, body.loan_id)
    if loan is None or not scope.sees(loan["village_code"], loan["bank_code"]):
        raise LoanUnknown(body.loan_id)
    signed = loan["village_code"], loan["pack_version"]
    ensure_in_use(
        body.kind, (await pack_of_version(conn, *signed, body.valid_from, loan["product_code"])).insurance_rule
    )
    policy_id = new_id()
    try:
        async with conn.transaction():
            await conn.execute(_RECORD, *body.model_dump().values(), policy_id, officer.subject)
    except asyncpg.UniqueViolationError:
        raise PolicyOnFile(body.policy_number) from None
    for action in _when_recorded:
        await action(conn, body.loan_id, today)
    return await queries.get_policy(conn, policy_id, scope)


async def answer_policy(
    conn: Connection, officer: Principal, policy_id: UUID, body: PolicyAnswerIn
) -> InsurancePolicyOut:
    """Say as the insurer that a policy stands as recorded, or that it is none of its own (SX-5c).

    Raises:
        PolicyUnknown: no such policy of this insurer.
        PolicyAnswered: the insurer said so before, or the policy is cancelled.
        PolicyAsked: a claim waits for the insurer's answer, which says the same.
    """
    scope = scope_of(officer, Right.INSURANCE_CONFIRM)
    policy = await queries.lock_policy(conn, policy_id, scope)
    if policy["state"] != PolicyState.RECORDED:
        raise PolicyAnswered(policy["policy_number"], policy["state"])
    if policy["recorded_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    state = PolicyState.CONFIRMED if body.confirmed else PolicyState.REFUSED
    if state is PolicyState.REFUSED:
        await _ensure_not_asked(conn, policy, date.min)
    said = str(state), body.answered_on, officer.subject, body.reason, int(body.confirmed)
    version = await conn.fetchval(_ANSWER, policy_id, *said)
    if body.confirmed:
        await _record(conn, policy, version, _confirmed(policy, body.answered_on))
    return await queries.get_policy(conn, policy_id, scope)


async def cancel_policy(
    conn: Connection, officer: Principal, policy_id: UUID, body: PolicyCancellationIn
) -> InsurancePolicyOut:
    """End a policy from a day on: its insurer, or, while unconfirmed, another person of the bank than recorded it.

    Raises:
        PolicyUnknown: no such policy of the caller's.
        PolicyEnded: it was refused or cancelled before.
        CancelledByItsInsurer: a bank cancels nothing that the insurer confirmed.
        MakerIsChecker: the officer recorded it.
        PolicyPledged: it secures a loan.
        PolicyAsked: the insurer was asked to pay by it on or after that day.
    """
    scope = scope_of(officer, Right.INSURANCE_CANCEL)
    policy = await queries.lock_policy(conn, policy_id, scope)
    confirmed = policy["state"] == PolicyState.CONFIRMED
    if not confirmed and policy["state"] != PolicyState.RECORDED:
        raise PolicyEnded(policy["policy_number"], policy["state"])
    if confirmed and not officer.has_role(Role.INSURER):
        raise CancelledByItsInsurer(policy["policy_number"], policy["insurer_code"])
    if policy["recorded_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    if policy["pledge_id"] is not None:
        raise PolicyPledged(policy["policy_number"], policy["contract_reference"])
    await _ensure_not_asked(conn, policy, body.cancelled_on)
    said = body.cancelled_on, officer.subject, body.reason, int(confirmed)
    version = await conn.fetchval(_CANCEL, policy_id, *said)
    if confirmed:
        event = InsurancePolicyCancelled(policy_id=policy_id, loan_id=policy["loan_id"], cancelled_on=body.cancelled_on)
        await _record(conn, policy, version, event)
    return await queries.get_policy(conn, policy_id, scope)


async def _ensure_not_asked(conn: Connection, policy: Any, since: date) -> None:
    """Refuse to end a policy by which its insurer was asked to pay: it answers the claim."""
    asked_on = await conn.fetchval(_ASKED, policy["id"], since)
    if asked_on is not None:
        raise PolicyAsked(policy["policy_number"], asked_on)


def _confirmed(policy: Any, confirmed_on: date) -> InsurancePolicyConfirmed:
    return InsurancePolicyConfirmed(
        policy_id=policy["id"],
        confirmed_on=confirmed_on,
        **{
            name: policy[name]
            for name in InsurancePolicyConfirmed.model_fields
            if name not in ("policy_id", "confirmed_on")
        },
    )


async def _record(conn: Connection, policy: Any, version: int, event: Event) -> None:
    await outbox.record(
        conn, event, aggregate_id=policy["id"], aggregate_version=version, region_code=policy["village_code"]
    )
