"""Every view of a household's dossier, by whom and in which role; it only grows (LG-44)."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.registry.metadata import metadata

dossier_view = Table(
    "dossier_view",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("household_id", Uuid, ForeignKey("household.id"), nullable=False),
    Column("access", Text, CheckConstraint("access IN ('screen', 'print')", name="access"), nullable=False),
    Column("viewed_by", Text, nullable=False),
    Column("roles", ARRAY(Text), CheckConstraint("cardinality(roles) > 0", name="roles"), nullable=False),
    Column("viewed_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Index("household_dossier_view_of_household", "household_id", "id"),
)
