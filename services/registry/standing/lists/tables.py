"""Who is on the dishonesty list or the blacklist, every step of each entry, and which villages' quotas were cut."""

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
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from services.registry.metadata import evidence_column, metadata

_NOW = text("now()")


def _list_name() -> Column[str]:
    names = CheckConstraint("list_name IN ('dishonesty', 'blacklist')", name="list_name")
    return Column("list_name", Text, names, nullable=False)


def _reason() -> Column[str]:
    return Column("reason", Text, CheckConstraint("reason <> ''", name="reason_given"), nullable=False)


listing = Table(
    "listing",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("household_id", Uuid, ForeignKey("household.id")),
    Column("village_code", Text),  # where the household lived when it was listed
    _list_name(),
    Column("cause", Text, nullable=False),
    Column("loan_id", Uuid),
    Column("listed_on", Date, nullable=False),
    Column("cleared_on", Date),
    Column("office", Text, nullable=False),  # whose word entered it
    Column("ends_on", Date),  # the first day on which it holds no more by its own term; null: until it is cleared
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("entity_id", Uuid, ForeignKey("implementing_entity.id")),
    Column("source", Text, CheckConstraint("source IN ('event', 'officer')", name="source"), nullable=False),
    _reason(),
    evidence_column(),
    Column("request_id", Uuid, ForeignKey("listing_request.id", use_alter=True)),
    Column("state", Text, CheckConstraint("state IN ('listed', 'appealed', 'cleared')", name="state"), nullable=False),
    Column(
        "clear_cause",
        Text,
        CheckConstraint(
            "clear_cause IN ('debt_cleared', 'overturned', 'appeal_accepted', 'removal_accepted', 'term_ended')",
            name="clear_cause",
        ),
    ),
    CheckConstraint("num_nonnulls(household_id, entity_id) = 1", name="one_subject"),
    CheckConstraint("(household_id IS NULL) = (village_code IS NULL)", name="village_of_a_household"),
    CheckConstraint(
        "CASE source WHEN 'event' THEN loan_id IS NOT NULL ELSE request_id IS NOT NULL END", name="entered_by_someone"
    ),
    # An entry with a term says from the first which day ends it; nothing has to happen on that day.
    CheckConstraint(
        "num_nulls(cleared_on, clear_cause) = CASE WHEN state = 'cleared' OR ends_on IS NOT NULL THEN 0 ELSE 2 END",
        name="cleared_is_whole",
    ),
    CheckConstraint("ends_on > listed_on", name="ends_after_listing"),
    CheckConstraint("cleared_on >= listed_on", name="cleared_after_listing"),
    # A loan has one entry at a time on each list; when a correction opens it again there may be another.
    Index("listing_one_by_loan", "loan_id", "list_name", unique=True, postgresql_where=text("state <> 'cleared'")),
    # One that was found wrong never held.
    CheckConstraint("clear_cause <> 'overturned' OR cleared_on = listed_on", name="overturned_never_held"),
    UniqueConstraint("request_id"),
    Index("listing_household", "household_id"),
    Index("listing_loan", "loan_id"),
    Index("listing_village", "village_code", "id"),
    Index("listing_entity", "entity_id"),
    # An officer's entry needs another officer's removal; a second one beside it would say nothing new.
    Index(
        "listing_one_by_hand",
        text("coalesce(household_id, entity_id)"),
        "list_name",
        unique=True,
        postgresql_where=text("source = 'officer' AND state <> 'cleared'"),
    ),
)

# What somebody asks another officer to decide: an entry by hand, an appeal against an entry, its removal.
listing_request = Table(
    "listing_request",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", Text, CheckConstraint("kind IN ('entry', 'appeal', 'removal')", name="kind"), nullable=False),
    Column("listing_id", Uuid, ForeignKey("listing.id")),
    Column("household_id", Uuid, ForeignKey("household.id")),
    Column("entity_id", Uuid, ForeignKey("implementing_entity.id")),
    _list_name(),
    Column("cause", Text),
    _reason(),
    evidence_column(),
    Column("filed_by", Text, nullable=False),
    Column("filed_on", Date, nullable=False),
    Column("decision_due_on", Date, nullable=False),
    Column("ends_on", Date),
    Column("filed_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("state", Text, CheckConstraint("state IN ('open', 'accepted', 'rejected')", name="state"), nullable=False),
    Column("decided_by", Text),
    Column("decided_as", Text),  # in whose name; unknown of acts before offices came from the pack
    Column("decided_on", Date),
    Column("decision_reason", Text),
    Column("decided_at", DateTime(timezone=True)),
    CheckConstraint("num_nonnulls(household_id, entity_id) = 1", name="one_subject"),
    CheckConstraint("(kind = 'entry') = (listing_id IS NULL)", name="about_an_entry"),
    CheckConstraint("(kind = 'entry') = (cause IS NOT NULL)", name="entry_has_a_cause"),
    CheckConstraint("decision_due_on >= filed_on", name="term_runs_forward"),
    CheckConstraint(
        "num_nulls(decided_by, decided_on, decision_reason, decided_at) = CASE WHEN state = 'open' THEN 4 ELSE 0 END",
        name="decision_is_whole",
    ),
    CheckConstraint("decided_on >= filed_on", name="decided_after_filing"),
    CheckConstraint("decided_by <> filed_by", name="maker_is_not_checker"),
    Index("listing_request_one_open", "listing_id", unique=True, postgresql_where=text("state = 'open'")),
    Index(
        "listing_request_one_open_entry",
        text("coalesce(household_id, entity_id)"),
        "list_name",
        unique=True,
        postgresql_where=text("kind = 'entry' AND state = 'open'"),
    ),
    Index("listing_request_of_listing", "listing_id"),
)

# Every step of an entry; it only grows.
listing_event = Table(
    "listing_event",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("listing_id", Uuid, ForeignKey("listing.id"), nullable=False),
    Column(
        "kind",
        Text,
        CheckConstraint(
            "kind IN ('listed', 'appealed', 'appeal_rejected', 'removal_requested', 'removal_rejected', 'cleared', "
            "'overturned')",
            name="kind",
        ),
        nullable=False,
    ),
    Column("happened_on", Date, nullable=False),
    _reason(),
    Column("recorded_by", Text),  # null: the platform, from lending's events
    Column("request_id", Uuid, ForeignKey("listing_request.id")),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Index("listing_event_history", "listing_id", "id"),
)

village_quota = Table(
    "village_quota",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("village_code", Text, ForeignKey("region.code"), nullable=False, unique=True),
    Column("version", Integer, CheckConstraint("version >= 1", name="version"), nullable=False),
    # What is left of the quota: 1 less every cut that holds, each taken from what was left before it.
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
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Index("village_quota_cut_village", "village_code"),
)

# An accepted appeal found that the default was not malicious, or two persons of the bank's and the county's withdrew
# it as wrong (then there is no request): its cut no longer counts.
village_quota_restoration = Table(
    "village_quota_restoration",
    metadata,
    Column("loan_id", Uuid, ForeignKey("village_quota_cut.loan_id"), primary_key=True),
    Column("request_id", Uuid, ForeignKey("listing_request.id")),
    Column("effective_on", Date, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
)
