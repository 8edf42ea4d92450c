"""Copies of other services' events; each row is written once, from one event."""

from sqlalchemy import CheckConstraint, Column, Date, Index, Integer, Numeric, Table, Text, Uuid, text

from services.lending.metadata import metadata
from shared.tables import pack_correction_table, policy_pack_table

policy_pack = policy_pack_table(metadata)
pack_correction = pack_correction_table(metadata)

reference_rate = Table(
    "reference_rate",
    metadata,
    Column("rate_id", Uuid, primary_key=True),
    Column("basis", Text, nullable=False),
    Column("effective_from", Date, nullable=False),
    Column("revision", Integer, nullable=False, server_default=text("1")),  # of one day the highest holds
    Column("up_to_1y", Numeric(12, 8)),
    Column("over_1y_to_5y", Numeric(12, 8)),
    Column("over_5y", Numeric(12, 8)),
    Index("ix_reference_rate_in_force", "basis", "effective_from"),
)

village_quota_cut = Table(
    "village_quota_cut",
    metadata,
    Column("loan_id", Uuid, primary_key=True),
    Column("village_code", Text, nullable=False),
    Column("cut_share", Numeric(8, 6), nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("amount_when_cut", Numeric(18, 2), nullable=False),
    CheckConstraint("cut_share > 0 AND cut_share <= 1", name="cut_share"),
    CheckConstraint("amount_when_cut >= 0", name="amount_when_cut"),
    Index("ix_village_quota_cut_village_code", "village_code"),
)

# No reference to the cut: news of its end may arrive first, and the cut then never counts.
village_quota_restored = Table(
    "village_quota_restored",
    metadata,
    Column("loan_id", Uuid, primary_key=True),
    Column("village_code", Text, nullable=False),
    Column("effective_on", Date, nullable=False),
)
