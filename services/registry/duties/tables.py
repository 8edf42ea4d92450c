"""Duties that fell due or were ordered, and the records that say what was done."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.registry.duties.rules.kinds import ORDERED, DutyKind
from services.registry.metadata import metadata

_NOW = text("now()")
_KINDS = ", ".join(f"'{each}'" for each in DutyKind)
_ORDERED = ", ".join(f"'{each}'" for each in sorted(ORDERED))

duty = Table(
    "duty",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, CheckConstraint("version >= 0", name="version"), nullable=False),
    Column("county_code", Text, nullable=False),
    Column("region_code", Text, ForeignKey("region.code"), nullable=False),
    Column("kind", Text, CheckConstraint(f"kind IN ({_KINDS})", name="kind"), nullable=False),
    # Two rhythms of one kind are two series; what was ordered by hand belongs to none.
    Column("series", Text),
    Column("offices", ARRAY(Text), CheckConstraint("cardinality(offices) > 0", name="offices_given"), nullable=False),
    Column("loan_id", Uuid),
    Column("household_id", Uuid, ForeignKey("household.id")),
    Column("bank_code", Text),
    Column("entity_id", Uuid, ForeignKey("implementing_entity.id")),
    Column("pictures", Integer, CheckConstraint("pictures >= 0", name="pictures"), nullable=False),
    Column("opens_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("pack_id", Uuid, ForeignKey("policy_pack.id"), nullable=False),
    # What is to be done, where officers or a ranking ordered it; by whom, and by which record or ranking.
    Column("ordered", Text, CheckConstraint("ordered <> ''", name="order_given")),
    Column("ordered_by", Text),
    Column("ordered_by_record_id", Uuid),
    Column("ordered_by_ranking_id", Uuid),
    Column("noted_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("overdue_noted_on", Date),
    # Nobody has to do it any more: the loan was repaid, the region ended, the order was taken back.
    Column("ended_on", Date),
    Column(
        "end_cause",
        Text,
        CheckConstraint(
            "end_cause IN ('loan_closed', 'region_ended', 'order_withdrawn', 'entity_released')", name="end_cause"
        ),
    ),
    Column("end_reason", Text),
    Column("ended_by", Text),
    CheckConstraint("region_code ^@ county_code AND length(county_code) = 6", name="region_in_county"),
    CheckConstraint("due_on >= opens_on", name="due_after_opening"),
    CheckConstraint("(loan_id IS NULL) = (household_id IS NULL)", name="loan_of_a_household"),
    CheckConstraint("loan_id IS NULL OR entity_id IS NULL", name="of_loan_or_entity"),
    CheckConstraint(
        f"CASE WHEN series IS NULL THEN kind IN ({_ORDERED}) AND ordered IS NOT NULL ELSE ordered IS NULL END",
        name="returns_or_is_ordered",
    ),
    CheckConstraint("num_nulls(ended_on, end_cause) IN (0, 2)", name="ended_is_whole"),
    CheckConstraint(
        "num_nulls(end_reason, ended_by) = CASE WHEN end_cause = 'order_withdrawn' THEN 0 ELSE 2 END",
        name="withdrawn_by_somebody",
    ),
    # One turn of a series for a place, for an entity, or for a loan wherever its household lives now.
    Index(
        "duty_of_place",
        "series",
        "region_code",
        "opens_on",
        unique=True,
        postgresql_where=text("series IS NOT NULL AND loan_id IS NULL AND entity_id IS NULL"),
    ),
    Index(
        "duty_of_entity",
        "entity_id",
        "series",
        "opens_on",
        unique=True,
        postgresql_where=text("series IS NOT NULL AND entity_id IS NOT NULL"),
    ),
    Index(
        "duty_of_loan",
        "loan_id",
        "series",
        "opens_on",
        unique=True,
        postgresql_where=text("series IS NOT NULL AND loan_id IS NOT NULL"),
    ),
    Index(
        "duty_of_ranking",
        "ordered_by_ranking_id",
        unique=True,
        postgresql_where=text("ordered_by_ranking_id IS NOT NULL AND ended_on IS NULL"),
    ),
    Index("duty_of_record", "ordered_by_record_id", postgresql_where=text("ordered_by_record_id IS NOT NULL")),
    Index("duty_in_county", "county_code", "due_on"),
    Index("duty_in_region", "region_code", "id", postgresql_ops={"region_code": "text_pattern_ops"}),
)

# What was done about a duty; it only grows: what was wrong is withdrawn by somebody else and done anew.
duty_record = Table(
    "duty_record",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("duty_id", Uuid, ForeignKey("duty.id"), nullable=False),
    Column("done_on", Date, nullable=False),
    Column("text", Text, CheckConstraint("text <> ''", name="text_given"), nullable=False),
    Column("household_count", Integer, CheckConstraint("household_count >= 0", name="household_count")),
    Column("amount", Numeric(18, 2), CheckConstraint("amount >= 0", name="amount")),
    Column(
        "satisfied_percent",
        Numeric(5, 2),
        CheckConstraint("satisfied_percent BETWEEN 0 AND 100", name="satisfied_percent"),
    ),
    Column("visit", Text, CheckConstraint("visit IN ('announced', 'unannounced')", name="visit")),
    Column("person", Text, CheckConstraint("person <> ''", name="person_given")),
    Column("used_as_agreed", Boolean),
    Column("risk", Text, CheckConstraint("risk IN ('low', 'raised', 'high')", name="risk")),
    Column("results", JSONB),
    Column("last_place", Text),  # who stands last in a ranking
    Column("evidence", JSONB, nullable=False),
    Column("document_ids", ARRAY(Uuid), nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_office", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("withdrawn_on", Date),
    Column("withdrawal_reason", Text),
    Column("withdrawn_by", Text),
    CheckConstraint("num_nulls(withdrawn_on, withdrawal_reason, withdrawn_by) IN (0, 3)", name="withdrawal_is_whole"),
    CheckConstraint("withdrawn_on >= done_on", name="withdrawn_after_it"),
    CheckConstraint("withdrawn_by <> recorded_by", name="maker_is_not_checker"),
    Index("duty_record_of_duty", "duty_id", "id"),
    Index("duty_record_that_counts", "duty_id", unique=True, postgresql_where=text("withdrawn_on IS NULL")),
    Index("duty_record_documents", "document_ids", postgresql_using="gin"),
)
