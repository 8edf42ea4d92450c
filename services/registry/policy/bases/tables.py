"""Provinces' bases with their two signatures; a confirmed version never changes."""

from sqlalchemy import CheckConstraint, Column, Date, DateTime, Integer, Table, Text, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from services.registry.metadata import metadata

policy_base = Table(
    "policy_base",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("region_code", Text, CheckConstraint("region_code ~ '^[0-9]{2}$'", name="region_code"), nullable=False),
    Column("code", Text, nullable=False),
    Column("version", Integer, CheckConstraint("version >= 1", name="version"), nullable=False),
    Column("effective_from", Date, nullable=False),
    Column("supersedes", Integer, CheckConstraint("supersedes < version", name="supersedes_earlier")),
    Column("state", Text, CheckConstraint("state IN ('submitted', 'confirmed')", name="state"), nullable=False),
    Column("content", JSONB, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("source_text", Text, nullable=False),
    Column("submitted_by", Text, nullable=False),
    Column("submitted_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("confirmed_by", Text),
    Column("confirmed_at", DateTime(timezone=True)),
    UniqueConstraint("code", "version"),
    CheckConstraint("(state = 'confirmed') = (confirmed_by IS NOT NULL)", name="confirmed_by_someone"),
    CheckConstraint("(state = 'confirmed') = (confirmed_at IS NOT NULL)", name="confirmed_at_some_time"),
    CheckConstraint("confirmed_by <> submitted_by", name="maker_is_not_checker"),
)
