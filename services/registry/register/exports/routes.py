"""The register as sheets over HTTP."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response

from services.registry.access import ExportHouseholds
from services.registry.register.exports import actions
from services.registry.register.exports.schemas import HouseholdExportOut
from services.registry.register.imports.pieces import HOUSEHOLDS, MEMBERS
from shared.policy.vocabulary import PovertyState
from shared.regions import RegionCode
from shared.web.edge import Cipher, Read, Reads, Today
from shared.web.pages import Page, PageOf, page_of
from shared.web.sheets import SHEET_RESPONSES, SheetForm, sheet_download

router = APIRouter(tags=["导出 Exports"])


@router.get("/households/export.{form}", status_code=200, response_class=Response, responses=SHEET_RESPONSES)
async def export_households(
    form: SheetForm,
    officer: ExportHouseholds,
    cipher: Cipher,
    database: Reads,
    today: Today,
    region_code: RegionCode,
    state: PovertyState | None = None,
) -> Response:
    """Download the households of a region with everything the import's columns hold, personal data in clear.

    Imported again, the sheet registers nothing new and rejects nothing. Each export is written down.
    """
    export = await actions.export_sheet(database, officer, cipher, HOUSEHOLDS, region_code, state, form, today)
    return sheet_download(f"households-{region_code}", form, export.columns, export.rows)


@router.get("/members/export.{form}", status_code=200, response_class=Response, responses=SHEET_RESPONSES)
async def export_members(
    form: SheetForm,
    officer: ExportHouseholds,
    cipher: Cipher,
    database: Reads,
    today: Today,
    region_code: RegionCode,
    state: PovertyState | None = None,
) -> Response:
    """Download the members of a region's households in the columns of their import, personal data in clear."""
    export = await actions.export_sheet(database, officer, cipher, MEMBERS, region_code, state, form, today)
    return sheet_download(f"members-{region_code}", form, export.columns, export.rows)


@router.get("/household-exports", status_code=200, response_model=PageOf[HouseholdExportOut])
async def list_household_exports(officer: ExportHouseholds, conn: Read, page: Page, region_code: RegionCode) -> Any:
    """List who exported personal data of a region, the newest first."""
    found = await actions.list_exports(conn, officer, region_code, page.after_as(UUID), page.limit + 1)
    return page_of(found, page.limit, "id")
