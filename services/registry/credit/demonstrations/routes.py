"""Demonstration villages and households over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.registry.access import DecideDemonstrations, ProposeDemonstrations, ReadHouseholds
from services.registry.credit.demonstrations import actions, queries
from services.registry.credit.demonstrations.schemas import (
    ChoiceIn,
    ChoiceOut,
    DecisionIn,
    DemonstrationHouseholdOut,
    DemonstrationVillageOut,
)
from shared.regions import CountyCode
from shared.web.edge import Read
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["信用示范 Demonstrations"])
RANK_MAX = 2**31 - 1


def _rank(cursor: str) -> int:
    """Return the rank a cursor names; ValueError when it names none."""
    rank = int(cursor)
    if not 0 < rank <= RANK_MAX:
        raise ValueError(cursor)
    return rank


OfYear = Annotated[int | None, Query(ge=2000, le=2100)]


@router.post("/demonstration-choices", status_code=201, response_model=ChoiceOut)
async def propose_demonstrations(body: ChoiceIn, officer: ProposeDemonstrations, write: Write) -> Response:
    """Propose the year's demonstration villages and households, ranked by the pack's criteria (FJ-10)."""
    return await write(lambda tx: actions.propose_demonstrations(tx, officer, body))


@router.get("/demonstration-choices", status_code=200, response_model=PageOf[ChoiceOut])
async def list_demonstration_choices(
    officer: ReadHouseholds, conn: Read, page: Page, county_code: CountyCode, year: OfYear = None
) -> Any:
    """List a county's choices, rejected proposals too."""
    found = await queries.list_choices(
        conn, officer, county_code=county_code, year=year, after=page.after_as(UUID), limit=page.limit + 1
    )
    return page_of(found, page.limit, "id")


@router.get("/demonstration-choices/{choice_id}", status_code=200, response_model=ChoiceOut)
async def show_demonstration_choice(choice_id: UUID, officer: ReadHouseholds, conn: Read) -> ChoiceOut:
    """Show a choice: criteria, wanted, available, taken, and who proposed and decided."""
    return await queries.get_choice_for(conn, officer, choice_id)


@router.post("/demonstration-choices/{choice_id}/decisions", status_code=201, response_model=ChoiceOut)
async def decide_demonstrations(
    choice_id: UUID, body: DecisionIn, officer: DecideDemonstrations, write: Write
) -> Response:
    """Confirm the choice, or reject it with a reason; another officer than the one who proposed it."""
    return await write(lambda tx: actions.decide_demonstrations(tx, officer, choice_id, body))


@router.get(
    "/demonstration-choices/{choice_id}/villages", status_code=200, response_model=PageOf[DemonstrationVillageOut]
)
async def list_demonstration_villages(choice_id: UUID, officer: ReadHouseholds, conn: Read, page: Page) -> Any:
    """List the chosen villages with rank and figures."""
    found = await queries.list_villages(conn, officer, choice_id, page.after_as(_rank), page.limit + 1)
    return page_of(found, page.limit, "rank")


@router.get(
    "/demonstration-choices/{choice_id}/households", status_code=200, response_model=PageOf[DemonstrationHouseholdOut]
)
async def list_demonstration_households(choice_id: UUID, officer: ReadHouseholds, conn: Read, page: Page) -> Any:
    """List the chosen households of your region with rank and figures."""
    found = await queries.list_households(conn, officer, choice_id, page.after_as(_rank), page.limit + 1)
    return page_of(found, page.limit, "rank")
