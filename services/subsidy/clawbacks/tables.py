"""Claw-backs: proposed by one officer, approved by another, offset by counter-lines of later batches."""

from sqlalchemy import CheckConstraint, Column, Date, DateTime, ForeignKey, Index, Table, Text, Uuid, func, text

from services.subsidy.metadata import MONEY, metadata

clawback = Table(
    "clawback",
    metadata,
    Column("id", Uuid, primary_key=True),
    # The line points back here from its own counter-lines, so the two tables name each other.
    Column("line_id", Uuid, ForeignKey("subsidy_line.id", use_alter=True), nullable=False),
    Column("county_code", Text, nullable=False),
    Column("household_id", Uuid, nullable=False),
    Column("loan_id", Uuid, ForeignKey("subsidy_account.loan_id"), nullable=False),
    Column("village_code", Text, nullable=False),
    Column("amount", MONEY, nullable=False),
    Column("by_facts", MONEY, nullable=False, server_default="0"),  # as far as too much was granted by what was known
    Column("offset_amount", MONEY, nullable=False, server_default="0"),
    Column("reason", Text, nullable=False),
    Column("decided_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_as", Text),  # the office in whose name; unknown of acts before offices came from the pack
    Column("proposed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("approved_by", Text),
    Column("approved_as", Text),
    Column("approved_on", Date),
    CheckConstraint("amount > 0 AND offset_amount >= 0 AND offset_amount <= amount", name="amount"),
    CheckConstraint("by_facts >= 0 AND by_facts <= amount", name="by_facts"),
    CheckConstraint("state IN ('proposed', 'approved', 'refused', 'offset')", name="clawback_state"),
    CheckConstraint("(state = 'offset') = (offset_amount = amount)", name="offset_amount"),
    CheckConstraint("(state = 'proposed') = (approved_by IS NULL)", name="approved"),
    CheckConstraint("approved_by <> proposed_by", name="two_persons"),
    Index("ix_clawback_line_id", "line_id"),
    Index("ix_clawback_loan_id", "loan_id"),
    Index("ix_clawback_open", "county_code", "household_id", postgresql_where=text("state = 'approved'")),
)
