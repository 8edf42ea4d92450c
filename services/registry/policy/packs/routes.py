"""Policy packs over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.registry.access import ConfirmPacks, ReadPacks, SubmitPacks
from services.registry.policy.packs import actions, queries
from services.registry.policy.packs.schemas import (
    ConfirmationIn,
    DifferencesOut,
    ListedClausesOut,
    PackOut,
    PackWithContent,
)
from shared.policy.schema import pack_schema
from shared.regions import CountyCode, CountyOrPart
from shared.web.bodies import Day
from shared.web.edge import Read, Today, upload
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["政策包 Policy packs"])


@router.post(
    "/policy-packs", status_code=201, response_model=PackOut, openapi_extra=upload("one pack", "application/yaml")
)
async def submit_policy_pack(request: Request, officer: SubmitPacks, write: Write) -> Response:
    """Submit a county's pack; every mistake in it is named with its line. Another officer confirms it."""
    body = await request.body()
    try_examples = request.app.state.try_pack_examples
    return await write(lambda tx: actions.submit_pack(tx, officer, body, try_examples))


@router.post("/policy-packs/{pack_id}/confirmations", status_code=201, response_model=PackOut)
async def confirm_policy_pack(
    pack_id: UUID, officer: ConfirmPacks, write: Write, body: ConfirmationIn | None = None
) -> Response:
    """Confirm a pack that another officer submitted, with the same values left open; it holds from its first day."""
    return await write(lambda tx: actions.confirm_pack(tx, officer, pack_id, body or ConfirmationIn()))


@router.get("/policy-packs", status_code=200, response_model=PageOf[PackOut])
async def list_policy_packs(
    officer: ReadPacks,
    conn: Read,
    page: Page,
    county_code: CountyCode | None = None,
) -> Any:
    """List packs in the order of submission."""
    return page_of(await queries.list_packs(conn, county_code, page.after_as(UUID), page.limit + 1), page.limit, "id")


@router.get("/policy-packs/current", status_code=200, response_model=PackWithContent)
async def show_current_policy_pack(
    officer: ReadPacks,
    conn: Read,
    county_code: CountyOrPart,
    today: Today,
    as_of: Day | None = None,
) -> PackWithContent:
    """Show the pack that is in force in a county, or in a township or village that has its own, on a day."""
    found = await queries.get_pack_in_force(conn, county_code, as_of or today)
    return await queries.get_pack(conn, found.pack_id)


@router.get("/policy-packs/schema", status_code=200, response_model=dict[str, Any])
async def show_policy_pack_schema(officer: ReadPacks) -> dict[str, Any]:
    """Show the JSON schema of a pack, for editors and programs that write packs."""
    return pack_schema()


@router.get("/policy-packs/{pack_id}/differences", status_code=200, response_model=DifferencesOut)
async def show_policy_pack_differences(
    pack_id: UUID,
    officer: ReadPacks,
    conn: Read,
    from_pack_id: UUID | None = None,
) -> DifferencesOut:
    """Say in words, in both languages, what a pack changes against the version it supersedes or another pack."""
    return await queries.differences(conn, pack_id, from_pack_id)


@router.get("/policy-packs/{pack_id}/clauses", status_code=200, response_model=ListedClausesOut)
async def list_policy_pack_clauses(pack_id: UUID, officer: ReadPacks, conn: Read) -> ListedClausesOut:
    """List the clauses a pack cites, each with its document, its place, its words and the values that rest on it."""
    return await queries.listed_clauses(conn, pack_id)


@router.get("/policy-packs/{pack_id}", status_code=200, response_model=PackWithContent)
async def show_policy_pack(pack_id: UUID, officer: ReadPacks, conn: Read) -> PackWithContent:
    """Show one pack with everything in it."""
    return await queries.get_pack(conn, pack_id)
