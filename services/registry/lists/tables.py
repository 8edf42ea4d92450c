"""Who is on the dishonesty list or the blacklist, and which villages' quotas were cut."""

from sqlalchemy import (
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
    UniqueConstraint,
    Uuid,
    text,
)

from services.registry.metadata import metadata

listing = Table(
    "listing",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("household_id", Uuid, ForeignKey("household.id"), nullable=False),
    Column("village_code", Text, nullable=False),
    Column(
        "list_name", Text, CheckConstraint("list_name IN ('dishonesty', 'blacklist')", name="list_name"), nullable=False
    ),
    Column("cause", Text, nullable=False),
    Column("loan_id", Uuid, nullable=False),
    Column("listed_on", Date, nullable=False),
    Column("cleared_on", Date),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    UniqueConstraint("loan_id", "list_name"),
    Index("listing_household", "household_id"),
    Index("listing_village", "village_code", "id"),
)

village_quota = Table(
    "village_quota",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("village_code", Text, ForeignKey("region.code"), nullable=False, unique=True),
    Column("version", Integer, CheckConstraint("version >= 1", name="version"), nullable=False),
    # What is left of the quota: 1 less every cut, each taken from what was left before it.
    Column(
        "share_left", Numeric(9, 8), CheckConstraint("share_left BETWEEN 0 AND 1", name="share_left"), nullable=False
    ),
)

village_quota_cut = Table(
    "village_quota_cut",
    metadata,
    Column("loan_id", Uuid, primary_key=True),
    Column("village_code", Text, ForeignKey("village_quota.village_code"), nullable=False),
    Column("cut_share", Numeric(9, 8), CheckConstraint("cut_share BETWEEN 0 AND 1", name="cut_share"), nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Index("village_quota_cut_village", "village_code"),
)
