"""Decide on a claim and pay it: the committee, then the finance bureau, with segregation of duties (LG-39)."""

from uuid import UUID

from services.riskfund.claims import queries
from services.riskfund.claims.actions import asking
from services.riskfund.claims.actions.reviewing import ensure_not_under_review
from services.riskfund.claims.refusals import ClaimOutOfDate, PursuitWithdrawn
from services.riskfund.claims.rules import approval
from services.riskfund.claims.rules.approval import Decision, State
from services.riskfund.claims.rules.compensation import (
    ensure_guarantor_named,
    for_lender,
    guarantor_due_on,
    loss_shares,
)
from services.riskfund.claims.schemas import ClaimDetail, DecisionIn
from shared import outbox
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.events.riskfund import ClaimApproved
from shared.offices import Step, acting_for
from shared.policy.copies import pack_in_effect
from shared.policy.terms import CompensationRule
from shared.scope import scope_of

_LOAN = "SELECT outstanding, interest_repaid, late_interest_repaid FROM covered_loan WHERE loan_id = $1"
_STEPS_BEFORE = """
SELECT (SELECT max(answered_on) FROM insurance_request WHERE claim_id = $1) AS last_answered_on,
       (SELECT max(decided_on) FROM claim_decision WHERE claim_id = $1) AS last_decided_on
"""
_APPROVERS = "SELECT person, office FROM claim_decision WHERE claim_id = $1 AND decision = 'approve'"
_NOTE = """
INSERT INTO claim_decision (claim_id, person, decision, decided_on, reason, office) VALUES ($1, $2, $3, $4, $5, $6)
"""
_APPROVE = """
UPDATE claim SET state = 'approved', fund_amount = $2, bank_amount = $3, guarantor_amount = $4, approved_on = $5,
  guarantor_due_on = $6, fund_share = $7, bank_share = $8, guarantor_share = $9, version = version + 1
WHERE id = $1 AND state = 'deciding' RETURNING version
"""
_RAISE_VERSION = "UPDATE claim SET version = version + 1 WHERE id = $1 RETURNING version"
_REFUSE = "UPDATE claim SET state = 'refused' WHERE id = $1 AND state = ANY($2::text[]) RETURNING id"


async def decide_claim(conn: Connection, officer: Principal, claim_id: UUID, body: DecisionIn) -> ClaimDetail:
    """Note one member's decision; enough approvals fix who bears how much, one refusal ends the claim.

    Raises:
        ClaimUnknown: no such claim in the member's regions.
        OtherOffice: the pack that the claim follows has no seat for the caller's office.
        ClaimNotToDecide, AlreadyDecided, OfficeDecided, MakerIsChecker: state, person and office (LG-39).
        DateBeforeStep: dated before the filing, an answer, or another member's decision.
        ClaimUnderReview: two persons have to look at it first.
        ClaimOutOfDate, PursuitWithdrawn: paid or corrected since, or its wait rests on nothing any more.
        GuarantorNotNamed, NoGuarantorHere: a correction of the pack gave or took the guarantor's share meanwhile.
    """
    scope = scope_of(officer, Right.CLAIMS_DECIDE)
    claim = await asking.lapse(conn, await queries.lock_claim(conn, claim_id, scope), body.decided_on)
    await ensure_not_under_review(conn, claim_id)
    terms = await pack_in_effect(conn, claim.pack_id, body.decided_on, claim.product_code)
    rule = for_lender(terms.compensation_rule, claim.bank_code)
    office = acting_for(officer, Step.CLAIM_DECISION, claim.village_code, terms.pack)
    earlier = await list_approvers(conn, claim_id)
    outcome = approval.decide(
        State(claim.state),
        body.decision,
        officer.subject,
        office,
        maker=claim.filed_by,
        earlier=earlier,
        required=rule.committee_approvals_required,
    )
    await _ensure_dated_after(conn, claim, body)
    if body.decision is Decision.APPROVE:
        await ensure_up_to_date(conn, claim)
        ensure_guarantor_named(rule, claim.guarantor_code)
    if officer.subject not in earlier:  # who approved before a correction asked for fewer says so once more
        said = str(body.decision), body.decided_on, body.reason, str(office)
        await conn.execute(_NOTE, claim_id, officer.subject, *said)
    if outcome is State.APPROVED:
        await _approve(conn, claim, body, rule)
    elif outcome is State.REFUSED:
        await conn.fetchval(_REFUSE, claim_id, [State.DECIDING, State.APPROVED])
    return await queries.get_claim_detail(conn, claim_id, scope)


async def _approve(conn: Connection, claim: queries.Claim, body: DecisionIn, rule: CompensationRule) -> None:
    """Fix who bears how much, and by when the guarantor pays its part to the bank (DZ-3)."""
    shares = loss_shares(claim.amount - claim.insurance_amount, rule)
    due_on = guarantor_due_on(body.decided_on, rule) if shares.guarantor else None
    amounts = (shares.fund, shares.bank, shares.guarantor, body.decided_on, due_on)
    by = (rule.fund_share, rule.bank_share, rule.guarantor_share)
    version = await conn.fetchval(_APPROVE, claim.id, *amounts, *by)
    event = ClaimApproved(
        claim_id=claim.id,
        loan_id=claim.loan_id,
        fund_amount=shares.fund,
        bank_amount=shares.bank,
        approved_on=body.decided_on,
        guarantor_code=claim.guarantor_code,
        guarantor_amount=shares.guarantor,
        guarantor_due_on=due_on,
    )
    await outbox.record(conn, event, aggregate_id=claim.id, aggregate_version=version, region_code=claim.village_code)


async def raise_version(conn: Connection, claim_id: UUID) -> int:
    """Count one more event about the claim and return its number."""
    version: int = await conn.fetchval(_RAISE_VERSION, claim_id)
    return version


async def list_approvers(conn: Connection, claim_id: UUID) -> dict[str, str | None]:
    """Return who approved the claim so far, each with the office in whose name."""
    return {row["person"]: row["office"] for row in await conn.fetch(_APPROVERS, claim_id)}


async def ensure_up_to_date(conn: Connection, claim: queries.Claim) -> None:
    """Refuse to go on with a claim whose loan's account is another than when it was filed (F5).

    Raises:
        ClaimOutOfDate: principal or interest came in since, or was taken back.
        PursuitWithdrawn: the wait was counted from a step of pursuit that was wrong (LG-20b).
    """
    since = claim.pursued_from
    if since and await queries.find_pursued_from(conn, claim.loan_id, since, since) is None:
        raise PursuitWithdrawn(claim.id, since)
    loan = await conn.fetchrow(_LOAN, claim.loan_id)
    filed_on = claim.principal, claim.interest_repaid_before, claim.late_interest_repaid_before
    if tuple(loan.values()) != filed_on:
        raise ClaimOutOfDate(claim.id)


async def _ensure_dated_after(conn: Connection, claim: queries.Claim, body: DecisionIn) -> None:
    steps = await conn.fetchrow(_STEPS_BEFORE, claim.id)
    for step, day in {"filed_on": claim.filed_on, **dict(steps)}.items():
        if day is not None:
            ensure_not_before("decided_on", body.decided_on, step, day)
