"""Funds over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.riskfund.access import ContributeToFunds, DecideFundMovements, OpenFunds, ProposeFundMovements, ReadFunds
from services.riskfund.funds import queries
from services.riskfund.funds.actions import deciding, funds
from services.riskfund.funds.schemas import (
    ContributionIn,
    ContributionOut,
    EntryOut,
    FundIn,
    FundMovementIn,
    FundMovementOut,
    FundOut,
    MovementDecisionIn,
)
from shared.access import Right
from shared.regions import RegionCode
from shared.web.bodies import Day
from shared.web.edge import Read, Today
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["风险补偿金 Funds"])


@router.post("/funds", status_code=201, response_model=FundOut)
async def open_fund(body: FundIn, officer: OpenFunds, write: Write) -> Response:
    """Open the county's fund: one special account, managed together, only for lost loans (LG-37)."""
    return await write(lambda tx: funds.open_fund(tx, officer, body))


@router.post("/funds/{fund_id}/contributions", status_code=201, response_model=ContributionOut)
async def contribute_to_fund(fund_id: UUID, body: ContributionIn, officer: ContributeToFunds, write: Write) -> Response:
    """Book money that the county paid into the fund (FJ-13)."""
    return await write(lambda tx: funds.contribute(tx, officer, fund_id, body))


@router.post("/funds/{fund_id}/movements", status_code=201, response_model=FundMovementOut)
async def propose_fund_movement(
    fund_id: UUID, body: FundMovementIn, officer: ProposeFundMovements, write: Write
) -> Response:
    """Propose interest of the account, money back to the county, or the reversal of a contribution booked too high."""
    return await write(lambda tx: deciding.propose_movement(tx, officer, fund_id, body))


@router.post("/funds/{fund_id}/movements/{movement_id}/decisions", status_code=201, response_model=FundMovementOut)
async def decide_fund_movement(
    fund_id: UUID, movement_id: UUID, body: MovementDecisionIn, officer: DecideFundMovements, write: Write
) -> Response:
    """Book or refuse a proposed movement as a second person of the offices that manage the account (LG-37)."""
    return await write(lambda tx: deciding.decide_movement(tx, officer, fund_id, movement_id, body))


@router.get("/funds/{fund_id}/movements", status_code=200, response_model=PageOf[FundMovementOut])
async def list_fund_movements(fund_id: UUID, officer: ReadFunds, conn: Read, page: Page, today: Today) -> Any:
    """List what two persons decided or one proposed about a fund's money, oldest first."""
    await queries.get_fund(conn, fund_id, officer.regions_for(Right.FUNDS_READ), today)
    found = await queries.list_fund_movements(conn, fund_id, page.after_as(UUID), page.limit + 1)
    return page_of(found, page.limit, "id")


@router.get("/funds", status_code=200, response_model=PageOf[FundOut])
async def list_funds(
    officer: ReadFunds,
    conn: Read,
    page: Page,
    today: Today,
    region_code: RegionCode | None = None,
    as_of: Day | None = None,
) -> Any:
    """List the funds of your regions with their money and cover."""
    regions = officer.regions_for(Right.FUNDS_READ)
    found = await queries.list_funds(conn, regions, region_code, as_of or today, page.after_as(UUID), page.limit + 1)
    return page_of(found, page.limit, "id")


@router.get("/funds/{fund_id}", status_code=200, response_model=FundOut)
async def show_fund(fund_id: UUID, officer: ReadFunds, conn: Read, today: Today, as_of: Day | None = None) -> FundOut:
    """Show a fund: paid in, balance, exposure, reserved, limit, available, missing."""
    return await queries.get_fund(conn, fund_id, officer.regions_for(Right.FUNDS_READ), as_of or today)


@router.get("/funds/{fund_id}/entries", status_code=200, response_model=PageOf[EntryOut])
async def list_fund_entries(fund_id: UUID, officer: ReadFunds, conn: Read, page: Page, today: Today) -> Any:
    """List the entries of a fund's ledger with their postings, oldest first."""
    await queries.get_fund(conn, fund_id, officer.regions_for(Right.FUNDS_READ), today)
    entries = await queries.list_entries(conn, fund_id, page.after_as(int) or 0, page.limit + 1)
    return page_of(entries, page.limit, "number")
