"""Household sheets and their rejected rows.

Personal data stands in `…_sealed` columns only (`shared.pii`, context `table.column`).
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

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
    Column("kind", Text, CheckConstraint("kind IN ('households', 'members')", name="kind"), nullable=False),
    Column(
        "state",
        Text,
        CheckConstraint("state IN ('queued', 'reading', 'registering', 'finished', 'failed')", name="state"),
        nullable=False,
    ),
    Column("form", Text, CheckConstraint("form IN ('xlsx', 'csv')", name="form"), nullable=False),
    Column("byte_count", Integer, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),  # region prefixes in which the officer may import
    Column("rows_expected", Integer, nullable=False),
    Column("rows_read", Integer, nullable=False),
    Column("rows_per_piece", Integer, CheckConstraint("rows_per_piece >= 1", name="rows_per_piece"), nullable=False),
    Column("attempt_count", Integer, nullable=False),
    Column("worker", Uuid),
    Column("lease_until", DateTime(timezone=True)),
    Column("started_at", DateTime(timezone=True)),
    Column("finished_at", DateTime(timezone=True)),
    Column("failure", JSONB),  # {code, title, detail}
    Column("traceparent", Text),
    CheckConstraint(
        "row_count = registered_count + already_registered_count + rejected_count", name="every_row_accounted_for"
    ),
    CheckConstraint("(worker IS NOT NULL) = (state IN ('reading', 'registering'))", name="worker_while_open"),
    CheckConstraint("(lease_until IS NOT NULL) = (worker IS NOT NULL)", name="lease_of_worker"),
    CheckConstraint("(finished_at IS NOT NULL) = (state IN ('finished', 'failed'))", name="finished_at_some_time"),
    CheckConstraint("(failure IS NOT NULL) = (state = 'failed')", name="failed_for_a_reason"),
    Index(
        "household_import_open",
        "imported_at",
        postgresql_where=text("state IN ('queued', 'reading', 'registering')"),
    ),
    Index("household_import_county", "county_code", "id"),
)

# The upload, sealed, until every row of it is dealt with.
household_import_part = Table(
    "household_import_part",
    metadata,
    Column("import_id", Uuid, ForeignKey("household_import.id"), nullable=False),
    Column("part", Integer, nullable=False),
    Column("content_sealed", LargeBinary, nullable=False),
    PrimaryKeyConstraint("import_id", "part"),
)

# Each piece of a file is registered once, whoever reads the file again after a crash.
household_import_piece = Table(
    "household_import_piece",
    metadata,
    Column("import_id", Uuid, ForeignKey("household_import.id"), nullable=False),
    Column("place", Integer, nullable=False),
    Column("row_count", Integer, nullable=False),
    Column("registered_count", Integer, nullable=False),
    Column("already_registered_count", Integer, nullable=False),
    Column("rejected_count", Integer, nullable=False),
    Column("worker", Uuid, nullable=False),
    Column("registered_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    PrimaryKeyConstraint("import_id", "place"),
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
