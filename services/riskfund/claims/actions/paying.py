"""Pay the fund's share of an approved claim: ledger, exposure and the event for lending in one transaction."""

from uuid import UUID

from services.riskfund.claims import queries
from services.riskfund.claims.actions.deciding import ensure_up_to_date, list_approvers
from services.riskfund.claims.actions.reviewing import ensure_not_under_review
from services.riskfund.claims.refusals import ClaimNotApproved, ClaimUnknown, FundCashTooSmall
from services.riskfund.claims.rules.approval import State
from services.riskfund.claims.schemas import ClaimDetail, PaymentIn
from services.riskfund.cover.actions import loans as cover
from services.riskfund.funds.actions import ledger
from services.riskfund.funds.actions.movements import Movement, lock_funds, move
from services.riskfund.funds.rules import postings
from shared import outbox
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.events.riskfund import ClaimPaid
from shared.money import ZERO
from shared.offices import Step, acting_for
from shared.policy.copies import pack_for
from shared.scope import scope_of

_PLACE = "SELECT county_code, village_code, bank_code, loan_id FROM claim WHERE id = $1"
_PAY = """
UPDATE claim SET state = 'paid', paid_on = $2, version = version + 1 WHERE id = $1 AND state = 'approved'
RETURNING version
"""
_NOTE = """
INSERT INTO claim_payment (claim_id, entry_id, amount, paid_on, bank_reference, paid_by, office)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""


async def pay_claim(conn: Connection, officer: Principal, claim_id: UUID, body: PaymentIn) -> ClaimDetail:
    """Pay the fund's share to the bank; the loan's cover ends, and lending learns who bore what.

    Raises:
        ClaimUnknown: no such claim in the officer's regions.
        OtherOffice: the pack that the claim follows has others keep the account.
        ClaimNotApproved: it is not approved, or paid already.
        MakerIsChecker: the officer filed or approved it.
        ClaimUnderReview: two persons have to look at it first.
        ClaimOutOfDate: the household has paid, or the account was corrected, since.
        DateBeforeStep: dated before the last approval.
        FundCashTooSmall: the account does not hold the amount on that day and ever since.
    """
    scope = scope_of(officer, Right.CLAIMS_PAY)
    claim = await _locked(conn, claim_id, officer)
    pack = (await pack_for(conn, claim.pack_id, claim.product_code)).pack
    office = acting_for(officer, Step.CLAIM_PAYMENT, claim.village_code, pack)
    await _ensure_payable(conn, officer, claim, body)
    amount = claim.fund_amount or ZERO
    cash = await ledger.cash_from(conn, claim.fund_id, body.paid_on)
    if amount > cash:
        raise FundCashTooSmall(amount, cash, body.paid_on)
    entry_id = None
    if amount:
        transfer = ledger.Transfer(body.paid_on, officer.subject, body.bank_reference)
        booked = postings.compensation(amount)
        entry_id = await ledger.enter(conn, claim.fund_id, postings.EntryKind.COMPENSATION, booked, transfer)
    paid = amount, body.paid_on, body.bank_reference, officer.subject, str(office)
    await conn.execute(_NOTE, claim_id, entry_id, *paid)
    await cover.end_by_compensation(conn, claim.loan_id, claim.principal)
    await move(conn, [Movement(claim.fund_id, body.paid_on, exposure=-claim.principal)])
    version = await conn.fetchval(_PAY, claim_id, body.paid_on)
    await _record(conn, claim, body, version)
    return await queries.get_claim_detail(conn, claim_id, scope)


async def _locked(conn: Connection, claim_id: UUID, officer: Principal) -> queries.Claim:
    """Lock fund, loan and claim, in the order in which everyone locks them."""
    scope = scope_of(officer, Right.CLAIMS_PAY)
    place = await conn.fetchrow(_PLACE, claim_id)
    if place is None or not scope.sees(place["village_code"], place["bank_code"]):
        raise ClaimUnknown(claim_id)
    await lock_funds(conn, [place["county_code"]])
    await queries.lock_loan(conn, place["loan_id"], scope)
    return await queries.lock_claim(conn, claim_id, scope)


async def _ensure_payable(conn: Connection, officer: Principal, claim: queries.Claim, body: PaymentIn) -> None:
    if claim.state != State.APPROVED or claim.approved_on is None:
        raise ClaimNotApproved(claim.state)
    if officer.subject in (claim.filed_by, *await list_approvers(conn, claim.id)):
        raise MakerIsChecker(officer.subject)
    ensure_not_before("paid_on", body.paid_on, "approved_on", claim.approved_on)
    await ensure_not_under_review(conn, claim.id)
    await ensure_up_to_date(conn, claim)


async def _record(conn: Connection, claim: queries.Claim, body: PaymentIn, version: int) -> None:
    fund_amount, bank_amount = claim.fund_amount or ZERO, claim.bank_amount or ZERO
    guarantor_amount = claim.guarantor_amount or ZERO
    parts = claim.insurance_amount + fund_amount + bank_amount + guarantor_amount
    assert parts == claim.principal + claim.interest, "who bore the loss adds up to the loss"
    event = ClaimPaid(
        claim_id=claim.id,
        loan_id=claim.loan_id,
        village_code=claim.village_code,
        paid_on=body.paid_on,
        principal=claim.principal,
        interest=claim.interest,
        insurance_amount=claim.insurance_amount,
        fund_amount=fund_amount,
        bank_amount=bank_amount,
        guarantor_amount=guarantor_amount,
    )
    await outbox.record(conn, event, aggregate_id=claim.id, aggregate_version=version, region_code=claim.village_code)
