"""Ask insurers to pay first (LG-21b) and take their answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from shared.db import Connection
from shared.ids import new_id
from shared.policy.copies import PackCopy
from shared.workdays import add_workdays

# A policy is asked when it held on some day of the loan up to the day on which the household stopped paying.
_POLICIES = """
SELECT p.id, p.insurer_code, p.policy_number, p.kind, p.sum_insured
FROM insurance_policy p JOIN covered_loan l USING (loan_id)
WHERE p.loan_id = $1 AND p.valid_from <= $2 AND p.valid_until > l.disbursed_on ORDER BY p.id
"""
_ASK = """
INSERT INTO insurance_request (id, claim_id, policy_id, insurer_code, policy_number, kind, amount, requested_on,
                               answer_due_on)
SELECT q.id, $1, q.policy_id, q.insurer_code, q.policy_number, q.kind, q.amount, $2, $3
FROM unnest($4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::numeric[])
  AS q (id, policy_id, insurer_code, policy_number, kind, amount)
"""


@dataclass(frozen=True, slots=True)
class Request:
    """One insurer is asked for at most `amount` yuan under one policy."""

    id: UUID
    policy_id: UUID
    insurer_code: str
    policy_number: str
    kind: str
    amount: Decimal


async def requests_for(
    conn: Connection, loan_id: UUID, overdue_from: date, amount: Decimal, terms: PackCopy
) -> list[Request]:
    """Return whom to ask about a loss: nobody where the pack does not let insurance pay first (LG-21b)."""
    if not terms.compensation_rule.insurance_pays_first:
        return []
    rows = await conn.fetch(_POLICIES, loan_id, overdue_from)
    return [
        Request(
            new_id(),
            row["id"],
            row["insurer_code"],
            row["policy_number"],
            row["kind"],
            min(row["sum_insured"], amount),
        )
        for row in rows
    ]


def answer_due_on(requested_on: date, terms: PackCopy) -> date:
    """Return the last working day for the insurer's answer; at once where the pack names no time."""
    rule = terms.insurance_rule
    return requested_on if rule is None else add_workdays(requested_on, rule.answer_working_days)


async def store(
    conn: Connection, claim_id: UUID, requested_on: date, due_on: date, requests: Sequence[Request]
) -> None:
    """Keep what the insurers are asked."""
    columns: Any = zip(
        *((q.id, q.policy_id, q.insurer_code, q.policy_number, q.kind, q.amount) for q in requests), strict=True
    )
    await conn.execute(_ASK, claim_id, requested_on, due_on, *(list(column) for column in columns))
