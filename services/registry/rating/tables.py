"""Rating campaigns, the scores in them, reviews, publicity, and the ratings they end in."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
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

rating_campaign = Table(
    "rating_campaign",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("county_code", Text, nullable=False),
    Column("year", Integer, CheckConstraint("year BETWEEN 2000 AND 2100", name="year"), nullable=False),
    Column("as_of", Date, nullable=False),
    Column("pack_id", Uuid, ForeignKey("policy_pack.id"), nullable=False),
    Column(
        "state",
        Text,
        CheckConstraint("state IN ('opened', 'scored', 'publicised', 'final')", name="state"),
        nullable=False,
    ),
    Column("publicity_started_on", Date),
    Column("publicity_ends_on", Date),
    Column("finalised_on", Date),
    Column("opened_by", Text, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    UniqueConstraint("county_code", "year"),
    CheckConstraint("publicity_ends_on >= publicity_started_on", name="publicity_runs_forward"),
    CheckConstraint("finalised_on >= publicity_ends_on", name="final_after_publicity"),
)

rating_score = Table(
    "rating_score",
    metadata,
    Column("campaign_id", Uuid, ForeignKey("rating_campaign.id"), nullable=False),
    Column("household_id", Uuid, ForeignKey("household.id"), nullable=False),
    Column("village_code", Text, nullable=False),
    Column("collected_on", Date, nullable=False),
    Column("score", Numeric(18, 8), CheckConstraint("score >= 0", name="score"), nullable=False),
    Column("preliminary_grade", Text),  # null: below the lowest band
    Column("grade", Text),
    Column("review_id", Uuid, ForeignKey("rating_review.id")),
    PrimaryKeyConstraint("campaign_id", "household_id"),
)

rating_review = Table(
    "rating_review",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("campaign_id", Uuid, ForeignKey("rating_campaign.id"), nullable=False),
    Column("region_code", Text, nullable=False),
    Column("members", ARRAY(Text), nullable=False),
    Column("reviewed_on", Date, nullable=False),
    Column("reviewed_by", Text, nullable=False),
    Column("reviewed_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
)

rating_adjustment = Table(
    "rating_adjustment",
    metadata,
    Column("review_id", Uuid, ForeignKey("rating_review.id"), nullable=False),
    Column("household_id", Uuid, ForeignKey("household.id"), nullable=False),
    Column("grade_before", Text),
    Column("grade_after", Text, nullable=False),
    Column("reason", Text, CheckConstraint("reason <> ''", name="reason_given"), nullable=False),
    PrimaryKeyConstraint("review_id", "household_id"),
)

rating = Table(
    "rating",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("household_id", Uuid, ForeignKey("household.id"), nullable=False),
    Column("village_code", Text, nullable=False),
    Column("grade", Text, nullable=False),
    Column("line", Numeric(18, 2), CheckConstraint("line > 0", name="line"), nullable=False),
    Column("score", Numeric(18, 8)),
    Column("cause", Text, CheckConstraint("cause IN ('campaign', 'repaid_on_time')", name="cause"), nullable=False),
    Column("campaign_id", Uuid, ForeignKey("rating_campaign.id")),
    Column("loan_id", Uuid),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    CheckConstraint("valid_until > valid_from", name="valid_for_some_time"),
    CheckConstraint(
        "(cause = 'campaign') = (campaign_id IS NOT NULL) AND (cause = 'repaid_on_time') = (loan_id IS NOT NULL)",
        name="cause_is_named",
    ),
    UniqueConstraint("campaign_id", "household_id"),
    UniqueConstraint("loan_id"),  # one loan raises the grade once, however often its closing arrives
    Index("rating_history", "household_id", text("valid_from DESC"), text("id DESC")),
)
