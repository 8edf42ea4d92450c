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
    Column("accelerates", Boolean, nullable=False, server_default=text("false")),  # all principal falls due that day
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
    Column("reversed_on", Date),  # taken back: it pays nothing, and its reference stays used
    Column("reversed_at", DateTime(timezone=True)),
    CheckConstraint(
        "amount > 0 AND principal >= 0 AND interest >= 0 "
        "AND principal + interest = CASE WHEN reversed_on IS NULL THEN amount ELSE 0 END",
        name="amount",
    ),
    CheckConstraint("(reversed_on IS NULL) = (reversed_at IS NULL)", name="reversed"),
    Index("ix_recovery_loan_id", "loan_id"),
)

# A recovery taken back (追偿冲正), proposed by one person and confirmed by another; it stays, and pays nothing.
recovery_reversal = Table(
    "recovery_reversal",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("recovery_id", Uuid, ForeignKey("recovery.id"), nullable=False),
    Column("loan_id", Uuid, nullable=False),
    Column("cause", Text, nullable=False),
    *proposed(),
    CheckConstraint(
        "cause IN ('wrong_loan', 'wrong_amount', 'wrong_day', 'returned', 'doubled', 'other')", name="cause"
    ),
    Index(
        "uq_recovery_reversal_open",
        "recovery_id",
        unique=True,
        postgresql_where=text("state IN ('proposed', 'confirmed')"),
    ),
    Index("ix_recovery_reversal_loan_id", "loan_id"),
)
