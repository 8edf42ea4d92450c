"""What routes share: a connection for reads, the business day it is, regions to ask about, raw files in and out."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Annotated, Any, Final

from fastapi import Depends, Request

from shared.dates import today_in_china
from shared.db import Connection, Database
from shared.pii import PiiCipher

CSV: Final = "text/csv"


async def _connection(request: Request) -> AsyncIterator[Connection]:
    async with request.app.state.database.connection() as connection:
        yield connection


async def _database(request: Request) -> Database:
    database: Database = request.app.state.database
    return database


async def _cipher(request: Request) -> PiiCipher:
    cipher: PiiCipher = request.app.state.cipher
    return cipher


async def _today() -> date:
    return today_in_china()


Read = Annotated[Connection, Depends(_connection)]
Reads = Annotated[Database, Depends(_database)]  # for answers that stream: a connection for each page, none held
Cipher = Annotated[PiiCipher, Depends(_cipher)]
Today = Annotated[date, Depends(_today)]


def upload(description: str, *media_types: str) -> dict[str, Any]:
    """Return the OpenAPI part of a route whose body is one raw file of one of these kinds; a CSV when none is named."""
    schema = {"type": "string", "format": "binary", "description": description}
    return {"requestBody": {"required": True, "content": {kind: {"schema": schema} for kind in media_types or (CSV,)}}}


def download(description: str, media_type: str = CSV) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI part of a route that answers with one file."""
    content = {media_type: {"schema": {"type": "string", "format": "binary", "description": description}}}
    return {200: {"content": content, "description": description}}
