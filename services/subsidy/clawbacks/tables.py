"""Claw-backs: proposed by one officer, approved by another, offset by later batches, paid back or written off."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)

from services.subsidy.metadata import MONEY, metadata

clawback = Table(
    "clawback",
    metadata,
    Column("id", Uuid, primary_key=True),
    # The line points back here from its own counter-lines, so the two tables name each other.
    Column("line_id", Uuid, ForeignKey("subsidy_line.id", use_alter=True)),
    Column("grant_id", Uuid, ForeignKey("household_grant.id")),  # instead of a line: a direct grant that was wrong
    # Instead of both: a transfer that its household was paid beyond what it was owed; no part of a programme's money.
    Column("instruction_id", Uuid, ForeignKey("payment_instruction.id"), unique=True),
    Column("programme_id", Uuid, ForeignKey("programme.id")),  # that paid the grant; of a line it is its batch's
    Column("county_code", Text, nullable=False),
    Column("household_id", Uuid, nullable=False),
    Column("loan_id", Uuid, ForeignKey("subsidy_account.loan_id")),
    Column("village_code", Text, nullable=False),
    Column("amount", MONEY, nullable=False),
    Column("by_facts", MONEY, nullable=False, server_default="0"),  # as far as too much was granted by what was known
    Column("offset_amount", MONEY, nullable=False, server_default="0"),
    Column("received_amount", MONEY, nullable=False, server_default="0"),  # paid back in money
    Column("written_off_amount", MONEY, nullable=False, server_default="0"),
    Column("withdrawn_amount", MONEY, nullable=False, server_default="0"),  # was never owed
    Column("held_amount", MONEY, nullable=False, server_default="0"),  # paid back beyond what is owed: to be refunded
    Column("reason", Text, nullable=False),
    Column("decided_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_as", Text),  # the office in whose name; unknown of acts before offices came from the pack
    Column("proposed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("approved_by", Text),
    Column("approved_as", Text),
    Column("approved_on", Date),
    CheckConstraint(
        "amount > 0 AND least(offset_amount, received_amount, written_off_amount, withdrawn_amount, held_amount) >= 0"
        " AND offset_amount + received_amount + written_off_amount + withdrawn_amount <= amount",
        name="amount",
    ),
    CheckConstraint("by_facts >= 0 AND by_facts <= amount", name="by_facts"),
    CheckConstraint(
        "state IN ('proposed', 'approved', 'refused', 'offset', 'settled', 'withdrawn')", name="clawback_state"
    ),
    CheckConstraint(
        "(state IN ('offset', 'settled', 'withdrawn'))"
        " = (offset_amount + received_amount + written_off_amount + withdrawn_amount = amount)"
        " AND (state <> 'offset' OR offset_amount = amount) AND (state = 'withdrawn' OR withdrawn_amount = 0)",
        name="offset_amount",
    ),
    CheckConstraint("held_amount = 0 OR state IN ('offset', 'settled', 'withdrawn')", name="held_amount"),
    CheckConstraint("(state = 'proposed') = (approved_by IS NULL)", name="approved"),
    CheckConstraint("approved_by <> proposed_by", name="two_persons"),
    CheckConstraint(
        "num_nonnulls(line_id, loan_id) = 2 AND num_nonnulls(grant_id, programme_id, instruction_id) = 0 OR "
        "num_nonnulls(line_id, loan_id, instruction_id) = 0 AND num_nonnulls(grant_id, programme_id) = 2 "
        "AND offset_amount = 0 OR "
        "num_nonnulls(line_id, loan_id, grant_id, programme_id) = 0 AND instruction_id IS NOT NULL "
        "AND offset_amount = 0",
        name="origin",
    ),
    Index("ix_clawback_line_id", "line_id"),
    Index("ix_clawback_grant_id", "grant_id", postgresql_where=text("grant_id IS NOT NULL")),
    Index("ix_clawback_loan_id", "loan_id"),
    Index("ix_clawback_open", "county_code", "household_id", postgresql_where=text("state = 'approved'")),
)

# Money that came back, and what two persons decide: to give up, to refund what is held, to withdraw a claw-back that
# was wrong, to take a wrong entry back (DZ-7).
clawback_entry = Table(
    "clawback_entry",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("clawback_id", Uuid, ForeignKey("clawback.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("amount", MONEY, nullable=False),
    Column("happened_on", Date, nullable=False),
    Column("bank_reference", Text),
    Column("payer", Text),
    Column("payee", Text),  # who gets a refund
    Column("reverses", Uuid, ForeignKey("clawback_entry.id")),
    Column("ground", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("decided_by", Text),
    Column("decided_on", Date),
    CheckConstraint("kind IN ('receipt', 'write_off', 'refund', 'withdrawal', 'reversal')", name="entry_kind"),
    CheckConstraint("amount >= 0 AND (amount > 0 OR kind = 'withdrawal')", name="amount"),
    CheckConstraint("state IN ('proposed', 'recorded', 'refused', 'reversed')", name="entry_state"),
    CheckConstraint("(kind = 'receipt') = (payer IS NOT NULL)", name="receipt"),
    CheckConstraint("(kind = 'refund') = (payee IS NOT NULL)", name="refund"),
    CheckConstraint(
        "(kind = 'receipt' OR kind = 'refund' AND state IN ('recorded', 'reversed')) = (bank_reference IS NOT NULL)",
        name="bank_reference",
    ),
    CheckConstraint("(kind = 'reversal') = (reverses IS NOT NULL)", name="reversal"),
    CheckConstraint("kind <> 'receipt' OR state IN ('recorded', 'reversed')", name="receipt_recorded"),
    CheckConstraint("kind = 'receipt' OR (state = 'proposed') = (decided_by IS NULL)", name="decided"),
    CheckConstraint("decided_by <> recorded_by", name="two_persons"),
    CheckConstraint("(decided_by IS NULL) = (decided_on IS NULL)", name="decided_on"),
    Index("ix_clawback_entry_clawback_id", "clawback_id"),
    Index(
        "uq_clawback_entry_receipt",
        "clawback_id",
        "bank_reference",
        unique=True,
        postgresql_where=text("state = 'recorded'"),
    ),
    Index("uq_clawback_entry_reverses", "reverses", unique=True, postgresql_where=text("state <> 'refused'")),
    Index(
        "uq_clawback_entry_proposed",
        "clawback_id",
        "kind",
        unique=True,
        postgresql_where=text("kind IN ('write_off', 'refund', 'withdrawal') AND state = 'proposed'"),
    ),
)

# Instalments that two persons agreed with a household; a later plan takes the place of the one before.
clawback_plan = Table(
    "clawback_plan",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("clawback_id", Uuid, ForeignKey("clawback.id"), nullable=False),
    Column("ground", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("settled_before", MONEY),  # of the claw-back when the plan came into force: no part of it
    Column("proposed_on", Date, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("decided_by", Text),
    Column("decided_on", Date),
    CheckConstraint("state IN ('proposed', 'in_force', 'refused', 'replaced')", name="plan_state"),
    CheckConstraint("(state = 'proposed') = (num_nulls(decided_by, decided_on) = 2)", name="decided"),
    CheckConstraint("state = 'proposed' OR num_nonnulls(decided_by, decided_on) = 2", name="decided_whole"),
    CheckConstraint("(state IN ('in_force', 'replaced')) = (settled_before IS NOT NULL)", name="settled_before"),
    CheckConstraint("decided_by <> proposed_by", name="two_persons"),
    Index(
        "uq_clawback_plan_state",
        "clawback_id",
        "state",
        unique=True,
        postgresql_where=text("state IN ('proposed', 'in_force')"),
    ),
)

clawback_instalment = Table(
    "clawback_instalment",
    metadata,
    Column("plan_id", Uuid, ForeignKey("clawback_plan.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("amount", MONEY, nullable=False),
    PrimaryKeyConstraint("plan_id", "number"),
    UniqueConstraint("plan_id", "due_on"),
    CheckConstraint("number >= 1 AND amount > 0", name="amount"),
)
