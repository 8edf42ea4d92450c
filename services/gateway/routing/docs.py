"""The API's pages: the merged OpenAPI document and a Swagger UI that needs no outside network."""

import asyncio
import json
from functools import cache
from pathlib import Path

import fastapi_offline
from fastapi import APIRouter, FastAPI, Response
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse
from starlette.staticfiles import StaticFiles

from services.gateway.routing.contracts import merged, read_contracts, read_own

ASSETS = Path(fastapi_offline.__file__).parent / "static"
TITLE = "扶贫小额信贷平台 Subsidised small loans"

router = APIRouter(include_in_schema=False)


@router.get("/openapi.json")
async def read_openapi() -> Response:
    """Return one OpenAPI document for everything behind the gateway."""
    return Response(await asyncio.to_thread(merged_document), media_type="application/json")


@router.get("/docs")
async def read_docs() -> HTMLResponse:
    """Show the API in Swagger UI, served from this machine."""
    return get_swagger_ui_html(
        openapi_url="/openapi.json",
        title=TITLE,
        swagger_js_url="/docs-assets/swagger-ui-bundle.js",
        swagger_css_url="/docs-assets/swagger-ui.css",
        swagger_favicon_url="/docs-assets/favicon.png",
    )


def install(app: FastAPI) -> None:
    """Serve the pages' assets."""
    app.mount("/docs-assets", StaticFiles(directory=ASSETS), name="docs-assets")


@cache
def merged_document() -> bytes:
    """Return one OpenAPI document of everything behind the gateway, from the committed contracts, as JSON."""
    return json.dumps(merged(read_own(), read_contracts()), ensure_ascii=False, separators=(",", ":")).encode()
