"""Build the gateway's application."""

from contextlib import AsyncExitStack
from datetime import timedelta

from fastapi import FastAPI

from services.gateway import consumers
from services.gateway.accounts import actions
from services.gateway.accounts.routes import router as accounts
from services.gateway.accounts.secrets import SecretHasher
from services.gateway.callers.current import CurrentAccounts
from services.gateway.callers.limits import RequestLimiter
from services.gateway.routing import docs
from services.gateway.routing.contracts import SERVICES, RoutingTable, operations, read_contracts
from services.gateway.routing.routes import router as forwarding
from services.gateway.routing.upstream import Upstream
from services.gateway.settings import GatewaySettings
from services.gateway.sign_in.routes import router as sign_in
from services.gateway.sign_in.rules.source import networks_of
from services.gateway.sign_in.rules.throttle import SignInRules
from shared.web.service import Service, service_app


async def _start(app: FastAPI, stack: AsyncExitStack) -> None:
    settings: GatewaySettings = app.state.settings
    platform = app.state.platform
    app.state.hasher = SecretHasher(settings.argon2_memory_kib, settings.argon2_passes)
    stack.callback(app.state.hasher.close)
    app.state.accounts = CurrentAccounts(app.state.database)
    app.state.limiter = RequestLimiter(settings.requests_per_account, settings.sign_ins_per_source)
    app.state.trusted_proxies = networks_of(settings.trusted_proxies)
    app.state.sign_in_rules = SignInRules(
        settings.sign_in_failures_allowed,
        settings.sign_in_failures_of_account_allowed,
        timedelta(minutes=settings.sign_in_window_minutes),
    )
    app.state.routing = RoutingTable(operations(read_contracts()))
    app.state.upstreams = {service: Upstream(service, getattr(platform, f"{service}_url")) for service in SERVICES}
    for upstream in app.state.upstreams.values():
        stack.push_async_callback(upstream.close)
    if settings.bootstrap_admin_password is not None:
        await actions.bootstrap_admin(
            app.state.database, app.state.hasher, settings.bootstrap_admin_password.get_secret_value()
        )


def create_app() -> FastAPI:
    """Return the gateway's application."""
    app = service_app(
        Service(
            name="gateway",
            title=docs.TITLE,
            settings=GatewaySettings,
            routers=[accounts],
            root_routers=[sign_in, docs.router, forwarding],
            subscriptions=consumers.SUBSCRIPTIONS,
            startup=_start,
            description="统一入口 The one entry to the platform; every write needs an Idempotency-Key.",
        )
    )
    docs.install(app)
    return app
