"""What lending and registry reported: loans, what was really paid on them, defaults, states of households."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    text,
)

from services.subsidy.metadata import MONEY, RATE, metadata

subsidy_account = Table(
    "subsidy_account",
    metadata,
    Column("loan_id", Uuid, primary_key=True),
    Column("household_id", Uuid, nullable=False),
    Column("county_code", Text, nullable=False),
    Column("village_code", Text, nullable=False),
    Column("bank_code", Text, nullable=False),
    Column("contract_number", Text, nullable=False),
    Column("principal", MONEY, nullable=False),
    Column("annual_rate", RATE, nullable=False),
    Column("day_count", Text, nullable=False),
    Column("term_months", Integer, nullable=False),
    Column("disbursed_on", Date, nullable=False),
    Column("matures_on", Date, nullable=False),
    Column("loan_round", Integer, nullable=False),
    Column("pack_version", Integer, nullable=False),
    Column("closed_on", Date),
    # Granted on the condition that the household bears the interest.
    Column("without_subsidy", Boolean, nullable=False, server_default=text("false")),
    Column("product_code", Text, nullable=False, server_default=text("'small_loan'")),
    Column("legacy_rule", Text),  # the earlier rule of the pack that the loan keeps
    Column("mode", Text, nullable=False, server_default=text("'direct'")),  # who uses the money (SX-4, LG-28)
    Column("reversed_on", Date),  # the disbursement was taken back: the loan never stood
    CheckConstraint("principal > 0 AND annual_rate >= 0 AND term_months > 0", name="signs"),
    Index("ix_subsidy_account_county_code", "county_code"),
    Index("ix_subsidy_account_household_id", "household_id"),
)

# The rates of a contract that changed, each from its day on, version by version as lending published them; none: it has
# the account's rate on every day.
account_rate = Table(
    "account_rate",
    metadata,
    Column("loan_id", Uuid, ForeignKey("subsidy_account.loan_id"), nullable=False),
    Column("loan_version", Integer, nullable=False),  # of the event that said so
    Column("from_on", Date, nullable=False),
    Column("annual_rate", RATE, nullable=False),
    Column("superseded_by", Integer),  # version that says otherwise
    PrimaryKeyConstraint("loan_id", "from_on", "loan_version"),
    CheckConstraint("annual_rate >= 0", name="annual_rate"),
    CheckConstraint("superseded_by > loan_version", name="superseded_by"),
    Index("uq_account_rate_holds", "loan_id", "from_on", unique=True, postgresql_where=text("superseded_by IS NULL")),
)

# What lending published, version by version: a part published anew stays as it was, for the lines that rest on it.
interest_payment = Table(
    "interest_payment",
    metadata,
    Column("repayment_id", Uuid, nullable=False),
    Column("installment_number", Integer, nullable=False),
    Column("loan_id", Uuid, ForeignKey("subsidy_account.loan_id"), nullable=False),
    Column("loan_version", Integer, nullable=False),  # of the event that said so
    Column("bank_reference", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("paid_on", Date, nullable=False),
    Column("period_from", Date, nullable=False),
    Column("period_until", Date, nullable=False),
    Column("amount", MONEY, nullable=False),
    Column("payer", Text, nullable=False, server_default=text("'borrower'")),  # who bore it (先结后贴)
    Column(
        "superseded_by", Integer
    ),  # version of the loan that published it otherwise or took it back; null: it counts
    PrimaryKeyConstraint("repayment_id", "installment_number", "loan_version"),
    CheckConstraint("kind IN ('repayment', 'prepayment')", name="kind"),
    CheckConstraint("amount > 0 AND period_until >= period_from", name="amount"),
    CheckConstraint("superseded_by > loan_version", name="superseded_by"),
    Index(
        "uq_interest_payment_counts",
        "repayment_id",
        "installment_number",
        unique=True,
        postgresql_where=text("superseded_by IS NULL"),
    ),
    Index("ix_interest_payment_loan_id", "loan_id", "loan_version"),
    Index("ix_interest_payment_paid_on", "paid_on"),
)

# Kept apart as evidence: penalty interest is never subsidised (SX-5), so no line can ever point here.
penalty_payment = Table(
    "penalty_payment",
    metadata,
    Column("repayment_id", Uuid, nullable=False),
    Column("loan_id", Uuid, ForeignKey("subsidy_account.loan_id"), nullable=False),
    Column("loan_version", Integer, nullable=False),
    Column("bank_reference", Text, nullable=False),
    Column("paid_on", Date, nullable=False),
    Column("amount", MONEY, nullable=False),
    Column("superseded_by", Integer),
    PrimaryKeyConstraint("repayment_id", "loan_version"),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("superseded_by > loan_version", name="superseded_by"),
    Index("uq_penalty_payment_counts", "repayment_id", unique=True, postgresql_where=text("superseded_by IS NULL")),
    Index("ix_penalty_payment_loan_id", "loan_id"),
)

household_state = Table(
    "household_state",
    metadata,
    Column("household_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("village_code", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("effective_from", Date, nullable=False),
    PrimaryKeyConstraint("household_id", "version"),
)

# A household's entries on the registry's lists; which of its two events came first does not matter.
household_listing = Table(
    "household_listing",
    metadata,
    Column("listing_id", Uuid, primary_key=True),
    Column("household_id", Uuid, nullable=False),
    Column("list_name", Text, nullable=False),
    Column("listed_on", Date),  # null: only its removal is known yet
    Column("cleared_on", Date),
    # An accepted appeal found the entry wrong: it never held.
    Column("overturned", Boolean, nullable=False, server_default=text("false")),
    CheckConstraint("list_name IN ('dishonesty', 'blacklist')", name="list_name"),
    CheckConstraint("num_nonnulls(listed_on, cleared_on) > 0", name="listed_or_cleared"),
    Index("ix_household_listing_household_id", "household_id"),
)

# Principal that came back, kept as penalty is: what a loan still owes on a day is its principal less these (DZ-2).
principal_payment = Table(
    "principal_payment",
    metadata,
    Column("repayment_id", Uuid, nullable=False),
    Column("loan_id", Uuid, ForeignKey("subsidy_account.loan_id"), nullable=False),
    Column("loan_version", Integer, nullable=False),
    Column("paid_on", Date, nullable=False),
    Column("amount", MONEY, nullable=False),
    Column("superseded_by", Integer),
    PrimaryKeyConstraint("repayment_id", "loan_version"),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("superseded_by > loan_version", name="superseded_by"),
    Index("uq_principal_payment_counts", "repayment_id", unique=True, postgresql_where=text("superseded_by IS NULL")),
    Index("ix_principal_payment_loan_id", "loan_id"),
)

# Confirmed defaults of loans; one that was withdrawn never stood.
loan_default = Table(
    "loan_default",
    metadata,
    Column("default_report_id", Uuid, primary_key=True),
    Column("loan_id", Uuid, ForeignKey("subsidy_account.loan_id"), nullable=False),
    Column("confirmed_on", Date, nullable=False),
    Column("lifted_on", Date),
    Column("withdrawn", Boolean, nullable=False, server_default=text("false")),
    CheckConstraint("NOT withdrawn OR lifted_on IS NOT NULL", name="withdrawn"),
    Index("ix_loan_default_loan_id", "loan_id"),
)

# Households that are on the register no more; whoever absorbed one stands for it.
household_end = Table(
    "household_end",
    metadata,
    Column("household_id", Uuid, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("effective_on", Date, nullable=False),
    Column("into_household_id", Uuid),
    CheckConstraint("reason IN ('merged', 'moved_out', 'died_out', 'error')", name="reason"),
    CheckConstraint("(reason = 'merged') = (into_household_id IS NOT NULL)", name="merged"),
    CheckConstraint("into_household_id <> household_id", name="another"),
)
