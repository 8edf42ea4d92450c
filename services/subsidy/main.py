"""Build the subsidy service's application; the only file that wires its parts together."""

from contextlib import AsyncExitStack

from fastapi import FastAPI

from services.subsidy import consumers
from services.subsidy.batches.routes import router as batches
from services.subsidy.clawbacks.routes import router as clawbacks
from services.subsidy.payments.routes import router as payments
from services.subsidy.programmes.routes import router as programmes
from services.subsidy.rates.routes import router as rates
from services.subsidy.reports.routes import router as reports
from services.subsidy.settings import SubsidySettings
from shared.clients import PeerClient
from shared.pii import PiiCipher
from shared.web.service import Service, service_app

# Every room of the service serves its part of the API; a new room adds its router here.
ROUTERS = (rates, programmes, batches, payments, clawbacks, reports)


async def _start(app: FastAPI, stack: AsyncExitStack) -> None:
    platform = app.state.platform
    app.state.registry = PeerClient("registry", platform.registry_url, app.state.signer)
    stack.push_async_callback(app.state.registry.close)
    app.state.cipher = PiiCipher.from_file(platform.platform_pii_key_file)


def create_app() -> FastAPI:
    """Return the subsidy service's application."""
    return service_app(
        Service(
            name="subsidy",
            title="贴息服务 Subsidy",
            description="Reference rates, programmes, and the reimbursement of interest that households really paid.",
            settings=SubsidySettings.load,
            routers=ROUTERS,
            subscriptions=consumers.SUBSCRIPTIONS,
            startup=_start,
        )
    )
