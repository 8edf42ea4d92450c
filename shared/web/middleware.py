"""One pure ASGI middleware: request and trace ids, access log, metrics by route template, security headers."""

import re
import secrets
import time
from typing import Any

import structlog
from prometheus_client import Counter, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.logs import trace_id_of

log = structlog.get_logger("access")
_REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{8,64}$")
_QUIET_PATHS = frozenset({"/livez", "/readyz", "/metrics"})

REQUESTS = Counter("http_requests_total", "HTTP requests answered", ["method", "route", "status"])
SECONDS = Histogram("http_request_seconds", "Seconds from request to answer", ["method", "route"])


class Observed:
    """Gives each request its ids, then counts, times and logs the answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI scope."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        trace_id, request_id = _ids(headers)
        scope["trace_id"], scope["request_id"] = trace_id, request_id
        scope["traceparent"] = f"00-{trace_id}-{secrets.token_hex(8)}-01"
        started, status = time.perf_counter(), 500

        async def send_with_ids(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message["headers"],
                    (b"x-request-id", request_id.encode()),
                    (b"x-content-type-options", b"nosniff"),
                    (b"cache-control", b"no-store"),
                ]
            await send(message)

        with structlog.contextvars.bound_contextvars(trace_id=trace_id, request_id=request_id):
            try:
                await self.app(scope, receive, send_with_ids)
            finally:
                _observe(scope, status, time.perf_counter() - started)


def _ids(headers: dict[bytes, bytes]) -> tuple[str, str]:
    trace_id = trace_id_of(headers.get(b"traceparent", b"").decode("latin-1")) or secrets.token_hex(16)
    given = headers.get(b"x-request-id", b"").decode("latin-1")
    return trace_id, given if _REQUEST_ID.match(given) else trace_id


def _observe(scope: Scope, status: int, seconds: float) -> None:
    route: Any = scope.get("route")
    template = scope.get("operation") or getattr(route, "path", "unmatched")
    REQUESTS.labels(scope["method"], template, status).inc()
    SECONDS.labels(scope["method"], template).observe(seconds)
    if template not in _QUIET_PATHS:
        milliseconds = round(seconds * 1000, 2)
        log.info("request", method=scope["method"], route=template, status=status, milliseconds=milliseconds)
