"""Named reads: claw-backs as they stand on a day, their entries and their plans."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from services.subsidy.clawbacks.schemas import ClawbackEntryOut, ClawbackInstalment, ClawbackOut, ClawbackPlanOut
from shared.db import Connection
from shared.scope import Scope, seen

OPEN: Final = "c.amount - c.offset_amount - c.received_amount - c.written_off_amount - c.withdrawn_amount"
# What came back before a plan is no part of it; what came back since pays its instalments, the first ones first. On the
# day after its last day an instalment is late. What is open beyond the plan, because it is owed again, is late after
# the claw-back's own day, as all of it is without a plan.
_SHOWN: Final = f"""
SELECT c.*, {OPEN} AS open_amount, p.id AS plan_id, s.next_due_on, coalesce(s.late_amount, 0.00) AS late_amount
FROM clawback c
LEFT JOIN subsidy_account a ON a.loan_id = c.loan_id
LEFT JOIN clawback_plan p ON p.clawback_id = c.id AND p.state = 'in_force'
LEFT JOIN LATERAL (
  SELECT min(due_on) AS next_due_on, sum(least(amount, still_open)) FILTER (WHERE due_on < {{day}}) AS late_amount
  FROM (
    SELECT i.due_on, i.amount, p.settled_before + sum(i.amount) OVER (ORDER BY i.number) - c.amount + {OPEN}
      AS still_open
    FROM clawback_instalment i WHERE i.plan_id = p.id
    UNION ALL
    SELECT c.due_on, o.outside, o.outside
    FROM (SELECT {OPEN} - coalesce(c.amount - p.settled_before, 0) AS outside) o) d
  WHERE still_open > 0 AND c.state = 'approved') s ON true
"""  # noqa: S608 - our own text
_ONE: Final = f"{_SHOWN.format(day='$2::date')} WHERE c.id = $1"
_LIST: Final = f"""
SELECT * FROM (
  {_SHOWN.format(day="coalesce($6::date, $7::date)")}
  WHERE {seen("c.village_code", "a.bank_code")} AND ($3::text IS NULL OR c.state = $3)
    AND ($4::uuid IS NULL OR c.id > $4)) c
WHERE $6 IS NULL OR late_amount > 0 ORDER BY id LIMIT $5
"""  # noqa: S608 - our own text
_ENTRIES: Final = f"""
SELECT e.* FROM clawback_entry e JOIN clawback c ON c.id = e.clawback_id
LEFT JOIN subsidy_account a ON a.loan_id = c.loan_id
WHERE e.clawback_id = $3 AND {seen("c.village_code", "a.bank_code")} AND ($4::uuid IS NULL OR e.id > $4)
ORDER BY e.id LIMIT $5
"""  # noqa: S608 - our own text
_PLANS: Final = f"""
SELECT p.*, c.county_code FROM clawback_plan p JOIN clawback c ON c.id = p.clawback_id
LEFT JOIN subsidy_account a ON a.loan_id = c.loan_id
WHERE p.clawback_id = $3 AND {seen("c.village_code", "a.bank_code")} ORDER BY p.id
"""  # noqa: S608 - our own text
_PLAN: Final = "SELECT * FROM clawback_plan WHERE id = $1"
_INSTALMENTS: Final = "SELECT due_on, amount FROM clawback_instalment WHERE plan_id = $1 ORDER BY number"


async def clawback_out(conn: Connection, clawback_id: UUID, on: date) -> ClawbackOut:
    """Return a claw-back with what of it is late on a day."""
    row: Any = await conn.fetchrow(_ONE, clawback_id, on)
    return ClawbackOut(**row)


async def list_clawbacks(
    conn: Connection, scope: Scope, state: str | None, after: UUID | None, limit: int, late_on: date | None, today: date
) -> list[ClawbackOut]:
    """Return up to `limit` claw-backs in the order of their proposal; with a day, those that are late on it."""
    rows = await conn.fetch(_LIST, scope.regions, scope.banks, state, after, limit, late_on, today)
    return [ClawbackOut(**row) for row in rows]


async def list_entries(
    conn: Connection, scope: Scope, clawback_id: UUID, after: UUID | None, limit: int
) -> list[ClawbackEntryOut]:
    """Return up to `limit` entries of a claw-back in the order in which they were made."""
    rows = await conn.fetch(_ENTRIES, scope.regions, scope.banks, clawback_id, after, limit)
    return [ClawbackEntryOut(**row) for row in rows]


async def plan_out(conn: Connection, plan_id: UUID) -> ClawbackPlanOut:
    """Return a plan with its instalments."""
    row: Any = await conn.fetchrow(_PLAN, plan_id)
    return await _shown(conn, row)


async def list_plans(conn: Connection, scope: Scope, clawback_id: UUID) -> list[ClawbackPlanOut]:
    """Return a claw-back's plans in the order of their proposal; there are few, each by two persons."""
    return [await _shown(conn, row) for row in await conn.fetch(_PLANS, scope.regions, scope.banks, clawback_id)]


async def _shown(conn: Connection, row: Any) -> ClawbackPlanOut:
    rows = await conn.fetch(_INSTALMENTS, row["id"])
    return ClawbackPlanOut(instalments=[ClawbackInstalment(**each) for each in rows], **row)
