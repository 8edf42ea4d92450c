"""Ask insurers to pay first, and keep their answers (LG-21b)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
from asyncpg import Record

from services.riskfund.insurance.refusals import AnswerReferenceUsed
from services.riskfund.insurance.rules.products import not_answering
from shared import outbox
from shared.db import Connection
from shared.events.riskfund import InsuranceClaimRequested
from shared.ids import new_id
from shared.policy.in_force import ConfirmedPack
from shared.policy.vocabulary import LossCause
from shared.workdays import add_workdays

# A policy whose money is the bank's is asked when it held on some day of the loan up to the day on which the household
# stopped paying. One that its insurer did not confirm yet is asked as well: silence is no reason for the fund to pay.
_POLICIES = """
SELECT p.id, p.insurer_code, p.policy_number, p.kind, p.sum_insured
FROM insurance_policy p JOIN covered_loan l USING (loan_id)
WHERE p.loan_id = $1 AND p.valid_from <= $2 AND least(p.valid_until, p.cancelled_on) > l.disbursed_on
  AND p.state <> 'refused' AND p.beneficiary = 'bank' AND NOT p.kind = ANY($3::text[])
  AND NOT EXISTS (SELECT FROM insurance_request r WHERE r.policy_id = p.id AND r.claim_id = $4)
ORDER BY p.id
"""
_ASK = """
INSERT INTO insurance_request (id, claim_id, policy_id, insurer_code, policy_number, kind, amount, requested_on,
                               answer_due_on)
SELECT q.id, $1, q.policy_id, q.insurer_code, q.policy_number, q.kind, q.amount, $2, $3
FROM unnest($4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::numeric[])
  AS q (id, policy_id, insurer_code, policy_number, kind, amount)
"""
_OPEN_REQUEST = """
SELECT id, insurer_code, amount, requested_on FROM insurance_request
WHERE claim_id = $1 AND insurer_code = $2 AND accepted IS NULL AND ended_on IS NULL
  AND ($3::text IS NULL OR policy_number = $3)
ORDER BY id LIMIT 1 FOR UPDATE
"""
_ANSWER = """
UPDATE insurance_request
SET accepted = $2, amount_paid = $3, answered_on = $4, reference = $5, answered_by = $6, late = $7
WHERE id = $1 AND accepted IS NULL
"""


_END = """
UPDATE insurance_request SET ended_on = greatest($2, requested_on)
WHERE claim_id = $1 AND accepted IS NULL AND ended_on IS NULL RETURNING insurer_code, policy_number, ended_on
"""


@dataclass(frozen=True, slots=True)
class Answered:
    """What an insurer answered, in yuan, and who said so."""

    accepted: bool
    amount_paid: Decimal
    answered_on: date
    reference: str
    answered_by: str
    late: bool  # after the claim was decided: it changes nothing of that


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
    conn: Connection,
    loan_id: UUID,
    overdue_from: date,
    amount: Decimal,
    terms: ConfirmedPack,
    cause: LossCause,
    claim_id: UUID | None = None,
) -> list[Request]:
    """Return whom to ask about a loss: nobody where the pack does not let insurance pay first (LG-21b).

    A product that answers for other causes is not asked; nor is a policy about which `claim_id` asked before.
    """
    if not terms.compensation_rule.insurance_pays_first:
        return []
    silent = not_answering(terms.insurance_rule, cause)
    rows = await conn.fetch(_POLICIES, loan_id, overdue_from, silent, claim_id)
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


def answer_due_on(requested_on: date, terms: ConfirmedPack) -> date:
    """Return the last working day for the insurer's answer; at once where the pack names no time."""
    rule = terms.insurance_rule
    return requested_on if rule is None else add_workdays(requested_on, rule.answer_working_days)


async def store_requests(
    conn: Connection, claim_id: UUID, requested_on: date, due_on: date, requests: Sequence[Request]
) -> None:
    """Store what the insurers are asked."""
    columns: Any = zip(
        *((q.id, q.policy_id, q.insurer_code, q.policy_number, q.kind, q.amount) for q in requests), strict=True
    )
    await conn.execute(_ASK, claim_id, requested_on, due_on, *(list(column) for column in columns))


async def publish_requests(
    conn: Connection, claim: Any, requested_on: date, asked: Sequence[Request], *, first: int
) -> None:
    """Record that insurers are asked; `claim` has id, loan_id and village_code, `first` is the first event's number."""
    events = [
        outbox.RecordedEvent(
            InsuranceClaimRequested(
                claim_id=claim["id"],
                loan_id=claim["loan_id"],
                insurer_code=request.insurer_code,
                policy_number=request.policy_number,
                insurance_kind=request.kind,
                amount=request.amount,
                requested_on=requested_on,
            ),
            claim["id"],
            version,
            claim["village_code"],
        )
        for version, request in enumerate(asked, start=first)
    ]
    await outbox.record_many(conn, events)


async def lock_open_request(conn: Connection, claim_id: UUID, insurer_code: str, policy_number: str | None) -> Any:
    """Return and lock the oldest request to an insurer that has no answer yet; None when there is none."""
    return await conn.fetchrow(_OPEN_REQUEST, claim_id, insurer_code, policy_number)


async def store_answer(conn: Connection, request_id: UUID, answer: Answered) -> None:
    """Write down an insurer's answer.

    Raises:
        AnswerReferenceUsed: the insurer used the reference for another answer.
    """
    values = (
        answer.accepted,
        answer.amount_paid,
        answer.answered_on,
        answer.reference,
        answer.answered_by,
        answer.late,
    )
    try:
        async with conn.transaction():
            await conn.execute(_ANSWER, request_id, *values)
    except asyncpg.UniqueViolationError:
        raise AnswerReferenceUsed(answer.reference) from None


async def end_requests(conn: Connection, claim_id: UUID, ended_on: date) -> list[Record]:
    """End the requests of a voided claim that no insurer has answered; return whom they asked, and the day."""
    ended: list[Record] = await conn.fetch(_END, claim_id, ended_on)
    return ended
