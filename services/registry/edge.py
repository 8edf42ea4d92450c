"""What the registry's routes share: a connection for reads, the cipher, today, and raw uploads."""

from collections.abc import AsyncIterator, Sequence
from datetime import date, datetime, timedelta, timezone
from typing import Annotated, Any, Final

from fastapi import Depends, Query, Request

from services.registry.imports.worker import ImportWorker
from shared.db import Connection, Database
from shared.pii import PiiCipher
from shared.regions import CountyCode, RegionCode

CHINA: Final = timezone(timedelta(hours=8))


async def _connection(request: Request) -> AsyncIterator[Connection]:
    async with request.app.state.database.connection() as connection:
        yield connection


async def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


async def _imports(request: Request) -> ImportWorker:
    worker: ImportWorker = request.app.state.imports
    return worker


async def _cipher(request: Request) -> PiiCipher:
    cipher: PiiCipher = request.app.state.cipher
    return cipher


async def _today() -> date:
    return datetime.now(CHINA).date()


Read = Annotated[Connection, Depends(_connection)]
Reads = Annotated[Database, Depends(_database)]  # for answers that stream: a connection for each page, none held
Imports = Annotated[ImportWorker, Depends(_imports)]
Cipher = Annotated[PiiCipher, Depends(_cipher)]
Today = Annotated[date, Depends(_today)]
InRegion = Annotated[RegionCode, Query(description="a region code; everything in it and below it")]
OfCounty = Annotated[CountyCode, Query(description="six-digit county code")]
OfCountyOrPart = Annotated[
    str,
    Query(
        pattern=r"^[0-9]{6}([0-9]{3}([0-9]{3})?)?$", description="code of a county, or of a township or village in it"
    ),
]


def upload(media_type: str, description: str) -> dict[str, Any]:
    """Return the OpenAPI part of a route whose body is one raw file."""
    content = {media_type: {"schema": {"type": "string", "format": "binary", "description": description}}}
    return {"requestBody": {"required": True, "content": content}}


def uploads(media_types: Sequence[str], description: str) -> dict[str, Any]:
    """Return the OpenAPI part of a route whose body is one raw file of one of these kinds, told by its content."""
    schema = {"type": "string", "format": "binary", "description": description}
    return {"requestBody": {"required": True, "content": {kind: {"schema": schema} for kind in media_types}}}
