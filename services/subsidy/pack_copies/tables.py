"""The copy of confirmed packs."""

from services.subsidy.metadata import metadata
from shared.tables import policy_pack_table

policy_pack = policy_pack_table(metadata)
