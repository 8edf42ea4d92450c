"""Index of the service's tables: importing it declares every room's tables on `metadata`."""

import services.lending.applications.tables
import services.lending.policies.tables  # noqa: F401 - imported to declare their tables
from services.lending.metadata import metadata

__all__ = ["metadata"]
