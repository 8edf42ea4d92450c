"""Policy packs with their two signatures."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Computed,
    Date,
    DateTime,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.registry.metadata import metadata

policy_pack = Table(
    "policy_pack",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("county_code", Text, CheckConstraint("county_code ~ '^[0-9]{6}$'", name="county_code"), nullable=False),
    Column("code", Text, nullable=False),
    Column("pack_version", Integer, CheckConstraint("pack_version >= 1", name="pack_version"), nullable=False),
    Column("effective_from", Date, nullable=False),
    Column("state", Text, CheckConstraint("state IN ('submitted', 'confirmed')", name="state"), nullable=False),
    Column("content", JSONB, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("source_text", Text, nullable=False),  # as written, with its comments, for whoever edits the next version
    Column("regions", JSONB, Computed("content #> '{header,regions}'", persisted=True)),  # where it holds
    Column("supersedes", Integer, CheckConstraint("supersedes < pack_version", name="supersedes_earlier")),
    Column("examples", JSONB, nullable=False, server_default=text("'[]'::jsonb")),  # run at submission, used by no rule
    Column("examples_hash", Text, nullable=False, server_default=text("''::text")),
    Column("submitted_by", Text, nullable=False),
    Column("submitted_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("confirmed_by", Text),
    Column("confirmed_at", DateTime(timezone=True)),
    UniqueConstraint("code", "pack_version"),
    CheckConstraint("(state = 'confirmed') = (confirmed_by IS NOT NULL)", name="confirmed_by_someone"),
    CheckConstraint("(state = 'confirmed') = (confirmed_at IS NOT NULL)", name="confirmed_at_some_time"),
    CheckConstraint("confirmed_by <> submitted_by", name="maker_is_not_checker"),
    Index(
        "policy_pack_in_force",
        "county_code",
        "code",
        text("effective_from DESC"),
        text("pack_version DESC"),
        postgresql_where=text("state = 'confirmed'"),
    ),
)
