"""Calls from one service to another: signed, timed out, retried only when that is safe, refused by name."""

import ssl
from functools import cache
from typing import Any

import httpx
import stamina
import structlog

from shared.access import Grant, Principal, Role
from shared.errors import Refused, Unavailable
from shared.tokens import TokenSigner

CONNECT_SECONDS = 2.0
READ_SECONDS = 30.0
TRIES = 3


class PeerUnavailable(Unavailable):
    """Another service did not answer in time."""

    code = "peer-unavailable"

    def __init__(self, peer: str) -> None:
        super().__init__(
            zh=f"{peer} 服务未及时答复，未作任何处理，请稍候数秒重新提交。",
            en=f"The {peer} service did not answer in time; nothing was decided. Repeat the request in a few seconds.",
            peer=peer,
        )


class PeerRefused(Refused):
    """Another service refused; its own code and sentence are passed on."""

    code = "peer-refused"

    def __init__(self, peer: str, problem: dict[str, Any]) -> None:
        # A peer is asked without Accept-Language, so it answers a line in Chinese and one in English.
        zh, _, en = str(problem.get("detail", "")).partition("\n")
        super().__init__(
            zh=f"{peer} 服务不予办理：{zh or '未说明原因'}",
            en=f"The {peer} service refused: {en or zh or 'no reason given'}",
            peer=peer,
            peer_code=problem.get("code"),
        )


@cache
def _trusted() -> ssl.SSLContext:
    """Return the authorities that every peer's certificate is checked with; reading them takes 20 ms."""
    return httpx.create_ssl_context(trust_env=False)


class PeerClient:
    """One peer's HTTP API, called in this service's own name."""

    def __init__(self, peer: str, base_url: str, signer: TokenSigner) -> None:
        self.peer = peer
        self.signer = signer
        timeout = httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS)
        self.http = httpx.AsyncClient(base_url=base_url, timeout=timeout, verify=_trusted(), trust_env=False)

    async def close(self) -> None:
        """Close the connections."""
        await self.http.aclose()

    async def get(self, path: str, **params: Any) -> Any:
        """Return the JSON answer of a read; retried, since a read changes nothing."""
        return await self._send("GET", path, params=params)

    async def ask(self, path: str, body: Any) -> Any:
        """Return the JSON answer of a POST that changes nothing (a question with a body); retried."""
        return await self._send("POST", path, json=body)

    async def post(self, path: str, body: Any, idempotency_key: str, officer: Principal | None = None) -> Any:
        """Return the JSON answer of a write; retried under the same Idempotency-Key.

        With `officer`, whose request is being served, the peer judges that officer's own rights, not this service's.
        """
        headers = {"Idempotency-Key": idempotency_key}
        return await self._send("POST", path, headers, officer, json=body)

    async def _send(
        self,
        method: str,
        path: str,
        headers: dict[str, str] | None = None,
        officer: Principal | None = None,
        **content: Any,
    ) -> Any:
        sent = {"Authorization": f"Bearer {self._token(officer)}", **_trace_headers(), **(headers or {})}
        try:
            async for attempt in stamina.retry_context(on=httpx.TransportError, attempts=TRIES, wait_initial=0.1):
                with attempt:
                    answer = await self.http.request(method, path, headers=sent, **content)
        except httpx.TransportError:
            raise PeerUnavailable(self.peer) from None
        if answer.status_code >= 500:
            raise PeerUnavailable(self.peer)
        if answer.status_code >= 400:
            raise PeerRefused(self.peer, answer.json())
        return answer.json()

    def _token(self, officer: Principal | None) -> str:
        issuer = self.signer.issuer
        caller = officer or Principal(f"service:{issuer}", issuer, (Grant(Role.SERVICE, ""),))
        return self.signer.sign_internal(caller, self.peer)


def _trace_headers() -> dict[str, str]:
    bound = structlog.contextvars.get_contextvars()
    trace_id = bound.get("trace_id")
    if trace_id is None:
        return {}
    request_id = bound.get("request_id", trace_id)  # a consumer has a trace, but no request of its own
    return {"traceparent": f"00-{trace_id}-{trace_id[:16]}-01", "X-Request-ID": request_id}
