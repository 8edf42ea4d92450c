"""Every error leaves as problem+json (RFC 9457) with a stable code, and never repeats rejected input."""

import re
from typing import Any

import asyncpg
import structlog
from asyncpg.exceptions._base import DataError as UnsendableData
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from shared.errors import Refusal

log = structlog.get_logger(__name__)
MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = "2"
# ID and account numbers, and mobile phones, wherever a caller put them by mistake; household numbers are shorter.
_PERSONAL = re.compile(r"(?<![0-9])(?:[0-9]{17,}[Xx]?|1[3-9][0-9]{9})(?![0-9])")

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "trace_id"],
    "properties": {
        "type": {"type": "string", "description": "stable address of the kind of problem"},
        "title": {"type": "string", "description": "中文与英文标题 Chinese and English title"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "what stands against it and what to do next"},
        "code": {"type": "string", "description": "stable code for programs"},
        "clause": {"type": ["string", "null"], "description": "the policy clause that requires the refusal"},
        "values": {"type": "object", "description": "the values named in the sentence"},
        "errors": {"type": "array", "items": {"type": "object"}, "description": "fields that need correction"},
        "trace_id": {"type": "string"},
    },
}


def problem(
    request: Request,
    status: int,
    code: str,
    title: str,
    detail: str,
    headers: dict[str, str] | None = None,
    **more: Any,
) -> JSONResponse:
    """Build one problem+json answer."""
    body = {
        "type": f"/problems/{code}",
        "title": title,
        "status": status,
        "detail": _without_personal_data(detail),
        "code": code,
        **{key: _without_personal_data(value) for key, value in more.items() if value not in (None, {}, [])},
        "trace_id": request.scope.get("trace_id", ""),
    }
    return JSONResponse(body, status, media_type=MEDIA_TYPE, headers=headers)


def _without_personal_data(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_personal_data(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_without_personal_data(part) for part in value]
    return _PERSONAL.sub("***", value) if isinstance(value, str) else value


async def _refused(request: Request, refusal: Refusal) -> JSONResponse:
    headers = {}
    if refusal.http_status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    if refusal.http_status in (429, 503):
        headers["Retry-After"] = str(refusal.values.get("retry_after_seconds", RETRY_AFTER_SECONDS))
    return problem(
        request,
        refusal.http_status,
        refusal.code,
        refusal.title,
        refusal.detail,
        headers,
        clause=refusal.clause,
        values=refusal.values,
    )


async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
    errors = [
        {"field": ".".join(str(part) for part in item["loc"]), "message": item["msg"], "kind": item["type"]}
        for item in error.errors()[:50]
    ]
    fields = ", ".join(str(item["field"]) for item in errors[:5])
    return problem(
        request, 422, "invalid-request", "输入有误 Invalid input", f"Correct these fields: {fields}.", errors=errors
    )


async def _http(request: Request, error: HTTPException) -> JSONResponse:
    code = {404: "no-such-path", 405: "method-not-allowed", 413: "body-too-large"}.get(error.status_code, "http-error")
    headers = dict(error.headers or {})
    return problem(request, error.status_code, code, "请求有误 Request error", str(error.detail), headers)


async def _bad_data(request: Request, error: Exception) -> JSONResponse:
    """Turn values PostgreSQL cannot store into a refusal; its own text may carry the value and stays inside."""
    log.warning("data_refused", kind=type(error).__name__)
    detail = "A value is out of range or contains characters that cannot be stored; correct it and send it again."
    return problem(request, 422, "value-not-storable", "输入有误 Invalid input", detail)


async def _database_away(request: Request, error: Exception) -> JSONResponse:
    log.error("database_unavailable", kind=type(error).__name__)
    detail = "The database does not answer; repeat the request with the same Idempotency-Key in a few seconds."
    return problem(
        request, 503, "database-unavailable", "暂不可用 Unavailable", detail, {"Retry-After": RETRY_AFTER_SECONDS}
    )


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    log.exception("unexpected_error", path=request.url.path, exc_info=error)
    detail = "Something went wrong on our side; nothing was half done. Report the trace_id to the administrator."
    return problem(request, 500, "internal-error", "系统错误 Internal error", detail)


def install(app: FastAPI) -> None:
    """Register the handlers on `app`."""
    app.exception_handler(Refusal)(_refused)
    app.exception_handler(RequestValidationError)(_invalid)
    app.exception_handler(HTTPException)(_http)
    app.add_exception_handler(asyncpg.DataError, _bad_data)
    app.add_exception_handler(UnsendableData, _bad_data)  # an InterfaceError too, yet the database is not away
    for away in (
        asyncpg.PostgresConnectionError,
        asyncpg.CannotConnectNowError,
        asyncpg.AdminShutdownError,
        asyncpg.CrashShutdownError,
        asyncpg.TooManyConnectionsError,
        asyncpg.InterfaceError,
        asyncpg.LockNotAvailableError,
        asyncpg.QueryCanceledError,
        ConnectionError,
    ):
        app.add_exception_handler(away, _database_away)
    app.add_exception_handler(Exception, _unexpected)
