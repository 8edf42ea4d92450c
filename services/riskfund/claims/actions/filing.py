"""File a claim on a defaulted loan: the bank asks for compensation of what it could not collect."""

from datetime import date
from typing import Any
from uuid import UUID

import asyncpg

from services.riskfund.claims import queries
from services.riskfund.claims.refusals import ClaimOnFile, DefaultOutOfDate, LoanNotInDefault, LoanWithoutCover
from services.riskfund.claims.rules.approval import State, ensure_decidable
from services.riskfund.claims.rules.compensation import (
    Claimable,
    claimable,
    ensure_guarantor_named,
    ensure_waited,
    for_lender,
)
from services.riskfund.claims.schemas import ClaimDetail, ClaimIn
from services.riskfund.funds.refusals import FundNotOpen
from services.riskfund.insurance.actions import requests as insurance
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.ids import new_id
from shared.money import ZERO
from shared.policy.copies import pack_of_version
from shared.policy.in_force import ConfirmedPack
from shared.policy.vocabulary import OWN_USE, LossCause
from shared.scope import scope_of

_DEFAULT = """
SELECT id, cause, confirmed_on, overdue_from, matures_on, principal_outstanding, interest_overdue,
       interest_repaid_before, late_interest, late_interest_repaid_before
FROM loan_default WHERE loan_id = $1 AND lifted_on IS NULL ORDER BY confirmed_on DESC, id DESC LIMIT 1
"""
_LIVE_CLAIM = "SELECT id FROM claim WHERE default_id = $1 AND state NOT IN ('refused', 'voided')"
_FILE = """
INSERT INTO claim (id, loan_id, default_id, fund_id, pack_id, county_code, village_code, bank_code, cause, filed_on,
                   filed_by, pursued_from, state, principal, interest, amount, interest_repaid_before, fund_share,
                   bank_share, guarantor_share, guarantor_code, version, product_code, late_interest,
                   late_interest_repaid_before)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
        $24, $25)
"""


async def file_claim(conn: Connection, officer: Principal, body: ClaimIn) -> ClaimDetail:
    """File a claim: principal outstanding, overdue interest, never a surcharge; insurers are asked first (LG-21b).

    Raises:
        LoanUnknown: no such loan of this bank.
        LoanWithoutCover: it was granted on the condition that the bank bears a loss.
        LoanNotInDefault: no confirmed default stands.
        DefaultOutOfDate: more is owed than when it was confirmed.
        ClaimOnFile: the default is claimed already.
        GuarantorNotNamed, NoGuarantorHere: who guarantees the loan is said exactly where a guarantor shares (DZ-3).
        CommitteeTooSmall, LossRuleNotServed: the contract's policy could not be decided or paid by.
        DateBeforeStep: dated before the default.
        ClaimTooEarly, CauseNotCompensated, PursuitNotStated: the waiting time of the cause (LG-20b, LG-21a).
    """
    scope = scope_of(officer, Right.CLAIMS_FILE)
    loan = await queries.lock_loan(conn, body.loan_id, scope)
    if loan.without_cover:
        raise LoanWithoutCover(loan.loan_id)
    default = await _default_of(conn, loan)
    if loan.fund_id is None:
        raise FundNotOpen(loan.county_code)
    signed = loan.village_code, loan.pack_version
    terms = await pack_of_version(conn, *signed, body.filed_on, loan.product_code)
    ensure_decidable(terms.compensation_rule)
    ensure_guarantor_named(for_lender(terms.compensation_rule, loan.bank_code), body.guarantor_code)
    pursued_from = await queries.find_pursued_from(conn, loan.loan_id, default["overdue_from"], body.filed_on)
    _ensure_due(body, loan, default, terms, pursued_from)
    loss = _loss_of(loan, default, terms)
    cause = LossCause(default["cause"])
    asked = await insurance.requests_for(conn, loan.loan_id, default["overdue_from"], loss.amount, terms, cause)
    claim_id = new_id()
    await _store(conn, officer, body, loan, default, loan.fund_id, terms, loss, claim_id, len(asked), pursued_from)
    if asked:
        due_on = insurance.answer_due_on(body.filed_on, terms)
        await insurance.store_requests(conn, claim_id, body.filed_on, due_on, asked)
        about = {"id": claim_id, "loan_id": loan.loan_id, "village_code": loan.village_code}
        await insurance.publish_requests(conn, about, body.filed_on, asked, first=1)
    return await queries.get_claim_detail(conn, claim_id, scope)


async def _default_of(conn: Connection, loan: queries.CoveredLoan) -> Any:
    default = await conn.fetchrow(_DEFAULT, loan.loan_id)
    if default is not None:
        claimed = await conn.fetchval(_LIVE_CLAIM, default["id"])
        if claimed is not None:
            raise ClaimOnFile(claimed)
    if default is None or loan.state != "defaulted" or not loan.outstanding:
        raise LoanNotInDefault(loan.loan_id, loan.state)
    more_owed = loan.outstanding > default["principal_outstanding"]
    unpaid_again = (
        loan.interest_repaid < default["interest_repaid_before"]
        or loan.late_interest_repaid < default["late_interest_repaid_before"]
    )
    if more_owed or unpaid_again:
        raise DefaultOutOfDate(loan.loan_id, default["confirmed_on"])
    return default


def _ensure_due(
    body: ClaimIn, loan: queries.CoveredLoan, default: Any, terms: ConfirmedPack, pursued_from: date | None
) -> None:
    ensure_not_before("filed_on", body.filed_on, "confirmed_on", default["confirmed_on"])
    ensure_waited(
        terms.compensation_rule,
        LossCause(default["cause"]),
        body.filed_on,
        matures_on=default["matures_on"],
        overdue_from=default["overdue_from"],
        pursued_from=pursued_from,
        used_by_an_entity=loan.mode is not None and loan.mode not in OWN_USE,
    )


def _loss_of(loan: queries.CoveredLoan, default: Any, terms: ConfirmedPack) -> Claimable:
    paid_since = loan.interest_repaid - default["interest_repaid_before"]
    late_paid_since = loan.late_interest_repaid - default["late_interest_repaid_before"]
    interest = max(default["interest_overdue"] - paid_since, ZERO)
    late_interest = max(default["late_interest"] - late_paid_since, ZERO)
    rule = for_lender(terms.compensation_rule, loan.bank_code)
    return claimable(loan.outstanding, interest, rule, late_interest)


async def _store(
    conn: Connection,
    officer: Principal,
    body: ClaimIn,
    loan: queries.CoveredLoan,
    default: Any,
    fund_id: UUID,
    terms: ConfirmedPack,
    loss: Claimable,
    claim_id: UUID,
    events: int,
    pursued_from: date | None,
) -> None:
    rule = for_lender(terms.compensation_rule, loan.bank_code)
    place = (loan.county_code, loan.village_code, loan.bank_code, default["cause"])
    filed = (body.filed_on, officer.subject, pursued_from)
    state = State.AWAITING_INSURER if events else State.DECIDING
    money = (loss.principal, loss.interest, loss.amount, loan.interest_repaid)
    late = (loss.late_interest, loan.late_interest_repaid)
    shares = (rule.fund_share, rule.bank_share, rule.guarantor_share, body.guarantor_code)
    ids = (claim_id, loan.loan_id, default["id"], fund_id, terms.pack_id)
    try:
        async with conn.transaction():
            await conn.execute(
                _FILE, *ids, *place, *filed, str(state), *money, *shares, events, terms.product_code, *late
            )
    except asyncpg.UniqueViolationError:
        raise ClaimOnFile(None) from None
