"""Insurance policies on loans; ask insurers to pay first, and take their answers (LG-21b, LG-41)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
from asyncpg import Record

from services.riskfund.cover.refusals import LoanUnknown
from services.riskfund.insurance.refusals import AnswerReferenceUsed, PolicyOnFile, ProductNotInUse
from services.riskfund.insurance.schemas import InsurancePolicyIn, InsurancePolicyOut
from shared.access import Principal, Right
from shared.db import Connection
from shared.ids import new_id
from shared.policy.copies import pack_of_version
from shared.policy.in_force import ConfirmedPack
from shared.scope import scope_of
from shared.workdays import add_workdays

_LOAN = "SELECT village_code, bank_code, county_code, pack_version, product_code FROM covered_loan WHERE loan_id = $1"
_RECORD = """
INSERT INTO insurance_policy
  (id, loan_id, insurer_code, kind, policy_number, sum_insured, valid_from, valid_until, recorded_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
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
_OPEN_REQUEST = """
SELECT id, insurer_code, amount, requested_on FROM insurance_request
WHERE claim_id = $1 AND insurer_code = $2 AND accepted IS NULL AND ended_on IS NULL
  AND ($3::text IS NULL OR policy_number = $3)
ORDER BY id LIMIT 1 FOR UPDATE
"""
_ANSWER = """
UPDATE insurance_request
SET accepted = $2, amount_paid = $3, answered_on = $4, reference = $5, answered_by = $6
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


@dataclass(frozen=True, slots=True)
class Request:
    """One insurer is asked for at most `amount` yuan under one policy."""

    id: UUID
    policy_id: UUID
    insurer_code: str
    policy_number: str
    kind: str
    amount: Decimal


async def record_policy(conn: Connection, officer: Principal, body: InsurancePolicyIn) -> InsurancePolicyOut:
    """Record a policy on one of the bank's loans (LG-41).

    Raises:
        LoanUnknown: no such loan of this bank.
        ProductNotInUse: the county's pack does not name the product.
        PolicyOnFile: it was recorded before.
    """
    loan = await conn.fetchrow(_LOAN, body.loan_id)
    if loan is None or not scope_of(officer, Right.CLAIMS_FILE).sees(loan["village_code"], loan["bank_code"]):
        raise LoanUnknown(body.loan_id)
    signed = loan["village_code"], loan["pack_version"]
    rule = (await pack_of_version(conn, *signed, body.valid_from, loan["product_code"])).insurance_rule
    products = [product.code for product in rule.products] if rule else []
    if body.kind not in products:
        raise ProductNotInUse(body.kind, products)
    policy = InsurancePolicyOut(id=new_id(), recorded_by=officer.subject, **body.model_dump())
    try:
        async with conn.transaction():
            await conn.execute(
                _RECORD,
                policy.id,
                policy.loan_id,
                policy.insurer_code,
                policy.kind,
                policy.policy_number,
                policy.sum_insured,
                policy.valid_from,
                policy.valid_until,
                policy.recorded_by,
            )
    except asyncpg.UniqueViolationError:
        raise PolicyOnFile(policy.policy_number) from None
    return policy


async def requests_for(
    conn: Connection, loan_id: UUID, overdue_from: date, amount: Decimal, terms: ConfirmedPack
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


async def lock_open_request(conn: Connection, claim_id: UUID, insurer_code: str, policy_number: str | None) -> Any:
    """Return and lock the oldest request to an insurer that has no answer yet; None when there is none."""
    return await conn.fetchrow(_OPEN_REQUEST, claim_id, insurer_code, policy_number)


async def store_answer(conn: Connection, request_id: UUID, answer: Answered) -> None:
    """Write down an insurer's answer.

    Raises:
        AnswerReferenceUsed: the insurer used the reference for another answer.
    """
    values = (answer.accepted, answer.amount_paid, answer.answered_on, answer.reference, answer.answered_by)
    try:
        async with conn.transaction():
            await conn.execute(_ANSWER, request_id, *values)
    except asyncpg.UniqueViolationError:
        raise AnswerReferenceUsed(answer.reference) from None


async def end_requests(conn: Connection, claim_id: UUID, ended_on: date) -> list[Record]:
    """End the requests of a voided claim that no insurer has answered; return whom they asked, and the day."""
    ended: list[Record] = await conn.fetch(_END, claim_id, ended_on)
    return ended
