"""Recoveries on compensated loans and what the bank returned of them."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Numeric,
    Table,
    Text,
    Uuid,
    func,
    text,
)

from services.riskfund.metadata import metadata

MONEY = Numeric(18, 2)

recovery = Table(
    "recovery",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("claim_id", Uuid, ForeignKey("claim.id"), nullable=False),
    Column("loan_id", Uuid, ForeignKey("covered_loan.loan_id"), nullable=False),
    Column("county_code", Text, nullable=False),
    Column("village_code", Text, nullable=False),
    Column("bank_code", Text, nullable=False),
    Column("bank_reference", Text, nullable=False),
    Column("recovered_on", Date, nullable=False),
    Column("amount", MONEY, nullable=False),
    Column("principal", MONEY, nullable=False),
    Column("interest", MONEY, nullable=False),
    Column("fund_share", MONEY, nullable=False),
    Column("bank_share", MONEY, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("guarantor_share", MONEY, nullable=False, server_default=text("0.00")),
    # More than fund, bank and guarantor had borne: an insurer's that may fall back on the borrower, or the borrower's.
    Column("beyond_loss", MONEY, nullable=False, server_default=text("0.00")),
    Column("reversed_on", Date),  # taken back by two persons of the bank: it counts on no day
    CheckConstraint(
        "amount > 0 AND principal >= 0 AND interest >= 0 "
        "AND principal + interest = CASE WHEN reversed_on IS NULL THEN amount ELSE 0 END",
        name="amount",
    ),
    CheckConstraint(
        "least(fund_share, bank_share, guarantor_share, beyond_loss) >= 0 "
        "AND fund_share + bank_share + guarantor_share + beyond_loss = amount",
        name="shares",
    ),
    CheckConstraint("state IN ('open', 'returned', 'nothing_due', 'reversed')", name="state"),
    CheckConstraint("state = 'reversed' OR (state = 'nothing_due') = (fund_share = 0)", name="nothing_due"),
    CheckConstraint("state <> 'reversed' OR reversed_on IS NOT NULL", name="reversed"),
    CheckConstraint("due_on >= recovered_on", name="due_on"),
    Index("ix_recovery_claim_id", "claim_id"),
    Index("ix_recovery_open", "due_on", postgresql_where=text("state = 'open'")),
)

recovery_return = Table(
    "recovery_return",
    metadata,
    Column("recovery_id", Uuid, ForeignKey("recovery.id"), primary_key=True),
    Column("entry_id", Uuid, ForeignKey("journal_entry.id"), nullable=False, unique=True),
    Column("amount", MONEY, nullable=False),
    Column("returned_on", Date, nullable=False),
    Column("bank_reference", Text, nullable=False),
    Column("is_late", Boolean, nullable=False),
    Column("returned_by", Text, nullable=False),
    Column("returned_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint("amount > 0", name="amount"),
)

# What a recovery that was taken back takes back of each party's parts: by it all recoveries of the claim are split like
# one sum again, without a change to what was split and paid before. Of the fund's part the bank may still owe some
# (`fund_due`), or the fund owes it back (`fund_owes`, by `due_on`), as the bank had paid it over.
recovery_reversal = Table(
    "recovery_reversal",
    metadata,
    Column("recovery_id", Uuid, ForeignKey("recovery.id"), primary_key=True),
    Column("claim_id", Uuid, ForeignKey("claim.id"), nullable=False),
    Column("cause", Text, nullable=False),
    Column("reversed_on", Date, nullable=False),
    Column("fund_share", MONEY, nullable=False),
    Column("bank_share", MONEY, nullable=False),
    Column("guarantor_share", MONEY, nullable=False),
    Column("beyond_loss", MONEY, nullable=False),
    Column("fund_due", MONEY, nullable=False),
    Column("fund_owes", MONEY, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("heard_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint("least(fund_share, bank_share, guarantor_share, beyond_loss) >= 0", name="shares"),
    CheckConstraint("least(fund_due, fund_owes) = 0 AND greatest(fund_due, fund_owes) >= 0", name="one_owes"),
    CheckConstraint("due_on >= reversed_on", name="due_on"),
    Index("ix_recovery_reversal_claim_id", "claim_id"),
)
