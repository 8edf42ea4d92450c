"""The copy of confirmed policy packs."""

from services.riskfund.metadata import metadata
from shared.tables import policy_pack_table

policy_pack = policy_pack_table(metadata)
