"""Simulations over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.registry.access import SimulatePacks
from services.registry.standing.simulations import actions, queries
from services.registry.standing.simulations.schemas import AffectedOut, Change, SimulationIn, SimulationOut
from shared.web.edge import Read
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["政策模拟 Pack simulations"])


@router.post("/policy-packs/{pack_id}/simulations", status_code=201, response_model=SimulationOut)
async def simulate_policy_pack(pack_id: UUID, body: SimulationIn, officer: SimulatePacks, write: Write) -> Response:
    """Say what a pack, confirmed or only submitted, would have changed for the applications of a period.

    Every application is judged again on the facts of its day. The result is kept and can be run again; applications,
    ratings and packs stay as they are.
    """
    return await write(lambda tx: actions.simulate_pack(tx, officer, pack_id, body))


@router.get("/policy-packs/{pack_id}/simulations", status_code=200, response_model=PageOf[SimulationOut])
async def list_pack_simulations(pack_id: UUID, officer: SimulatePacks, conn: Read, page: Page) -> Any:
    """List the simulations of a pack in the order in which they were run."""
    found = await queries.list_simulations(conn, officer, pack_id, after=page.after_as(UUID), limit=page.limit + 1)
    return page_of(found, page.limit, "id")


@router.get("/pack-simulations/{simulation_id}", status_code=200, response_model=SimulationOut)
async def show_pack_simulation(simulation_id: UUID, officer: SimulatePacks, conn: Read) -> SimulationOut:
    """Show a simulation in figures and in words."""
    return await queries.get_simulation(conn, officer, simulation_id)


@router.get("/pack-simulations/{simulation_id}/applications", status_code=200, response_model=PageOf[AffectedOut])
async def list_affected_applications(
    simulation_id: UUID,
    officer: SimulatePacks,
    conn: Read,
    page: Page,
    change: Change | None = None,
) -> Any:
    """List the applications that the pack would change, each with its reasons before and after."""
    found = await queries.list_affected(
        conn, officer, simulation_id, change=change, after=page.after_as(UUID), limit=page.limit + 1
    )
    return page_of(found, page.limit, "question_id")
