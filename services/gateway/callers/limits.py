"""Rate limits per account and per source; over the limit is 429 with Retry-After."""

from limits import parse
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import FixedWindowRateLimiter

from services.gateway.callers.refusals import TooManyRequests


class RequestLimiter:
    """Counts requests in this process; each gateway replica counts its own."""

    def __init__(self, requests_per_account: str, sign_ins_per_source: str) -> None:
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._requests = parse(requests_per_account)
        self._sign_ins = parse(sign_ins_per_source)

    async def ensure_request_allowed(self, account: str) -> None:
        """Count one request of an account.

        Raises:
            TooManyRequests: over the limit.
        """
        if not await self._limiter.hit(self._requests, "request", account):
            raise TooManyRequests(str(self._requests))

    async def ensure_sign_in_allowed(self, source: str) -> None:
        """Count one sign-in from a network address.

        Raises:
            TooManyRequests: over the limit.
        """
        if not await self._limiter.hit(self._sign_ins, "sign-in", source):
            raise TooManyRequests(str(self._sign_ins))
