"""Sheets of households and members over HTTP."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.registry.access import ImportHouseholds
from services.registry.register.imports import queries
from services.registry.register.imports.actions.receiving import receive_sheet
from services.registry.register.imports.pieces import HOUSEHOLDS, MEMBERS
from services.registry.register.imports.schemas import HouseholdImportOut
from services.registry.register.imports.worker import ImportWorker
from shared.access import Principal
from shared.dates import ensure_not_in_future
from shared.db import Connection
from shared.pii import PiiCipher
from shared.regions import CountyCode
from shared.web.bodies import Day
from shared.web.edge import Cipher, Read, Reads, Today, upload
from shared.web.pages import Page, PageOf, page_of
from shared.web.sheets import MEDIA_TYPES, SHEET_RESPONSES, SheetForm, sheet_download
from shared.web.writes import Write, Writer

router = APIRouter(tags=["导入 Imports"])


async def _import_worker(request: Request) -> ImportWorker:
    worker: ImportWorker = request.app.state.imports
    return worker


Imports = Annotated[ImportWorker, Depends(_import_worker)]
_SHEETS = [MEDIA_TYPES[form] for form in SheetForm]


@dataclass(frozen=True)
class _SentSheet:
    """A sheet that came in for a county, and the workers it is handed to."""

    body: bytes
    county_code: str
    collected_on: date
    cipher: PiiCipher
    write: Writer
    imports: ImportWorker

    async def queue(self, officer: Principal, kind: str) -> Response:
        """Queue the sheet, wake a worker once that is committed, and answer 202."""

        async def receive(tx: Connection) -> HouseholdImportOut:
            return await receive_sheet(tx, officer, self.cipher, kind, self.county_code, self.collected_on, self.body)

        answer = await self.write(receive, status=202)
        self.imports.wake.set()
        return answer


async def _sent_sheet(
    request: Request,
    cipher: Cipher,
    write: Write,
    imports: Imports,
    county_code: CountyCode,
    today: Today,
    collected_on: Day | None = None,
) -> _SentSheet:
    ensure_not_in_future("collected_on", collected_on or today, today)
    return _SentSheet(await request.body(), county_code, collected_on or today, cipher, write, imports)


SentSheet = Annotated[_SentSheet, Depends(_sent_sheet)]


@router.post(
    "/household-imports",
    status_code=202,
    response_model=HouseholdImportOut,
    openapi_extra=upload("the household sheet: one row per household, columns as in the county's template", *_SHEETS),
)
async def import_households(officer: ImportHouseholds, sheet: SentSheet) -> Response:
    """Queue a sheet (.xlsx or .csv, by its content): right rows are registered, wrong ones stored with reasons.

    A file that cannot be trusted as a whole is refused at once. Rows that are registered already with the same content
    are counted apart, so sending a sheet twice does no harm. Ask for the import to see how far it is.
    """
    return await sheet.queue(officer, HOUSEHOLDS)


@router.get("/household-imports", status_code=200, response_model=PageOf[HouseholdImportOut])
async def list_household_imports(officer: ImportHouseholds, conn: Read, page: Page, county_code: CountyCode) -> Any:
    """List a county's sheets, the newest first; whoever has only a part of the county sees their own."""
    found = await queries.list_imports(conn, officer, HOUSEHOLDS, county_code, page.after_as(UUID), page.limit + 1)
    return page_of(found, page.limit, "id")


@router.get("/household-imports/{import_id}", status_code=200, response_model=HouseholdImportOut)
async def show_household_import(import_id: UUID, officer: ImportHouseholds, conn: Read) -> HouseholdImportOut:
    """Show how far a sheet is, and what became of its rows."""
    return await queries.get_import(conn, officer, import_id, HOUSEHOLDS)


@router.get(
    "/household-imports/{import_id}/rejections.{form}",
    status_code=200,
    response_class=Response,
    responses=SHEET_RESPONSES,
)
async def download_household_rejections(
    import_id: UUID, form: SheetForm, officer: ImportHouseholds, cipher: Cipher, database: Reads
) -> Response:
    """Download the rejected rows with the reasons beside each; corrected, the sheet can be sent as an import."""
    sheet = await queries.rejection_sheet(database, officer, cipher, import_id, HOUSEHOLDS)
    return sheet_download(f"rejections-{import_id}", form, sheet.columns_written, sheet.rows())


@router.post(
    "/member-imports",
    status_code=202,
    response_model=HouseholdImportOut,
    openapi_extra=upload("the members' sheet: one row per person, with the number of the household", *_SHEETS),
)
async def import_members(officer: ImportHouseholds, sheet: SentSheet) -> Response:
    """Queue a sheet of household members; their households must be registered.

    A person who is on file in the same household with the same events is counted as registered already; events that
    were not on file are filled in.
    """
    return await sheet.queue(officer, MEMBERS)


@router.get("/member-imports", status_code=200, response_model=PageOf[HouseholdImportOut])
async def list_member_imports(officer: ImportHouseholds, conn: Read, page: Page, county_code: CountyCode) -> Any:
    """List a county's sheets of members, the newest first."""
    found = await queries.list_imports(conn, officer, MEMBERS, county_code, page.after_as(UUID), page.limit + 1)
    return page_of(found, page.limit, "id")


@router.get("/member-imports/{import_id}", status_code=200, response_model=HouseholdImportOut)
async def show_member_import(import_id: UUID, officer: ImportHouseholds, conn: Read) -> HouseholdImportOut:
    """Show how far a sheet of members is, and what became of its rows."""
    return await queries.get_import(conn, officer, import_id, MEMBERS)


@router.get(
    "/member-imports/{import_id}/rejections.{form}",
    status_code=200,
    response_class=Response,
    responses=SHEET_RESPONSES,
)
async def download_member_rejections(
    import_id: UUID, form: SheetForm, officer: ImportHouseholds, cipher: Cipher, database: Reads
) -> Response:
    """Download the rejected rows with the reasons beside each; corrected, the sheet can be sent as an import."""
    sheet = await queries.rejection_sheet(database, officer, cipher, import_id, MEMBERS)
    return sheet_download(f"rejections-{import_id}", form, sheet.columns_written, sheet.rows())
