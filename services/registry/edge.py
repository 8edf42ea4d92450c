"""What the registry's routes share: a connection for reads, the cipher, today, and raw uploads."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta, timezone
from typing import Annotated, Any, Final

from fastapi import Depends, Query, Request

from shared.db import Connection
from shared.pii import PiiCipher
from shared.regions import CountyCode, RegionCode

CHINA: Final = timezone(timedelta(hours=8))


async def _connection(request: Request) -> AsyncIterator[Connection]:
    async with request.app.state.database.connection() as connection:
        yield connection


async def _cipher(request: Request) -> PiiCipher:
    cipher: PiiCipher = request.app.state.cipher
    return cipher


async def _today() -> date:
    return datetime.now(CHINA).date()


Read = Annotated[Connection, Depends(_connection)]
Cipher = Annotated[PiiCipher, Depends(_cipher)]
Today = Annotated[date, Depends(_today)]
InRegion = Annotated[RegionCode, Query(description="a region code; everything in it and below it")]
OfCounty = Annotated[CountyCode, Query(description="six-digit county code")]


def upload(media_type: str, description: str) -> dict[str, Any]:
    """Return the OpenAPI part of a route whose body is one raw file."""
    content = {media_type: {"schema": {"type": "string", "format": "binary", "description": description}}}
    return {"requestBody": {"required": True, "content": content}}
