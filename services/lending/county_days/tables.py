"""Days of rest and of work of a county's own, who entered and who confirmed them; all of them stay on file."""

from sqlalchemy import CheckConstraint, Column, Date, Index, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from services.lending.metadata import metadata
from services.lending.proposals.tables import proposed

county_days = Table(
    "county_days",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("county_code", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("days", ARRAY(Date), nullable=False),
    Column("document", Text, nullable=False),
    *proposed(),
    CheckConstraint("kind IN ('rest', 'work', 'as_national')", name="kind"),
    CheckConstraint("cardinality(days) BETWEEN 1 AND 31", name="days"),
    CheckConstraint("document <> ''", name="document"),
    Index("ix_county_days_county_code", "county_code", "decided_at"),
)
