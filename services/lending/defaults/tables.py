"""Default reports with their confirmation, and what was recovered afterwards."""

from sqlalchemy import (
    Boolean,
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
from sqlalchemy.dialects.postgresql import JSONB

from services.lending.loans.tables import MONEY
from services.lending.metadata import metadata
from services.lending.proposals.tables import proposed

default_report = Table(
    "default_report",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("loan_id", Uuid, ForeignKey("loan.id"), nullable=False),
    Column("bank_code", Text, nullable=False),
    Column("overdue_from", Date, nullable=False),
    Column("cause", Text, nullable=False),
    Column("malicious", Boolean, nullable=False),
    Column("evidence", Text, nullable=False),
    # Kind, reference and hash of each paper; none of reports from before papers were asked for.
    Column("papers", JSONB, nullable=False, server_default=text("'[]'")),
    Column("died_on", Date),
    Column("reported_on", Date, nullable=False),
    Column("days_past_due", Integer, nullable=False),  # on the day of the report
    Column("reported_by", Text, nullable=False),
    Column("reported_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("withdrawn_on", Date),  # by two persons, as it was wrong: it never stood
    Column("withdrawn_at", DateTime(timezone=True)),
    CheckConstraint("(withdrawn_on IS NULL) = (withdrawn_at IS NULL)", name="withdrawn"),
    CheckConstraint("days_past_due >= 1", name="days_past_due"),
    CheckConstraint("(died_on IS NOT NULL) = (cause = 'death') AND died_on <= reported_on", name="died_on"),
    Index(  # one report for one time of not paying, until it is withdrawn
        "uq_default_report_not_withdrawn",
        "loan_id",
        "overdue_from",
        unique=True,
        postgresql_where=text("withdrawn_on IS NULL"),
    ),
)

# A report, or the default that was confirmed on it, that was wrong: proposed by the bank, decided by the office.
default_withdrawal = Table(
    "default_withdrawal",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("report_id", Uuid, ForeignKey("default_report.id"), nullable=False),
    # `office`: in whose name it was decided.
    *proposed(Column("office", Text)),
    Index(
        "uq_default_withdrawal_open",
        "report_id",
        unique=True,
        postgresql_where=text("state IN ('proposed', 'confirmed')"),
    ),
)

default_confirmation = Table(
    "default_confirmation",
    metadata,
    Column("report_id", Uuid, ForeignKey("default_report.id"), primary_key=True),
    Column("confirmed_on", Date, nullable=False),
    Column("confirmed_by", Text, nullable=False),
    Column("office", Text),  # in whose name; unknown of acts before offices came from the pack
    Column("overdue_from", Date, nullable=False),
    Column("days_past_due", Integer, nullable=False),
    Column("principal_outstanding", MONEY, nullable=False),
    Column("interest_overdue", MONEY, nullable=False),
    Column("penalty_overdue", MONEY, nullable=False),
    Column("surcharge_overdue", MONEY),  # of the penalty; unknown of defaults confirmed before it was kept apart
    Column("confirmed_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    CheckConstraint(
        "principal_outstanding > 0 AND interest_overdue >= 0 AND penalty_overdue >= 0 AND days_past_due >= 1",
        name="figures",
    ),
    CheckConstraint("surcharge_overdue >= 0 AND surcharge_overdue <= penalty_overdue", name="surcharge"),
)

recovery = Table(
    "recovery",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("loan_id", Uuid, ForeignKey("loan.id"), nullable=False),
    Column("claim_id", Uuid, nullable=False),
    Column("bank_code", Text, nullable=False),
    Column("bank_reference", Text, nullable=False),
    Column("recovered_on", Date, nullable=False),
    Column("amount", MONEY, nullable=False),
    Column("principal", MONEY, nullable=False),
    Column("interest", MONEY, nullable=False),
    Column("loan_version", Integer, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    CheckConstraint("amount > 0 AND amount = principal + interest AND principal >= 0 AND interest >= 0", name="amount"),
    Index("ix_recovery_loan_id", "loan_id"),
)
