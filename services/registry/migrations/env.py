"""Run the registry's migrations."""

from services.registry.tables import metadata
from shared.migrations import run

run(metadata)
