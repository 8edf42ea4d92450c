"""Guarantors' accounts over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.riskfund.access import ReadClaims, RecordGuarantees, WithdrawGuarantees
from services.riskfund.guarantees import actions, queries
from services.riskfund.guarantees.schemas import (
    AccountState,
    GuarantorAccountDetail,
    GuarantorAccountOut,
    GuarantorTransferIn,
    TransferWithdrawalIn,
)
from shared.access import Right
from shared.regions import RegionCode
from shared.scope import scope_of
from shared.web.bodies import Day
from shared.web.edge import Read, Today
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["担保 Guarantees"])


@router.get("/guarantor-accounts", status_code=200, response_model=PageOf[GuarantorAccountOut])
async def list_guarantor_accounts(
    officer: ReadClaims,
    conn: Read,
    page: Page,
    today: Today,
    region_code: RegionCode | None = None,
    state: AccountState | None = None,
    as_of: Day | None = None,
) -> Any:
    """List what guarantors owe banks and banks owe guarantors, claim by claim; a guarantor and a bank see their own."""
    scope = scope_of(officer, Right.CLAIMS_READ)
    after = page.after_as(UUID)
    found = await queries.list_accounts(conn, scope, as_of or today, region_code, state, after, page.limit + 1)
    return page_of(found, page.limit, "claim_id")


@router.get("/guarantor-accounts/{claim_id}", status_code=200, response_model=GuarantorAccountDetail)
async def show_guarantor_account(
    claim_id: UUID, officer: ReadClaims, conn: Read, today: Today, as_of: Day | None = None
) -> GuarantorAccountDetail:
    """Show a claim's account between bank and guarantor at the end of a day, with its transfers."""
    return await queries.get_account(conn, claim_id, scope_of(officer, Right.CLAIMS_READ), as_of or today)


@router.post("/guarantor-accounts/{claim_id}/transfers", status_code=201, response_model=GuarantorAccountDetail)
async def record_guarantor_transfer(
    claim_id: UUID, body: GuarantorTransferIn, officer: RecordGuarantees, write: Write
) -> Response:
    """Record as the bank what the guarantor paid of a loss, in whole or in part, or what you gave back to it (DZ-3)."""
    return await write(lambda tx: actions.record_transfer(tx, officer, claim_id, body))


@router.post(
    "/guarantor-accounts/{claim_id}/transfers/{transfer_id}/withdrawals",
    status_code=201,
    response_model=GuarantorAccountDetail,
)
async def withdraw_guarantor_transfer(
    claim_id: UUID, transfer_id: UUID, body: TransferWithdrawalIn, officer: WithdrawGuarantees, write: Write
) -> Response:
    """Withdraw a transfer that was recorded wrongly; another person of the bank than the one who recorded it."""
    return await write(lambda tx: actions.withdraw_transfer(tx, officer, claim_id, transfer_id, body))
