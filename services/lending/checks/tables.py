"""Checks of applications; one that was recorded wrongly is withdrawn, never rewritten (JN-5)."""

from sqlalchemy import CheckConstraint, Column, Date, DateTime, ForeignKey, Index, Table, Text, Uuid, func

from services.lending.metadata import metadata

application_check = Table(
    "application_check",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("application_id", Uuid, ForeignKey("application.id"), nullable=False),
    Column("check_code", Text, nullable=False),  # of the pack's `follow_up.checks`
    Column("checked_on", Date, nullable=False),
    Column("checked_by", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_as", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("withdrawn_on", Date),
    Column("withdrawn_by", Text),
    Column("withdrawal_reason", Text),
    CheckConstraint("outcome IN ('fit', 'unfit')", name="outcome"),
    CheckConstraint("checked_by <> '' AND words <> ''", name="said"),
    CheckConstraint("withdrawn_by <> recorded_by", name="withdrawn_by"),
    CheckConstraint("withdrawn_on >= checked_on", name="withdrawn_on"),
    CheckConstraint("num_nulls(withdrawn_on, withdrawn_by, withdrawal_reason) IN (0, 3)", name="withdrawal"),
    Index("ix_application_check_application_id", "application_id"),
)
