"""All tables of the gateway on one metadata, for migrations and the check that both agree."""

from services.gateway.accounts import tables as accounts
from services.gateway.metadata import metadata
from services.gateway.regions import tables as regions
from services.gateway.sign_in import tables as sign_in

__all__ = ["accounts", "metadata", "regions", "sign_in"]
