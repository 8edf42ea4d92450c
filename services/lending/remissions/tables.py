"""What two persons remit of a loan, and remissions that two persons take back; both stay on file."""

from sqlalchemy import CheckConstraint, Column, Date, ForeignKey, Index, Table, Text, Uuid, text

from services.lending.loans.tables import MONEY
from services.lending.metadata import metadata
from services.lending.proposals.tables import proposed

remission = Table(
    "remission",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("loan_id", Uuid, ForeignKey("loan.id"), nullable=False),
    Column("remits", Text, nullable=False),
    Column("amount", MONEY, nullable=False),  # at most; the account says what was there to remit
    Column("value_on", Date, nullable=False),
    *proposed(),
    CheckConstraint("remits IN ('penalty', 'interest')", name="remits"),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("value_on <= proposed_on", name="value_on"),
    Index("ix_remission_loan_id", "loan_id"),
    Index("uq_remission_open", "loan_id", unique=True, postgresql_where=text("state = 'proposed'")),
)

remission_reversal = Table(
    "remission_reversal",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("remission_id", Uuid, ForeignKey("remission.id"), nullable=False),
    *proposed(),
    Index(
        "uq_remission_reversal_open",
        "remission_id",
        unique=True,
        postgresql_where=text("state IN ('proposed', 'confirmed')"),
    ),
)
