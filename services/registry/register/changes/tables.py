"""Requests to change what is on file about a household; old and new values are sealed."""

from sqlalchemy import CheckConstraint, Column, Date, DateTime, ForeignKey, Index, LargeBinary, Table, Text, Uuid, text

from services.registry.metadata import metadata

_KINDS = (
    "('member_added', 'member_corrected', 'member_left', 'head_changed', 'contact_changed', 'residence_changed', "
    "'group_changed', 'household_split', 'households_merged', 'household_moved', 'household_ended')"
)

change_request = Table(
    "change_request",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("household_id", Uuid, ForeignKey("household.id"), nullable=False),
    Column("village_code", Text, nullable=False),  # of the household when the change was proposed
    Column("kind", Text, CheckConstraint(f"kind IN {_KINDS}", name="kind"), nullable=False),
    Column(
        "state",
        Text,
        CheckConstraint("state IN ('proposed', 'approved', 'rejected', 'withdrawn')", name="state"),
        nullable=False,
    ),
    Column("effective_on", Date, nullable=False),
    Column("reason", Text, CheckConstraint("reason <> ''", name="reason_given"), nullable=False),
    Column("evidence", Text),
    Column("member_id", Uuid, ForeignKey("member.id")),
    # The household that takes over in a merge, or the one that a split made.
    Column("other_household_id", Uuid, ForeignKey("household.id")),
    Column("old_values_sealed", LargeBinary, nullable=False),
    Column("new_values_sealed", LargeBinary, nullable=False),
    # Keyed digest of what is asked: the same change is open once.
    Column("content_digest", LargeBinary, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("decision_reason", Text),
    Column("decided_by", Text),
    Column("decided_at", DateTime(timezone=True)),
    CheckConstraint(
        "num_nulls(decision_reason, decided_by, decided_at) = CASE WHEN state = 'proposed' THEN 3 ELSE 0 END",
        name="decision_is_whole",
    ),
    CheckConstraint("state IN ('proposed', 'withdrawn') OR decided_by <> proposed_by", name="maker_is_not_checker"),
    CheckConstraint("state <> 'withdrawn' OR decided_by = proposed_by", name="withdrawn_by_its_maker"),
    Index("change_request_village", "village_code", "id"),
    Index("change_request_household", "household_id", "id"),
    Index(
        "change_request_one_open",
        "household_id",
        "content_digest",
        unique=True,
        postgresql_where=text("state = 'proposed'"),
    ),
)
