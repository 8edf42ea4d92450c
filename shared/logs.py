"""Structured logs: one JSON line each on standard output, with the request and trace ids, never personal data."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import orjson
import structlog

from shared.pii import outside_ids

_ID_NUMBER = re.compile(r"(?<!\d)([1-8]\d{5})\d{8}(\d{3}[\dXx])(?!\d)")
_ACCOUNT = re.compile(r"(?<!\d)\d{12,15}(\d{4})(?!\d)")
_LONG_NUMBER = re.compile(r"\d{11}")  # none of them is shorter
_TRACEPARENT = re.compile(r"^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$")
_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


def redacted(text: str) -> str:
    """Return `text` with resident ID, account and phone numbers hidden."""
    return outside_ids(text, _hidden) if _LONG_NUMBER.search(text) else text


def _hidden(text: str) -> str:
    text = _ID_NUMBER.sub(r"\1********\2", text)
    text = _ACCOUNT.sub(r"************\1", text)
    return _PHONE.sub("1**********", text)


def _redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str) and key not in {"timestamp", "trace_id", "request_id", "level"}:
            event[key] = redacted(value)
    return event


def trace_id_of(traceparent: str | None) -> str | None:
    """Return the trace id of a W3C traceparent, or None when there is none or it is malformed."""
    found = _TRACEPARENT.match(traceparent or "")
    return found.group(1) if found else None


def _as_json(event: Any, **_options: Any) -> str:
    return orjson.dumps(event, default=repr).decode()


def configure(service: str, level: str = "INFO") -> None:
    """Set up structlog and the standard library's logging for one service process."""

    def name_service(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event.setdefault("service", service)
        return event

    shared_steps: list[Any] = [
        name_service,
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _redact,
    ]
    structlog.configure(
        processors=[*shared_steps, structlog.processors.JSONRenderer(_as_json)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        processor=structlog.processors.JSONRenderer(_as_json), foreign_pre_chain=shared_steps
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for own_handlers in ("uvicorn", "uvicorn.error"):  # its plain lines would pass by the redaction
        logging.getLogger(own_handlers).handlers.clear()
        logging.getLogger(own_handlers).propagate = True
    for noisy in ("httpx", "httpcore", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
