"""Reminders that were given before a due; one that was recorded wrongly is withdrawn, never rewritten (DZ-5b)."""

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
    Uuid,
    func,
    text,
)

from services.lending.loans.tables import MONEY
from services.lending.metadata import metadata

# A due is named by its day and a reminder by its days before it: a schedule that is put anew keeps what was said.
reminder = Table(
    "reminder",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("loan_id", Uuid, ForeignKey("loan.id"), nullable=False),
    Column("due_on", Date, nullable=False),
    Column("days_before", Integer, nullable=False),
    Column("reminded_on", Date, nullable=False),
    Column("channel", Text, nullable=False),
    Column("reminded_by", Text, nullable=False),
    Column("amount", MONEY, nullable=False),  # as it was named to the borrower
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("withdrawn_on", Date),
    Column("withdrawn_by", Text),
    Column("withdrawal_reason", Text),
    CheckConstraint("channel IN ('in_person', 'telephone', 'message', 'letter', 'notice_delivered')", name="channel"),
    CheckConstraint("days_before > 0 AND amount > 0 AND reminded_by <> ''", name="said"),
    CheckConstraint("reminded_on <= due_on", name="reminded_on"),
    CheckConstraint("withdrawn_by <> recorded_by", name="withdrawn_by"),
    CheckConstraint("withdrawn_on >= reminded_on", name="withdrawn_on"),
    CheckConstraint("num_nulls(withdrawn_on, withdrawn_by, withdrawal_reason) IN (0, 3)", name="withdrawal"),
    Index(
        "uq_reminder_loan_id",
        "loan_id",
        "due_on",
        "days_before",
        unique=True,
        postgresql_where=text("withdrawn_on IS NULL"),
    ),
)
