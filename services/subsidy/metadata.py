"""The subsidy service's tables, with the ones every service has."""

from sqlalchemy import Numeric

from shared.tables import service_metadata

metadata = service_metadata()
MONEY = Numeric(18, 2)
RATE = Numeric(12, 8)  # percent a year
