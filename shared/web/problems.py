"""Every error leaves as problem+json (RFC 9457) with a stable code, and never repeats rejected input.

`Accept-Language` decides which language it speaks: Chinese, English, or both when it is absent or has no preference.
"""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import asyncpg
import structlog
from asyncpg.exceptions._base import DataError as UnsendableData
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from shared.errors import Refusal
from shared.field_messages import FieldError, field_errors
from shared.languages import Language, Sentence, preferred_language
from shared.pii import outside_ids
from shared.web.parameters import methods_of
from shared.web.refusals import (
    BodyTooLarge,
    BodyUnreadable,
    DatabaseUnavailable,
    InternalError,
    InvalidRequest,
    MethodNotAllowed,
    NoSuchPath,
    RequestNotHandled,
    ValueNotStorable,
)

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
        "title": {"type": "string", "description": "标题 title; in both languages the Chinese comes first"},
        "status": {"type": "integer"},
        "detail": {
            "type": "string",
            "description": "原因与处理办法 what stands against it and what to do next; in both languages a line each, "
            "the Chinese first",
        },
        "code": {"type": "string", "description": "stable code for programs"},
        "clause": {"type": ["string", "null"], "description": "the policy clause that requires the refusal"},
        "values": {"type": "object", "description": "the values named in the sentence"},
        "errors": {"type": "array", "items": {"type": "object"}, "description": "fields that need correction"},
        "trace_id": {"type": "string"},
    },
}


def problem(
    request: Request,
    refusal: Refusal,
    headers: Mapping[str, str] | None = None,
    errors: Sequence[FieldError] = (),
) -> JSONResponse:
    """Build one problem+json answer in the language that the caller prefers."""
    language = preferred_language(request.headers.get("accept-language"))
    title = Sentence.split(refusal.title)
    named = [{"field": each.field, "message": each.message.spoken(language), "kind": each.kind} for each in errors]
    more = {"clause": refusal.clause, "values": refusal.values, "errors": named}
    body = {
        "type": f"/problems/{refusal.code}",
        "title": str(title) if language is None else title.spoken(language),
        "status": refusal.http_status,
        "detail": _without_personal_data(refusal.sentence.spoken(language)),
        "code": refusal.code,
        **{key: _without_personal_data(value) for key, value in more.items() if value not in (None, {}, [])},
        "trace_id": request.scope.get("trace_id", ""),
    }
    spoken = {"Content-Language": language or ", ".join(Language), "Vary": "Accept-Language"}
    answered = {**(headers or {}), **_headers_of(refusal), **spoken}
    return JSONResponse(body, refusal.http_status, media_type=MEDIA_TYPE, headers=answered)


def _headers_of(refusal: Refusal) -> dict[str, str]:
    match refusal.http_status:
        case 401:
            return {"WWW-Authenticate": "Bearer"}
        case 405:
            return {"Allow": ", ".join(refusal.values["allowed"])}
        case 429 | 503:
            return {"Retry-After": str(refusal.values.get("retry_after_seconds", RETRY_AFTER_SECONDS))}
    return {}


def _without_personal_data(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_personal_data(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_without_personal_data(part) for part in value]
    return outside_ids(value, partial(_PERSONAL.sub, "***")) if isinstance(value, str) else value


async def _refused(request: Request, refusal: Refusal) -> JSONResponse:
    return problem(request, refusal)


async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
    errors = field_errors(error.errors())
    return problem(request, InvalidRequest([each.field for each in errors]), errors=errors)


async def _http(request: Request, error: HTTPException) -> JSONResponse:
    match error.status_code:
        case 404:
            return problem(request, NoSuchPath())
        case 405:
            return problem(request, MethodNotAllowed(methods_of(request.app, request.scope["path"])))
        case 413:
            return problem(request, BodyTooLarge(), error.headers)
        case 400:
            return problem(request, BodyUnreadable(), error.headers)
    return problem(request, RequestNotHandled(), error.headers)


async def _bad_data(request: Request, error: Exception) -> JSONResponse:
    """Turn values PostgreSQL cannot store into a refusal; its own text may carry the value and stays inside."""
    log.warning("data_refused", kind=type(error).__name__)
    return problem(request, ValueNotStorable())


async def _database_away(request: Request, error: Exception) -> JSONResponse:
    log.error("database_unavailable", kind=type(error).__name__)
    return problem(request, DatabaseUnavailable())


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    log.exception("unexpected_error", path=request.url.path, exc_info=error)
    return problem(request, InternalError())


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
