"""What the gateway's routes share: a connection for reads, and today."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta, timezone
from typing import Annotated, Final

from fastapi import Depends, Request

from shared.db import Connection

CHINA: Final = timezone(timedelta(hours=8))


async def _connection(request: Request) -> AsyncIterator[Connection]:
    async with request.app.state.database.connection() as connection:
        yield connection


async def today() -> date:
    """Return the business day it is in China."""
    return datetime.now(CHINA).date()


Read = Annotated[Connection, Depends(_connection)]
Today = Annotated[date, Depends(today)]
