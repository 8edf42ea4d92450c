"""What the routes share: a connection for reads, the cipher, and raw files in and out."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, Query, Request

from shared.db import Connection
from shared.pii import PiiCipher
from shared.regions import RegionCode


async def _connection(request: Request) -> AsyncIterator[Connection]:
    async with request.app.state.database.connection() as connection:
        yield connection


async def _cipher(request: Request) -> PiiCipher:
    cipher: PiiCipher = request.app.state.cipher
    return cipher


Read = Annotated[Connection, Depends(_connection)]
Cipher = Annotated[PiiCipher, Depends(_cipher)]
InRegion = Annotated[RegionCode, Query(description="a region code; everything in it and below it")]
CSV = "text/csv"


def upload(description: str) -> dict[str, Any]:
    """Return the OpenAPI part of a route whose body is one CSV file."""
    content = {CSV: {"schema": {"type": "string", "format": "binary", "description": description}}}
    return {"requestBody": {"required": True, "content": content}}


def download(description: str) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI part of a route that answers with one CSV file."""
    content = {CSV: {"schema": {"type": "string", "format": "binary", "description": description}}}
    return {200: {"content": content, "description": description}}
