"""The administrative tree over time: regions, their former names, and which code became which."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    text,
)

from services.registry.metadata import metadata

region = Table(
    "region",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, CheckConstraint("name <> ''", name="name_given"), nullable=False),
    Column("level", Text, nullable=False),
    Column("parent_code", Text, ForeignKey("region.code")),
    Column("valid_from", Date),  # null: since before records
    Column("valid_until", Date),  # the first day on which the code no longer holds; null: in force
    CheckConstraint(
        "(level, length(code)) IN (('province', 2), ('prefecture', 4), ('county', 6), "
        "('township', 9), ('village', 12))",
        name="level_by_length",
    ),
    CheckConstraint(
        "CASE WHEN level = 'province' THEN parent_code IS NULL "
        "ELSE parent_code IS NOT NULL AND code ^@ parent_code END",
        name="below_parent",
    ),
    CheckConstraint("valid_until > valid_from", name="valid_for_some_time"),
    Index("region_parent", "parent_code", "code"),
    Index("region_by_name", "name", "code", postgresql_ops={"name": "text_pattern_ops"}),
)

region_former_name = Table(
    "region_former_name",
    metadata,
    Column("code", Text, ForeignKey("region.code"), nullable=False),
    Column("name", Text, nullable=False),
    Column("valid_until", Date, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Index("region_former_name_of", "code", "valid_until"),
    Index("region_former_name_words", "name", postgresql_ops={"name": "text_pattern_ops"}),
)

region_change = Table(
    "region_change",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column(
        "kind", Text, CheckConstraint("kind IN ('rename', 'recode', 'merge', 'split')", name="kind"), nullable=False
    ),
    Column("effective_on", Date, nullable=False),
    Column("document", Text, CheckConstraint("document <> ''", name="document_given"), nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
)

region_succession = Table(
    "region_succession",
    metadata,
    Column("change_id", Uuid, ForeignKey("region_change.id"), nullable=False),
    Column("from_code", Text, ForeignKey("region.code"), nullable=False),
    Column("to_code", Text, ForeignKey("region.code"), nullable=False),
    Column("households_moved", Integer, nullable=False),
    PrimaryKeyConstraint("change_id", "from_code", "to_code"),
    Index("region_succession_from", "from_code"),
    Index("region_succession_to", "to_code"),
)
