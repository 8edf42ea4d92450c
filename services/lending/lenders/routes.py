"""HTTP of lenders: registering banks and branches, and finding the branch nearest to a village."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.lending.access import AssignLenders, ReadLenders, RegisterLenders
from services.lending.lenders import queries
from services.lending.lenders.actions import registering, responsibilities
from services.lending.lenders.schemas import (
    BranchClosureIn,
    BranchIn,
    BranchOut,
    LenderIn,
    LenderOut,
    NearBranch,
    ResponsibilityDecisionIn,
    ResponsibilityIn,
    ResponsibilityOut,
    ResponsibilityState,
    ResponsibleBankOut,
)
from shared.policy.copies import current_pack
from shared.policy.household_facts import Code
from shared.policy.vocabulary import LenderKind
from shared.regions import CountyCode, RegionCode, VillageCode
from shared.web.bodies import BankCode, Day
from shared.web.edge import Read, Today
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["贷款机构 Lenders"])


@router.post("/lenders", response_model=LenderOut, status_code=201)
async def register_lender(body: LenderIn, officer: RegisterLenders, today: Today, write: Write) -> Response:
    """Register a bank with its kind in a county (SX-2); only at the county's banks applications are filed."""
    return await write(lambda conn: registering.register_lender(conn, officer, body, today))


@router.get("/lenders", response_model=PageOf[LenderOut])
async def list_lenders(
    officer: ReadLenders,
    conn: Read,
    page: Page,
    today: Today,
    county_code: CountyCode | None = None,
    kind: LenderKind | None = None,
    as_of: Day | None = None,
) -> dict[str, Any]:
    """List the registered banks by code, with how many townships and villages each answers for on a day (LG-47)."""
    return page_of(await queries.list_lenders(conn, page, county_code, kind, as_of or today), page.limit, "place")


@router.post("/lenders/{bank_code}/branches", response_model=BranchOut, status_code=201)
async def register_branch(bank_code: BankCode, body: BranchIn, officer: RegisterLenders, write: Write) -> Response:
    """Register a branch of a bank in a township or village of the officer's regions (SX-2)."""
    return await write(lambda conn: registering.register_branch(conn, officer, bank_code, body))


@router.get("/lenders/{bank_code}/branches", response_model=PageOf[BranchOut])
async def list_lender_branches(bank_code: BankCode, officer: ReadLenders, conn: Read, page: Page) -> dict[str, Any]:
    """List a bank's branches, the closed ones too."""
    return page_of(await queries.list_branches(conn, bank_code, page), page.limit, "id")


@router.post("/branches/{branch_id}/closures", response_model=BranchOut, status_code=201)
async def close_branch(branch_id: UUID, body: BranchClosureIn, officer: RegisterLenders, write: Write) -> Response:
    """Close a branch; applications that named it keep it."""
    return await write(lambda conn: registering.close_branch(conn, officer, branch_id, body))


@router.get("/branches", response_model=PageOf[NearBranch])
async def list_near_branches(
    officer: ReadLenders,
    conn: Read,
    page: Page,
    today: Today,
    village_code: VillageCode,
    bank_code: BankCode | None = None,
    admitted_only: bool = False,
    product_code: Code | None = None,
    as_of: Day | None = None,
) -> dict[str, Any]:
    """List the branches in a village's county, nearest first: same village, same township, same county (SX-2).

    With `admitted_only` those of banks that may lend there, for the product named, else for the county's first.
    """
    on = as_of or today
    pack = (await current_pack(conn, village_code, on)).product(product_code) if admitted_only else None
    kinds = list(pack.loan_terms.lender_kinds) if pack else None
    found = await queries.near_branches(
        conn, village_code, on, page, banks=None if bank_code is None else [bank_code], kinds=kinds
    )
    return page_of(found, page.limit, "place")


@router.post("/responsible-banks", response_model=ResponsibilityOut, status_code=201)
async def propose_responsible_bank(
    body: ResponsibilityIn, officer: AssignLenders, write: Write, request: Request
) -> Response:
    """Propose the bank that answers for the households of villages or whole townships from a day on (LG-47).

    A village of its own goes before its township. Another person decides; until then nothing changes.
    """
    await responsibilities.ensure_regions_hold(request.app.state.registry, write, body)
    return await write(lambda conn: responsibilities.propose_responsible_bank(conn, officer, body))


@router.post("/responsible-banks/{responsibility_id}/decisions", response_model=ResponsibilityOut, status_code=201)
async def decide_responsible_bank(
    responsibility_id: UUID, body: ResponsibilityDecisionIn, officer: AssignLenders, write: Write
) -> Response:
    """Confirm or refuse a responsible bank that another person proposed; a wrong one is replaced by naming it anew."""
    return await write(lambda conn: responsibilities.decide_responsible_bank(conn, officer, responsibility_id, body))


@router.get("/responsible-banks", response_model=PageOf[ResponsibilityOut])
async def list_responsible_banks(
    officer: ReadLenders,
    conn: Read,
    page: Page,
    region_code: RegionCode | None = None,
    bank_code: BankCode | None = None,
    state: ResponsibilityState | None = None,
) -> dict[str, Any]:
    """List what was proposed, confirmed and refused, oldest first: the history of who answers for which villages."""
    found = await queries.list_responsibilities(conn, page, region_code=region_code, bank_code=bank_code, state=state)
    return page_of(found, page.limit, "id")


@router.get("/villages/{village_code}/responsible-bank", response_model=ResponsibleBankOut)
async def show_responsible_bank(
    village_code: VillageCode, officer: ReadLenders, conn: Read, today: Today, as_of: Day | None = None
) -> ResponsibleBankOut:
    """Say which bank a village's households go to on a day, and where its branches are, the nearest first (LG-47)."""
    return await queries.responsible_bank_of(conn, village_code, as_of or today)
