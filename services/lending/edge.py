"""What the lending service's routes share: a connection for reads, today, and raw uploads."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta, timezone
from typing import Annotated, Any, Final

from fastapi import Depends, Request

from shared.db import Connection

CHINA: Final = timezone(timedelta(hours=8))


async def _connection(request: Request) -> AsyncIterator[Connection]:
    async with request.app.state.database.connection() as connection:
        yield connection


async def _today() -> date:
    return datetime.now(CHINA).date()


Read = Annotated[Connection, Depends(_connection)]
Today = Annotated[date, Depends(_today)]


def upload(media_type: str, description: str) -> dict[str, Any]:
    """Return the OpenAPI part of a route whose body is one raw file."""
    content = {media_type: {"schema": {"type": "string", "format": "binary", "description": description}}}
    return {"requestBody": {"required": True, "content": content}}


def download(media_type: str, description: str) -> dict[int | str, dict[str, Any]]:
    """Return the OpenAPI part of a route that answers with one file."""
    content = {media_type: {"schema": {"type": "string", "format": "binary", "description": description}}}
    return {200: {"content": content, "description": description}}
