"""Who is calling: the internal token on every request, and one dependency per right."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from fastapi import Depends, Request

from shared.access import Principal, Right
from shared.languages import Sentence
from shared.tokens import TokenRefused, TokenVerifier

_KNOWN: Final = "platform.principal"


async def principal(request: Request) -> Principal:
    """Return who the request's bearer token speaks for; it is looked at once in a request.

    Raises:
        TokenRefused: no token, or not exactly a right one; a direct call without one is 401.
    """
    known: Principal | None = request.scope.get(_KNOWN)
    if known is not None:
        return known
    header = request.headers.get("authorization", "")
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise TokenRefused(Sentence("请求未携带令牌", "no bearer token was sent"))
    verifier: TokenVerifier = request.app.state.verifier
    caller, _claims = verifier.verify(token)
    request.scope[_KNOWN] = caller
    return caller


def requires(right: Right, caller_of: Callable[[Request], Awaitable[Principal]] = principal) -> Any:
    """Return the dependency that admits only principals who hold `right` somewhere; `caller_of` finds the principal.

    The action still checks the region with `Principal.ensure_region`. The right is written into the OpenAPI
    operation as `x-right`, where the gateway and the permission matrix read it.
    """

    async def holder(request: Request) -> Principal:
        caller = await caller_of(request)  # not a dependency of its own: solving one costs as much as ten calls
        caller.ensure_has(right)
        return caller

    holder.right = right  # type: ignore[attr-defined]
    return Depends(holder)


def right_of(endpoint: Callable[..., Awaitable[Any]], dependant: Any) -> Right | None:
    """Return the right a route asks for, found among its dependencies."""
    for dependency in dependant.dependencies:
        right = getattr(dependency.call, "right", None)
        if right is not None:
            return Right(right)
    return None
