"""Where a public notice hangs: who hung it there on which day, with the digests of the photos that show it."""

from sqlalchemy import CheckConstraint, Column, Date, DateTime, ForeignKey, Index, Table, Text, Uuid, func
from sqlalchemy.dialects.postgresql import ARRAY

from services.lending.metadata import metadata

public_notice_hanging = Table(
    "public_notice_hanging",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("notice_id", Uuid, ForeignKey("public_notice.id"), nullable=False),
    Column("region_code", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("hung_on", Date, nullable=False),
    Column("hung_by", Text, nullable=False),
    Column("office", Text, nullable=False),
    Column("photos", ARRAY(Text), nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("withdrawn_on", Date),
    Column("withdrawn_by", Text),
    Column("withdrawal_reason", Text),
    CheckConstraint("place <> ''", name="place_given"),
    CheckConstraint("withdrawn_by <> hung_by", name="withdrawn_by"),
    CheckConstraint("withdrawn_on >= hung_on", name="withdrawn_on"),
    CheckConstraint("num_nulls(withdrawn_on, withdrawn_by, withdrawal_reason) IN (0, 3)", name="withdrawal"),
    Index("ix_public_notice_hanging_notice_id", "notice_id"),
)
