"""Disbursements taken back; the loan, its contract and its payment stay on file."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text, Uuid, text

from services.lending.metadata import metadata
from services.lending.proposals.tables import proposed

disbursement_reversal = Table(
    "disbursement_reversal",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("loan_id", Uuid, ForeignKey("loan.id"), nullable=False),
    Column("cause", Text, nullable=False),
    *proposed(),
    CheckConstraint(
        "cause IN ('wrong_day', 'wrong_amount', 'wrong_borrower', 'returned', 'doubled', 'other')", name="cause"
    ),
    Index(
        "uq_disbursement_reversal_open",
        "loan_id",
        unique=True,
        postgresql_where=text("state IN ('proposed', 'confirmed')"),
    ),
)
