"""Give the content of a document out, after it was recorded who takes it (LG-44)."""

import asyncio
import re
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote
from uuid import UUID

from services.registry.dossier.documents.intake import DocumentIntake
from services.registry.dossier.documents.queries import find_version, kind_names, record_view
from services.registry.dossier.documents.refusals import ContentMissing, StoreUnavailable
from services.registry.dossier.documents.rules.kinds import KindName
from services.registry.dossier.documents.rules.media import RULES, MediaType
from services.registry.dossier.documents.store import NothingStored, StoreAway, opened_content
from shared.access import Principal
from shared.db import Database


@dataclass(frozen=True, slots=True)
class Download:
    """Content in clear, its type, and the header under which it is saved."""

    content: bytes
    media_type: MediaType
    disposition: str


async def take_content(
    database: Database, intake: DocumentIntake, officer: Principal, document_id: UUID, version: int | None, today: date
) -> Download:
    """Return the content of a version, the latest that holds if none is named; no connection waits for the store.

    Raises:
        DocumentUnknown: there is none in the officer's region.
        StoreUnavailable, ContentMissing: the store has no answer, or not this content.
    """
    async with database.connection() as conn:
        row = await find_version(conn, officer, document_id, version)
        names = await kind_names(conn, row["village_code"], today)
    try:
        sealed = await intake.store.get(row["sha256"])
        content = await asyncio.to_thread(opened_content, intake.cipher, row["sha256"], sealed)
    except StoreAway:
        raise StoreUnavailable from None
    except NothingStored:
        raise ContentMissing(document_id, row["version"]) from None
    async with database.connection() as conn:
        await record_view(conn, officer, document_id, row["version"], "content", row["village_code"])
    media_type = MediaType(row["media_type"])
    name = names.get(row["kind"], KindName(row["kind"], row["kind"])).zh
    stem = (row["household_number"], row["version"], RULES[media_type].extensions[0])
    return Download(content, media_type, disposition(*stem, kind=row["kind"], name=name))


def disposition(household_number: str, version: int, ending: str, *, kind: str, name: str) -> str:
    """Return a Content-Disposition that saves and never opens: an ASCII name, and the Chinese one by RFC 5987."""
    plain = re.sub(r"[^A-Za-z0-9._-]", "_", f"{household_number}-{kind}-v{version}.{ending}")
    full = quote(f"{household_number}-{name}-v{version}.{ending}", safe="")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{full}"
