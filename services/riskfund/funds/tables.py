"""Funds and their ledger: accounts, entries that only grow, postings that add up to zero, contributions."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)

from services.riskfund.metadata import metadata

MONEY = Numeric(18, 2)

fund = Table(
    "fund",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("county_code", Text, nullable=False),
    Column("bank_code", Text),  # the bank whose loans alone it covers; without one it is the county's account
    Column("name", Text, nullable=False),
    Column("account_bank", Text, nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("office", Text),  # in whose name; unknown of acts before offices came from the pack
    Column("opened_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    # Both totals are kept under this row's lock; they equal the sums over live reservations and covered loans.
    Column("reserved_total", MONEY, nullable=False, server_default=text("0.00")),
    Column("exposure_total", MONEY, nullable=False, server_default=text("0.00")),
    Column("version", Integer, nullable=False, server_default=text("0")),  # number of events recorded about it
    UniqueConstraint("county_code", "bank_code", postgresql_nulls_not_distinct=True),
    CheckConstraint("county_code ~ '^[0-9]{6}$'", name="county_code"),
    CheckConstraint("reserved_total >= 0 AND exposure_total >= 0", name="totals"),
)

ledger_account = Table(
    "ledger_account",
    metadata,
    Column("fund_id", Uuid, ForeignKey("fund.id"), nullable=False),
    Column("code", Text, nullable=False),
    Column("balance", MONEY, nullable=False, server_default=text("0.00")),  # debit positive, credit negative
    PrimaryKeyConstraint("fund_id", "code"),
    CheckConstraint(
        "code IN ('fund_cash', 'fund_capital', 'compensation_paid', 'recovery_income', 'interest_income')", name="code"
    ),
    CheckConstraint("code NOT IN ('fund_cash', 'compensation_paid') OR balance >= 0", name="debit_accounts"),
    CheckConstraint(
        "code NOT IN ('fund_capital', 'recovery_income', 'interest_income') OR balance <= 0", name="credit_accounts"
    ),
)

# The account is closed (LG-37): money comes in as contribution, recovery or the account's interest and goes out as
# compensation, or back to the county, or to a bank whose recovery was taken back, by a decision of two persons. A
# reversal takes back what was booked wrongly.
journal_entry = Table(
    "journal_entry",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("number", BigInteger, Identity(always=True), nullable=False, unique=True),
    Column("fund_id", Uuid, ForeignKey("fund.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("entered_on", Date, nullable=False),
    Column("entered_by", Text, nullable=False),
    Column("reference", Text, nullable=False),  # the bank's reference of the transfer
    Column("reverses", Uuid, ForeignKey("journal_entry.id"), unique=True),
    Column("entered_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    UniqueConstraint("fund_id", "kind", "reference"),
    CheckConstraint(
        "kind IN ('contribution', 'compensation', 'recovery', 'interest', 'withdrawal', 'reversal', 'recovery_back')",
        name="kind",
    ),
    CheckConstraint("(kind = 'reversal') = (reverses IS NOT NULL)", name="reverses"),
)

posting = Table(
    "posting",
    metadata,
    Column("entry_id", Uuid, ForeignKey("journal_entry.id"), nullable=False),
    Column("fund_id", Uuid, nullable=False),
    Column("account", Text, nullable=False),
    Column("amount", MONEY, nullable=False),
    Column("balance_after", MONEY, nullable=False),
    PrimaryKeyConstraint("entry_id", "account"),
    ForeignKeyConstraint(["fund_id", "account"], ["ledger_account.fund_id", "ledger_account.code"]),
    CheckConstraint("amount <> 0", name="amount"),
)

contribution = Table(
    "contribution",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("fund_id", Uuid, ForeignKey("fund.id"), nullable=False),
    Column("amount", MONEY, nullable=False),
    Column("received_on", Date, nullable=False),
    Column("source", Text, nullable=False),
    Column("bank_reference", Text, nullable=False),
    Column("entry_id", Uuid, ForeignKey("journal_entry.id"), nullable=False, unique=True),
    Column("recorded_by", Text, nullable=False),
    Column("office", Text),  # in whose name; unknown of acts before offices came from the pack
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    UniqueConstraint("fund_id", "bank_reference"),
    CheckConstraint("amount > 0", name="amount"),
)

# What a second person must decide before it is booked: interest, money taken out, a contribution booked too high.
fund_movement = Table(
    "fund_movement",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("fund_id", Uuid, ForeignKey("fund.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("contribution_id", Uuid, ForeignKey("contribution.id")),  # the one that was booked too high
    Column("recovery_id", Uuid, ForeignKey("recovery.id")),  # the one that was taken back
    Column("amount", MONEY, nullable=False),
    Column("moved_on", Date, nullable=False),
    Column("bank_reference", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_in_name_of", Text, nullable=False),
    Column("proposed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("state", Text, nullable=False, server_default=text("'proposed'")),
    Column("decided_on", Date),
    Column("decided_by", Text),
    Column("decided_in_name_of", Text),
    Column("decision_reason", Text),
    Column("entry_id", Uuid, ForeignKey("journal_entry.id"), unique=True),
    CheckConstraint("kind IN ('interest', 'withdrawal', 'reversal', 'recovery_back')", name="kind"),
    CheckConstraint("(kind = 'recovery_back') = (recovery_id IS NOT NULL)", name="recovery_id"),
    CheckConstraint("(kind = 'reversal') = (contribution_id IS NOT NULL)", name="contribution_id"),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("state IN ('proposed', 'booked', 'refused')", name="state"),
    CheckConstraint(
        "num_nulls(decided_on, decided_by, decided_in_name_of, decision_reason) "
        "= CASE WHEN state = 'proposed' THEN 4 ELSE 0 END",
        name="decided",
    ),
    CheckConstraint("(state = 'booked') = (entry_id IS NOT NULL)", name="booked"),
    CheckConstraint("decided_by <> proposed_by", name="two_persons"),
    Index("ix_fund_movement_fund_id", "fund_id"),
    Index(
        "uq_fund_movement_recovery_id",
        "recovery_id",
        unique=True,
        postgresql_where=text("state IN ('proposed', 'booked')"),
    ),
)

# One row per fund and business date; sums up to a day are the fund, its exposure and its reservations on that day,
# whatever the order in which the events of those days arrived.
cover_movement = Table(
    "cover_movement",
    metadata,
    Column("fund_id", Uuid, ForeignKey("fund.id"), nullable=False),
    Column("moved_on", Date, nullable=False),
    Column("fund_change", MONEY, nullable=False),
    Column("exposure_change", MONEY, nullable=False),
    Column("reserved_change", MONEY, nullable=False),
    PrimaryKeyConstraint("fund_id", "moved_on"),
)
