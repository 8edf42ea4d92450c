"""The trust list over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.registry.access import DecideListings, ProposeListings, ReadLists
from services.registry.standing.commendations import actions, queries
from services.registry.standing.commendations.schemas import (
    CommendationDecisionIn,
    CommendationIn,
    CommendationOut,
    CommendationTerminationIn,
)
from shared.regions import RegionCode
from shared.web.bodies import Day
from shared.web.edge import Read, Today
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["守信名单 Trust list"])


@router.post("/commendations", status_code=201, response_model=CommendationOut)
async def propose_commendation(body: CommendationIn, officer: ProposeListings, write: Write) -> Response:
    """Propose a household or an entity for the trust list, with reason, proof and end; another officer decides."""
    return await write(lambda tx: actions.propose_commendation(tx, officer, body))


@router.get("/commendations", status_code=200, response_model=PageOf[CommendationOut])
async def list_commendations(
    officer: ReadLists,
    conn: Read,
    page: Page,
    today: Today,
    region_code: RegionCode,
    as_of: Day | None = None,
    only_in_force: bool = True,
) -> Any:
    """List who is on the trust list on a day, why, by which office, until when, and what follows from it (ZJ-8)."""
    found = await queries.list_commendations(
        conn,
        officer,
        region=region_code,
        as_of=as_of or today,
        only_in_force=only_in_force,
        after=page.after_as(UUID),
        limit=page.limit + 1,
    )
    return page_of(found, page.limit, "id")


@router.post("/commendations/{commendation_id}/decisions", status_code=201, response_model=CommendationOut)
async def decide_commendation(
    commendation_id: UUID, body: CommendationDecisionIn, officer: DecideListings, write: Write
) -> Response:
    """Confirm or reject a proposal for the trust list; never one's own."""
    return await write(lambda tx: actions.decide_commendation(tx, officer, commendation_id, body))


@router.post("/commendations/{commendation_id}/terminations", status_code=201, response_model=CommendationOut)
async def end_commendation(
    commendation_id: UUID, body: CommendationTerminationIn, officer: DecideListings, write: Write
) -> Response:
    """Take somebody off the trust list before the end; another officer than the one who confirmed it."""
    return await write(lambda tx: actions.end_commendation(tx, officer, commendation_id, body))
