"""Household sheets over HTTP."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from services.registry.access import ImportHouseholds
from services.registry.edge import Cipher, OfCounty, Read, Today, upload
from services.registry.imports import imports
from services.registry.imports.schemas import HouseholdImportOut
from shared.web.writes import Write

router = APIRouter(tags=["农户 Households"])
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.post(
    "/household-imports",
    status_code=201,
    response_model=HouseholdImportOut,
    openapi_extra=upload(XLSX, "the household sheet: one row per household, columns as in the county's template"),
)
async def import_households(
    request: Request,
    officer: ImportHouseholds,
    cipher: Cipher,
    write: Write,
    county: OfCounty,
    today: Today,
    collected_on: Annotated[
        date | None, Query(description="the day the facts were collected; today if left out")
    ] = None,
) -> Response:
    """Register the right rows of a sheet; the wrong ones are kept with all their reasons, to be corrected.

    Rows that are registered already with the same content are counted apart, so sending a sheet twice does no harm.
    """
    body = await request.body()
    on = collected_on or today
    return await write(lambda tx: imports.import_households(tx, officer, cipher, county, on, body))


@router.get("/household-imports/{import_id}", status_code=200, response_model=HouseholdImportOut)
async def show_household_import(import_id: UUID, officer: ImportHouseholds, conn: Read) -> HouseholdImportOut:
    """Show what became of a sheet."""
    return await imports.get_import(conn, officer, import_id)


@router.get(
    "/household-imports/{import_id}/rejections.xlsx",
    status_code=200,
    response_class=Response,
    responses={200: {"content": {XLSX: {}}, "description": "rejected rows with the reason beside each"}},
)
async def download_household_rejections(
    import_id: UUID, officer: ImportHouseholds, cipher: Cipher, conn: Read
) -> Response:
    """Download the rejected rows with the reasons beside each; corrected, the sheet can be sent as an import."""
    body = await imports.rejections_sheet(conn, officer, cipher, import_id)
    name = f'attachment; filename="rejections-{import_id}.xlsx"'
    return Response(body, media_type=XLSX, headers={"Content-Disposition": name})
