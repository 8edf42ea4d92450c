"""Proposed and published rates; each row is written once, a decision is a row of its own."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.subsidy.metadata import RATE, metadata

reference_rate_proposal = Table(
    "reference_rate_proposal",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("already_published", Integer, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("reason", Text),  # why what is published is to be corrected
    CheckConstraint("already_published >= 0", name="already_published"),
)

proposed_reference_rate = Table(
    "proposed_reference_rate",
    metadata,
    Column("proposal_id", Uuid, ForeignKey("reference_rate_proposal.id"), nullable=False),
    Column("basis", Text, nullable=False),
    Column("effective_from", Date, nullable=False),
    Column("up_to_1y", RATE),
    Column("over_1y_to_5y", RATE),
    Column("over_5y", RATE),
    Column("unusual_confirmed", Boolean, nullable=False),
    Column("corrects", Uuid, ForeignKey("reference_rate.rate_id")),
    PrimaryKeyConstraint("proposal_id", "basis", "effective_from"),
    CheckConstraint("basis IN ('PBOC_BENCHMARK', 'LPR')", name="basis"),
    CheckConstraint("num_nonnulls(up_to_1y, over_1y_to_5y, over_5y) > 0 OR corrects IS NOT NULL", name="some_rate"),
    CheckConstraint("least(up_to_1y, over_1y_to_5y, over_5y) > 0", name="positive"),
)

reference_rate_decision = Table(
    "reference_rate_decision",
    metadata,
    Column("proposal_id", Uuid, ForeignKey("reference_rate_proposal.id"), primary_key=True),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("consequences", JSONB),  # what it did to loans, as it was shown before
    CheckConstraint("state IN ('confirmed', 'rejected')", name="state"),
)

reference_rate = Table(
    "reference_rate",
    metadata,
    Column("rate_id", Uuid, primary_key=True),
    Column("basis", Text, nullable=False),
    Column("effective_from", Date, nullable=False),
    Column("up_to_1y", RATE),
    Column("over_1y_to_5y", RATE),
    Column("over_5y", RATE),
    Column("published_by", Text, nullable=False),
    Column("published_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("proposal_id", Uuid, ForeignKey("reference_rate_proposal.id"), nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("revision", Integer, nullable=False, server_default=text("1")),  # of one day the highest holds
    Column("corrects", Uuid, ForeignKey("reference_rate.rate_id"), unique=True),
    UniqueConstraint("basis", "effective_from", "revision"),
    CheckConstraint("(revision > 1) = (corrects IS NOT NULL)", name="corrects"),
    CheckConstraint("basis IN ('PBOC_BENCHMARK', 'LPR')", name="basis"),
    CheckConstraint("num_nonnulls(up_to_1y, over_1y_to_5y, over_5y) > 0 OR corrects IS NOT NULL", name="some_rate"),
    CheckConstraint("least(up_to_1y, over_1y_to_5y, over_5y) > 0", name="positive"),
    CheckConstraint("published_by <> proposed_by", name="two_persons"),
)
