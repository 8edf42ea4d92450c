"""HTTP of applications: filing, decisions, public notice, hand-over, and what can be looked up about them."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.lending.access import (
    DisburseLoans,
    FileApplications,
    HandOverApplications,
    RaiseObjections,
    ReadApplications,
    RunPublicNotices,
    SettleObjections,
    SignApplications,
)
from services.lending.applications import queries
from services.lending.applications.actions import (
    deciding,
    filing,
    handing_over,
    papers,
    public_notices,
)
from services.lending.applications.disbursed_sql import DISBURSED
from services.lending.applications.rules.approval import State
from services.lending.applications.schemas.applications import (
    ApplicationBatchIn,
    ApplicationDetail,
    ApplicationIn,
    ApplicationOut,
    BatchDecisionIn,
    BatchOut,
    DecidedBatch,
    DecisionIn,
    DocumentsIn,
    FiledBatch,
    HandedOverApplication,
    HandOverIn,
    HandOverOut,
    LateDisbursement,
    SignatureIn,
)
from services.lending.applications.schemas.public_notices import (
    ClosureIn,
    ClosureOut,
    NoticeIn,
    NoticeOut,
    ObjectionIn,
    ObjectionOut,
    SettlementIn,
    SettlementOut,
)
from services.lending.clients import confirm_cover
from services.lending.loans import actions as loans
from services.lending.loans.schemas import DisbursementFileOut, DisbursementIn, LoanOut
from shared.access import Right
from shared.money import Money
from shared.regions import RegionCode
from shared.scope import scope_of
from shared.web.bodies import Day
from shared.web.edge import Read, Today, upload
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["贷款申请 Applications"])


LineCount = Annotated[int, Query(ge=1)]


@router.post("/application-batches", response_model=FiledBatch, status_code=201)
async def file_application_batch(
    body: ApplicationBatchIn, officer: FileApplications, write: Write, request: Request
) -> Response:
    """File up to 2 000 households' applications of one township together (XX-2).

    Registry is asked once who may borrow. Those who may not, or whose loan lending cannot take, are kept as `refused`
    with every reason in words (DZ-4); the others are `filed`, each at the branch it names or the nearest (SX-2).
    """
    answers = await filing.ask_about_batch(request.app.state.registry, write, body)
    return await write(lambda conn: filing.file_batch(conn, officer, body, answers))


@router.post("/applications", response_model=ApplicationDetail, status_code=201)
async def file_application(body: ApplicationIn, officer: FileApplications, write: Write, request: Request) -> Response:
    """File one application, as a batch of one.

    201 also when it is refused: the application is kept with `state` "refused" and every reason in `reasons` (DZ-4).
    """
    answers = await filing.ask_about_one(request.app.state.registry, write, body)
    return await write(lambda conn: filing.file_one(conn, officer, body, answers))


@router.post("/applications/{application_id}/documents", response_model=ApplicationDetail, status_code=201)
async def add_application_documents(
    application_id: UUID, body: DocumentsIn, officer: FileApplications, write: Write
) -> Response:
    """Put papers on file that came in after the filing (FJ-4a, LG-11)."""
    return await write(lambda conn: papers.add_documents(conn, officer, application_id, body))


@router.post("/application-batches/{batch_id}/decisions", response_model=DecidedBatch, status_code=201)
async def decide_application_batch(
    batch_id: UUID, body: BatchDecisionIn, officer: ReadApplications, write: Write
) -> Response:
    """Decide a batch's applications that wait at `stage`, for one office: approve or refuse.

    The stage's own right is needed besides: `applications:check-village`, `applications:review-township`,
    `applications:review-county` or `applications:sign`, held by an office that the county's pack names for the stage.
    All in the officer's regions are meant, without `except`, or `only` those named. The officer who filed an
    application may not decide it.
    """
    return await write(lambda conn: deciding.decide_batch(conn, officer, batch_id, body))


@router.post("/applications/{application_id}/decisions", response_model=DecidedBatch, status_code=201)
async def decide_application(
    application_id: UUID, body: DecisionIn, officer: ReadApplications, write: Write
) -> Response:
    """Decide one application at `stage`, for one office; the stage's own right is needed besides."""
    return await write(lambda conn: deciding.decide_one(conn, officer, application_id, body))


@router.post("/application-batches/{batch_id}/signatures", response_model=DecidedBatch, status_code=201)
async def sign_application_batch(
    batch_id: UUID, body: SignatureIn, officer: SignApplications, write: Write
) -> Response:
    """Sign the joint review for one office; when every office of the pack has signed, the applications are approved."""
    return await write(lambda conn: deciding.sign_batch(conn, officer, batch_id, body))


@router.post("/application-batches/{batch_id}/public-notices", response_model=NoticeOut, status_code=201)
async def start_public_notice(batch_id: UUID, body: NoticeIn, officer: RunPublicNotices, write: Write) -> Response:
    """Make a batch public at one level; the answer names the day on which the notice may be closed (LG-12)."""
    return await write(lambda conn: public_notices.start_notice(conn, officer, batch_id, body))


@router.post("/public-notices/{notice_id}/closures", response_model=ClosureOut, status_code=201)
async def close_public_notice(notice_id: UUID, body: ClosureIn, officer: RunPublicNotices, write: Write) -> Response:
    """Close a notice: applications without an open objection go on; the others stay public until closed again."""
    return await write(lambda conn: public_notices.close_notice(conn, officer, notice_id, body))


@router.post("/applications/{application_id}/objections", response_model=ObjectionOut, status_code=201)
async def raise_objection(application_id: UUID, body: ObjectionIn, officer: RaiseObjections, write: Write) -> Response:
    """Record an objection against an application that is public; its clock stops until the objection is settled."""
    return await write(lambda conn: public_notices.raise_objection(conn, officer, application_id, body))


@router.post("/objections/{objection_id}/settlements", response_model=SettlementOut, status_code=201)
async def settle_objection(objection_id: UUID, body: SettlementIn, officer: SettleObjections, write: Write) -> Response:
    """Settle an objection: `upheld` refuses the application, `dismissed` lets the remaining working days run on."""
    return await write(lambda conn: public_notices.settle_objection(conn, officer, objection_id, body))


@router.post("/application-batches/{batch_id}/hand-overs", response_model=HandOverOut, status_code=201)
async def hand_over_application_batch(
    batch_id: UUID, body: HandOverIn, officer: HandOverApplications, write: Write, request: Request
) -> Response:
    """Hand a batch's approved applications over to the bank, as far as the fund has cover (FJ-4, FJ-13).

    What has no cover stays approved and is named in `not_covered`; send another hand-over once the fund was topped up.
    """
    cover = await handing_over.ask_riskfund(request.app.state.riskfund, write, officer, batch_id, body)
    return await write(lambda conn: handing_over.hand_over(conn, officer, batch_id, body, cover))


@router.post(
    "/disbursement-files",
    status_code=201,
    response_model=DisbursementFileOut,
    openapi_extra=upload("application_id,contract_number,bank_reference,disbursed_on,amount"),
)
async def disburse_file(
    request: Request,
    officer: DisburseLoans,
    write: Write,
    today: Today,
    line_count: LineCount,
    total_amount: Money,
) -> Response:
    """Confirm the bank's disbursements (放款回执文件): every right line becomes a loan with its schedule.

    The file is refused whole when it cannot be read or when its lines or total differ from those announced. What was
    paid out after the day the money was due is counted as late (FJ-4). A column `account_reference` before `amount` is
    welcome: the bank's own key of the account the loan went to; one account takes one household's loans (SX-1).
    """
    file, peer = (await request.body(), line_count, total_amount, today), request.app.state.riskfund
    covered = await confirm_cover(peer, write, today, lambda tx: loans.uncertain_of_file(tx, officer, *file))
    return await write(lambda tx: loans.disburse_file(tx, officer, *file, covered, DISBURSED))


@router.post("/applications/{application_id}/disbursements", status_code=201, response_model=LoanOut)
async def disburse_application(
    application_id: UUID, body: DisbursementIn, officer: DisburseLoans, write: Write, today: Today, request: Request
) -> Response:
    """Confirm one disbursement (放款), for which the fund still has cover (FJ-13, LG-38); answers the loan."""
    line, peer = (application_id, body, today), request.app.state.riskfund
    covered = await confirm_cover(peer, write, today, lambda tx: loans.uncertain_of_line(tx, officer, *line))
    return await write(lambda tx: loans.disburse_application(tx, officer, *line, covered, DISBURSED))


@router.get("/application-batches/{batch_id}", response_model=BatchOut)
async def get_application_batch(batch_id: UUID, officer: ReadApplications, conn: Read) -> BatchOut:
    """Show a batch: where its applications stand, and its public notices."""
    return await queries.get_batch(conn, scope_of(officer, Right.APPLICATIONS_READ), batch_id)


@router.get("/applications", response_model=PageOf[ApplicationOut])
async def list_applications(
    officer: ReadApplications,
    conn: Read,
    page: Page,
    region_code: RegionCode | None = None,
    state: State | None = None,
    batch_id: UUID | None = None,
    household_id: UUID | None = None,
) -> dict[str, Any]:
    """List applications in the caller's regions, oldest first; a bank sees only its own."""
    rows = await queries.list_applications(
        conn,
        scope_of(officer, Right.APPLICATIONS_READ),
        page,
        region=region_code,
        state=state,
        batch_id=batch_id,
        household_id=household_id,
    )
    return page_of(rows, page.limit, "id")


@router.get("/applications/{application_id}", response_model=ApplicationDetail)
async def get_application(application_id: UUID, officer: ReadApplications, conn: Read) -> ApplicationDetail:
    """Show one application with its decisions, its objections and registry's answer as it stood when it was filed."""
    return await queries.get_application(conn, scope_of(officer, Right.APPLICATIONS_READ), application_id)


@router.get("/handed-over-applications", response_model=PageOf[HandedOverApplication])
async def list_handed_over_applications(
    officer: DisburseLoans,
    conn: Read,
    page: Page,
    region_code: RegionCode | None = None,
    cover_expires_by: Day | None = None,
) -> dict[str, Any]:
    """List what waits for the calling bank's disbursement, oldest first.

    `cover_expires_by`: only what the fund covers no longer than until that day, or what nobody knows to be covered.
    """
    scope = scope_of(officer, Right.LOANS_DISBURSE)
    rows = await queries.list_handed_over(conn, scope, page, region_code, cover_expires_by)
    return page_of(rows, page.limit, "id")


@router.get("/late-disbursements", response_model=PageOf[LateDisbursement])
async def list_late_disbursements(
    officer: ReadApplications, conn: Read, page: Page, as_of: Day, region_code: RegionCode | None = None
) -> dict[str, Any]:
    """List hand-overs whose money came, or on `as_of` still comes, after the pack's working days (FJ-4)."""
    scope = scope_of(officer, Right.APPLICATIONS_READ)
    rows = await queries.list_late_disbursements(conn, scope, page, as_of, region_code)
    return page_of(rows, page.limit, "id")
