"""The connection to one service behind the gateway: pooled, with time limits; requests pass unchanged.

aiohttp parses HTTP in C; with httpx, or the httpcore beneath it, passing on took most of the gateway's time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

import aiohttp
import structlog
from yarl import URL

from services.gateway.routing.refusals import ServiceAway

CONNECT_SECONDS: Final = 2.0
ANSWER_SECONDS: Final = 120.0  # a whole county's file is one request
CONNECTIONS: Final = 64
IDLE_SECONDS: Final = 4.0  # the services close an idle connection after five; the gateway must close it first
_IN_PATHS: Final = "/:@!$&'()*+,;=-._~"
_NOT_ADDED: Final = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")


log = structlog.get_logger("routing")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered; header names are in lower case, a repeated header is joined by commas."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Upstream:
    """A pool of connections to one service; made on the running event loop."""

    def __init__(self, service: str, base_url: str) -> None:
        self._service, self._base_url = service, base_url.rstrip("/")
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=CONNECTIONS, keepalive_timeout=IDLE_SECONDS),
            timeout=aiohttp.ClientTimeout(
                connect=ANSWER_SECONDS, sock_connect=CONNECT_SECONDS, sock_read=ANSWER_SECONDS
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=_NOT_ADDED,
            auto_decompress=False,
        )

    async def request(self, method: str, path: str, query: bytes, headers: Mapping[str, str], body: bytes) -> Answer:
        """Send one request and return the whole answer; `path` is decoded, `query` as it came.

        Raises:
            ServiceAway: nothing usable came back in time.
        """
        target = quote(path, safe=_IN_PATHS) + ("?" + query.decode("latin-1") if query else "")
        url = URL(self._base_url + target, encoded=True)
        try:
            async with self._session.request(
                method, url, headers=headers, data=body or None, allow_redirects=False
            ) as answer:
                return Answer(answer.status, _joined(answer.raw_headers), await answer.read())
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("service_away", to=self._service, kind=type(error).__name__)
            raise ServiceAway(self._service) from error

    async def close(self) -> None:
        """Close the connections."""
        await self._session.close()


def _joined(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for raw_name, raw_value in headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined
