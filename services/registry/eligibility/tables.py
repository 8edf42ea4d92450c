"""What lending has told about each household's loans."""

from sqlalchemy import Boolean, CheckConstraint, Column, Date, ForeignKey, Index, Numeric, Table, Text, Uuid

from services.registry.metadata import metadata

household_loan = Table(
    "household_loan",
    metadata,
    Column("loan_id", Uuid, primary_key=True),
    Column("household_id", Uuid, ForeignKey("household.id"), nullable=False),
    Column("village_code", Text, nullable=False),
    # Facts of one loan may arrive in any order, so each stays null until its own fact is here.
    Column("principal", Numeric(18, 2), CheckConstraint("principal > 0", name="principal")),
    Column("disbursed_on", Date),
    Column("overdue_since_on", Date),
    Column("defaulted_on", Date),
    Column("malicious", Boolean),
    Column("closed_on", Date),
    Column("repaid_on_time", Boolean),
    CheckConstraint("(closed_on IS NULL) = (repaid_on_time IS NULL)", name="closing_is_whole"),
    Index("household_loan_household", "household_id"),
)
