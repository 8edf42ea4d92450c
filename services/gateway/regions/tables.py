"""Table of official region codes that became others."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
)

from services.gateway.metadata import metadata

# Codes compare by their bytes, so that a beginning is a range of the index whatever the database's language is.
region_succession = Table(
    "region_succession",
    metadata,
    Column("change_id", Uuid, nullable=False),
    Column("effective_on", Date, nullable=False),
    Column(
        "from_code",
        Text(collation="C"),
        CheckConstraint("from_code ~ '^[0-9]{2,12}$'", name="from_shape"),
        nullable=False,
    ),
    Column(
        "to_code", Text(collation="C"), CheckConstraint("to_code ~ '^[0-9]{2,12}$'", name="to_shape"), nullable=False
    ),
    Column("successor_count", Integer, CheckConstraint("successor_count > 0", name="has_a_successor"), nullable=False),
    Column(
        "predecessor_count", Integer, CheckConstraint("predecessor_count > 0", name="has_a_predecessor"), nullable=False
    ),
    PrimaryKeyConstraint("change_id", "from_code", "to_code"),
    CheckConstraint("length(from_code) = length(to_code)", name="same_level"),
    Index("region_succession_from", "from_code", "to_code"),
    Index("region_succession_to", "to_code", "from_code"),
)
