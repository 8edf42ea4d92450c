"""`python -m deploy.serve <service>`: one service on uvicorn, the same way on a laptop, in the image and in compose."""

import argparse
import gc
import importlib
from typing import Any, Final

from deploy.environment import SERVICES

DRAIN_SECONDS: Final = 20  # requests that have begun may still be answered after the order to stop


def application_of(service: str) -> str:
    """Return where uvicorn finds a service's application."""
    return f"services.{service}.main:create_app"


def made(application: str) -> Any:
    """Return the application that `module:factory` makes.

    Nothing of what is imported and made here goes away before the process does, so the collector walks none of it: not
    while it is made, a sixth of the start, nor ever after.
    """
    module, factory = application.split(":")
    gc.disable()
    app = getattr(importlib.import_module(module), factory)()
    gc.freeze()
    gc.enable()
    return app


def serve(application: str, host: str, port: int) -> None:
    """Serve an application, `module:factory`, until the process is asked to stop.

    uvicorn leaves the caller's address as the connection has it: what a header says of it is the gateway's to judge,
    which knows the trusted proxies.
    """
    import uvicorn  # late: the supervisor imports this module too, and needs none of it

    uvicorn.run(
        made(application),
        host=host,
        port=port,
        access_log=False,
        log_level="warning",
        loop="uvloop",
        http="httptools",
        proxy_headers=False,
        timeout_graceful_shutdown=DRAIN_SECONDS,
    )


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(prog="python -m deploy.serve", description=__doc__)
    parser.add_argument("service", choices=SERVICES)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--application", help="module:factory of something else in the service's place")
    chosen = parser.parse_args()
    serve(chosen.application or application_of(chosen.service), chosen.host, chosen.port)


if __name__ == "__main__":
    main()
