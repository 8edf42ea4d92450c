"""Direct grants over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.subsidy.access import (
    AcceptProjects,
    ApproveProjects,
    ConfirmGrants,
    CorrectProjects,
    PaySubsidies,
    ReadProjects,
    RunProjects,
)
from services.subsidy.grants import queries
from services.subsidy.grants.actions import listing, paying, standards, taking_back
from services.subsidy.grants.schemas import (
    GrantDecisionIn,
    GrantListIn,
    GrantListOut,
    GrantOut,
    GrantResultsIn,
    GrantReversalIn,
    GrantRunIn,
    GrantRunOut,
    GrantStandardIn,
    GrantStandardOut,
)
from services.subsidy.proposals.schemas import ReversalIn, ReversalOut
from shared.access import Right
from shared.web.edge import CSV, Cipher, Read, download
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["直接补助 Direct grants"])
OfYear = Annotated[int | None, Query(ge=2000, le=2100)]


@router.post("/grant-standards", status_code=201, response_model=GrantStandardOut)
async def propose_grant_standard(body: GrantStandardIn, officer: ApproveProjects, write: Write) -> Response:
    """Propose a project of the county's list of a year and what one unit of it is granted (DY-7)."""
    return await write(lambda tx: standards.propose_standard(tx, officer, body))


@router.post("/grant-standards/{standard_id}/decisions", status_code=201, response_model=GrantStandardOut)
async def decide_grant_standard(
    standard_id: UUID, body: GrantDecisionIn, officer: ApproveProjects, write: Write
) -> Response:
    """Confirm a standard, or refuse it; another person than who proposed it."""
    return await write(lambda tx: standards.decide_standard(tx, officer, standard_id, body))


@router.get("/grant-standards", status_code=200, response_model=PageOf[GrantStandardOut])
async def list_grant_standards(officer: ReadProjects, conn: Read, page: Page, year: OfYear = None) -> Any:
    """List the counties' projects with their grant standards (项目清单和补助标准)."""
    regions = officer.regions_for(Right.PROJECTS_READ)
    found = await queries.list_standards(conn, regions, year, page.after_as(UUID), page.limit + 1)
    return page_of(found, page.limit, "id")


@router.post("/projects/{project_id}/grant-lists", status_code=201, response_model=GrantListOut)
async def propose_grants(project_id: UUID, body: GrantListIn, officer: RunProjects, write: Write) -> Response:
    """Propose a scattered project's able and willing households for direct grants (ZJ-6); each household once."""
    return await write(lambda tx: listing.propose_grants(tx, officer, project_id, body))


@router.get("/projects/{project_id}/grant-lists", status_code=200, response_model=PageOf[GrantListOut])
async def list_grant_lists(project_id: UUID, officer: ReadProjects, conn: Read, page: Page) -> Any:
    """List a project's lists of grants with how much of each is paid."""
    regions = officer.regions_for(Right.PROJECTS_READ)
    found = await queries.list_lists(conn, regions, project_id, page.after_as(UUID), page.limit + 1)
    return page_of(found, page.limit, "id")


@router.get("/grant-lists/{list_id}/grants", status_code=200, response_model=PageOf[GrantOut])
async def list_grants(list_id: UUID, officer: ReadProjects, conn: Read, page: Page) -> Any:
    """List the grants of a list, each with its last transfer, without names and account numbers."""
    regions = officer.regions_for(Right.PROJECTS_READ)
    found = await queries.list_grants(conn, regions, list_id, page.after_as(UUID), page.limit + 1)
    return page_of(found, page.limit, "id")


@router.post("/grant-lists/{list_id}/decisions", status_code=201, response_model=GrantListOut)
async def decide_grants(list_id: UUID, body: GrantDecisionIn, officer: AcceptProjects, write: Write) -> Response:
    """Approve a list after the project's acceptance, or refuse it; another person than its proposer (ZJ-2a, ZJ-6)."""
    return await write(lambda tx: listing.decide_grants(tx, officer, list_id, body))


@router.post("/grant-lists/{list_id}/payment-runs", status_code=201, response_model=GrantRunOut)
async def send_grants(
    request: Request, list_id: UUID, body: GrantRunIn, officer: PaySubsidies, cipher: Cipher, write: Write
) -> Response:
    """Write a transfer for each approved grant that is neither paid nor under way, to the household's own account.

    Accounts come from the register in the version valid now; households without account or on the blacklist
    (LG-22), and those whose transfer was rejected or came back, wait for a later run.
    """
    state = request.app.state
    accounts = await paying.find_accounts(state.database, state.registry, cipher, officer, list_id)
    return await write(lambda tx: paying.send_grants(tx, officer, list_id, body, accounts))


@router.get(
    "/grant-lists/{list_id}/transfers.csv",
    status_code=200,
    response_class=Response,
    responses=download("one line for each transfer under way, names and account numbers in clear, for the bank"),
)
async def download_grant_transfers(list_id: UUID, officer: ConfirmGrants, cipher: Cipher, conn: Read) -> Response:
    """Download a list's transfers under way for the paying bank: UTF-8 CSV with byte-order mark."""
    body = await queries.transfers_csv(conn, officer.regions_for(Right.GRANTS_CONFIRM), cipher, list_id)
    name = f'attachment; filename="transfers-{list_id}.csv"'
    return Response(body, media_type=CSV, headers={"Content-Disposition": name})


@router.post("/grant-lists/{list_id}/results", status_code=201, response_model=GrantListOut)
async def settle_grant_transfers(list_id: UUID, body: GrantResultsIn, officer: ConfirmGrants, write: Write) -> Response:
    """Take the bank's word on transfers: paid, rejected, or come back after payment; all results are taken, or none."""
    return await write(lambda tx: paying.settle_transfers(tx, officer, list_id, body))


@router.post("/grant-standards/{standard_id}/reversals", status_code=201, response_model=ReversalOut)
async def propose_grant_standard_reversal(
    standard_id: UUID, body: ReversalIn, officer: CorrectProjects, write: Write
) -> Response:
    """Propose to take a confirmed standard back; another person decides. Its unpaid lists are taken back before."""
    return await write(lambda tx: taking_back.propose_standard_reversal(tx, officer, standard_id, body))


@router.post("/grant-lists/{list_id}/reversals", status_code=201, response_model=ReversalOut)
async def propose_grant_list_reversal(
    list_id: UUID, body: ReversalIn, officer: CorrectProjects, write: Write
) -> Response:
    """Propose to take an approved list back before any of it is sent; another person decides."""
    return await write(lambda tx: taking_back.propose_list_reversal(tx, officer, list_id, body))


@router.post("/household-grants/{grant_id}/reversals", status_code=201, response_model=ReversalOut)
async def propose_household_grant_reversal(
    grant_id: UUID, body: GrantReversalIn, officer: CorrectProjects, write: Write
) -> Response:
    """Propose to take one household's approved grant back; another person decides.

    Unpaid it is void and the household can be proposed anew; paid, or a part of it, the household owes it
    (`clawbacks`): it is paid back, in parts too, or given up by two persons.
    """
    return await write(lambda tx: taking_back.propose_grant_reversal(tx, officer, grant_id, body))
