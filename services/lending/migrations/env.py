"""Alembic's entry: the work is `shared.migrations.run`."""

from services.lending.tables import metadata
from shared.migrations import run

run(metadata)
