"""Proposals to return an approved batch or to close what of it cannot be paid, and what a second person decided."""

from sqlalchemy import CheckConstraint, Column, Date, DateTime, ForeignKey, Index, Table, Text, Uuid, func, text

from services.subsidy.metadata import metadata

batch_termination = Table(
    "batch_termination",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("batch_id", Uuid, ForeignKey("subsidy_batch.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("proposed_on", Date, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_as", Text, nullable=False),  # in which office's name
    Column("proposed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("decision", Text),  # null: waits for the second person
    Column("decided_on", Date),
    Column("decided_by", Text),
    Column("decided_as", Text),
    Column("decided_at", DateTime(timezone=True)),
    CheckConstraint("kind IN ('return', 'close')", name="kind"),
    CheckConstraint("decision IN ('approve', 'refuse')", name="decision"),
    CheckConstraint(
        "num_nonnulls(decision, decided_on, decided_by, decided_as, decided_at) IN (0, 5)", name="decided_whole"
    ),
    CheckConstraint("decided_by <> proposed_by AND decided_on >= proposed_on", name="second_person"),
    Index("uq_batch_termination_open", "batch_id", unique=True, postgresql_where=text("decision IS NULL")),
    Index("ix_batch_termination_batch_id", "batch_id"),
)
