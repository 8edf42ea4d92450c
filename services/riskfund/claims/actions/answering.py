"""Take an insurer's answer to a claim (LG-21b)."""

from typing import Any, Final
from uuid import UUID

from services.riskfund.claims import queries as claims
from services.riskfund.claims.actions import deciding
from services.riskfund.claims.refusals import InsurancePaysTooMuch, NoAnswerAwaited
from services.riskfund.claims.rules.approval import State
from services.riskfund.claims.schemas import ClaimDetail, InsuranceAnswerIn
from services.riskfund.insurance.actions import requests as insurance
from shared import outbox
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.events.riskfund import InsuranceAnswered
from shared.scope import scope_of

_APPLY = """
UPDATE claim c SET insurance_amount = c.insurance_amount + $2, version = c.version + 1,
  state = CASE WHEN EXISTS (SELECT FROM insurance_request r WHERE r.claim_id = c.id AND r.accepted IS NULL)
               THEN c.state ELSE 'deciding' END
WHERE c.id = $1 AND c.state IN ('awaiting_insurer', 'deciding') RETURNING version
"""
_OPEN: Final = frozenset({State.AWAITING_INSURER, State.DECIDING})
_DECIDED: Final = frozenset({State.APPROVED, State.PAID, State.REFUSED})


async def answer_claim(conn: Connection, officer: Principal, claim_id: UUID, body: InsuranceAnswerIn) -> ClaimDetail:
    """Note what the insurer pays; when every insurer has answered the committee decides on the rest (LG-21b).

    An answer after its last day still lowers what is to be decided. One after the decision is late: it changes nothing
    that was decided, and the bank records the money that comes as a repayment or recovery, which is shared (LG-40).

    Raises:
        ClaimUnknown: the insurer was not asked about such a claim.
        NoAnswerAwaited: its requests are answered already.
        DateBeforeStep: dated before the request.
        AnswerReferenceUsed: the reference stands for another answer of the insurer.
        InsurancePaysTooMuch: above the sum asked for, or above what is left of the loss.
    """
    scope = scope_of(officer, Right.CLAIMS_ANSWER)
    await claims.get_claim(conn, claim_id, scope)
    claim = await claims.lock_claim(conn, claim_id, scope)
    insurer_code = officer.organisation or ""
    request = await insurance.lock_open_request(conn, claim_id, insurer_code, body.policy_number)
    late = claim.state in _DECIDED
    if request is None or not (late or claim.state in _OPEN):
        raise NoAnswerAwaited(insurer_code, claim.state)
    _ensure_possible(body, request, claim)
    answer = (body.accepted, body.amount_paid, body.answered_on, body.reference, officer.subject, late)
    await insurance.store_answer(conn, request["id"], insurance.Answered(*answer))
    if late:
        version = await deciding.raise_version(conn, claim_id)
    else:
        version = await conn.fetchval(_APPLY, claim_id, body.amount_paid)
    await _record(conn, claim, insurer_code, version, body, late=late)
    return await claims.get_claim_detail(conn, claim_id, scope)


def _ensure_possible(body: InsuranceAnswerIn, request: Any, claim: claims.Claim) -> None:
    ensure_not_before("answered_on", body.answered_on, "requested_on", request["requested_on"])
    most = min(request["amount"], claim.amount - claim.insurance_amount)
    if body.amount_paid > most:
        raise InsurancePaysTooMuch(body.amount_paid, most)


async def _record(
    conn: Connection, claim: claims.Claim, insurer_code: str, version: int, body: InsuranceAnswerIn, *, late: bool
) -> None:
    event = InsuranceAnswered(
        claim_id=claim.id,
        loan_id=claim.loan_id,
        insurer_code=insurer_code,
        accepted=body.accepted,
        amount_paid=body.amount_paid,
        answered_on=body.answered_on,
        late=late,
    )
    await outbox.record(conn, event, aggregate_id=claim.id, aggregate_version=version, region_code=claim.village_code)
