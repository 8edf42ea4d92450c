"""Repayments: a ledger that only grows, and the files banks send."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    func,
)

from services.lending.loans.tables import MONEY
from services.lending.metadata import metadata

repayment_file = Table(
    "repayment_file",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("bank_code", Text, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("total", MONEY, nullable=False),
    Column("recorded", Integer, nullable=False),
    Column("already_recorded", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("amount_recorded", MONEY, nullable=False),
    Column("penalty", MONEY, nullable=False),
    Column("interest", MONEY, nullable=False),
    Column("principal", MONEY, nullable=False),
    Column("loans_closed", Integer, nullable=False),
    Column("received_by", Text, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint("lines = recorded + already_recorded + rejected", name="lines"),
    CheckConstraint("amount_recorded = penalty + interest + principal", name="amount_recorded"),
)

repayment = Table(
    "repayment",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("loan_id", Uuid, ForeignKey("loan.id"), nullable=False),
    Column("bank_code", Text, nullable=False),
    Column("bank_reference", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("paid_on", Date, nullable=False),
    Column("amount", MONEY, nullable=False),
    Column("penalty", MONEY, nullable=False),
    Column("interest", MONEY, nullable=False),
    Column("principal", MONEY, nullable=False),
    Column("principal_outstanding", MONEY, nullable=False),  # after it
    Column("loan_version", Integer, nullable=False),  # of the event that tells of it
    Column("file_id", Uuid),
    Column("line_number", Integer),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint("kind IN ('repayment', 'prepayment')", name="kind"),
    CheckConstraint("amount > 0 AND amount = penalty + interest + principal", name="amount"),
    CheckConstraint("penalty >= 0 AND interest >= 0 AND principal >= 0 AND principal_outstanding >= 0", name="parts"),
    CheckConstraint("(file_id IS NULL) = (line_number IS NULL)", name="line_number"),
    Index("ix_repayment_loan_id", "loan_id"),
)

repayment_part = Table(
    "repayment_part",
    metadata,
    Column("repayment_id", Uuid, ForeignKey("repayment.id"), nullable=False),
    Column("installment_number", Integer, nullable=False),
    Column("penalty", MONEY, nullable=False),
    Column("interest", MONEY, nullable=False),
    Column("principal", MONEY, nullable=False),
    PrimaryKeyConstraint("repayment_id", "installment_number"),
    CheckConstraint(
        "penalty >= 0 AND interest >= 0 AND principal >= 0 AND penalty + interest + principal > 0", name="parts"
    ),
)

repayment_rejection = Table(
    "repayment_rejection",
    metadata,
    Column("file_id", Uuid, ForeignKey("repayment_file.id"), nullable=False),
    Column("line_number", Integer, nullable=False),
    Column("bank_reference", Text),
    Column("contract_number", Text),
    Column("kind", Text),
    Column("paid_on", Text),
    Column("amount", Text),
    Column("code", Text, nullable=False),
    Column("reason", Text, nullable=False),
    PrimaryKeyConstraint("file_id", "line_number"),
)
