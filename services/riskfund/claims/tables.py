"""Claims for compensation with the committee's decisions and the payment."""

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

from services.riskfund.metadata import metadata

MONEY = Numeric(18, 2)
SHARE = Numeric(9, 8)

claim = Table(
    "claim",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("loan_id", Uuid, ForeignKey("covered_loan.loan_id"), nullable=False),
    Column("default_id", Uuid, ForeignKey("loan_default.id"), nullable=False),
    Column("fund_id", Uuid, ForeignKey("fund.id"), nullable=False),
    Column("pack_id", Uuid, ForeignKey("policy_pack.pack_id"), nullable=False),
    Column("product_code", Text, nullable=False, server_default=text("'small_loan'")),
    Column("county_code", Text, nullable=False),
    Column("village_code", Text, nullable=False),
    Column("bank_code", Text, nullable=False),
    Column("cause", Text, nullable=False),
    Column("filed_on", Date, nullable=False),
    Column("filed_by", Text, nullable=False),
    Column("pursued_from", Date),
    Column("state", Text, nullable=False),
    Column("principal", MONEY, nullable=False),
    Column("interest", MONEY, nullable=False),
    Column("amount", MONEY, nullable=False),
    # The loan's paid interest when the claim was filed; another figure later means that the claim is out of date.
    Column("interest_repaid_before", MONEY, nullable=False),
    # Of the interest, what accrued for days late at the contract's rate; and the loan's paid late interest at filing.
    Column("late_interest", MONEY, nullable=False, server_default=text("0.00")),
    Column("late_interest_repaid_before", MONEY, nullable=False, server_default=text("0.00")),
    Column("insurance_amount", MONEY, nullable=False, server_default=text("0.00")),
    Column("fund_share", SHARE, nullable=False),
    Column("bank_share", SHARE, nullable=False),
    Column("fund_amount", MONEY),
    Column("bank_amount", MONEY),
    Column("approved_on", Date),
    Column("paid_on", Date),
    Column("voided_on", Date),
    Column("void_cause", Text),
    Column("version", Integer, nullable=False, server_default=text("0")),
    Column("filed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("guarantor_code", Text),  # who carries the guarantor's share; null where the pack gives none
    Column("guarantor_share", SHARE, nullable=False, server_default=text("0")),
    Column("guarantor_amount", MONEY),
    Column("guarantor_due_on", Date),
    CheckConstraint("state IN ('awaiting_insurer', 'deciding', 'approved', 'paid', 'refused', 'voided')", name="state"),
    CheckConstraint("principal > 0 AND interest >= 0 AND amount = principal + interest", name="amount"),
    CheckConstraint(
        "late_interest >= 0 AND late_interest <= interest AND late_interest_repaid_before >= 0", name="late_interest"
    ),
    CheckConstraint("insurance_amount >= 0 AND insurance_amount <= amount", name="insurance_amount"),
    CheckConstraint(
        "least(fund_share, bank_share, guarantor_share) >= 0 AND fund_share + bank_share + guarantor_share = 1",
        name="shares",
    ),
    CheckConstraint(
        "num_nulls(fund_amount, bank_amount, guarantor_amount, approved_on) IN (0, 4) "
        "AND least(fund_amount, bank_amount, guarantor_amount) >= 0 "
        "AND insurance_amount + fund_amount + bank_amount + guarantor_amount = amount",
        name="parts_add_up",
    ),
    CheckConstraint("(guarantor_share > 0) = (guarantor_code IS NOT NULL)", name="guarantor"),
    CheckConstraint("(guarantor_amount > 0) = (guarantor_due_on IS NOT NULL)", name="guarantor_due_on"),
    CheckConstraint("state NOT IN ('approved', 'paid') OR approved_on IS NOT NULL", name="approved_on"),
    CheckConstraint("(state = 'paid') = (paid_on IS NOT NULL)", name="paid_on"),
    CheckConstraint("num_nulls(voided_on, void_cause) = CASE state WHEN 'voided' THEN 0 ELSE 2 END", name="voided"),
    Index(
        "one_claim_per_default",
        "default_id",
        unique=True,
        postgresql_where=text("state NOT IN ('refused', 'voided')"),
    ),
    Index("ix_claim_village_code", "village_code", postgresql_ops={"village_code": "text_pattern_ops"}),
    Index("ix_claim_loan_id", "loan_id"),
    Index("ix_claim_guarantor_code", "guarantor_code"),
)

# Lending's log of how debtors are pursued; a step recorded wrongly is withdrawn.
pursuit_step = Table(
    "pursuit_step",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("loan_id", Uuid, nullable=False),  # perhaps not published yet
    Column("debtor", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("happened_on", Date, nullable=False),
    Column("withdrawn_on", Date),
    Index("ix_pursuit_step_loan_id", "loan_id"),
)

claim_decision = Table(
    "claim_decision",
    metadata,
    Column("claim_id", Uuid, ForeignKey("claim.id"), nullable=False),
    Column("person", Text, nullable=False),
    Column("office", Text),  # in whose name; unknown of acts before offices came from the pack
    Column("decision", Text, nullable=False),
    Column("decided_on", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("decided_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("claim_id", "person"),
    CheckConstraint("decision IN ('approve', 'refuse')", name="decision"),
)

claim_payment = Table(
    "claim_payment",
    metadata,
    Column("claim_id", Uuid, ForeignKey("claim.id"), primary_key=True),
    # Null when insurance bore the whole loss and the fund paid nothing.
    Column("entry_id", Uuid, ForeignKey("journal_entry.id"), unique=True),
    Column("amount", MONEY, nullable=False),
    Column("paid_on", Date, nullable=False),
    Column("bank_reference", Text, nullable=False),
    Column("paid_by", Text, nullable=False),
    Column("office", Text),  # in whose name; unknown of acts before offices came from the pack
    Column("paid_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint("amount >= 0 AND (amount > 0) = (entry_id IS NOT NULL)", name="amount"),
)

_OUTCOMES = "outcome IN ('void', 'stands', 'return_due')"

# What was decided or paid rests on something that is otherwise now: two persons say what follows, nothing is rewritten.
claim_review = Table(
    "claim_review",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("claim_id", Uuid, ForeignKey("claim.id"), nullable=False),
    Column("cause", Text, nullable=False),
    Column("raised_on", Date, nullable=False),
    Column("raised_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("outcome", Text),
    Column("concluded_on", Date),
    CheckConstraint(_OUTCOMES, name="outcome"),
    CheckConstraint("(outcome IS NULL) = (concluded_on IS NULL)", name="concluded_is_whole"),
    CheckConstraint(
        "cause IN ('default_cured', 'default_withdrawn', 'default_reopened', 'loan_repaid', 'account_restated')",
        name="cause",
    ),
    Index("one_open_review_per_claim", "claim_id", unique=True, postgresql_where=text("outcome IS NULL")),
)

claim_review_answer = Table(
    "claim_review_answer",
    metadata,
    Column("review_id", Uuid, ForeignKey("claim_review.id"), nullable=False),
    Column("person", Text, nullable=False),
    Column("office", Text, nullable=False),  # in whose name
    Column("outcome", Text, nullable=False),
    Column("answered_on", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("answered_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("review_id", "person"),
    CheckConstraint(_OUTCOMES, name="outcome"),
)
