"""Alembic's entry for the risk fund."""

from services.riskfund.tables import metadata
from shared.migrations import run

run(metadata)
