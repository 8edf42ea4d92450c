"""Suspected duplicates over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.registry.access import SettleDuplicates
from services.registry.register.duplicates import queries
from services.registry.register.duplicates.actions import judging, searching
from services.registry.register.duplicates.schemas import (
    SearchIn,
    SearchOut,
    SuspicionDecisionIn,
    SuspicionOut,
    SuspicionState,
)
from shared.regions import RegionCode
from shared.web.edge import Cipher, Read, Today
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["疑似重复 Duplicates"])


@router.post("/duplicate-searches", status_code=201, response_model=SearchOut)
async def search_duplicates(body: SearchIn, officer: SettleDuplicates, cipher: Cipher, write: Write) -> Response:
    """Look for persons of a county who may be on file twice under two ID numbers; judged pairs are left out."""
    return await write(lambda tx: searching.search_duplicates(tx, officer, cipher, body))


@router.get("/duplicate-suspicions", status_code=200, response_model=PageOf[SuspicionOut])
async def list_suspicions(
    officer: SettleDuplicates,
    cipher: Cipher,
    conn: Read,
    page: Page,
    region_code: RegionCode,
    state: SuspicionState | None = None,
) -> Any:
    """List pairs of persons who may be one, both households side by side, personal data masked."""
    found = await queries.list_suspicions(
        conn, officer, cipher, region=region_code, state=state, after=page.after_as(UUID), limit=page.limit + 1
    )
    return page_of(found, page.limit, "id")


@router.post("/duplicate-suspicions/{suspicion_id}/decisions", status_code=201, response_model=SuspicionOut)
async def settle_suspicion(
    suspicion_id: UUID, body: SuspicionDecisionIn, officer: SettleDuplicates, cipher: Cipher, write: Write, today: Today
) -> Response:
    """Say that the two are different persons, for good, or one person: the wrong entry is then proposed to leave."""
    return await write(lambda tx: judging.settle_suspicion(tx, officer, cipher, today, suspicion_id, body))
