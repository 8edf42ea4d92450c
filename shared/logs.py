"""Structured logs: one JSON line each on standard output, with the request and trace ids, never personal data."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_ID_NUMBER = re.compile(r"(?<!\d)([1-8]\d{5})\d{8}(\d{3}[\dXx])(?!\d)")
_ACCOUNT = re.compile(r"(?<!\d)\d{12,15}(\d{4})(?!\d)")
_PHONE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")


def redacted(text: str) -> str:
    """Return `text` with resident ID, account and phone numbers hidden."""
    text = _ID_NUMBER.sub(r"\1********\2", text)
    text = _ACCOUNT.sub(r"************\1", text)
    return _PHONE.sub("1**********", text)


def _redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str) and key not in {"timestamp", "trace_id", "request_id", "level"}:
            event[key] = redacted(value)
    return event


def configure(service: str, level: str = "INFO") -> None:
    """Set up structlog and the standard library's logging for one service process."""
    shared_steps: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _redact,
    ]
    structlog.configure(
        processors=[*shared_steps, structlog.processors.JSONRenderer(ensure_ascii=False)],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    formatter = structlog.stdlib.ProcessorFormatter(
        processor=structlog.processors.JSONRenderer(ensure_ascii=False), foreign_pre_chain=shared_steps
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for noisy in ("httpx", "httpcore", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
