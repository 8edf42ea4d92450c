"""Who may call, one alias per right: the caller's account as it stands now, within its rate limit."""

from typing import Annotated

from fastapi import Depends, Request

from services.gateway.callers.current import CurrentAccounts
from services.gateway.callers.limits import RequestLimiter
from shared.access import Principal, Right
from shared.web import identity
from shared.web.identity import requires


async def caller(request: Request) -> Principal:
    """Return who is calling, with the grants of now.

    Raises:
        TokenRefused: no right token, or its account was disabled or removed.
        TooManyRequests: over the account's limit.
    """
    accounts: CurrentAccounts = request.app.state.accounts
    limiter: RequestLimiter = request.app.state.limiter
    principal = await accounts.current(await identity.principal(request))
    await limiter.ensure_request_allowed(principal.subject)
    return principal


Caller = Annotated[Principal, Depends(caller)]
ManagePeople = Annotated[Principal, requires(Right.PEOPLE_MANAGE, caller)]
ReadPeople = Annotated[Principal, requires(Right.PEOPLE_READ, caller)]
