"""Rating campaigns: scores, reviews, public notice, objections, and the ratings and credit areas they end in."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
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
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.registry.metadata import metadata

rating_campaign = Table(
    "rating_campaign",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("county_code", Text, nullable=False),
    Column("bank_code", Text),  # null: the county's own rating
    Column("year", Integer, CheckConstraint("year BETWEEN 2000 AND 2100", name="year"), nullable=False),
    Column("as_of", Date, nullable=False),
    Column("facts_as_of", Date),  # surveys to this day count; null until the campaign is scored
    Column("pack_id", Uuid, ForeignKey("policy_pack.id"), nullable=False),
    Column(
        "state",
        Text,
        CheckConstraint("state IN ('opened', 'scored', 'on_public_notice', 'final')", name="state"),
        nullable=False,
    ),
    Column("public_notice_started_on", Date),
    Column("public_notice_ends_on", Date),
    Column("finalised_on", Date),
    Column("finalised_by", Text),
    Column("finalised_as", Text),  # in whose name; unknown of acts before offices came from the pack
    Column("opened_by", Text, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    UniqueConstraint(
        "county_code",
        "year",
        "bank_code",
        name="uq_rating_campaign_county_code_year",
        postgresql_nulls_not_distinct=True,
    ),
    CheckConstraint("facts_as_of >= as_of", name="facts_of_the_campaign"),
    CheckConstraint("public_notice_ends_on >= public_notice_started_on", name="public_notice_runs_forward"),
    CheckConstraint("finalised_on >= public_notice_ends_on", name="final_after_public_notice"),
)

rating_score = Table(
    "rating_score",
    metadata,
    Column("campaign_id", Uuid, ForeignKey("rating_campaign.id"), nullable=False),
    Column("household_id", Uuid, ForeignKey("household.id"), nullable=False),
    Column("village_code", Text, nullable=False),
    Column("group_name", Text),
    Column("collected_on", Date, nullable=False),
    Column("facts", JSONB, nullable=False, server_default=text("'{}'")),  # what was scored: number by indicator code
    Column("score", Numeric(18, 8), CheckConstraint("score >= 0", name="score"), nullable=False),
    Column("preliminary_grade", Text),  # null: below the lowest band
    Column("grade", Text),
    Column("review_id", Uuid, ForeignKey("rating_review.id")),
    Column("public_notice_ends_on", Date),  # of this household, when an objection moved it
    PrimaryKeyConstraint("campaign_id", "household_id"),
)

rating_review = Table(
    "rating_review",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("campaign_id", Uuid, ForeignKey("rating_campaign.id"), nullable=False),
    Column("region_code", Text, nullable=False),
    Column("group_name", Text),
    Column("members", ARRAY(Text), nullable=False),
    Column("omitted", ARRAY(Uuid), nullable=False, server_default=text("'{}'")),  # the members' own families
    Column("reviewed_on", Date, nullable=False),
    Column("reviewed_by", Text, nullable=False),
    Column("office", Text),  # in whose name; unknown of acts before offices came from the pack
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

# Who rated a household at one visit, by which survey (DY-4); the rating itself stands beside those of campaigns.
visit_rating = Table(
    "visit_rating",
    metadata,
    Column("visit_id", Uuid, primary_key=True),
    Column("household_id", Uuid, ForeignKey("household.id"), nullable=False),
    Column("bank_code", Text),  # null: by the county's standard
    Column("surveyed_on", Date, nullable=False),
    Column("surveyed_by", Text, nullable=False),
    Column("rated_on", Date, nullable=False),
    Column("rated_by", Text, nullable=False),
    Column("office", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    CheckConstraint("rated_on >= surveyed_on", name="rated_after_the_survey"),
    CheckConstraint("rated_by <> surveyed_by", name="two_persons"),
)

rating = Table(
    "rating",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("household_id", Uuid, ForeignKey("household.id"), nullable=False),
    Column("village_code", Text, nullable=False),
    Column("bank_code", Text),  # null: the county's rating, which every bank without a standard of its own uses
    Column("grade", Text),  # null: a campaign found the household below the lowest band and took its rating away
    Column(
        "credit_limit", Numeric(18, 2), CheckConstraint("credit_limit >= 0", name="credit_limit")
    ),  # 0: the grade has none
    Column("score", Numeric(18, 8)),
    Column(
        "cause",
        Text,
        CheckConstraint("cause IN ('campaign', 'repaid_on_time', 'raise_taken_back', 'visit')", name="cause"),
        nullable=False,
    ),
    Column("campaign_id", Uuid, ForeignKey("rating_campaign.id")),
    Column("loan_id", Uuid),
    Column("visit_id", Uuid, ForeignKey("visit_rating.visit_id"), unique=True),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    CheckConstraint("valid_until > valid_from", name="valid_for_some_time"),
    CheckConstraint("(grade IS NULL) = (credit_limit IS NULL)", name="credit_limit_by_grade"),
    CheckConstraint("grade IS NOT NULL OR cause = 'campaign'", name="only_campaigns_take_away"),
    CheckConstraint(
        "(cause = 'campaign') = (campaign_id IS NOT NULL) AND (cause = 'visit') = (visit_id IS NOT NULL) "
        "AND (cause IN ('repaid_on_time', 'raise_taken_back')) = (loan_id IS NOT NULL)",
        name="cause_is_named",
    ),
    UniqueConstraint("campaign_id", "household_id"),
    Index("rating_history", "household_id", text("valid_from DESC"), text("id DESC")),
)

rating_objection = Table(
    "rating_objection",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("campaign_id", Uuid, nullable=False),
    Column("household_id", Uuid, nullable=False),
    Column("grounds", Text, CheckConstraint("grounds <> ''", name="grounds_given"), nullable=False),
    Column("raised_on", Date, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    ForeignKeyConstraint(["campaign_id", "household_id"], ["rating_score.campaign_id", "rating_score.household_id"]),
    Index("rating_objection_of_household", "campaign_id", "household_id"),
)

rating_settlement = Table(
    "rating_settlement",
    metadata,
    Column("objection_id", Uuid, ForeignKey("rating_objection.id"), primary_key=True),
    Column("outcome", Text, CheckConstraint("outcome IN ('upheld', 'dismissed')", name="outcome"), nullable=False),
    Column("grade_before", Text),
    Column("grade_after", Text),
    Column("reason", Text, CheckConstraint("reason <> ''", name="reason_given"), nullable=False),
    Column("settled_on", Date, nullable=False),
    Column("settled_by", Text, nullable=False),
    Column("settled_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    CheckConstraint(
        "(outcome = 'upheld') = (grade_after IS DISTINCT FROM grade_before)", name="upheld_changes_the_grade"
    ),
)

area_grade = Table(
    "area_grade",
    metadata,
    Column("campaign_id", Uuid, ForeignKey("rating_campaign.id"), nullable=False),
    Column("level", Text, CheckConstraint("level IN ('group', 'village', 'township')", name="level"), nullable=False),
    Column("region_code", Text, nullable=False),
    Column("group_name", Text, nullable=False),  # empty for villages and townships
    Column("household_count", Integer, CheckConstraint("household_count > 0", name="household_count"), nullable=False),
    Column("credit_count", Integer, nullable=False),
    Column("share_min", Numeric(9, 8), nullable=False),
    # Before any rounding (ZJ-1, SX-5a).
    Column(
        "is_credit", Boolean, Computed("credit_count >= share_min * household_count", persisted=True), nullable=False
    ),
    PrimaryKeyConstraint("campaign_id", "level", "region_code", "group_name"),
    CheckConstraint("credit_count BETWEEN 0 AND household_count", name="credit_households_are_on_file"),
    CheckConstraint("(level = 'group') = (group_name <> '')", name="group_has_a_name"),
    Index("area_grade_region", "level", "region_code"),
)
