"""Build a service's FastAPI application: lifespan, identity, health, metrics, problems."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute, iter_route_contexts
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared import failpoints, logs, schema_version
from shared.bus import Bus
from shared.clients import PeerClient
from shared.db import Database
from shared.inbox import Subscription
from shared.pii import PiiCipher
from shared.settings import PlatformSettings, ServiceSettings
from shared.tokens import TokenSigner, TokenVerifier
from shared.web import problems, titles
from shared.web.identity import right_of
from shared.web.middleware import Observed
from shared.web.parameters import ensure_known_parameters

BODY_LIMIT_BYTES = 48 * 1024 * 1024  # the largest spreadsheet the import target needs, with room
READY_CHECK_SECONDS = 2.0

Startup = Callable[[FastAPI, AsyncExitStack], Awaitable[None]]


@dataclass(frozen=True)
class Service:
    """What one service is made of."""

    name: str
    title: str
    routers: Sequence[APIRouter]
    settings: type[ServiceSettings] = ServiceSettings
    subscriptions: Sequence[Subscription] = ()
    peers: Sequence[str] = ()  # services it asks; each becomes `app.state.<peer>`
    reads_personal_data: bool = False  # then `app.state.cipher` has the keys
    startup: Startup | None = None
    description: str = ""
    root_routers: Sequence[APIRouter] = ()  # served without the /api/v1 prefix


def service_app(service: Service) -> FastAPI:
    """Return the application; everything that needs I/O happens in its lifespan."""
    app = FastAPI(
        title=service.title,
        version="1",
        description=service.description,
        lifespan=_lifespan_of(service),
        docs_url=None,
        openapi_url="/openapi.json" if not service.root_routers else None,  # the gateway serves the merged one
        redoc_url=None,
        separate_input_output_schemas=False,
        max_body_size=BODY_LIMIT_BYTES,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # `Observed` has ours
        redirect_slashes=False,  # a redirect would name this service's own address
        dependencies=[Depends(ensure_known_parameters)],
        generate_unique_id_function=lambda route: route.name,
    )
    problems.install(app)
    for router in service.routers:
        app.include_router(router, prefix="/api/v1")
    app.include_router(_operations(service))
    for router in service.root_routers:
        app.include_router(router)
    app.add_middleware(Observed)
    _describe(app, service.name)
    return app


def _lifespan_of(service: Service) -> Callable[[FastAPI], Any]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        platform = PlatformSettings()
        settings = service.settings.load(service.name)
        logs.configure(service.name, platform.log_level)
        failpoints.ensure_allowed(platform.platform_profile)
        async with AsyncExitStack() as stack:
            app.state.platform, app.state.settings = platform, settings
            database = await Database.connect(
                settings.database_url.get_secret_value(),
                application_name=service.name,
                max_size=settings.database_pool,
            )
            stack.push_async_callback(database.close)
            await schema_version.ensure_current(service.name, database)
            app.state.database = database
            app.state.verifier = TokenVerifier.from_directory(platform.platform_keys_dir, service.name)
            app.state.signer = TokenSigner.from_directory(platform.platform_keys_dir, service.name)
            for peer in service.peers:
                client = PeerClient(peer, getattr(platform, f"{peer}_url"), app.state.signer)
                stack.push_async_callback(client.close)
                setattr(app.state, peer, client)
            if service.reads_personal_data:
                app.state.cipher = PiiCipher.from_file(platform.platform_pii_key_file)
            if service.startup is not None:
                await service.startup(app, stack)
            app.state.subscriptions = service.subscriptions
            app.state.bus = None
            if platform.nats_url:
                bus = Bus(
                    service=service.name,
                    database=database,
                    nats_url=platform.nats_url,
                    user=settings.nats_user,
                    password=settings.nats_password.get_secret_value(),
                    subscriptions=service.subscriptions,
                )
                app.state.bus = await stack.enter_async_context(bus)
            yield

    return lifespan


def _operations(service: Service) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/livez")
    async def live() -> dict[str, str]:
        return {"state": "alive", "service": service.name}

    @router.get("/readyz")
    async def ready(request: Request) -> JSONResponse:
        bus: Bus | None = request.app.state.bus
        parts = {"database": await _database_state(request), **(bus.state() if bus else {})}
        good = all(state == "ok" for state in parts.values())
        return JSONResponse({"ready": good, "service": service.name, "parts": parts}, 200 if good else 503)

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


async def _database_state(request: Request) -> str:
    database: Database = request.app.state.database
    try:
        async with asyncio.timeout(READY_CHECK_SECONDS), database.connection() as connection:
            await connection.fetchval("SELECT 1")
    except Exception as error:  # readiness reports every fault, it never raises one
        return f"failing: {type(error).__name__}"
    return "ok"


def _describe(app: FastAPI, service: str) -> None:
    """Add each operation's right, the problem schema and the vocabulary's words to the OpenAPI document."""
    original = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema:
            return app.openapi_schema
        schema = original()
        schema.setdefault("components", {}).setdefault("schemas", {})["Problem"] = deepcopy(problems.PROBLEM_SCHEMA)
        schema["components"]["securitySchemes"] = {
            "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
        }
        for context in iter_route_contexts(app.routes):
            route = context.original_route
            if isinstance(route, APIRoute) and route.include_in_schema:
                for method in route.methods or ():
                    _describe_operation(schema["paths"][context.path][method.lower()], route)
        titles.entitle(schema, service)
        app.openapi_schema = schema
        return schema

    app.openapi = openapi  # type: ignore[method-assign]


def _describe_operation(operation: dict[str, Any], route: APIRoute) -> None:
    right = right_of(route.endpoint, route.dependant)
    if right is not None:
        operation["x-right"] = str(right)
        operation["security"] = [{"bearer": []}]
    refused = {
        "description": "Refused by name",
        "content": {problems.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    operation["responses"].pop("422", None)
    operation["responses"]["4XX"] = refused
    operation["responses"]["5XX"] = refused
