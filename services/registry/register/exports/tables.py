"""What left the register: who exported which households, when."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    Table,
    Text,
    Uuid,
    text,
)

from services.registry.metadata import metadata

# Full identity numbers leave with an export: who took which, and when.
household_export = Table(
    "household_export",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, CheckConstraint("kind IN ('households', 'members')", name="kind"), nullable=False),
    Column("region_code", Text, nullable=False),
    Column("poverty_state", Text),
    Column("form", Text, CheckConstraint("form IN ('xlsx', 'csv')", name="form"), nullable=False),
    Column("row_count", Integer, CheckConstraint("row_count >= 0", name="row_count"), nullable=False),
    Column("exported_by", Text, nullable=False),
    Column("exported_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Index("household_export_region", "region_code", "id"),
)
