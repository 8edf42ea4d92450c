"""Who serves which village as its finance officer, from which day on, and how that ended (FJ-7)."""

from sqlalchemy import CheckConstraint, Column, Date, DateTime, ForeignKey, Index, Table, Text, Uuid, text

from services.registry.metadata import evidence_column, metadata

finance_officer = Table(
    "finance_officer",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("village_code", Text, ForeignKey("region.code"), nullable=False),
    Column("officer", Text, CheckConstraint("officer <> ''", name="officer_given"), nullable=False),  # account id
    Column("officer_name", Text, CheckConstraint("officer_name <> ''", name="officer_name_given"), nullable=False),
    evidence_column(),
    Column("appointed_on", Date, nullable=False),
    Column("appointed_by", Text, nullable=False),
    Column("appointed_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    # The first day on which the officer serves no more; the day of appointment where it was recorded wrongly.
    Column("ended_on", Date),
    Column("end_cause", Text, CheckConstraint("end_cause IN ('replaced', 'left', 'recorded_wrongly')", name="cause")),
    Column("end_reason", Text),
    Column("ended_by", Text),
    CheckConstraint("num_nonnulls(ended_on, end_cause, end_reason, ended_by) IN (0, 4)", name="ended_is_whole"),
    CheckConstraint("ended_on >= appointed_on", name="ends_after_appointment"),
    CheckConstraint("ended_by <> appointed_by OR end_cause <> 'recorded_wrongly'", name="maker_is_not_checker"),
    Index("finance_officer_serving", "village_code", unique=True, postgresql_where=text("ended_on IS NULL")),
    Index("finance_officer_history", "village_code", "appointed_on"),
)
