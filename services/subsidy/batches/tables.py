"""Batches, the decisions on them and their lines. A line never changes; only a returned batch gives its parts free.

What changes is what is known: a line rests on a part as it was published then; a supplement adds what was missing.
"""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, DATEMULTIRANGE

from services.subsidy.metadata import MONEY, RATE, metadata

subsidy_batch = Table(
    "subsidy_batch",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("county_code", Text, nullable=False),
    Column("programme_id", Uuid, ForeignKey("programme.id"), nullable=False),
    Column("period_from", Date, nullable=False),
    Column("period_until", Date, nullable=False),
    Column("prepared_on", Date, nullable=False),
    Column("prepared_by", Text, nullable=False),
    Column("office", Text),  # in whose name; unknown of acts before offices came from the pack
    Column("prepared_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default="0"),  # events recorded so far
    Column("lines", Integer, nullable=False, server_default="0"),
    Column("households", Integer, nullable=False, server_default="0"),  # with something to receive
    Column("asks_who_paid", Boolean, nullable=False, server_default=text("true")),  # not asked by the first batches
    Column("held_back", Integer, nullable=False, server_default="0"),  # payments of households on the blacklist
    Column("interest", MONEY, nullable=False, server_default="0"),
    Column("amount", MONEY, nullable=False, server_default="0"),
    Column("lines_hash", Text, nullable=False, server_default=""),
    Column("amount_paid", MONEY, nullable=False, server_default="0"),
    Column(
        "amount_reduced", MONEY, nullable=False, server_default="0"
    ),  # not paid out: too much by what was known then
    Column("settled_on", Date),
    CheckConstraint("period_until > period_from", name="period"),
    CheckConstraint(
        "state IN ('prepared', 'reviewed', 'approved', 'paying', 'settled', 'returned')", name="batch_state"
    ),
    CheckConstraint("held_back >= 0", name="held_back"),
    CheckConstraint("lines >= 0 AND households >= 0 AND interest >= 0 AND amount >= 0", name="signs"),
    CheckConstraint(
        "least(amount_paid, amount_reduced) >= 0 AND amount_paid + amount_reduced <= amount", name="amount_paid"
    ),
    CheckConstraint(
        "state <> 'settled' OR (settled_on IS NOT NULL AND amount_paid + amount_reduced = amount)", name="settled"
    ),
    Index("ix_subsidy_batch_county_code", "county_code"),
)

batch_decision = Table(
    "batch_decision",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("batch_id", Uuid, ForeignKey("subsidy_batch.id"), nullable=False),
    Column("step", Text, nullable=False),
    Column("decision", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("decided_on", Date, nullable=False),
    Column("decided_by", Text, nullable=False),
    Column("office", Text),  # in whose name; unknown of acts before offices came from the pack
    Column("decided_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    UniqueConstraint("batch_id", "step"),
    UniqueConstraint("batch_id", "decided_by"),
    CheckConstraint("step IN ('review', 'approval')", name="step"),
    CheckConstraint("decision IN ('approve', 'return')", name="decision"),
)

WITHHELD = (
    *("not_covered", "stopped", "beyond_years", "listed", "above_principal", "above_cap", "beyond_share"),
    "granted_before",
)

subsidy_line = Table(
    "subsidy_line",
    metadata,
    Column("id", Uuid, primary_key=True),
    # A trigger looks at all lines of a statement: they stand in a batch and name the loan of their part.
    Column("batch_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("loan_id", Uuid, nullable=False),
    Column("household_id", Uuid, nullable=False),
    Column("village_code", Text, nullable=False),
    Column("repayment_id", Uuid),
    Column("installment_number", Integer),
    Column("part_version", Integer),  # the part as it was published when the line was prepared
    Column("number", Integer),  # of the part's lines: 1 the interest, then each supplement; none on a counter-line
    Column("clawback_id", Uuid, ForeignKey("clawback.id")),
    Column("interest", MONEY, nullable=False),
    *(Column(reason, MONEY, nullable=False, server_default="0") for reason in WITHHELD),
    Column("amount", MONEY, nullable=False),
    Column("reasons", ARRAY(Text), nullable=False),
    Column("days", Integer, nullable=False),
    Column("eligible_days", Integer, nullable=False),
    Column("cap_rate", RATE),
    # What the amount was worked out from, none on a counter-line; lines of before it was kept have none either.
    Column("covered", MONEY),
    Column("before_stop", Integer),
    Column("before_listing", Integer),
    Column("subsidised_days", DATEMULTIRANGE),
    Column("principal_kept", MONEY),
    Column("rate_borne", Numeric),  # percent a year, summed over the days of the period
    Column("rate_kept", Numeric),
    Column("share_days", Numeric),  # shares, summed over the days subsidised
    Column("live", Boolean, nullable=False, server_default=text("true")),
    ForeignKeyConstraint(
        ["repayment_id", "installment_number", "part_version"],
        [f"interest_payment.{name}" for name in ("repayment_id", "installment_number", "loan_version")],
        name="fk_subsidy_line_part_interest_payment",
    ),
    CheckConstraint("kind IN ('interest', 'supplement', 'clawback')", name="kind"),
    CheckConstraint(
        "(kind <> 'clawback') = (num_nonnulls(repayment_id, installment_number, part_version) = 3"
        " AND clawback_id IS NULL)",
        name="interest_line",
    ),
    CheckConstraint("(kind = 'clawback') = (clawback_id IS NOT NULL AND repayment_id IS NULL)", name="clawback_line"),
    CheckConstraint(
        "CASE kind WHEN 'interest' THEN amount >= 0 WHEN 'supplement' THEN amount > 0 AND interest = 0"
        " ELSE amount < 0 AND interest = 0 END",
        name="amount",
    ),
    CheckConstraint(
        "CASE kind WHEN 'interest' THEN coalesce(number, 0) = 1 WHEN 'supplement' THEN coalesce(number, 0) > 1"
        " ELSE number IS NULL END",
        name="number",
    ),
    CheckConstraint("least(" + ", ".join(WITHHELD) + ") >= 0", name="withheld"),
    CheckConstraint(
        "kind <> 'interest' OR interest = amount + " + " + ".join(WITHHELD), name="every_fen_of_interest_explained"
    ),
    CheckConstraint("eligible_days >= 0 AND eligible_days <= days", name="eligible_days"),
    CheckConstraint(
        "num_nonnulls(covered, before_stop, before_listing, subsidised_days, principal_kept, rate_borne, rate_kept,"
        " share_days) IN (0, 8)",
        name="figures",
    ),
    # No interest is reimbursed twice: a part's live lines are numbered, so two that follow from the same knowledge
    # take the same number. `keep_lines_added` holds their sum within the interest.
    Index(
        "uq_subsidy_line_live",
        "repayment_id",
        "installment_number",
        "number",
        unique=True,
        postgresql_where=text("live AND kind <> 'clawback'"),
    ),
    Index("ix_subsidy_line_batch_id", "batch_id", "household_id"),
    Index("ix_subsidy_line_loan_id", "loan_id"),
    Index("ix_subsidy_line_clawback_id", "clawback_id", postgresql_where=text("clawback_id IS NOT NULL")),
)
