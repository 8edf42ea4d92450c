"""Village rules with credit duties: text, day, proof, and how each ended (FJ-16)."""

from sqlalchemy import CheckConstraint, Column, Date, DateTime, ForeignKey, Index, Table, Text, Uuid, text

from services.registry.metadata import evidence_column, metadata

village_rule = Table(
    "village_rule",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("village_code", Text, ForeignKey("region.code"), nullable=False),
    Column("title", Text, CheckConstraint("title <> ''", name="title_given"), nullable=False),
    Column("content", Text, CheckConstraint("content <> ''", name="content_given"), nullable=False),
    evidence_column(),
    Column("adopted_on", Date, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    # The first day on which it holds no more; the day of adoption itself where it was recorded wrongly.
    Column("ended_on", Date),
    Column(
        "end_cause", Text, CheckConstraint("end_cause IN ('replaced', 'repealed', 'recorded_wrongly')", name="cause")
    ),
    Column("end_reason", Text),
    Column("ended_by", Text),
    CheckConstraint("num_nonnulls(ended_on, end_cause, end_reason, ended_by) IN (0, 4)", name="ended_is_whole"),
    CheckConstraint("ended_on >= adopted_on", name="ends_after_adoption"),
    CheckConstraint("ended_by <> recorded_by OR end_cause = 'replaced'", name="maker_is_not_checker"),
    Index("village_rule_in_force", "village_code", unique=True, postgresql_where=text("ended_on IS NULL")),
)
