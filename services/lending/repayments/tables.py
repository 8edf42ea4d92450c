"""The files of repayments that banks send."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    func,
    text,
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
    Column("held", MONEY, nullable=False, server_default=text("0.00")),
    Column("remitted", MONEY, nullable=False, server_default=text("0.00")),
    Column("loans_closed", Integer, nullable=False),
    Column("received_by", Text, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint("lines = recorded + already_recorded + rejected", name="lines"),
    CheckConstraint("amount_recorded = penalty + interest + principal + held", name="amount_recorded"),
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
    Column("payer", Text),
    Column("payer_name", Text),
    Column("amount", Text),
    Column("code", Text, nullable=False),
    Column("reason", Text, nullable=False),
    PrimaryKeyConstraint("file_id", "line_number"),
)
