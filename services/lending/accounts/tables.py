"""What was received and refunded on loans: facts that are never rewritten, and what they pay as of the last replay.

The columns of a fact (loan, reference, kind, day, amount, author) never change; a trigger holds that. What a repayment
pays, holds and had refunded is derived from all postings of its loan and is written anew by every replay.
"""

from typing import Final

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    func,
    text,
)

from services.lending.loans.tables import MONEY
from services.lending.metadata import metadata
from services.lending.proposals.tables import proposed

PAYERS: Final = "{} IN ('borrower', 'heir', 'guarantor', 'insurer', 'entity', 'government', 'other')"

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
    Column("held", MONEY, nullable=False, server_default=text("0.00")),  # pays nothing yet
    Column("refunded", MONEY, nullable=False, server_default=text("0.00")),
    Column("surcharge", MONEY, nullable=False, server_default=text("0.00")),  # of the penalty
    Column("reversed_on", Date),  # taken back: it pays nothing, and its reference stays used
    Column("reversed_at", DateTime(timezone=True)),
    Column("loan_version", Integer, nullable=False),  # of the event that tells of it
    Column("file_id", Uuid),
    Column("line_number", Integer),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("payer", Text, nullable=False, server_default=text("'borrower'")),
    Column("payer_name", Text),
    CheckConstraint("kind IN ('repayment', 'prepayment')", name="kind"),
    CheckConstraint(PAYERS.format("payer"), name="payer"),
    CheckConstraint(
        "payer_name <> '' AND payer <> 'borrower' OR payer_name IS NULL AND payer IN ('borrower', 'entity')",
        name="payer_name",
    ),
    CheckConstraint(
        "amount > 0 AND amount = penalty + interest + principal + held + refunded OR reversed_on IS NOT NULL "
        "AND penalty = 0 AND interest = 0 AND principal = 0 AND held = 0 AND refunded = 0",
        name="amount",
    ),
    CheckConstraint(
        "penalty >= 0 AND interest >= 0 AND principal >= 0 AND held >= 0 AND refunded >= 0 "
        "AND principal_outstanding >= 0",
        name="parts",
    ),
    CheckConstraint("(reversed_on IS NULL) = (reversed_at IS NULL)", name="reversed"),
    CheckConstraint("surcharge >= 0 AND surcharge <= penalty", name="surcharge"),
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

# What was remitted of instalments (减免), derived like parts: by a decision, or without one within tolerance.
remission_part = Table(
    "remission_part",
    metadata,
    Column("loan_id", Uuid, nullable=False),
    Column("place", Integer, nullable=False),
    Column("installment_number", Integer, nullable=False),
    Column("remitted_on", Date, nullable=False),
    Column("remission_id", Uuid),
    Column("penalty", MONEY, nullable=False),
    Column("interest", MONEY, nullable=False),
    Column("principal", MONEY, nullable=False),
    PrimaryKeyConstraint("loan_id", "place"),
    CheckConstraint(
        "penalty >= 0 AND interest >= 0 AND principal >= 0 AND penalty + interest + principal > 0", name="parts"
    ),
)

# A repayment taken back (冲正), proposed by one person and confirmed by another; the repayment stays, and pays nothing.
repayment_reversal = Table(
    "repayment_reversal",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("repayment_id", Uuid, ForeignKey("repayment.id"), nullable=False),
    Column("loan_id", Uuid, nullable=False),
    Column("cause", Text, nullable=False),
    # What is booked in its place when it is confirmed, if anything is; then the repayment that it became.
    Column("right_loan_id", Uuid, ForeignKey("loan.id")),
    Column("right_reference", Text),
    Column("right_kind", Text),
    Column("right_paid_on", Date),
    Column("right_amount", MONEY),
    Column("right_payer", Text),
    Column("right_payer_name", Text),
    *proposed(Column("replaced_by", Uuid, ForeignKey("repayment.id"))),
    CheckConstraint(
        "cause IN ('wrong_loan', 'wrong_amount', 'wrong_day', 'returned', 'doubled', 'other')", name="cause"
    ),
    CheckConstraint(
        "num_nulls(right_loan_id, right_reference, right_kind, right_paid_on, right_amount, right_payer) IN (0, 6) "
        "AND right_amount > 0",
        name="replacement",
    ),
    CheckConstraint(
        "(replaced_by IS NOT NULL) = (state = 'confirmed' AND right_loan_id IS NOT NULL)", name="replaced_by"
    ),
    Index(
        "uq_repayment_reversal_open",
        "repayment_id",
        unique=True,
        postgresql_where=text("state IN ('proposed', 'confirmed')"),
    ),
    Index("ix_repayment_reversal_loan_id", "loan_id"),
)

# Another rate of a contract from a day on, where the published rate it rests on was corrected or came late. A later
# correction replaces the rows that hold; what held before stays readable.
loan_rate = Table(
    "loan_rate",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("loan_id", Uuid, ForeignKey("loan.id"), nullable=False),
    Column("from_on", Date, nullable=False),
    Column("annual_rate", Numeric, nullable=False),  # percent a year
    Column("rate_id", Uuid, nullable=False),  # of the publication that it follows
    Column("recorded_on", Date, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("replaced_on", Date),
    Column("replaced_at", DateTime(timezone=True)),
    CheckConstraint("annual_rate >= 0", name="annual_rate"),
    CheckConstraint("replaced_on >= recorded_on", name="replaced_on"),
    CheckConstraint("(replaced_on IS NULL) = (replaced_at IS NULL)", name="replaced"),
    Index("uq_loan_rate_held", "loan_id", "from_on", unique=True, postgresql_where=text("replaced_on IS NULL")),
)

# Money held that goes back to who paid it, proposed by one person and confirmed by another when it is paid out.
refund = Table(
    "refund",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("loan_id", Uuid, ForeignKey("loan.id"), nullable=False),
    Column("bank_code", Text, nullable=False),
    Column("amount", MONEY, nullable=False),
    Column("payee", Text, nullable=False),
    Column("account_reference", Text, nullable=False),  # the bank's own key of the account it goes to
    *proposed(Column("bank_reference", Text)),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint(PAYERS.format("payee"), name="payee"),
    CheckConstraint("(state = 'confirmed') = (bank_reference IS NOT NULL)", name="paid"),
    Index("ix_refund_loan_id", "loan_id"),
    Index("uq_refund_open", "loan_id", unique=True, postgresql_where=text("state = 'proposed'")),
)
