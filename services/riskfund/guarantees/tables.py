"""Money that a guarantor paid to a bank for a loss, and that the bank gave back to it."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Numeric,
    Table,
    Text,
    Uuid,
    func,
    text,
)

from services.riskfund.metadata import metadata

guarantor_transfer = Table(
    "guarantor_transfer",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("claim_id", Uuid, ForeignKey("claim.id"), nullable=False),
    Column("bank_code", Text, nullable=False),
    Column("direction", Text, nullable=False),
    Column("amount", Numeric(18, 2), nullable=False),
    Column("transferred_on", Date, nullable=False),
    Column("bank_reference", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    # Set once, by a second person of the bank: the transfer was recorded wrongly and counts on no day.
    Column("withdrawn_on", Date),
    Column("withdrawn_by", Text),
    Column("withdrawal_reason", Text),
    CheckConstraint("direction IN ('to_bank', 'to_guarantor')", name="direction"),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("num_nulls(withdrawn_on, withdrawn_by, withdrawal_reason) IN (0, 3)", name="withdrawn"),
    CheckConstraint("withdrawn_by <> recorded_by", name="two_persons"),
    Index("ix_guarantor_transfer_claim_id", "claim_id"),
    Index(
        "one_transfer_per_reference",
        "bank_code",
        "bank_reference",
        unique=True,
        postgresql_where=text("withdrawn_on IS NULL"),
    ),
)
