"""Named reads of claims and of the loans they are about."""

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from services.riskfund.claims.refusals import ClaimUnknown
from services.riskfund.claims.rules.approval import State
from services.riskfund.claims.schemas import ClaimDetail, ClaimOut, DecisionOut, PaymentOut, ReviewOut
from services.riskfund.cover.refusals import LoanUnknown
from services.riskfund.insurance.schemas import InsuranceRequestOut
from shared.db import Connection
from shared.scope import Scope

_CLAIM = ", ".join(f"c.{name}" for name in ClaimOut.model_fields)


def seen_of_claims(row: str, claim_id: str) -> str:
    """Return the SQL condition that a row is in the scope whose columns are $1 to $4.

    A bank sees the rows of its own loans, an insurer those of the claims it was asked about, a guarantor those of the
    claims that name it; `row` has `village_code` and `bank_code`.
    """
    return f"""
EXISTS (SELECT FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS seen (region, bank, insurer, guarantor)
  WHERE {row}.village_code ^@ seen.region AND (seen.bank IS NULL OR seen.bank = {row}.bank_code)
    AND (seen.insurer IS NULL OR EXISTS (
      SELECT FROM insurance_request q WHERE q.claim_id = {claim_id} AND q.insurer_code = seen.insurer))
    AND (seen.guarantor IS NULL OR EXISTS (
      SELECT FROM claim g WHERE g.id = {claim_id} AND g.guarantor_code = seen.guarantor)))
"""  # noqa: S608 - only our own text is interpolated


_IN_SCOPE = seen_of_claims("c", "c.id")
_LIST = f"""
SELECT {_CLAIM} FROM claim c WHERE {_IN_SCOPE} AND ($5::text IS NULL OR c.village_code ^@ $5)
  AND ($6::text IS NULL OR c.state = $6) AND ($7::uuid IS NULL OR c.id > $7)
  AND (NOT $9 OR EXISTS (SELECT FROM claim_review r WHERE r.claim_id = c.id AND r.outcome IS NULL))
ORDER BY c.id LIMIT $8
"""  # noqa: S608 - only our own text is interpolated
_GET = f"SELECT {_CLAIM} FROM claim c WHERE {_IN_SCOPE} AND c.id = $5"  # noqa: S608 - only our own text
_REQUESTS = """
SELECT id, claim_id, insurer_code, policy_number, kind, amount, requested_on, answer_due_on, accepted, amount_paid,
       answered_on, reference, answered_by, ended_on, late
FROM insurance_request WHERE claim_id = $1 AND ($2::text IS NULL OR insurer_code = $2) ORDER BY id
"""
_DECISIONS = """
SELECT person, decision, decided_on, reason FROM claim_decision WHERE claim_id = $1 ORDER BY decided_at, person
"""
_REVIEWS = """
SELECT r.cause, r.raised_on, r.outcome, r.concluded_on,
       coalesce((SELECT json_agg(json_build_object('person', a.person, 'outcome', a.outcome, 'answered_on',
                   a.answered_on, 'reason', a.reason) ORDER BY a.answered_at, a.person)
                 FROM claim_review_answer a WHERE a.review_id = r.id), '[]') AS answers
FROM claim_review r WHERE r.claim_id = $1 ORDER BY r.raised_at, r.id
"""
_PAYMENT = "SELECT amount, paid_on, bank_reference, paid_by, entry_id FROM claim_payment WHERE claim_id = $1"


@dataclass(frozen=True, slots=True)
class CoveredLoan:
    """What a claim needs to know of a loan."""

    loan_id: UUID
    county_code: str
    village_code: str
    bank_code: str
    pack_version: int
    product_code: str
    outstanding: Decimal
    interest_repaid: Decimal
    late_interest_repaid: Decimal
    disbursed_on: date
    state: str
    without_cover: bool
    mode: str | None  # who uses the money; None: unknown of the earliest loans
    fund_id: UUID | None  # the account that covers it


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim as actions need it."""

    id: UUID
    loan_id: UUID
    fund_id: UUID
    pack_id: UUID
    product_code: str
    county_code: str
    village_code: str
    bank_code: str
    filed_on: date
    filed_by: str
    pursued_from: date | None
    state: str
    principal: Decimal
    interest: Decimal
    amount: Decimal
    interest_repaid_before: Decimal
    late_interest_repaid_before: Decimal
    insurance_amount: Decimal
    fund_amount: Decimal | None
    bank_amount: Decimal | None
    guarantor_code: str | None
    guarantor_amount: Decimal | None
    guarantor_due_on: date | None
    approved_on: date | None
    version: int


_LOAN_COLUMNS = ", ".join(field.name for field in fields(CoveredLoan))
_CLAIM_COLUMNS = ", ".join(field.name for field in fields(Claim))
_LOCK_LOAN = f"SELECT {_LOAN_COLUMNS} FROM covered_loan WHERE loan_id = $1 FOR UPDATE"  # noqa: S608 - only our own text
_LOCK_CLAIM = f"SELECT {_CLAIM_COLUMNS} FROM claim WHERE id = $1 FOR UPDATE"  # noqa: S608 - only our own text


async def lock_loan(conn: Connection, loan_id: UUID, scope: Scope) -> CoveredLoan:
    """Return a loan in the caller's sight, locked.

    Raises:
        LoanUnknown: it is not known here, or not the caller's.
    """
    row = await conn.fetchrow(_LOCK_LOAN, loan_id)
    if row is None or not scope.sees(row["village_code"], row["bank_code"]):
        raise LoanUnknown(loan_id)
    return CoveredLoan(**dict(row))


async def lock_claim(conn: Connection, claim_id: UUID, scope: Scope) -> Claim:
    """Return a claim in the caller's regions, locked.

    Raises:
        ClaimUnknown: it does not exist, or not there.
    """
    row = await conn.fetchrow(_LOCK_CLAIM, claim_id)
    if row is None or not scope.sees(row["village_code"], row["bank_code"]):
        raise ClaimUnknown(claim_id)
    return Claim(**dict(row))


async def list_claims(
    conn: Connection,
    scope: Scope,
    region: str | None,
    state: State | None,
    after: UUID | None,
    limit: int,
    under_review: bool,
) -> list[ClaimOut]:
    """Return claims in the caller's sight, oldest first; `under_review`: only those two persons have to look at."""
    rows = await conn.fetch(_LIST, *scope.columns, region, state and str(state), after, limit, under_review)
    return [ClaimOut(**dict(row)) for row in rows]


async def get_claim(conn: Connection, claim_id: UUID, scope: Scope) -> ClaimOut:
    """Return one claim.

    Raises:
        ClaimUnknown: it does not exist, or the caller may not see it.
    """
    row = await conn.fetchrow(_GET, *scope.columns, claim_id)
    if row is None:
        raise ClaimUnknown(claim_id)
    return ClaimOut(**dict(row))


async def get_claim_detail(conn: Connection, claim_id: UUID, scope: Scope) -> ClaimDetail:
    """Return a claim with everything on file; an insurer sees its own requests only.

    Raises:
        ClaimUnknown: it does not exist, or the caller may not see it.
    """
    claim = await get_claim(conn, claim_id, scope)
    payment: Any = await conn.fetchrow(_PAYMENT, claim_id)
    requests = await conn.fetch(_REQUESTS, claim_id, scope.insurer_in(claim.village_code))
    return ClaimDetail(
        **claim.model_dump(),
        insurance_requests=[InsuranceRequestOut(**dict(row)) for row in requests],
        decisions=[DecisionOut(**dict(row)) for row in await conn.fetch(_DECISIONS, claim_id)],
        payment=PaymentOut(**dict(payment)) if payment else None,
        reviews=[ReviewOut.model_validate(dict(row)) for row in await conn.fetch(_REVIEWS, claim_id)],
    )


_PURSUED_FROM = """
SELECT min(happened_on) FROM pursuit_step
WHERE loan_id = $1 AND debtor = 'entity' AND kind <> 'agreement_call' AND withdrawn_on IS NULL
  AND happened_on BETWEEN $2 AND $3
"""


async def find_pursued_from(conn: Connection, loan_id: UUID, overdue_from: date, by: date) -> date | None:
    """Return the first day, from `overdue_from` to `by`, on which the entity behind a loan was pursued, or None.

    To be held to the agreement is not to be pursued yet (LG-20b).
    """
    found: date | None = await conn.fetchval(_PURSUED_FROM, loan_id, overdue_from, by)
    return found
