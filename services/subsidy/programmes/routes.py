"""Programmes over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.subsidy.access import ManageProgrammes, ReadSubsidies, ReviewSubsidies
from services.subsidy.programmes import queries
from services.subsidy.programmes.actions import adjusting, closing, opening
from services.subsidy.programmes.schemas import (
    BudgetDocumentDecisionIn,
    BudgetDocumentIn,
    BudgetDocumentOut,
    ProgrammeClosingDecisionIn,
    ProgrammeClosingIn,
    ProgrammeClosingOut,
    ProgrammeDecisionIn,
    ProgrammeIn,
    ProgrammeOut,
    SupplementDecisionIn,
    SupplementIn,
    SupplementOut,
    SupplementWithdrawalIn,
)
from services.subsidy.targets import actions as figures
from services.subsidy.targets.queries import list_figures
from services.subsidy.targets.schemas import FigureDecisionIn, FigureIn, FigureKind, FigureOut
from services.subsidy.targets.sheet import TARGET_COLUMNS, target_rows
from shared.access import Right
from shared.regions import CountyCode
from shared.scope import scope_of
from shared.web.bodies import Day
from shared.web.edge import Read, Today
from shared.web.pages import Page, PageOf, page_of
from shared.web.sheets import SHEET_RESPONSES, SheetForm, sheet_download
from shared.web.writes import Write

router = APIRouter(tags=["贴息项目 Programmes"])


@router.post("/programmes", status_code=201, response_model=ProgrammeOut)
async def open_programme(body: ProgrammeIn, officer: ManageProgrammes, write: Write, today: Today) -> Response:
    """Open a year's subsidy programme: its period, its sources of money, its budget and its targets (DZ-2)."""
    return await write(lambda tx: opening.open_programme(tx, officer, body, today))


@router.post("/programmes/{programme_id}/decisions", status_code=201, response_model=ProgrammeOut)
async def decide_programme(
    programme_id: UUID, body: ProgrammeDecisionIn, officer: ManageProgrammes, write: Write, today: Today
) -> Response:
    """Let an opened programme promise its money, or refuse it; another person than who opened it (DZ-2)."""
    return await write(lambda tx: opening.decide_programme(tx, officer, programme_id, body, today))


@router.post("/programmes/{programme_id}/budget-documents", status_code=201, response_model=BudgetDocumentOut)
async def name_budget_document(
    programme_id: UUID, body: BudgetDocumentIn, officer: ManageProgrammes, write: Write
) -> Response:
    """Name the document of the budget in which a programme's money stands; it holds once another confirms it (XX-4)."""
    return await write(lambda tx: opening.name_budget_document(tx, officer, programme_id, body))


@router.post("/budget-documents/{budget_document_id}/decisions", status_code=201, response_model=BudgetDocumentOut)
async def decide_budget_document(
    budget_document_id: UUID, body: BudgetDocumentDecisionIn, officer: ManageProgrammes, write: Write
) -> Response:
    """Let a named document of the budget hold, or drop it; another person than who named it (XX-4)."""
    return await write(lambda tx: opening.decide_budget_document(tx, officer, budget_document_id, body))


@router.post("/programmes/{programme_id}/supplements", status_code=201, response_model=SupplementOut)
async def propose_programme_supplement(
    programme_id: UUID, body: SupplementIn, officer: ManageProgrammes, write: Write
) -> Response:
    """Propose to raise or lower a programme's budget, or to move money between its sources; another officer decides."""
    return await write(lambda tx: adjusting.propose_supplement(tx, officer, programme_id, body))


@router.get("/programmes/{programme_id}/supplements", status_code=200, response_model=PageOf[SupplementOut])
async def list_programme_supplements(programme_id: UUID, officer: ReadSubsidies, conn: Read, page: Page) -> Any:
    """List the adjustments of a programme's budget in the order of their proposal."""
    await queries.programme_row(conn, scope_of(officer, Right.SUBSIDIES_READ).regions, programme_id)
    found = await queries.list_supplements(conn, programme_id, page.after_as(UUID), page.limit + 1)
    return page_of(found, page.limit, "id")


@router.post("/programme-supplements/{supplement_id}/decisions", status_code=201, response_model=SupplementOut)
async def decide_programme_supplement(
    supplement_id: UUID, body: SupplementDecisionIn, officer: ManageProgrammes, write: Write
) -> Response:
    """Let a proposed adjustment hold, or drop it; another person than who proposed it (DZ-2, JN-6)."""
    return await write(lambda tx: adjusting.decide_supplement(tx, officer, supplement_id, body))


@router.post("/programme-supplements/{supplement_id}/withdrawals", status_code=201, response_model=SupplementOut)
async def withdraw_programme_supplement(
    supplement_id: UUID, body: SupplementWithdrawalIn, officer: ManageProgrammes, write: Write
) -> Response:
    """Take back a proposed adjustment that nobody has decided yet."""
    return await write(lambda tx: adjusting.withdraw_supplement(tx, officer, supplement_id, body))


@router.post("/programmes/{programme_id}/closures", status_code=201, response_model=ProgrammeClosingOut)
async def propose_programme_closing(
    programme_id: UUID, body: ProgrammeClosingIn, officer: ManageProgrammes, write: Write
) -> Response:
    """Propose to close a programme, to open it again, to carry over what it has left, or to take that back."""
    return await write(lambda tx: closing.propose_closing(tx, officer, programme_id, body))


@router.get("/programmes/{programme_id}/closures", status_code=200, response_model=PageOf[ProgrammeClosingOut])
async def list_programme_closures(programme_id: UUID, officer: ReadSubsidies, conn: Read, page: Page) -> Any:
    """List closures and carry-overs out of a programme and into it, in the order of their proposal."""
    await queries.programme_row(conn, scope_of(officer, Right.SUBSIDIES_READ).regions, programme_id)
    found = await queries.list_closures(conn, programme_id, page.after_as(UUID), page.limit + 1)
    return page_of(found, page.limit, "id")


@router.post("/programme-closures/{closing_id}/decisions", status_code=201, response_model=ProgrammeClosingOut)
async def decide_programme_closing(
    closing_id: UUID, body: ProgrammeClosingDecisionIn, officer: ManageProgrammes, write: Write
) -> Response:
    """Let a closing, reopening or carry-over happen, or drop it; another person than who proposed it."""
    return await write(lambda tx: closing.decide_closing(tx, officer, closing_id, body))


@router.get("/programmes", status_code=200, response_model=PageOf[ProgrammeOut])
async def list_programmes(
    officer: ReadSubsidies,
    conn: Read,
    page: Page,
    today: Today,
    county_code: CountyCode | None = None,
    as_of: Day | None = None,
) -> Any:
    """List programmes with what they may promise, have promised and have paid, and progress against each target."""
    scope = scope_of(officer, Right.SUBSIDIES_READ)
    on = as_of or today
    found = await queries.list_programmes(conn, scope, county_code, page.after_as(UUID), page.limit + 1, on)
    return page_of(found, page.limit, "id")


@router.get("/programmes/{programme_id}", status_code=200, response_model=ProgrammeOut)
async def show_programme(
    programme_id: UUID, officer: ReadSubsidies, conn: Read, today: Today, as_of: Day | None = None
) -> ProgrammeOut:
    """Show one programme and how far each of its targets is on a day, today if none is named (DZ-2)."""
    regions = scope_of(officer, Right.SUBSIDIES_READ).regions
    return await queries.get_programme(conn, regions, programme_id, as_of or today)


@router.get(
    "/programmes/{programme_id}/targets.{form}",
    status_code=200,
    response_class=Response,
    responses=SHEET_RESPONSES,
)
async def download_targets(
    programme_id: UUID, form: SheetForm, officer: ReadSubsidies, conn: Read, today: Today, as_of: Day | None = None
) -> Response:
    """Download a programme's targets as a sheet: what was set, what is reached on a day, whether it is met (DZ-2)."""
    regions = scope_of(officer, Right.SUBSIDIES_READ).regions
    programme = await queries.get_programme(conn, regions, programme_id, as_of or today)
    return sheet_download("programme-targets", form, TARGET_COLUMNS, target_rows(programme.targets))


@router.post("/programmes/{programme_id}/figures", status_code=201, response_model=FigureOut)
async def record_programme_figure(
    programme_id: UUID, body: FigureIn, officer: ReviewSubsidies, write: Write
) -> Response:
    """Enter what no loan shows: satisfied households of those asked, income, relending used of its quota (DZ-2)."""
    return await write(lambda tx: opening.record_figure(tx, officer, programme_id, body))


@router.post("/programme-figures/{figure_id}/decisions", status_code=201, response_model=FigureOut)
async def decide_programme_figure(
    figure_id: UUID, body: FigureDecisionIn, officer: ReviewSubsidies, write: Write
) -> Response:
    """Let an entered figure count, or drop it; another person than the one who entered it."""
    return await write(lambda tx: figures.decide_figure(tx, officer, figure_id, body))


@router.get("/programmes/{programme_id}/figures", status_code=200, response_model=PageOf[FigureOut])
async def list_programme_figures(
    programme_id: UUID, officer: ReadSubsidies, conn: Read, page: Page, kind: FigureKind | None = None
) -> Any:
    """List a programme's entered figures in the order in which they were entered."""
    await queries.programme_row(conn, scope_of(officer, Right.SUBSIDIES_READ).regions, programme_id)
    found = await list_figures(conn, programme_id, kind, page.after_as(UUID), page.limit + 1)
    return page_of(found, page.limit, "id")
