"""Benefit agreements over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.subsidy.access import ConfirmAgreements, DraftAgreements, ReadAgreements, RecordDividends
from services.subsidy.agreements import queries
from services.subsidy.agreements.actions import concluding, correcting, ending, reversing
from services.subsidy.agreements.schemas import (
    AgreementConfirmationIn,
    AgreementCorrectionIn,
    AgreementDecisionIn,
    AgreementDelegateIn,
    AgreementDetail,
    AgreementDutyOut,
    AgreementIn,
    AgreementKind,
    AgreementOut,
    AgreementSignatureIn,
    AgreementState,
    AgreementTerminationIn,
    AgreementWithdrawalIn,
    PrincipalReceiptIn,
    SecurityReleaseIn,
)
from services.subsidy.proposals.schemas import ReversalIn, ReversalOut
from shared.access import Right
from shared.regions import RegionCode
from shared.scope import scope_of, scope_within
from shared.web.bodies import Answer, Day
from shared.web.edge import Read, Today
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["利益联结协议 Benefit agreements"])


class AgreementDutiesOut(Answer):
    """The duties of a region on a day."""

    items: list[AgreementDutyOut]


@router.post("/agreements", status_code=201, response_model=AgreementDetail)
async def draft_agreement(body: AgreementIn, officer: DraftAgreements, write: Write) -> Response:
    """Draft an agreement of a township or an entity with households, or of a township with an entity (ZJ-2a, ZJ-2b)."""
    return await write(lambda tx: concluding.draft_agreement(tx, officer, body))


@router.get("/agreements", status_code=200, response_model=PageOf[AgreementOut])
async def list_agreements(
    officer: ReadAgreements,
    conn: Read,
    page: Page,
    region_code: RegionCode,
    state: AgreementState | None = None,
    kind: AgreementKind | None = None,
    household_id: UUID | None = None,
) -> Any:
    """List the agreements of a region, or those of one household, in the order of their drafting."""
    found = await queries.list_agreements(
        conn,
        scope_within(officer, Right.AGREEMENTS_READ, region_code).regions,
        region=region_code,
        state=state,
        kind=kind,
        household=household_id,
        after=page.after_as(UUID),
        limit=page.limit + 1,
    )
    return page_of(found, page.limit, "id")


@router.get("/agreements/{agreement_id}", status_code=200, response_model=AgreementDetail)
async def show_agreement(agreement_id: UUID, officer: ReadAgreements, conn: Read) -> AgreementDetail:
    """Show an agreement with its terms, shares, delegates, corrections and its end."""
    return await queries.get_agreement(conn, scope_of(officer, Right.AGREEMENTS_READ).regions, agreement_id)


@router.post("/agreements/{agreement_id}/signatures", status_code=201, response_model=AgreementDetail)
async def sign_agreement(
    agreement_id: UUID, body: AgreementSignatureIn, officer: DraftAgreements, write: Write
) -> Response:
    """Record that all parties signed; refused while the terms lack what the county asks for (ZJ-4, ZJ-5, FJ-9)."""
    return await write(lambda tx: concluding.sign_agreement(tx, officer, agreement_id, body))


@router.post("/agreements/{agreement_id}/confirmations", status_code=201, response_model=AgreementDetail)
async def confirm_agreement(
    agreement_id: UUID, body: AgreementConfirmationIn, officer: ConfirmAgreements, write: Write
) -> Response:
    """Put a signed agreement into force; another person of the office that the county's pack names."""
    return await write(lambda tx: concluding.confirm_agreement(tx, officer, agreement_id, body))


@router.post("/agreements/{agreement_id}/withdrawals", status_code=201, response_model=AgreementDetail)
async def withdraw_agreement(
    agreement_id: UUID, body: AgreementWithdrawalIn, officer: DraftAgreements, write: Write
) -> Response:
    """Withdraw an agreement that does not hold yet."""
    return await write(lambda tx: concluding.withdraw_agreement(tx, officer, agreement_id, body))


@router.post("/agreements/{agreement_id}/delegates", status_code=201, response_model=AgreementDetail)
async def replace_agreement_delegate(
    agreement_id: UUID, body: AgreementDelegateIn, officer: DraftAgreements, write: Write
) -> Response:
    """Let a delegate in the entity's management take over from the one before (ZJ-5(c))."""
    return await write(lambda tx: concluding.replace_delegate(tx, officer, agreement_id, body))


@router.post("/agreements/{agreement_id}/corrections", status_code=201, response_model=AgreementDetail)
async def propose_agreement_correction(
    agreement_id: UUID, body: AgreementCorrectionIn, officer: DraftAgreements, write: Write
) -> Response:
    """Propose the right terms in the place of wrong ones."""
    return await write(lambda tx: correcting.propose_correction(tx, officer, agreement_id, body))


@router.post("/agreements/{agreement_id}/correction-decisions", status_code=201, response_model=AgreementDetail)
async def decide_agreement_correction(
    agreement_id: UUID, body: AgreementDecisionIn, officer: ConfirmAgreements, write: Write
) -> Response:
    """Accept or reject the proposed terms; never one's own."""
    return await write(lambda tx: correcting.decide_correction(tx, officer, agreement_id, body))


@router.post("/agreements/{agreement_id}/terminations", status_code=201, response_model=AgreementDetail)
async def propose_agreement_termination(
    agreement_id: UUID, body: AgreementTerminationIn, officer: DraftAgreements, write: Write
) -> Response:
    """Propose that an agreement ends early and its principal goes to the village collective (ZJ-5(d))."""
    return await write(lambda tx: ending.propose_termination(tx, officer, agreement_id, body))


@router.post("/agreements/{agreement_id}/termination-decisions", status_code=201, response_model=AgreementDetail)
async def decide_agreement_termination(
    agreement_id: UUID, body: AgreementDecisionIn, officer: ConfirmAgreements, write: Write
) -> Response:
    """End the agreement as proposed or let it go on; never one's own proposal."""
    return await write(lambda tx: ending.decide_termination(tx, officer, agreement_id, body))


@router.post("/agreements/{agreement_id}/principal-receipts", status_code=201, response_model=AgreementDetail)
async def record_principal_receipt(
    agreement_id: UUID, body: PrincipalReceiptIn, officer: RecordDividends, write: Write
) -> Response:
    """Record principal that the entity returned to the village collective, in one sum or in several (ZJ-5(d))."""
    return await write(lambda tx: ending.record_principal_receipt(tx, officer, agreement_id, body))


@router.post("/principal-receipts/{receipt_id}/reversals", status_code=201, response_model=ReversalOut)
async def propose_principal_receipt_reversal(
    receipt_id: UUID, body: ReversalIn, officer: RecordDividends, write: Write
) -> Response:
    """Propose to reverse principal that was booked wrongly; another person decides (`agreement-reversals`)."""
    return await write(lambda tx: reversing.propose_principal_reversal(tx, officer, receipt_id, body))


@router.post("/agreements/{agreement_id}/security-releases", status_code=201, response_model=ReversalOut)
async def propose_security_release(
    agreement_id: UUID, body: SecurityReleaseIn, officer: RecordDividends, write: Write
) -> Response:
    """Propose to give security back to the entity; another person decides, and what is left must suffice (ZJ-4)."""
    return await write(lambda tx: reversing.propose_release(tx, officer, agreement_id, body))


@router.get("/agreement-duties", status_code=200, response_model=AgreementDutiesOut)
async def list_agreement_duties(
    officer: ReadAgreements,
    conn: Read,
    today: Today,
    region_code: RegionCode,
    as_of: Day | None = None,
    within_days: Annotated[int, Query(ge=0, le=366)] = 90,
) -> AgreementDutiesOut:
    """List what is to be done about agreements: renewals, successor entities, principal, entrustments (ZJ-4, ZJ-5)."""
    regions = scope_within(officer, Right.AGREEMENTS_READ, region_code).regions
    return AgreementDutiesOut(items=await queries.list_duties(conn, regions, as_of or today, within_days))
