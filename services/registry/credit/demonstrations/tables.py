"""The yearly choice of demonstration villages and households, with rank and figures (FJ-10)."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.registry.metadata import metadata


def _count(name: str) -> Column[int]:
    return Column(name, Integer, CheckConstraint(f"{name} >= 0", name=name), nullable=False)


def _rank() -> Column[int]:
    return Column("rank", Integer, CheckConstraint("rank >= 1", name="rank"), nullable=False)


demonstration_choice = Table(
    "demonstration_choice",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("county_code", Text, nullable=False),
    Column("year", Integer, CheckConstraint("year BETWEEN 2000 AND 2100", name="year"), nullable=False),
    Column("as_of", Date, nullable=False),
    Column("pack_id", Uuid, ForeignKey("policy_pack.id"), nullable=False),
    Column("campaign_id", Uuid, ForeignKey("rating_campaign.id"), nullable=False),
    Column("village_criteria", ARRAY(Text), nullable=False),
    Column("household_criteria", ARRAY(Text), nullable=False),
    _count("villages_requested"),
    _count("villages_available"),
    _count("households_requested"),
    _count("households_available"),
    Column(
        "state",
        Text,
        CheckConstraint("state IN ('proposed', 'confirmed', 'rejected')", name="state"),
        nullable=False,
    ),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("decided_by", Text),
    Column("decided_on", Date),
    Column("decision_reason", Text),
    CheckConstraint(
        "num_nulls(decided_by, decided_on) = CASE WHEN state = 'proposed' THEN 2 ELSE 0 END", name="decision_is_whole"
    ),
    CheckConstraint("(state = 'rejected') = (decision_reason IS NOT NULL)", name="rejected_with_a_reason"),
    CheckConstraint("decided_by <> proposed_by", name="maker_is_not_checker"),
    Index(
        "demonstration_choice_once_a_year",
        "county_code",
        "year",
        unique=True,
        postgresql_where=text("state <> 'rejected'"),
    ),
)

demonstration_village = Table(
    "demonstration_village",
    metadata,
    Column("choice_id", Uuid, ForeignKey("demonstration_choice.id"), nullable=False),
    _rank(),
    Column("village_code", Text, nullable=False),
    Column("household_count", Integer, nullable=False),
    Column("credit_count", Integer, nullable=False),
    Column("credit_share", Numeric(9, 8), nullable=False),
    Column("repaid_count", Integer, nullable=False),
    Column("on_time_count", Integer, nullable=False),
    Column("on_time_share", Numeric(9, 8), nullable=False),
    Column("average_score", Numeric(18, 8), nullable=False),
    PrimaryKeyConstraint("choice_id", "rank"),
    UniqueConstraint("choice_id", "village_code"),
)

demonstration_household = Table(
    "demonstration_household",
    metadata,
    Column("choice_id", Uuid, ForeignKey("demonstration_choice.id"), nullable=False),
    _rank(),
    Column("household_id", Uuid, ForeignKey("household.id"), nullable=False),
    Column("village_code", Text, nullable=False),
    Column("grade", Text, nullable=False),
    Column("credit_limit", Numeric(18, 2), nullable=False),
    Column("score", Numeric(18, 8), nullable=False),
    Column("on_time_count", Integer, nullable=False),
    Column("late_count", Integer, nullable=False),
    PrimaryKeyConstraint("choice_id", "rank"),
    UniqueConstraint("choice_id", "household_id"),
)
