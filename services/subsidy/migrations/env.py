"""Alembic's entry: the work is `shared.migrations.run`."""

from services.subsidy.tables import metadata
from shared.migrations import run

run(metadata)
