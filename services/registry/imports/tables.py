"""Household sheets and their rejected rows.

Personal data stands in `…_sealed` columns only (`shared.pii`, context `table.column`).
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.registry.metadata import metadata

household_import = Table(
    "household_import",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("county_code", Text, nullable=False),
    Column("file_sha256", LargeBinary, nullable=False),
    Column("collected_on", Date, nullable=False),
    Column("columns", ARRAY(Text), nullable=False),
    Column("columns_ignored", ARRAY(Text), nullable=False),
    Column("row_count", Integer, nullable=False),
    Column("registered_count", Integer, nullable=False),
    Column("already_registered_count", Integer, nullable=False),
    Column("rejected_count", Integer, nullable=False),
    Column("imported_by", Text, nullable=False),
    Column("imported_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    CheckConstraint(
        "row_count = registered_count + already_registered_count + rejected_count", name="every_row_accounted_for"
    ),
)

household_import_rejection = Table(
    "household_import_rejection",
    metadata,
    Column("import_id", Uuid, ForeignKey("household_import.id"), nullable=False),
    Column("row_number", Integer, nullable=False),
    Column("village_code", Text),
    Column("faults", ARRAY(Text), CheckConstraint("cardinality(faults) > 0", name="has_a_fault"), nullable=False),
    Column("cells_sealed", LargeBinary, nullable=False),
    PrimaryKeyConstraint("import_id", "row_number"),
)
