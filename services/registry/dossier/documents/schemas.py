"""What goes in and out about documents."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from services.registry.dossier.documents.rules.media import MediaType
from shared.web.bodies import Answer, Body, LongText

DOCUMENT_VERSIONS_MAX = 1000

VersionNumber = Annotated[int, Field(ge=1, le=DOCUMENT_VERSIONS_MAX)]


class VersionOut(Answer):
    """One version of a document: its content, who added it in which role, and its withdrawal."""

    version: int
    media_type: MediaType
    size_bytes: int
    sha256: str
    width: int | None
    height: int | None
    page_count: int | None
    scanned: bool
    added_by: str
    added_roles: list[str]
    added_at: datetime
    withdrawal_reason: str | None
    withdrawn_by: str | None
    withdrawn_at: datetime | None


class DocumentOut(VersionOut):
    """A document in a household's dossier, with its latest version that was not withdrawn."""

    id: UUID
    household_id: UUID
    household_number: str
    kind: str
    kind_zh: str
    kind_en: str
    title: str | None
    version_count: int  # of those not withdrawn


class DocumentDetail(DocumentOut):
    """A document with all its versions, the first one first."""

    versions: list[VersionOut]


class WithdrawalIn(Body):
    """Why a document, or one version of it, was put on file by mistake."""

    reason: LongText
    version: VersionNumber | None = None


class ViewOut(Answer):
    """One look at a document: who, in which roles, at which version, and whether the content was taken."""

    id: int
    document_id: UUID
    version: int
    access: Literal["details", "content"]
    viewed_by: str
    roles: list[str]
    viewed_at: datetime


class ChecklistLineOut(Answer):
    """A paper that is required before a stage decides, and the latest document of its kind on file."""

    kind: str
    zh: str
    en: str
    before: str
    present: bool
    document_id: UUID | None
    version: int | None
    added_at: datetime | None


class ChecklistOut(Answer):
    """Which papers a stage needs of a household, by the pack in force (FJ-4a, LG-11), and what is missing."""

    household_id: UUID
    household_number: str
    stage: str
    pack_version: int
    clauses: list[str]
    complete: bool
    lines: list[ChecklistLineOut]
    missing: list[str]
    missing_zh: list[str]
    missing_en: list[str]
