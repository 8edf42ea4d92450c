"""The administrative tree."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text

from services.registry.metadata import metadata

region = Table(
    "region",
    metadata,
    Column("code", Text, primary_key=True),
    Column("name", Text, CheckConstraint("name <> ''", name="name_given"), nullable=False),
    Column("level", Text, nullable=False),
    Column("parent_code", Text, ForeignKey("region.code")),
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
    Index("region_parent", "parent_code", "code"),
)
