"""The gateway's schema, to which every room adds its tables."""

from shared.tables import service_metadata

metadata = service_metadata()
