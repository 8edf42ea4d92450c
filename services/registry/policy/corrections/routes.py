"""Corrections of packs over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.registry.access import ConfirmPacks, ReadPacks, SubmitPacks
from services.registry.policy.corrections import actions, queries
from services.registry.policy.corrections.schemas import (
    CorrectionWithdrawalIn,
    PackCorrectionDetail,
    PackCorrectionIn,
    PackCorrectionOut,
)
from shared.regions import CountyCode
from shared.web.edge import Read, Today
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["政策包 Policy packs"])


@router.post("/pack-corrections", status_code=201, response_model=PackCorrectionDetail)
async def propose_pack_correction(body: PackCorrectionIn, officer: SubmitPacks, today: Today, write: Write) -> Response:
    """Propose that contracts signed under a wrong version follow another from a day on; another person confirms it.

    The answer says exactly what changes for them. What was booked, granted or decided before stays as it is.
    """
    return await write(lambda tx: actions.propose_correction(tx, officer, body, today))


@router.post("/pack-corrections/{correction_id}/confirmations", status_code=201, response_model=PackCorrectionDetail)
async def confirm_pack_correction(correction_id: UUID, officer: ConfirmPacks, today: Today, write: Write) -> Response:
    """Confirm a correction that another person proposed; what is decided from its first day on follows it."""
    return await write(lambda tx: actions.confirm_correction(tx, officer, correction_id, today))


@router.post("/pack-corrections/{correction_id}/withdrawals", status_code=201, response_model=PackCorrectionDetail)
async def withdraw_pack_correction(
    correction_id: UUID, body: CorrectionWithdrawalIn, officer: SubmitPacks, write: Write
) -> Response:
    """Withdraw a proposed correction with the reason; it stays on the record."""
    return await write(lambda tx: actions.withdraw_correction(tx, officer, correction_id, body))


@router.get("/pack-corrections", status_code=200, response_model=PageOf[PackCorrectionOut])
async def list_pack_corrections(
    officer: ReadPacks, conn: Read, page: Page, county_code: CountyCode | None = None, pack_id: UUID | None = None
) -> Any:
    """List corrections in the order in which they were proposed: with the version, what corrected it and why."""
    found = await queries.list_corrections(conn, county_code, pack_id, page.after_as(UUID), page.limit + 1)
    return page_of(found, page.limit, "id")


@router.get("/pack-corrections/{correction_id}", status_code=200, response_model=PackCorrectionDetail)
async def show_pack_correction(correction_id: UUID, officer: ReadPacks, conn: Read) -> PackCorrectionDetail:
    """Show one correction with both persons, the reason, and exactly what it changes."""
    return await queries.get_correction(conn, correction_id)
