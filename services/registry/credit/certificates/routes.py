"""Loan certificates over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.registry.access import DecideCertificates, IssueCertificates, ReadCertificates
from services.registry.credit.certificates import actions, queries
from services.registry.credit.certificates.schemas import (
    CertificateDecisionIn,
    CertificateDetail,
    CertificateIn,
    CertificateOut,
    CertificateRenewalIn,
    CertificateState,
    CertificateWithdrawalIn,
)
from shared.regions import RegionCode
from shared.web.bodies import Day
from shared.web.edge import Read, Today
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["贷款证 Loan certificates"])


@router.post("/loan-certificates", status_code=201, response_model=CertificateDetail)
async def issue_loan_certificate(body: CertificateIn, officer: IssueCertificates, write: Write) -> Response:
    """Issue a household the certificate of its rating, by the bank under its own number (ZJ-7)."""
    return await write(lambda tx: actions.issue_certificate(tx, officer, body))


@router.get("/loan-certificates", status_code=200, response_model=PageOf[CertificateOut])
async def list_loan_certificates(
    officer: ReadCertificates,
    conn: Read,
    page: Page,
    today: Today,
    region_code: RegionCode,
    as_of: Day | None = None,
    state: CertificateState | None = None,
    household_id: UUID | None = None,
) -> Any:
    """List certificates as they stood on a day: held, run out, or ended and why."""
    found = await queries.list_certificates(
        conn,
        officer,
        region=region_code,
        as_of=as_of or today,
        state=state,
        household=household_id,
        after=page.after_as(UUID),
        limit=page.limit + 1,
    )
    return page_of(found, page.limit, "id")


@router.get("/loan-certificates/{certificate_id}", status_code=200, response_model=CertificateDetail)
async def show_loan_certificate(
    certificate_id: UUID, officer: ReadCertificates, conn: Read, today: Today
) -> CertificateDetail:
    """Show a certificate with every proposal to withdraw it."""
    return await queries.get_certificate_for(conn, officer, certificate_id, today)


@router.post("/loan-certificates/{certificate_id}/renewals", status_code=201, response_model=CertificateDetail)
async def renew_loan_certificate(
    certificate_id: UUID, body: CertificateRenewalIn, officer: IssueCertificates, write: Write
) -> Response:
    """Put a new certificate, of the rating that holds now, in the place of one that is renewed or was lost."""
    return await write(lambda tx: actions.renew_certificate(tx, officer, certificate_id, body))


@router.post("/loan-certificates/{certificate_id}/withdrawals", status_code=201, response_model=CertificateDetail)
async def propose_certificate_withdrawal(
    certificate_id: UUID, body: CertificateWithdrawalIn, officer: IssueCertificates, write: Write
) -> Response:
    """Propose to withdraw a certificate, with the reason; another officer of the bank decides."""
    return await write(lambda tx: actions.propose_withdrawal(tx, officer, certificate_id, body))


@router.post("/certificate-withdrawals/{withdrawal_id}/decisions", status_code=201, response_model=CertificateDetail)
async def decide_certificate_withdrawal(
    withdrawal_id: UUID, body: CertificateDecisionIn, officer: DecideCertificates, write: Write
) -> Response:
    """Accept or reject the withdrawal of a certificate; never one's own."""
    return await write(lambda tx: actions.decide_withdrawal(tx, officer, withdrawal_id, body))
