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
    CheckConstraint("code IN ('fund_cash', 'fund_capital', 'compensation_paid', 'recovery_income')", name="code"),
    CheckConstraint("code NOT IN ('fund_cash', 'compensation_paid') OR balance >= 0", name="debit_accounts"),
    CheckConstraint("code NOT IN ('fund_capital', 'recovery_income') OR balance <= 0", name="credit_accounts"),
)

# The account is closed (LG-37): money comes in as contribution or recovery and goes out as compensation, nothing else.
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
    CheckConstraint("kind IN ('contribution', 'compensation', 'recovery', 'reversal')", name="kind"),
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
