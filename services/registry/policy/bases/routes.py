"""Provinces' bases over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from services.registry.access import ConfirmBases, ReadPacks, SubmitBases
from services.registry.policy.bases import actions, queries
from services.registry.policy.bases.schemas import BaseOut, BaseWithContent
from shared.web.edge import Read, upload
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["政策包 Policy packs"])


@router.post(
    "/policy-bases", status_code=201, response_model=BaseOut, openapi_extra=upload("one base", "application/yaml")
)
async def submit_policy_base(request: Request, officer: SubmitBases, write: Write) -> Response:
    """Submit a province's base; every mistake in it is named with its line. Another officer there confirms it."""
    body = await request.body()
    return await write(lambda tx: actions.submit_base(tx, officer, body))


@router.post("/policy-bases/{base_id}/confirmations", status_code=201, response_model=BaseOut)
async def confirm_policy_base(base_id: UUID, officer: ConfirmBases, write: Write) -> Response:
    """Confirm a base that another officer submitted; no county changes until its own next version names it."""
    return await write(lambda tx: actions.confirm_base(tx, officer, base_id))


@router.get("/policy-bases", status_code=200, response_model=PageOf[BaseOut])
async def list_policy_bases(officer: ReadPacks, conn: Read, page: Page) -> Any:
    """List bases in the order of submission, each with the counties that rest on that version."""
    return page_of(await queries.list_bases(conn, page.after_as(UUID), page.limit + 1), page.limit, "id")


@router.get("/policy-bases/{base_id}", status_code=200, response_model=BaseWithContent)
async def show_policy_base(base_id: UUID, officer: ReadPacks, conn: Read) -> BaseWithContent:
    """Show one base with everything in it."""
    return await queries.get_base(conn, base_id)
