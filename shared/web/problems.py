"""Every error leaves as problem+json (RFC 9457) with a stable code, and never repeats rejected input.

`Accept-Language` decides which language it speaks: Chinese, English, or both when it is absent or has no preference.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

import asyncpg
import structlog
from asyncpg.exceptions._base import DataError as UnsendableData
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from shared.errors import Refusal
from shared.languages import Language, Sentence, preferred_language
from shared.web.field_messages import field_errors

log = structlog.get_logger(__name__)
MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = "2"
# ID and account numbers, and mobile phones, wherever a caller put them by mistake; household numbers are shorter.
_PERSONAL = re.compile(r"(?<![0-9])(?:[0-9]{17,}[Xx]?|1[3-9][0-9]{9})(?![0-9])")

FIELDS_NAMED: Final = 5  # in the sentence; `errors` holds every one
_INVALID: Final = Sentence("输入有误", "Invalid input")
_ANY_HTTP_FAULT: Final = (
    "http-error",
    Sentence(
        "请求无法处理，请对照接口文档更正。", "The request cannot be handled; compare it with the API's document."
    ),
)
_HTTP_FAULTS: Final[Mapping[int, tuple[str, Sentence]]] = {
    400: (
        "http-error",
        Sentence("请求内容无法读取，请更正后重新提交。", "The body cannot be read; correct it and send it again."),
    ),
    404: (
        "no-such-path",
        Sentence("没有此地址，请对照接口文档更正。", "There is no such path; compare it with the API's document."),
    ),
    405: (
        "method-not-allowed",
        Sentence(
            "此地址不支持该方法，可用方法见响应头 Allow。", "This path has other methods; the header Allow names them."
        ),
    ),
    413: (
        "body-too-large",
        Sentence("提交内容过大，请拆分后分次提交。", "The body is too large; split it and send the parts one by one."),
    ),
}

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
    status: int,
    code: str,
    title: Sentence,
    sentence: Sentence,
    headers: Mapping[str, str] | None = None,
    **more: Any,
) -> JSONResponse:
    """Build one problem+json answer in the language that the caller prefers."""
    language = preferred_language(request.headers.get("accept-language"))
    body = {
        "type": f"/problems/{code}",
        "title": str(title) if language is None else title.spoken(language),
        "status": status,
        "detail": _without_personal_data(_spoken(sentence, language)),
        "code": code,
        **{key: _without_personal_data(value) for key, value in more.items() if value not in (None, {}, [])},
        "trace_id": request.scope.get("trace_id", ""),
    }
    spoken = {"Content-Language": language or ", ".join(Language), "Vary": "Accept-Language"}
    return JSONResponse(body, status, media_type=MEDIA_TYPE, headers={**(headers or {}), **spoken})


def _spoken(sentence: Sentence, language: Language | None) -> str:
    return sentence.zh if sentence.zh == sentence.en else sentence.spoken(language)


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
        Sentence.split(refusal.title),
        refusal.sentence,
        headers,
        clause=refusal.clause,
        values=refusal.values,
    )


async def _invalid(request: Request, error: RequestValidationError) -> JSONResponse:
    language = preferred_language(request.headers.get("accept-language"))
    found = field_errors(error.errors())
    fields = [each.field for each in found[:FIELDS_NAMED]]
    sentence = Sentence(
        f"请更正以下各项后重新提交：{'、'.join(fields)}。",
        f"Correct these fields and send it again: {', '.join(fields)}.",
    )
    errors = [{"field": each.field, "message": each.message.spoken(language), "kind": each.kind} for each in found]
    return problem(request, 422, "invalid-request", _INVALID, sentence, errors=errors)


async def _http(request: Request, error: HTTPException) -> JSONResponse:
    code, sentence = _HTTP_FAULTS.get(error.status_code, _ANY_HTTP_FAULT)
    return problem(request, error.status_code, code, Sentence("请求有误", "Request error"), sentence, error.headers)


async def _bad_data(request: Request, error: Exception) -> JSONResponse:
    """Turn values PostgreSQL cannot store into a refusal; its own text may carry the value and stays inside."""
    log.warning("data_refused", kind=type(error).__name__)
    sentence = Sentence(
        "有数值超出范围，或含有无法存储的字符，请更正后重新提交。",
        "A value is out of range or contains characters that cannot be stored; correct it and send it again.",
    )
    return problem(request, 422, "value-not-storable", _INVALID, sentence)


async def _database_away(request: Request, error: Exception) -> JSONResponse:
    log.error("database_unavailable", kind=type(error).__name__)
    sentence = Sentence(
        "数据库暂无响应，请稍候数秒，用同一 Idempotency-Key 重新提交。",
        "The database does not answer; repeat the request with the same Idempotency-Key in a few seconds.",
    )
    title = Sentence("暂不可用", "Unavailable")
    return problem(request, 503, "database-unavailable", title, sentence, {"Retry-After": RETRY_AFTER_SECONDS})


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    log.exception("unexpected_error", path=request.url.path, exc_info=error)
    sentence = Sentence(
        "系统出错，本次请求未产生任何部分结果，请将 trace_id 告知系统管理员。",
        "Something went wrong on our side; nothing was half done. Report the trace_id to the administrator.",
    )
    return problem(request, 500, "internal-error", Sentence("系统错误", "Internal error"), sentence)


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
