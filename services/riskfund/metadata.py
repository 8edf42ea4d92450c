"""The one `MetaData` on which every room of the risk-fund service declares its tables."""

from shared.tables import service_metadata

metadata = service_metadata()
