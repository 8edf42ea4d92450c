"""What is known of a loan from before the platform besides the loan itself."""

from sqlalchemy import CheckConstraint, Column, Date, DateTime, ForeignKey, Table, Text, Uuid, func, text
from sqlalchemy.dialects.postgresql import JSONB

from services.lending.metadata import metadata

legacy_loan = Table(
    "legacy_loan",
    metadata,
    Column("loan_id", Uuid, ForeignKey("loan.id"), primary_key=True),
    Column("granted_under", Text, nullable=False),
    Column("legacy_rule", Text),  # code of the earlier rule in the pack
    Column("guarantor", Text),  # a guarantee company's code or the number of the guarantee contract, never a name
    Column("own_terms", JSONB, nullable=False, server_default=text("'{}'")),  # of the contract, not of the pack
    Column("onboarded_on", Date, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint("granted_under IN ('legacy_amount', 'legacy_mode', 'legacy_day')", name="granted_under"),
)
