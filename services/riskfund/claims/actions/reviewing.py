"""Two persons say what follows for a claim that was decided or paid and whose ground is gone (LG-39)."""

from typing import Any
from uuid import UUID

from services.riskfund.claims import queries
from services.riskfund.claims.actions.ending import void
from services.riskfund.claims.refusals import AlreadyDecided, ClaimNotUnderReview, ClaimUnderReview
from services.riskfund.claims.rules import ground
from services.riskfund.claims.rules.approval import State
from services.riskfund.claims.rules.ground import Outcome
from services.riskfund.claims.schemas import ClaimDetail, ReviewAnswerIn
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.offices import Step, acting_for
from shared.policy.copies import pack_in_effect
from shared.scope import scope_of

_OPEN = "SELECT id, cause, raised_on FROM claim_review WHERE claim_id = $1 AND outcome IS NULL FOR UPDATE"
_ANSWERS = "SELECT person, outcome FROM claim_review_answer WHERE review_id = $1"
_ANSWER = """
INSERT INTO claim_review_answer (review_id, person, office, outcome, answered_on, reason)
VALUES ($1, $2, $3, $4, $5, $6)
"""
_CONCLUDE = "UPDATE claim_review SET outcome = $2, concluded_on = $3 WHERE id = $1"


async def answer_review(conn: Connection, officer: Principal, claim_id: UUID, body: ReviewAnswerIn) -> ClaimDetail:
    """Note what one member of the committee says; what two persons say is the review's outcome.

    A claim that is not paid is void then. A paid one stays as it was decided: it stands, or the fund's money is due
    back from the bank.

    Raises:
        ClaimUnknown: no such claim in the member's regions.
        OtherOffice: the pack that the claim follows has no seat for the caller's office.
        ClaimNotUnderReview: nothing about it is to be reviewed.
        ReviewOutcomeImpossible: its state allows another outcome only.
        MakerIsChecker, AlreadyDecided: the person filed the claim, or answered before.
        DateBeforeStep: dated before the review was raised.
    """
    scope = scope_of(officer, Right.CLAIMS_DECIDE)
    claim = await queries.lock_claim(conn, claim_id, scope)
    terms = await pack_in_effect(conn, claim.pack_id, body.answered_on, claim.product_code)
    office = acting_for(officer, Step.CLAIM_DECISION, claim.village_code, terms.pack)
    review: Any = await conn.fetchrow(_OPEN, claim_id)
    if review is None:
        raise ClaimNotUnderReview(claim_id)
    ground.ensure_possible(State(claim.state), body.outcome)
    said = {row["person"]: row["outcome"] for row in await conn.fetch(_ANSWERS, review["id"])}
    if officer.subject == claim.filed_by:
        raise MakerIsChecker(officer.subject)
    if officer.subject in said:
        raise AlreadyDecided(officer.subject)
    ensure_not_before("answered_on", body.answered_on, "raised_on", review["raised_on"])
    answer = officer.subject, str(office), str(body.outcome), body.answered_on, body.reason
    await conn.execute(_ANSWER, review["id"], *answer)
    outcome = ground.concluded({**said, officer.subject: str(body.outcome)})
    if outcome is not None:
        await conn.execute(_CONCLUDE, review["id"], str(outcome), body.answered_on)
    if outcome is Outcome.VOID:
        about = {"id": claim.id, "loan_id": claim.loan_id, "village_code": claim.village_code}
        await void(conn, about, review["cause"], body.answered_on)
    return await queries.get_claim_detail(conn, claim_id, scope)


async def ensure_not_under_review(conn: Connection, claim_id: UUID) -> None:
    """Refuse a step on a claim that two persons have to look at first.

    Raises:
        ClaimUnderReview: its ground is gone.
    """
    review: Any = await conn.fetchrow(_OPEN, claim_id)
    if review is not None:
        raise ClaimUnderReview(claim_id, review["cause"])
