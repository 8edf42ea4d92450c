"""Who explained to a household why its application was refused; one that was wrong is withdrawn, never rewritten."""

from sqlalchemy import CheckConstraint, Column, Date, DateTime, ForeignKey, Index, Table, Text, Uuid, func

from services.lending.metadata import metadata

explanation = Table(
    "explanation",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("application_id", Uuid, ForeignKey("application.id"), nullable=False),
    Column("explained_on", Date, nullable=False),
    Column("explained_by", Text, nullable=False),
    Column("explained_as", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("withdrawn_on", Date),
    Column("withdrawn_by", Text),
    Column("withdrawal_reason", Text),
    CheckConstraint("channel IN ('in_person', 'telephone', 'letter', 'message')", name="channel"),
    CheckConstraint("explained_as IN ('bank', 'township')", name="explained_as"),
    CheckConstraint("words <> ''", name="words_given"),
    CheckConstraint("withdrawn_by <> explained_by", name="withdrawn_by"),
    CheckConstraint("withdrawn_on >= explained_on", name="withdrawn_on"),
    CheckConstraint("num_nulls(withdrawn_on, withdrawn_by, withdrawal_reason) IN (0, 3)", name="withdrawal"),
    Index("ix_explanation_application_id", "application_id"),
)
