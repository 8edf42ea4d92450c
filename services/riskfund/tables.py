"""Index of the service's tables: importing it declares every room's tables on `metadata`."""

import services.riskfund.claims.tables
import services.riskfund.cover.tables
import services.riskfund.funds.tables
import services.riskfund.guarantees.tables
import services.riskfund.insurance.tables
import services.riskfund.pack_copies.tables
import services.riskfund.recoveries.tables  # noqa: F401 - imported to declare their tables
from services.riskfund.metadata import metadata

__all__ = ["metadata"]
