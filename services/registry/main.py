"""Build the registry's application."""

from contextlib import AsyncExitStack

from fastapi import FastAPI

from services.registry import consumers
from services.registry.changes import routes as changes
from services.registry.eligibility import routes as eligibility
from services.registry.entities import routes as entities
from services.registry.households import routes as households
from services.registry.imports import routes as imports
from services.registry.lists import routes as lists
from services.registry.packs import routes as packs
from services.registry.rating import routes as rating
from services.registry.regions import routes as regions
from services.registry.reports import routes as reports
from services.registry.settings import RegistrySettings
from services.registry.surveys import routes as surveys
from shared.pii import PiiCipher
from shared.web.service import Service, service_app


async def open_cipher(app: FastAPI, stack: AsyncExitStack) -> None:
    """Read the keys for personal data."""
    app.state.cipher = PiiCipher.from_file(app.state.platform.platform_pii_key_file)


def create_app() -> FastAPI:
    """Return the registry."""
    rooms = (regions, packs, imports, households, changes, surveys, rating, eligibility, lists, entities, reports)
    return service_app(
        Service(
            name="registry",
            title="登记与评级 Registry",
            settings=RegistrySettings.load,
            routers=[room.router for room in rooms],
            subscriptions=consumers.SUBSCRIPTIONS,
            startup=open_cipher,
            description="Regions, policy packs, households, credit ratings, lists, and who may borrow.",
        )
    )
