"""Agree instalments of a claw-back with its household: one officer proposes them, another decides (DZ-7)."""

from typing import Any, Final
from uuid import UUID

import asyncpg

from services.subsidy.clawbacks.actions.receiving import ensure_open, locked
from services.subsidy.clawbacks.queries import plan_out
from services.subsidy.clawbacks.refusals import (
    InstalmentsDiffer,
    InstalmentsOutOfOrder,
    PlanDecided,
    PlanProposed,
    PlanUnknown,
)
from services.subsidy.clawbacks.schemas import ClawbackPlanDecisionIn, ClawbackPlanIn, ClawbackPlanOut
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id
from shared.money import ZERO

_PROPOSE: Final = """
INSERT INTO clawback_plan (id, clawback_id, ground, state, proposed_on, proposed_by)
VALUES ($1, $2, $3, 'proposed', $4, $5)
"""
_ADD: Final = """
INSERT INTO clawback_instalment (plan_id, number, due_on, amount)
SELECT $1, number, due_on, amount FROM unnest($2::date[], $3::numeric[]) WITH ORDINALITY AS t (due_on, amount, number)
"""
_PLAN: Final = """
SELECT p.*, (SELECT sum(amount) FROM clawback_instalment i WHERE i.plan_id = p.id) AS total
FROM clawback_plan p WHERE p.id = $1
"""
_REPLACE: Final = "UPDATE clawback_plan SET state = 'replaced' WHERE clawback_id = $1 AND state = 'in_force'"
_DECIDE: Final = """
UPDATE clawback_plan SET state = $2, decided_by = $3, decided_on = $4, settled_before = $5 WHERE id = $1
"""


async def propose_plan(
    conn: Connection, officer: Principal, clawback_id: UUID, body: ClawbackPlanIn
) -> ClawbackPlanOut:
    """Propose instalments of all that is open; what is due stays as it was until another officer approves.

    Raises:
        ClawbackUnknown, ClawbackNotOpen, InstalmentsDiffer, InstalmentsOutOfOrder, DateBeforeStep, PlanProposed.
    """
    clawback = await locked(conn, officer, Right.SUBSIDIES_REVIEW, clawback_id)
    ensure_open(clawback, ZERO)
    days, amounts = [each.due_on for each in body.instalments], [each.amount for each in body.instalments]
    if sum(amounts, ZERO) != clawback["open_amount"]:
        raise InstalmentsDiffer(sum(amounts, ZERO), clawback["open_amount"])
    if days != sorted(set(days)) or days[0] < body.proposed_on:
        raise InstalmentsOutOfOrder
    ensure_not_before("proposed_on", body.proposed_on, "approved_on", clawback["approved_on"])
    plan_id = new_id()
    try:
        async with conn.transaction():
            await conn.execute(_PROPOSE, plan_id, clawback_id, body.ground, body.proposed_on, officer.subject)
    except asyncpg.UniqueViolationError:
        raise PlanProposed(clawback_id) from None
    await conn.execute(_ADD, plan_id, days, amounts)
    return await plan_out(conn, plan_id)


async def decide_plan(
    conn: Connection, officer: Principal, plan_id: UUID, body: ClawbackPlanDecisionIn
) -> ClawbackPlanOut:
    """Put a proposed plan in the place of the one before, or drop it; another person than the proposer.

    Raises:
        PlanUnknown, ClawbackUnknown, PlanDecided, MakerIsChecker, DateBeforeStep, ClawbackNotOpen.
        InstalmentsDiffer: something came back meanwhile; a plan of what is open now is proposed anew.
    """
    found = await conn.fetchrow(_PLAN, plan_id)
    if found is None:
        raise PlanUnknown(plan_id)
    clawback = await locked(conn, officer, Right.SUBSIDIES_APPROVE, found["clawback_id"])
    plan: Any = await conn.fetchrow(_PLAN, plan_id)  # as it stands once nobody else changes it
    if plan["state"] != "proposed":
        raise PlanDecided(plan_id)
    if plan["proposed_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("decided_on", body.decided_on, "proposed_on", plan["proposed_on"])
    who = officer.subject, body.decided_on
    if body.decision == "return":
        await conn.execute(_DECIDE, plan_id, "refused", *who, None)
        return await plan_out(conn, plan_id)
    ensure_open(clawback, ZERO)
    if plan["total"] != clawback["open_amount"]:
        raise InstalmentsDiffer(plan["total"], clawback["open_amount"])
    await conn.execute(_REPLACE, clawback["id"])
    await conn.execute(_DECIDE, plan_id, "in_force", *who, clawback["amount"] - clawback["open_amount"])
    return await plan_out(conn, plan_id)
