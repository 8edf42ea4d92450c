"""The connection to one service behind the gateway: pooled, with time limits; requests pass unchanged.

httpcore instead of httpx on top of it: a gateway handles no redirects, cookies, decompression or encodings, and half
of its time went into them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlsplit

import httpcore
import structlog

from services.gateway.routing.refusals import ServiceAway

CONNECT_SECONDS: Final = 2.0
ANSWER_SECONDS: Final = 120.0  # a whole county's file is one request
CONNECTIONS: Final = 64
IDLE_SECONDS: Final = 4.0  # the services close an idle connection after five; the gateway must close it first
_LIMITS: Final = {
    "timeout": {"connect": CONNECT_SECONDS, "read": ANSWER_SECONDS, "write": ANSWER_SECONDS, "pool": ANSWER_SECONDS}
}
_IN_PATHS: Final = "/:@!$&'()*+,;=-._~"


log = structlog.get_logger("routing")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered; header names are in lower case, a repeated header is joined by commas."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Upstream:
    """A pool of connections to one service."""

    def __init__(self, service: str, base_url: str) -> None:
        at = urlsplit(base_url)
        self._service = service
        self._scheme, self._host, self._port = at.scheme.encode(), (at.hostname or "").encode(), at.port
        self._pool = httpcore.AsyncConnectionPool(
            max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS, keepalive_expiry=IDLE_SECONDS
        )

    async def request(self, method: str, path: str, query: bytes, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send one request and return the whole answer; `path` is decoded, `query` as it came.

        Raises:
            ServiceAway: nothing usable came back in time.
        """
        target = quote(path, safe=_IN_PATHS).encode() + (b"?" + query if query else b"")
        try:
            answer = await self._pool.request(
                method,
                httpcore.URL(scheme=self._scheme, host=self._host, port=self._port, target=target),
                headers=[(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()],
                content=body or None,
                extensions=_LIMITS,
            )
        except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
            log.warning("service_away", to=self._service, kind=type(error).__name__)
            raise ServiceAway(self._service) from error
        return Answer(answer.status, _joined(answer.headers), answer.content)

    async def close(self) -> None:
        """Close the connections."""
        await self._pool.aclose()


def _joined(headers: list[tuple[bytes, bytes]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined
