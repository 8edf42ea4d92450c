"""Each service as a uvicorn process."""

import http.client
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.embedded.folders import ROOT
from deploy.embedded.processes import Child, Ending
from deploy.environment import environment_of

READY_SECONDS = 60.0
READY_POLL_SECONDS = 0.05
DRAIN_SECONDS = 20

# Orphaned services are killed outright: nothing they hold in memory matters, and a drain would wait for servers
# that are going down with them.
_ENDING = Ending(signal.SIGTERM, signal.SIGKILL, patience_seconds=DRAIN_SECONDS + 5.0)


def application_of(service: str) -> str:
    """Return where uvicorn finds a service's application."""
    return f"services.{service}.main:create_app"


def service_child(
    service: str,
    application: str,
    environment: Mapping[str, str],
    log: Path,
    extra_env: Mapping[str, str],
) -> Child:
    """Return the process of one service, not yet started."""
    argv = [sys.executable, "-m", "uvicorn", application, "--factory"]
    argv += ["--host", "127.0.0.1", "--port", environment[f"{service.upper()}_PORT"]]
    argv += ["--no-access-log", "--log-level", "warning", "--loop", "uvloop", "--http", "httptools"]
    argv += ["--timeout-graceful-shutdown", str(DRAIN_SECONDS)]
    visible = environment_of(service, {**os.environ, **environment, **extra_env})
    return Child(service, argv, log=log, ending=_ENDING, env=visible, cwd=ROOT)


def await_service(child: Child, port: int) -> None:
    """Wait until the service's /readyz answers 200.

    Raises:
        ServerDidNotStart: with the end of its log.
    """
    child.await_ready(lambda: is_ready(port), READY_SECONDS, READY_POLL_SECONDS)


def is_ready(port: int, timeout_seconds: float = 5.0) -> bool:
    """Return whether the service on this port says it is ready."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_seconds)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
