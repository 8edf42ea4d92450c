"""A service of a few lines: says what it was given, so that the supervisor can be tested without the real ones."""

import os

from fastapi import FastAPI


def create_app() -> FastAPI:
    """Return an application with /readyz, /environment and /pid."""
    app = FastAPI()

    @app.get("/readyz")
    async def ready() -> dict[str, bool]:
        return {"ready": True}

    @app.get("/environment")
    async def environment() -> dict[str, str]:
        return dict(os.environ)

    @app.get("/pid")
    async def pid() -> int:
        return os.getpid()

    return app


def broken() -> FastAPI:
    """Fail as a service does whose settings are wrong."""
    raise RuntimeError("the settings are wrong")
