"""Loans written off and write-offs that were wrong; neither changes what is owed."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from services.lending.loans.tables import MONEY
from services.lending.metadata import metadata
from services.lending.proposals.tables import proposed

write_off = Table(
    "write_off",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("loan_id", Uuid, ForeignKey("loan.id"), nullable=False),
    Column("ground", Text, nullable=False),
    Column("amount", MONEY, nullable=False),  # that leaves the bank's books
    Column("owed", MONEY, nullable=False),  # by the household on the day of the proposal, then of the decision
    Column("papers", JSONB, nullable=False),
    *proposed(),
    CheckConstraint("ground IN ('compensated', 'defaulted', 'loss')", name="ground"),
    CheckConstraint("amount > 0 AND amount <= owed", name="amount"),
    CheckConstraint("jsonb_array_length(papers) > 0", name="papers"),
    Index("uq_write_off_open", "loan_id", unique=True, postgresql_where=text("state = 'proposed'")),
    Index("ix_write_off_loan_id", "loan_id"),
)

write_off_withdrawal = Table(
    "write_off_withdrawal",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("write_off_id", Uuid, ForeignKey("write_off.id"), nullable=False),
    *proposed(),
    Index(
        "uq_write_off_withdrawal_open",
        "write_off_id",
        unique=True,
        postgresql_where=text("state IN ('proposed', 'confirmed')"),
    ),
)
