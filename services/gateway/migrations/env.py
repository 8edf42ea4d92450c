"""Alembic's entry for the gateway."""

from services.gateway.tables import metadata
from shared.migrations import run

run(metadata)
