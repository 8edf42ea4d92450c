"""Writes: one transaction, one Idempotency-Key, one stored answer; the commit comes before the response."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Annotated, Final

from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel

from shared.access import Principal
from shared.db import Connection, Database
from shared.errors import Invalid, Refused
from shared.failpoints import failpoint
from shared.web.identity import principal

Action = Callable[[Connection], Awaitable[BaseModel]]


class IdempotencyKeyMissing(Invalid):
    """A write came without a key, so a retry could do it twice."""

    http_status = 400
    code = "idempotency-key-missing"
    title = "缺少幂等键 Idempotency-Key missing"

    def __init__(self) -> None:
        super().__init__(
            zh="请在请求头 Idempotency-Key 中填写 8 至 128 位字母、数字、“-”、“_”或“.”，每次操作用新键，重试时用原键。",
            en="Send the header Idempotency-Key with 8 to 128 letters, digits, '-', '_' or '.', "
            "new for each operation and the same for each retry of it.",
        )


class IdempotencyKeyReused(Invalid):
    """The key already stands for another request."""

    code = "idempotency-key-reused"
    title = "幂等键已用于其他请求 Idempotency-Key reused"

    def __init__(self) -> None:
        super().__init__(
            zh="该 Idempotency-Key 已用于另一请求，新操作请换用新键。",
            en="This Idempotency-Key was used for a different request; make a new key for a new operation.",
        )


class StillRunning(Refused):
    """The first request with this key has not finished."""

    code = "still-running"
    title = "处理中 Still running"

    def __init__(self) -> None:
        super().__init__(
            zh="使用该 Idempotency-Key 的首次请求仍在处理，请稍候数秒重新提交。",
            en="The first request with this Idempotency-Key is still running; ask again in a few seconds.",
        )


_CLAIM = """
SELECT pg_try_advisory_xact_lock(hashtextextended($1 || '/' || $2, 0)) AS claimed,
       (SELECT row_to_json(k) FROM (
          SELECT encode(request_hash, 'hex') AS request_hash, http_status, answer
          FROM idempotency_key WHERE principal = $1 AND key = $2) k) AS stored
"""
_STORE = """
INSERT INTO idempotency_key (principal, key, request_hash, http_status, answer) VALUES ($1, $2, $3, $4, $5)
"""


class Writer:
    """Runs one action as one transaction under the request's Idempotency-Key.

    A repeated key with the same request answers what the first answered, byte for byte; refusals are not
    stored, so a corrected situation can be retried with the same key. Accept-Language is no part of the request:
    a stored answer that gives reasons gives each in both languages, so it reads the same for whoever repeats it.
    """

    def __init__(self, database: Database, caller: Principal, key: str, request_hash: bytes) -> None:
        self.database = database
        self.caller = caller
        self.key = key
        self.request_hash = request_hash

    async def is_answered(self) -> bool:
        """Return whether this request's Idempotency-Key already has an answer, so that no peer need be asked again."""
        async with self.database.connection() as conn:
            stored = await conn.fetchval(
                "SELECT 1 FROM idempotency_key WHERE principal = $1 AND key = $2", self.caller.subject, self.key
            )
        return stored is not None

    async def __call__(self, action: Action, *, status: int = 201) -> Response:
        """Run `action(connection)`, store its answer with the key, commit, and only then respond.

        Raises:
            IdempotencyKeyReused: the key stands for another request (422).
            StillRunning: the first request with this key is still under way (409).
        """

        async def once(connection: Connection) -> tuple[int, str]:
            (claim,) = await connection.fetch(_CLAIM, self.caller.subject, self.key)
            if claim["stored"] is not None:
                if claim["stored"]["request_hash"] != self.request_hash.hex():
                    raise IdempotencyKeyReused
                return int(claim["stored"]["http_status"]), str(claim["stored"]["answer"])
            if not claim["claimed"]:
                raise StillRunning
            answer = (await action(connection)).model_dump_json()
            await connection.execute(_STORE, self.caller.subject, self.key, self.request_hash, status, answer)
            failpoint("web.before_commit")
            return status, answer

        http_status, answer = await self.database.run(once)
        failpoint("web.after_commit")
        return Response(answer, http_status, media_type="application/json")


KEY: Final = r"^[A-Za-z0-9._-]{8,128}$"
IdempotencyKey = Annotated[str | None, Header(pattern=KEY)]


def writer_of(request: Request, caller: Principal, idempotency_key: str | None, body: bytes) -> Writer:
    """Return the writer of a request whose body was read already, for routes that read it in their own way.

    Raises:
        IdempotencyKeyMissing: the request has no key.
    """
    if idempotency_key is None:
        raise IdempotencyKeyMissing
    digest = hashlib.sha256(f"{request.method} {request.url.path}?{request.url.query}\n".encode())
    digest.update(body)
    return Writer(request.app.state.database, caller, idempotency_key, digest.digest())


async def writer(request: Request, idempotency_key: IdempotencyKey = None) -> Writer:
    """Return the writer of a request; a dependency."""
    return writer_of(request, await principal(request), idempotency_key, await request.body())


Write = Annotated[Writer, Depends(writer)]
