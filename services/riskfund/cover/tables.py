"""Reservations of cover, covered loans with their defaults, daily movements, and what was out of order."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Numeric,
    Table,
    Text,
    Uuid,
    func,
    text,
)

from services.riskfund.metadata import metadata

MONEY = Numeric(18, 2)
# Repayments change these rows in place: room in the page keeps the change out of the indexes.
ROOM_FOR_UPDATES = {"fillfactor": "80"}

cover_reservation = Table(
    "cover_reservation",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("fund_id", Uuid, ForeignKey("fund.id"), nullable=False),
    Column("application_id", Uuid, nullable=False),
    Column("amount", MONEY, nullable=False),
    Column("reserved_on", Date, nullable=False),
    Column("expires_on", Date, nullable=False),  # the last day it holds
    Column("state", Text, nullable=False, server_default=text("'live'")),
    Column("ended_on", Date),
    Column("loan_id", Uuid),
    Column("reserved_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("product_code", Text, nullable=False, server_default=text("'small_loan'")),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("expires_on >= reserved_on", name="expires_on"),
    CheckConstraint("state IN ('live', 'used', 'returned', 'released', 'expired')", name="state"),
    CheckConstraint("(state = 'live') = (ended_on IS NULL)", name="ended_on"),
    # Returned: used by a loan whose disbursement was taken back.
    CheckConstraint("(state IN ('used', 'returned')) = (loan_id IS NOT NULL)", name="loan_id"),
    Index(
        "one_reservation_per_application",
        "application_id",
        unique=True,
        postgresql_where=text("state IN ('live', 'used')"),
    ),
    Index("ix_cover_reservation_live", "expires_on", postgresql_where=text("state = 'live'")),
)

covered_loan = Table(
    "covered_loan",
    metadata,
    Column("loan_id", Uuid, primary_key=True),
    Column("application_id", Uuid, nullable=False),
    Column("household_id", Uuid, nullable=False),
    Column("county_code", Text, nullable=False),
    Column("village_code", Text, nullable=False),
    Column("bank_code", Text, nullable=False),
    Column("contract_number", Text, nullable=False),
    Column("pack_version", Integer, nullable=False),
    Column("principal", MONEY, nullable=False),
    Column("outstanding", MONEY, nullable=False),
    Column("interest_repaid", MONEY, nullable=False, server_default=text("0.00")),
    # Of the penalty repaid, what is interest at the contract's rate.
    Column("late_interest_repaid", MONEY, nullable=False, server_default=text("0.00")),
    Column("disbursed_on", Date, nullable=False),
    Column("matures_on", Date, nullable=False),
    Column("state", Text, nullable=False, server_default=text("'active'")),
    Column("closed_on", Date),
    # Granted on the condition that the bank bears a loss: counts in no exposure, and no claim can be filed on it.
    Column("without_cover", Boolean, nullable=False, server_default=text("false")),
    Column("product_code", Text, nullable=False, server_default=text("'small_loan'")),
    Column("mode", Text),  # a LoanMode: who uses the money; null: lent before lending's events were read for it
    Column("fund_id", Uuid, ForeignKey("fund.id")),  # the account that covers it; none without cover or without a fund
    CheckConstraint("NOT without_cover OR fund_id IS NULL", name="covered_by_a_fund"),
    CheckConstraint("principal > 0 AND outstanding >= 0 AND outstanding <= principal", name="outstanding"),
    CheckConstraint("interest_repaid >= 0", name="interest_repaid"),
    CheckConstraint("late_interest_repaid >= 0", name="late_interest_repaid"),
    CheckConstraint("state IN ('active', 'defaulted', 'compensated', 'closed', 'cancelled')", name="state"),
    CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name="closed_on"),
    CheckConstraint(
        "state NOT IN ('compensated', 'closed', 'cancelled') OR outstanding = 0", name="ended_covers_nothing"
    ),
    Index(
        "uq_covered_loan_application_id",
        "application_id",
        unique=True,
        postgresql_where=text("state <> 'cancelled'"),
    ),
    Index("ix_covered_loan_fund_id", "fund_id"),
    Index("ix_covered_loan_village_code", "village_code", postgresql_ops={"village_code": "text_pattern_ops"}),
    postgresql_with=ROOM_FOR_UPDATES,
)

loan_default = Table(
    "loan_default",
    metadata,
    Column("id", Uuid, primary_key=True),  # the bank's default report
    Column("loan_id", Uuid, ForeignKey("covered_loan.loan_id"), nullable=False),
    Column("cause", Text, nullable=False),
    Column("malicious", Boolean, nullable=False),
    Column("confirmed_on", Date, nullable=False),
    Column("overdue_from", Date, nullable=False),
    Column("matures_on", Date, nullable=False),
    Column("days_past_due", Integer, nullable=False),
    Column("principal_outstanding", MONEY, nullable=False),
    Column("interest_overdue", MONEY, nullable=False),
    Column("penalty_overdue", MONEY, nullable=False),
    # What the household had paid in interest by then; what it pays later is no longer overdue.
    Column("interest_repaid_before", MONEY, nullable=False),
    # Of the penalty, what is interest at the contract's rate: it is compensated, the surcharge never is (LG-21a).
    Column("late_interest", MONEY, nullable=False, server_default=text("0.00")),
    Column("late_interest_repaid_before", MONEY, nullable=False, server_default=text("0.00")),
    Column("lifted_on", Date),  # since when it stands no more
    Column("lift_cause", Text),
    CheckConstraint("lift_cause IN ('cured', 'withdrawn', 'reopened')", name="lift_cause"),
    CheckConstraint("(lifted_on IS NULL) = (lift_cause IS NULL)", name="lifted_is_whole"),
    CheckConstraint(
        "principal_outstanding > 0 AND interest_overdue >= 0 AND penalty_overdue >= 0 AND interest_repaid_before >= 0",
        name="figures",
    ),
    CheckConstraint(
        "late_interest >= 0 AND late_interest <= penalty_overdue AND late_interest_repaid_before >= 0",
        name="late_interest",
    ),
    Index("ix_loan_default_loan_id", "loan_id"),
)

cover_exception = Table(
    "cover_exception",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("loan_id", Uuid, ForeignKey("covered_loan.loan_id"), nullable=False),
    Column("county_code", Text, nullable=False),
    Column("village_code", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("amount", MONEY, nullable=False),
    Column("noticed_on", Date, nullable=False),
    CheckConstraint(
        "kind IN ('disbursed-without-reservation', 'disbursed-above-reservation', 'county-without-fund', "
        "'repaid-after-compensation', 'outstanding-differs', 'reopened-beyond-cover')",
        name="kind",
    ),
    Index("ix_cover_exception_village_code", "village_code", postgresql_ops={"village_code": "text_pattern_ops"}),
)
