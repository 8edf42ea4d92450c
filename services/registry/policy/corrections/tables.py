"""Corrections of packs for open contracts, with their two signatures; nothing of them is ever rewritten."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.registry.metadata import metadata

pack_correction = Table(
    "pack_correction",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("county_code", Text, nullable=False),
    Column("pack_id", Uuid, ForeignKey("policy_pack.id"), nullable=False),
    Column("follows_pack_id", Uuid, ForeignKey("policy_pack.id"), nullable=False),
    Column("keys", ARRAY(Text), CheckConstraint("cardinality(keys) > 0", name="keys"), nullable=False),
    Column("effective_from", Date, nullable=False),
    Column("reason", Text, CheckConstraint("reason <> ''", name="reason"), nullable=False),
    Column("state", Text, CheckConstraint("state IN ('proposed', 'confirmed', 'withdrawn')", name="state"),
           nullable=False),
    Column("after_number", Integer, nullable=False),  # how many corrections of the version were confirmed before it
    Column("number", Integer),  # among the confirmed corrections of the version, from 1
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Column("confirmed_by", Text),
    Column("confirmed_at", DateTime(timezone=True)),
    Column("withdrawn_by", Text),
    Column("withdrawn_at", DateTime(timezone=True)),
    Column("withdrawal_reason", Text),
    UniqueConstraint("pack_id", "number"),
    CheckConstraint("follows_pack_id <> pack_id OR after_number > 0", name="follows_another"),
    CheckConstraint("(state = 'confirmed') = (confirmed_by IS NOT NULL)", name="confirmed_by_someone"),
    CheckConstraint("(state = 'confirmed') = (number IS NOT NULL)", name="confirmed_has_a_number"),
    CheckConstraint("(state = 'confirmed') = (confirmed_at IS NOT NULL)", name="confirmed_at_some_time"),
    CheckConstraint("(state = 'withdrawn') = (withdrawn_by IS NOT NULL)", name="withdrawn_by_someone"),
    CheckConstraint("(state = 'withdrawn') = (withdrawal_reason IS NOT NULL)", name="withdrawn_with_a_reason"),
    CheckConstraint("confirmed_by <> proposed_by", name="maker_is_not_checker"),
    Index("ix_pack_correction_county_code", "county_code"),
)  # fmt: skip
