"""The account behind an access token as it stands in the database now, its grants widened to all codes of its regions.

A token for a service so carries where the regions are now and their earlier codes.
"""

import time
from dataclasses import replace
from uuid import UUID

import structlog

from services.gateway.callers.queries import find_active_account
from services.gateway.regions.queries import lineage_of
from services.gateway.regions.rules.widening import widened
from shared.access import Principal
from shared.dates import today_in_china
from shared.db import Database
from shared.languages import Sentence
from shared.tokens import TokenRefused

FRESH_SECONDS = 5.0  # a disabled account or a changed grant takes effect within this time
REMEMBERED = 10_000

log = structlog.get_logger("callers")


class CurrentAccounts:
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
        account = await find_active_account(self._database, _account_id(claimed))
        if account is None:
            self._known.pop(claimed.subject, None)
            raise TokenRefused(Sentence("账号已停用", "the account is disabled"))
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
        raise TokenRefused(Sentence("令牌未对应任何账号", "it names no account")) from None
