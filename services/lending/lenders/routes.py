"""HTTP of lenders: registering banks and branches, and finding the branch nearest to a village."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.lending.access import ReadLenders, RegisterLenders
from services.lending.lenders import actions, queries
from services.lending.lenders.schemas import (
    BranchClosureIn,
    BranchIn,
    BranchOut,
    LenderIn,
    LenderOut,
    NearBranch,
)
from shared.policy.copies import current_pack
from shared.policy.household_facts import Code
from shared.policy.vocabulary import LenderKind
from shared.regions import CountyCode, VillageCode
from shared.web.bodies import BankCode, Day
from shared.web.edge import Read, Today
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["贷款机构 Lenders"])


@router.post("/lenders", response_model=LenderOut, status_code=201)
async def register_lender(body: LenderIn, officer: RegisterLenders, write: Write) -> Response:
    """Register a bank with its kind in a county (SX-2); only at the county's banks applications are filed."""
    return await write(lambda conn: actions.register_lender(conn, officer, body))


@router.get("/lenders", response_model=PageOf[LenderOut])
async def list_lenders(
    officer: ReadLenders, conn: Read, page: Page, county_code: CountyCode | None = None, kind: LenderKind | None = None
) -> dict[str, Any]:
    """List the registered banks by code."""
    return page_of(await queries.list_lenders(conn, page, county_code, kind), page.limit, "place")


@router.post("/lenders/{bank_code}/branches", response_model=BranchOut, status_code=201)
async def register_branch(bank_code: BankCode, body: BranchIn, officer: RegisterLenders, write: Write) -> Response:
    """Register a branch of a bank in a township or village of the officer's regions (SX-2)."""
    return await write(lambda conn: actions.register_branch(conn, officer, bank_code, body))


@router.get("/lenders/{bank_code}/branches", response_model=PageOf[BranchOut])
async def list_lender_branches(bank_code: BankCode, officer: ReadLenders, conn: Read, page: Page) -> dict[str, Any]:
    """List a bank's branches, the closed ones too."""
    return page_of(await queries.list_branches(conn, bank_code, page), page.limit, "id")


@router.post("/branches/{branch_id}/closures", response_model=BranchOut, status_code=201)
async def close_branch(branch_id: UUID, body: BranchClosureIn, officer: RegisterLenders, write: Write) -> Response:
    """Close a branch; applications that named it keep it."""
    return await write(lambda conn: actions.close_branch(conn, officer, branch_id, body))


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
