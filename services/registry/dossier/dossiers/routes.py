"""The household's dossier over HTTP."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from services.registry.access import ReadDocuments
from services.registry.dossier.dossiers import actions, queries
from services.registry.dossier.dossiers.print_view import print_view
from services.registry.dossier.dossiers.schemas import Dossier, DossierViewOut
from shared.dates import CHINA
from shared.web.bodies import Day
from shared.web.edge import Cipher, Read, Today
from shared.web.pages import Page, PageOf, page_of

router = APIRouter(tags=["一户一档 Household files"])


@router.get("/households/{household_id}/dossier", status_code=200, response_model=Dossier)
async def show_household_dossier(
    household_id: UUID,
    officer: ReadDocuments,
    cipher: Cipher,
    conn: Read,
    today: Today,
    as_of: Day | None = None,
) -> Dossier:
    """Show one household's whole file: members, histories, rating with its derivation, lists, loans, documents.

    That you looked is recorded; the file names who looked before you.
    """
    return await queries.view_dossier(conn, officer, cipher, household_id, as_of or today, "screen")


@router.get("/households/{household_id}/dossier.html", status_code=200, response_class=HTMLResponse)
async def print_household_dossier(
    household_id: UUID, officer: ReadDocuments, cipher: Cipher, conn: Read, today: Today, as_of: Day | None = None
) -> HTMLResponse:
    """Show the whole file as A4 pages to print, in Chinese and English; personal data masked, the look recorded."""
    dossier = await queries.view_dossier(conn, officer, cipher, household_id, as_of or today, "print")
    return HTMLResponse(print_view(dossier, officer.name, datetime.now(CHINA)))


@router.get("/households/{household_id}/dossier-views", status_code=200, response_model=PageOf[DossierViewOut])
async def list_household_dossier_views(household_id: UUID, officer: ReadDocuments, conn: Read, page: Page) -> Any:
    """List who viewed or printed a household's dossier and when, in which roles (LG-44)."""
    found = await actions.list_views(conn, officer, household_id, page.after_as(int), page.limit + 1)
    return page_of(found, page.limit, "id")
