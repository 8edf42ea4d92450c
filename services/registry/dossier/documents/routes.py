"""Documents of households over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from services.registry.access import AddDocuments, ReadDocuments, WithdrawDocuments
from services.registry.dossier.documents import actions, downloads, queries, requirements
from services.registry.dossier.documents.intake import DocumentIntake
from services.registry.dossier.documents.receiving import ensure_named_so, receive
from services.registry.dossier.documents.rules.media import MediaType
from services.registry.dossier.documents.schemas import (
    ChecklistOut,
    DocumentDetail,
    DocumentOut,
    VersionNumber,
    ViewOut,
    WithdrawalIn,
)
from shared.web.bodies import Code, Text
from shared.web.edge import Read, Reads, Today, upload
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import IdempotencyKey, Write, writer_of

router = APIRouter(tags=["一户一档 Household files"])
_CONTENT = "the photo or scan itself: JPEG, PNG, WebP, HEIC (15 MiB) or PDF (20 MiB); recognised by its content"


async def _intake(request: Request) -> DocumentIntake:
    intake: DocumentIntake = request.app.state.documents
    return intake


Intake = Annotated[DocumentIntake, Depends(_intake)]

Title = Annotated[Text | None, Query(max_length=100)]
FileName = Annotated[str | None, Query(max_length=255)]


@router.post(
    "/households/{household_id}/documents",
    status_code=201,
    response_model=DocumentDetail,
    openapi_extra=upload(_CONTENT, "application/octet-stream"),
)
async def file_document(
    request: Request,
    household_id: UUID,
    officer: AddDocuments,
    intake: Intake,
    database: Reads,
    today: Today,
    kind: Code,
    title: Title = None,
    file_name: FileName = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Put a document into a household's dossier: checked, sealed, stored, recorded; the same content twice is one."""
    filing = actions.Filing(household_id, kind, title)
    await actions.ensure_may_file(database, officer, filing, today)
    with intake.upload_slots.one():
        received = await receive(request.stream(), request.headers.get("content-type", ""), _announced(request))
        ensure_named_so(file_name, received.media_type)
        write = writer_of(request, officer, idempotency_key, received.content)
        prepared = await actions.prepare(intake, received)
        return await write(lambda tx: actions.file_document(tx, intake, officer, filing, prepared, today))


@router.post(
    "/documents/{document_id}/versions",
    status_code=201,
    response_model=DocumentDetail,
    openapi_extra=upload(_CONTENT, "application/octet-stream"),
)
async def add_document_version(
    request: Request,
    document_id: UUID,
    officer: AddDocuments,
    intake: Intake,
    database: Reads,
    today: Today,
    file_name: FileName = None,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Put a newer version of a document on file; the older versions stay readable."""
    await actions.ensure_may_add_version(database, officer, document_id)
    with intake.upload_slots.one():
        received = await receive(request.stream(), request.headers.get("content-type", ""), _announced(request))
        ensure_named_so(file_name, received.media_type)
        write = writer_of(request, officer, idempotency_key, received.content)
        prepared = await actions.prepare(intake, received)
        return await write(lambda tx: actions.add_version(tx, intake, officer, document_id, prepared, today))


@router.get("/households/{household_id}/documents", status_code=200, response_model=PageOf[DocumentOut])
async def list_documents(
    household_id: UUID,
    officer: ReadDocuments,
    conn: Read,
    page: Page,
    today: Today,
    kind: Code | None = None,
) -> Any:
    """List a household's documents in the order of filing, each with its latest version, without withdrawn ones."""
    found = await queries.list_documents(
        conn, officer, household_id, today=today, kind=kind, after=page.after_as(UUID), limit=page.limit + 1
    )
    return page_of(found, page.limit, "id")


@router.get("/documents/{document_id}", status_code=200, response_model=DocumentDetail)
async def show_document(document_id: UUID, officer: ReadDocuments, conn: Read, today: Today) -> DocumentDetail:
    """Show a document with all its versions, withdrawn ones too; that you looked is recorded."""
    return await queries.view_document(conn, officer, document_id, today)


@router.get(
    "/documents/{document_id}/content",
    status_code=200,
    response_class=Response,
    responses={
        200: {
            "content": {str(each): {"schema": {"type": "string", "format": "binary"}} for each in MediaType},
            "description": "the document as it was filed, to be saved",
        }
    },
)
async def download_document(
    document_id: UUID,
    officer: ReadDocuments,
    intake: Intake,
    database: Reads,
    today: Today,
    version: VersionNumber | None = None,
) -> Response:
    """Download a document; that you took it is recorded before it is sent."""
    found = await downloads.take_content(database, intake, officer, document_id, version, today)
    return Response(found.content, media_type=str(found.media_type), headers={"Content-Disposition": found.disposition})


@router.get("/documents/{document_id}/views", status_code=200, response_model=PageOf[ViewOut])
async def list_document_views(document_id: UUID, officer: ReadDocuments, conn: Read, page: Page) -> Any:
    """List who looked at a document and when, in which roles, at which version (LG-44)."""
    found = await queries.list_views(conn, officer, document_id, page.after_as(int), page.limit + 1)
    return page_of(found, page.limit, "id")


@router.post("/documents/{document_id}/withdrawals", status_code=201, response_model=DocumentDetail)
async def withdraw_document(
    document_id: UUID, body: WithdrawalIn, officer: WithdrawDocuments, write: Write, today: Today
) -> Response:
    """Withdraw a document, or one version, that another officer put on file by mistake; lists show it no more."""
    return await write(lambda tx: actions.withdraw(tx, officer, document_id, body, today))


@router.get("/households/{household_id}/document-checklist", status_code=200, response_model=ChecklistOut)
async def show_document_checklist(
    household_id: UUID,
    officer: ReadDocuments,
    conn: Read,
    today: Today,
    stage: Code | None = None,
) -> ChecklistOut:
    """Show which papers must be on file before a stage decides, which are, and which are missing (FJ-4a, LG-11)."""
    return await requirements.get_checklist(conn, officer, household_id, stage, today)


def _announced(request: Request) -> int | None:
    length = request.headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdigit() else None
