"""The copies of confirmed policy packs and of their corrections."""

from services.riskfund.metadata import metadata
from shared.tables import pack_correction_table, policy_pack_table

policy_pack = policy_pack_table(metadata)
pack_correction = pack_correction_table(metadata)
