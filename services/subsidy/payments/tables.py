"""Runs, instructions and the bank's return files. Names and account numbers are sealed (`shared.pii`)."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)

from services.subsidy.metadata import MONEY, metadata

payment_run = Table(
    "payment_run",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("batch_id", Uuid, ForeignKey("subsidy_batch.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("paid_on", Date, nullable=False),
    Column("paying_bank", Text),
    Column("instructions", Integer, nullable=False),
    Column("amount", MONEY, nullable=False),
    Column("without_account", Integer, nullable=False),
    Column("held", Integer, nullable=False, server_default="0"),  # households on the blacklist
    Column("started_by", Text, nullable=False),
    Column("office", Text),  # in whose name; unknown of acts before offices came from the pack
    Column("started_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    UniqueConstraint("batch_id", "number"),
    CheckConstraint("number >= 1 AND instructions >= 0 AND amount >= 0 AND without_account >= 0", name="signs"),
    CheckConstraint("held >= 0", name="held"),
)

# Whom a run did not pay because of which entry of the blacklist, because two persons look into whether an earlier
# transfer had been paid, or because nobody is left to receive it; a later run pays once that is settled.
payment_hold = Table(
    "payment_hold",
    metadata,
    Column("run_id", Uuid, ForeignKey("payment_run.id"), nullable=False),
    Column("household_id", Uuid, nullable=False),
    Column("listing_id", Uuid, ForeignKey("household_listing.listing_id")),
    Column("reversal_id", Uuid, ForeignKey("reversal.id")),  # neither: the household died out
    PrimaryKeyConstraint("run_id", "household_id"),
    CheckConstraint("num_nonnulls(listing_id, reversal_id) <= 1", name="cause"),
)

return_file = Table(
    "return_file",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("run_id", Uuid, ForeignKey("payment_run.id"), nullable=False),
    Column("sha256", LargeBinary, nullable=False),
    Column("lines", Integer, nullable=False),
    Column("total", MONEY, nullable=False),
    Column("paid", Integer, nullable=False),
    Column("amount_paid", MONEY, nullable=False),
    Column("rejected", Integer, nullable=False),
    Column("amount_rejected", MONEY, nullable=False),
    Column("returned", Integer, nullable=False, server_default="0"),
    Column("amount_returned", MONEY, nullable=False, server_default="0"),
    Column("already_recorded", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("received_by", Text, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    UniqueConstraint("run_id", "sha256"),
    CheckConstraint("lines = paid + rejected + returned + already_recorded + refused", name="lines"),
)

payment_instruction = Table(
    "payment_instruction",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("run_id", Uuid, ForeignKey("payment_run.id"), nullable=False),
    Column("batch_id", Uuid, ForeignKey("subsidy_batch.id"), nullable=False),
    Column("household_id", Uuid, nullable=False),
    Column("holder_name_sealed", LargeBinary, nullable=False),
    Column("id_number_sealed", LargeBinary),  # none of instructions before it was asked for
    Column("bank_code", Text, nullable=False),
    Column("account_sealed", LargeBinary, nullable=False),
    Column("account_version", Integer, nullable=False),
    Column("account_household_id", Uuid),  # whose account it is; null: the household's own
    Column("payee_id", Uuid, ForeignKey("subsidy_payee.id")),  # who receives it for one that died out
    Column("amount", MONEY, nullable=False),
    Column("state", Text, nullable=False),
    Column("settled_on", Date),
    Column("reason", Text),
    Column("return_file_id", Uuid, ForeignKey("return_file.id")),
    CheckConstraint("amount > 0", name="amount"),
    # Doubled: paid although its household was not owed it any more, which owes it back.
    CheckConstraint("state IN ('sent', 'paid', 'rejected', 'returned', 'doubled')", name="instruction_state"),
    CheckConstraint("(state = 'sent') = (settled_on IS NULL AND return_file_id IS NULL)", name="settled"),
    CheckConstraint("num_nonnulls(account_household_id, payee_id) <= 1", name="whose_account"),
    # A household is paid once for a batch: a new instruction only after the one before was rejected or came back.
    Index(
        "uq_payment_instruction_live",
        "batch_id",
        "household_id",
        unique=True,
        postgresql_where=text("state IN ('sent', 'paid')"),
    ),
    Index("ix_payment_instruction_run_id", "run_id"),
    Index("ix_payment_instruction_household_id", "household_id"),
)

# A transfer that had been confirmed as paid and came back (退汇). Somebody else withdraws a notice that was wrong.
returned_transfer = Table(
    "returned_transfer",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("instruction_id", Uuid, ForeignKey("payment_instruction.id"), nullable=False),
    Column("amount", MONEY, nullable=False),
    Column("returned_on", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("return_file_id", Uuid, ForeignKey("return_file.id")),  # null: recorded by itself
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("withdrawn_on", Date),
    Column("withdrawn_by", Text),
    Column("withdrawal_reason", Text),
    Column("withdrawn_at", DateTime(timezone=True)),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint(
        "num_nonnulls(withdrawn_on, withdrawn_by, withdrawal_reason, withdrawn_at) IN (0, 4)", name="whole"
    ),
    CheckConstraint("withdrawn_by <> recorded_by AND withdrawn_on >= returned_on", name="withdrawn"),
    Index("uq_returned_transfer_holds", "instruction_id", unique=True, postgresql_where=text("withdrawn_on IS NULL")),
    Index("ix_returned_transfer_return_file_id", "return_file_id"),
)

# What a run did not pay out of a line, because by what was known then the line gave too much (FJ-6, DZ-7).
payment_reduction = Table(
    "payment_reduction",
    metadata,
    Column("id", Uuid, primary_key=True),
    # Written before the run, whose amount depends on it; or of the decision that closed what could not be paid.
    Column("run_id", Uuid, ForeignKey("payment_run.id", deferrable=True, initially="DEFERRED")),
    Column("termination_id", Uuid, ForeignKey("batch_termination.id")),
    # The notice of a returned transfer was wrong: the household has what was closed, this takes the closing back.
    Column("withdrawn_return_id", Uuid, ForeignKey("returned_transfer.id")),
    Column("line_id", Uuid, ForeignKey("subsidy_line.id"), nullable=False),
    Column("loan_id", Uuid, ForeignKey("subsidy_account.loan_id"), nullable=False),
    Column("amount", MONEY, nullable=False),
    CheckConstraint("num_nonnulls(run_id, termination_id, withdrawn_return_id) = 1", name="cause"),
    UniqueConstraint("run_id", "line_id"),
    UniqueConstraint("termination_id", "line_id"),
    UniqueConstraint("withdrawn_return_id", "line_id"),
    CheckConstraint("amount <> 0 AND (amount < 0) = (withdrawn_return_id IS NOT NULL)", name="amount"),
    Index("ix_payment_reduction_line_id", "line_id"),
    Index("ix_payment_reduction_loan_id", "loan_id"),
)

return_file_refusal = Table(
    "return_file_refusal",
    metadata,
    Column("file_id", Uuid, ForeignKey("return_file.id"), nullable=False),
    Column("line_number", Integer, nullable=False),
    Column("instruction_id", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("reason", Text, nullable=False),
    PrimaryKeyConstraint("file_id", "line_number"),
)
