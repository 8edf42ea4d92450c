"""What the risk fund's routes share: a connection for reads, and today in China."""

from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta, timezone
from typing import Annotated, Final

from fastapi import Depends, Query, Request

from shared.db import Connection
from shared.regions import RegionCode

CHINA: Final = timezone(timedelta(hours=8))


async def _connection(request: Request) -> AsyncIterator[Connection]:
    async with request.app.state.database.connection() as connection:
        yield connection


async def _today() -> date:
    return datetime.now(CHINA).date()


Read = Annotated[Connection, Depends(_connection)]
Today = Annotated[date, Depends(_today)]
InRegion = Annotated[RegionCode, Query(description="a region code; everything in it and below it")]
MaybeInRegion = Annotated[RegionCode | None, Query(description="only this region and what lies below it")]
