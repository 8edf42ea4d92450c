"""Copies of confirmed policy packs; each row is written once, from one event."""

from sqlalchemy import CheckConstraint, Column, Date, Index, Integer, Table, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from services.riskfund.metadata import metadata

policy_pack = Table(
    "policy_pack",
    metadata,
    Column("pack_id", Uuid, primary_key=True),
    Column("county_code", Text, nullable=False),
    Column("pack_version", Integer, nullable=False),
    Column("effective_from", Date, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("content", JSONB, nullable=False),
    UniqueConstraint("county_code", "pack_version"),
    CheckConstraint("pack_version >= 1", name="pack_version"),
    Index("ix_policy_pack_in_force", "county_code", "effective_from", "pack_version"),
)
