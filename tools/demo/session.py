"""The demonstration's callers: people and API clients who sign in at the gateway and use its HTTP API."""

import asyncio
import sys
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from shared.ids import new_id
from shared.languages import Sentence

TRIES = 6
BACKOFF_SECONDS = 0.3
RENEW_BEFORE_SECONDS = 30.0
RETRIED_STATUS = frozenset({429, 503})


class RequestFailed(RuntimeError):
    """The API refused something the demonstration needs; its own sentence says why."""

    def __init__(self, who: str, method: str, path: str, status: int, problem: dict[str, Any]) -> None:
        detail = problem.get("detail", problem)
        super().__init__(f"{who}: {method} {path} answered {status} {problem.get('code', '')}: {detail}")
        self.status = status
        self.code = str(problem.get("code", ""))
        self.detail = str(detail)
        zh, _, en = self.detail.partition("\n")
        self.sentence = Sentence(
            f"{who} 办理 {method} {path} 被拒绝（{status} {self.code}）：{zh}",
            f"{who}: {method} {path} was refused ({status} {self.code}): {en or zh}",
        )


@dataclass
class Caller:
    """One account with its tokens."""

    http: httpx.AsyncClient
    username: str
    secret: str
    is_client: bool = False
    _token: str = ""
    _expires: float = 0.0
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def get(self, path: str, **params: Any) -> Any:
        """Return the JSON answer of a read."""
        return (await self._send("GET", path, params=params)).json()

    async def download(self, path: str, **params: Any) -> bytes:
        """Return the bytes of a file."""
        return (await self._send("GET", path, params=params)).content

    async def post(self, path: str, body: Any = None, **params: Any) -> Any:
        """Return the JSON answer of a write, under a new Idempotency-Key that every retry repeats."""
        key = {"Idempotency-Key": str(new_id())}
        return (await self._send("POST", path, json=body or {}, params=params, headers=key)).json()

    async def upload(self, path: str, content: bytes, media_type: str, **params: Any) -> Any:
        """Return the JSON answer of an upload."""
        headers = {"Idempotency-Key": str(new_id()), "Content-Type": media_type}
        return (await self._send("POST", path, content=content, params=params, headers=headers)).json()

    async def every(self, path: str, **params: Any) -> list[Any]:
        """Return all items of a list, page by page."""
        items: list[Any] = []
        cursor: dict[str, str] = {}
        while True:
            page = await self.get(path, limit=500, **params, **cursor)
            items += page["items"]
            if page["next"] is None:
                return items
            cursor = {"cursor": page["next"]}

    async def _send(
        self, method: str, path: str, headers: dict[str, str] | None = None, **content: Any
    ) -> httpx.Response:
        for attempt in range(1, TRIES + 1):
            sent = {"Authorization": f"Bearer {await self._access_token()}", **(headers or {})}
            try:
                answer = await self.http.request(method, f"/api/v1{path}", headers=sent, **content)
            except httpx.TransportError as error:
                if attempt == TRIES:
                    raise
                reason = type(error).__name__
            else:
                if answer.status_code < 400:
                    return answer
                if answer.status_code not in RETRIED_STATUS or attempt == TRIES:
                    raise RequestFailed(self.username, method, path, answer.status_code, _problem(answer))
                reason = f"{answer.status_code} {_problem(answer).get('code', '')}"
            # Said, for whoever waits: what is answered only at the second try is a fault that nobody would see.
            print(f"  … {method} {path}: {reason}，重试 sent again", file=sys.stderr)
            await asyncio.sleep(BACKOFF_SECONDS * 2**attempt)
        raise AssertionError("unreachable")

    async def _access_token(self) -> str:
        async with self._lock:
            if time.monotonic() > self._expires - RENEW_BEFORE_SECONDS:
                await self._sign_in()
            return self._token

    async def _sign_in(self) -> None:
        form = (
            {"grant_type": "client_credentials", "client_id": self.username, "client_secret": self.secret}
            if self.is_client
            else {"grant_type": "password", "username": self.username, "password": self.secret}
        )
        answer = await self.http.post("/oauth/token", data=form)
        if answer.status_code != 200:
            raise RequestFailed(self.username, "POST", "/oauth/token", answer.status_code, _problem(answer))
        token = answer.json()
        self._token, self._expires = token["access_token"], time.monotonic() + token["expires_in"]


def _problem(answer: httpx.Response) -> dict[str, Any]:
    try:
        problem = answer.json()
    except ValueError:
        return {"detail": answer.text[:300]}
    return problem if isinstance(problem, dict) else {"detail": problem}
