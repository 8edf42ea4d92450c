"""Who is calling the gateway: the access token, checked against the account as it stands in the database now.

What a person was granted is widened here to where the regions are now and to their earlier codes, so every token for
a service carries both.
"""

import time
from dataclasses import replace
from typing import Annotated
from uuid import UUID

import structlog
from fastapi import Depends, Request

from services.gateway.accounts.actions import find_account
from services.gateway.regions.queries import lineage_of
from services.gateway.regions.widening import widened
from shared.access import Principal, Right, RightMissing
from shared.dates import today_in_china
from shared.db import Database
from shared.tokens import TokenRefused
from shared.web import identity

FRESH_SECONDS = 5.0  # a disabled account or a changed grant takes effect within this time
REMEMBERED = 10_000

log = structlog.get_logger("accounts")


class AccountsNow:
    """Remembers each account's grants for a few seconds, so that a token's claims never outlive the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[str, tuple[float, Principal]] = {}

    async def current(self, claimed: Principal) -> Principal:
        """Return the account's principal with the grants of now, on the codes of now and of before.

        Raises:
            TokenRefused: the account was disabled or removed.
        """
        known = self._known.get(claimed.subject)
        if known is not None and time.monotonic() - known[0] < FRESH_SECONDS:
            return known[1]
        account = await find_account(self._database, _account_id(claimed))
        if account is None:
            self._known.pop(claimed.subject, None)
            raise TokenRefused("the account is disabled")
        principal = await self._widened(account.principal)
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[claimed.subject] = (time.monotonic(), principal)
        return principal

    async def _widened(self, given: Principal) -> Principal:
        async with self._database.connection() as connection:
            lineage = await lineage_of(connection, (grant.region for grant in given.grants), today_in_china())
        reach = widened(given.grants, lineage)
        if reach.left_out:
            log.warning(
                "earlier regions have no room in a token", account=given.subject, left_out_count=len(reach.left_out)
            )
        return replace(given, grants=reach.grants)


def _account_id(claimed: Principal) -> UUID:
    try:
        return UUID(claimed.subject)
    except ValueError:
        raise TokenRefused("it names no account") from None


async def caller(request: Request) -> Principal:
    """Return who is calling, with the grants of now, within the account's rate limit."""
    claimed = await identity.principal(request)
    accounts: AccountsNow = request.app.state.accounts
    principal = await accounts.current(claimed)
    await request.app.state.limiter.ensure_request_allowed(principal.subject)
    return principal


Caller = Annotated[Principal, Depends(caller)]


def _manager(principal: Caller) -> Principal:
    if not principal.has(Right.PEOPLE_MANAGE):
        raise RightMissing(Right.PEOPLE_MANAGE)
    return principal


_manager.right = Right.PEOPLE_MANAGE  # type: ignore[attr-defined]
ManagePeople = Annotated[Principal, Depends(_manager)]


def _reader(principal: Caller) -> Principal:
    if not principal.has(Right.PEOPLE_READ):
        raise RightMissing(Right.PEOPLE_READ)
    return principal


_reader.right = Right.PEOPLE_READ  # type: ignore[attr-defined]
ReadPeople = Annotated[Principal, Depends(_reader)]
