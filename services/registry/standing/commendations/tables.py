"""Who is on the trust list, by whose word, why, and until when (ZJ-8)."""

from sqlalchemy import CheckConstraint, Column, Date, DateTime, ForeignKey, Index, Table, Text, Uuid, text

from services.registry.metadata import evidence_column, metadata

commendation = Table(
    "commendation",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("household_id", Uuid, ForeignKey("household.id")),
    Column("entity_id", Uuid, ForeignKey("implementing_entity.id")),
    Column("reason", Text, CheckConstraint("reason <> ''", name="reason_given"), nullable=False),
    evidence_column(),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date, nullable=False),
    Column(
        "state", Text, CheckConstraint("state IN ('proposed', 'confirmed', 'rejected')", name="state"), nullable=False
    ),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("office", Text),  # whose word put it on the list
    Column("decided_by", Text),
    Column("decided_on", Date),
    Column("decision_reason", Text),
    Column("ended_on", Date),  # taken off before its end
    Column("end_reason", Text),
    Column("ended_by", Text),
    CheckConstraint("num_nonnulls(household_id, entity_id) = 1", name="one_subject"),
    CheckConstraint("valid_until > valid_from", name="valid_for_some_time"),
    CheckConstraint(
        "num_nulls(office, decided_by, decided_on, decision_reason) = CASE WHEN state = 'proposed' THEN 4 ELSE 0 END",
        name="decision_is_whole",
    ),
    CheckConstraint("decided_by <> proposed_by", name="maker_is_not_checker"),
    CheckConstraint("num_nonnulls(ended_on, end_reason, ended_by) IN (0, 3)", name="ended_is_whole"),
    CheckConstraint("ended_on IS NULL OR (state = 'confirmed' AND ended_by <> decided_by)", name="ended_by_another"),
    CheckConstraint("ended_on BETWEEN valid_from AND valid_until", name="ends_within"),
    Index("commendation_household", "household_id"),
    Index("commendation_entity", "entity_id"),
)
