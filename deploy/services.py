"""Each service as a process of its own."""

import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from deploy.embedded.folders import ROOT
from deploy.embedded.ports import answers_ok
from deploy.embedded.processes import Child, Ending
from deploy.environment import environment_of
from deploy.serve import DRAIN_SECONDS

READY_SECONDS = 180.0  # a busy machine imports slowly; a service that ends is noticed at once
READY_POLL_SECONDS = 0.05
# Orphaned services are killed outright: nothing they hold in memory matters, and a drain would wait for servers
# that are going down with them.
_ENDING = Ending(signal.SIGTERM, signal.SIGKILL, patience_seconds=DRAIN_SECONDS + 5.0)


def service_child(
    service: str,
    application: str | None,
    environment: Mapping[str, str],
    log: Path,
    extra_env: Mapping[str, str],
) -> Child:
    """Return the process of one service, not yet started; `application` is what to serve in the service's place."""
    argv = [sys.executable, "-m", "deploy.serve", service, "--port", environment[f"{service.upper()}_PORT"]]
    argv += ["--application", application] if application else []
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
    return answers_ok(port, "/readyz", timeout_seconds)
