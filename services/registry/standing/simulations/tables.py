"""Simulations that were run, and the applications that each would change."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.registry.metadata import metadata

pack_simulation = Table(
    "pack_simulation",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("pack_id", Uuid, ForeignKey("policy_pack.id"), nullable=False),
    Column("county_code", Text, nullable=False),
    Column("region_code", Text, nullable=False),
    Column("period_from", Date, nullable=False),
    Column("period_until", Date, nullable=False),
    Column("result", JSONB, nullable=False),
    Column("run_by", Text, nullable=False),
    Column("run_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    CheckConstraint("period_until > period_from", name="period_runs_forward"),
    CheckConstraint("region_code ^@ county_code", name="region_in_county"),
    Index("pack_simulation_pack", "pack_id", "id"),
)

pack_simulation_finding = Table(
    "pack_simulation_finding",
    metadata,
    Column(
        "simulation_id",
        Uuid,
        ForeignKey("pack_simulation.id", deferrable=True, initially="DEFERRED"),  # its result is known last
        nullable=False,
    ),
    Column("question_id", Uuid, ForeignKey("eligibility_question.id"), nullable=False),
    Column(
        "change",
        Text,
        CheckConstraint("change IN ('newly_eligible', 'newly_refused', 'other_reasons', 'other_limit')", name="change"),
        nullable=False,
    ),
    Column("credit_limit_before", Numeric(18, 2)),
    Column("credit_limit_after", Numeric(18, 2)),
    Column("reasons_after", JSONB, nullable=False),  # [{code, zh, en, clause}]
    PrimaryKeyConstraint("simulation_id", "question_id"),
)
