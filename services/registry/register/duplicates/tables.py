"""Traces of names for finding persons twice, the searches, and what was suspected and decided.

A trace is a keyed digest of a name bound to a birth date or year: equal names of unlike births look unlike, so the
table does not tell which names are frequent.
"""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)

from services.registry.metadata import metadata

duplicate_search = Table(
    "duplicate_search",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("region_code", Text, nullable=False),
    Column("member_count", Integer, nullable=False),
    Column("found_count", Integer, nullable=False),
    Column("searched_by", Text, nullable=False),
    Column("searched_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    CheckConstraint("member_count >= 0 AND found_count >= 0", name="counts"),
)

duplicate_suspicion = Table(
    "duplicate_suspicion",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("county_code", Text, nullable=False),
    # The pair as persons, by the index of their numbers: once judged different they stay different in any household.
    Column("person_index", LargeBinary, nullable=False),
    Column("other_person_index", LargeBinary, nullable=False),
    Column("member_id", Uuid, ForeignKey("member.id"), nullable=False),
    Column("other_member_id", Uuid, ForeignKey("member.id"), nullable=False),
    Column(
        "cause",
        Text,
        CheckConstraint(
            "cause IN ('same_name_and_birth', 'same_name_village_and_year', 'similar_name_village_and_birth')",
            name="cause",
        ),
        nullable=False,
    ),
    Column("search_id", Uuid, ForeignKey("duplicate_search.id"), nullable=False),
    Column(
        "state",
        Text,
        CheckConstraint("state IN ('open', 'same_person', 'different_persons')", name="state"),
        nullable=False,
    ),
    Column("reason", Text),
    Column("change_id", Uuid, ForeignKey("change_request.id")),
    Column("decided_by", Text),
    Column("decided_at", DateTime(timezone=True)),
    CheckConstraint("person_index < other_person_index", name="pair_in_order"),
    UniqueConstraint("person_index", "other_person_index"),
    CheckConstraint(
        "num_nulls(reason, decided_by, decided_at) = CASE WHEN state = 'open' THEN 3 ELSE 0 END",
        name="decision_is_whole",
    ),
    CheckConstraint("(state = 'same_person') = (change_id IS NOT NULL)", name="same_person_leads_to_a_change"),
    Index("duplicate_suspicion_county", "county_code", "state", "id"),
)
