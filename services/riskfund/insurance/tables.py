"""Insurance policies on loans, and what insurers were asked and answered."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
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

from services.riskfund.metadata import metadata

MONEY = Numeric(18, 2)

insurance_policy = Table(
    "insurance_policy",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("loan_id", Uuid, ForeignKey("covered_loan.loan_id"), nullable=False),
    Column("insurer_code", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("policy_number", Text, nullable=False),
    Column("sum_insured", MONEY, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date, nullable=False),  # the first day it no longer holds
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("beneficiary", Text, nullable=False, server_default=text("'bank'")),
    Column("premium", MONEY),
    Column("premium_payer", Text),
    Column("premium_paid_on", Date),
    Column("consented_on", Date),  # the household said in writing that it insures of its own will (SX-5d)
    Column("state", Text, nullable=False, server_default=text("'recorded'")),
    Column("answered_on", Date),  # the insurer confirmed it, or said that it is none of its own
    Column("answered_by", Text),
    Column("answer_reason", Text),
    Column("cancelled_on", Date),  # the first day on which it no longer holds
    Column("cancelled_by", Text),
    Column("cancel_reason", Text),
    Column("version", Integer, nullable=False, server_default=text("0")),
    # A group policy may stand on many loans; one refused or cancelled may be recorded anew.
    Index(
        "one_policy_on_a_loan",
        "loan_id",
        "insurer_code",
        "policy_number",
        unique=True,
        postgresql_where=text("state IN ('recorded', 'confirmed')"),
    ),
    CheckConstraint("sum_insured > 0", name="sum_insured"),
    CheckConstraint("valid_until > valid_from", name="valid_until"),
    CheckConstraint("beneficiary IN ('bank', 'household')", name="beneficiary"),
    CheckConstraint("premium >= 0 AND premium <= sum_insured", name="premium"),
    CheckConstraint("premium_payer IN ('county', 'household')", name="premium_payer"),
    CheckConstraint("(premium IS NULL) = (premium_payer IS NULL)", name="premium_has_a_payer"),
    CheckConstraint("premium_paid_on IS NULL OR premium IS NOT NULL", name="premium_paid_on"),
    CheckConstraint("state IN ('recorded', 'confirmed', 'refused', 'cancelled')", name="state"),
    CheckConstraint("num_nulls(answered_on, answered_by) IN (0, 2)", name="answered"),
    CheckConstraint(
        "CASE WHEN state = 'recorded' THEN answered_by IS NULL WHEN state = 'cancelled' THEN true "
        "ELSE answered_by IS NOT NULL END",
        name="answered_state",
    ),
    CheckConstraint("(state = 'refused') = (answer_reason IS NOT NULL)", name="answer_reason"),
    CheckConstraint(
        "num_nulls(cancelled_on, cancelled_by, cancel_reason) = CASE WHEN state = 'cancelled' THEN 0 ELSE 3 END",
        name="cancelled",
    ),
    CheckConstraint("answered_by <> recorded_by", name="two_persons"),
    Index("ix_insurance_policy_insurer_code", "insurer_code"),
)

# A policy that secures the loan it stands on (SX-5c): one pledge of a policy at a time, wherever it is insured.
policy_pledge = Table(
    "policy_pledge",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("policy_id", Uuid, ForeignKey("insurance_policy.id"), nullable=False),
    Column("insurer_code", Text, nullable=False),
    Column("policy_number", Text, nullable=False),
    Column("contract_reference", Text, nullable=False),
    Column("pledged_on", Date, nullable=False),
    Column("pledged_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("released_on", Date),
    Column("released_by", Text),
    Column("release_reason", Text),
    CheckConstraint("num_nulls(released_on, released_by, release_reason) IN (0, 3)", name="released"),
    CheckConstraint("released_on >= pledged_on", name="released_on"),
    CheckConstraint("released_by <> pledged_by", name="two_persons"),
    Index(
        "one_pledge_of_a_policy",
        "insurer_code",
        "policy_number",
        unique=True,
        postgresql_where=text("released_on IS NULL"),
    ),
    Index("ix_policy_pledge_policy_id", "policy_id"),
)

insurance_request = Table(
    "insurance_request",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("claim_id", Uuid, ForeignKey("claim.id"), nullable=False),
    Column("policy_id", Uuid, ForeignKey("insurance_policy.id"), nullable=False),
    Column("insurer_code", Text, nullable=False),
    Column("policy_number", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("amount", MONEY, nullable=False),
    Column("requested_on", Date, nullable=False),
    Column("answer_due_on", Date, nullable=False),
    Column("accepted", Boolean),
    Column("amount_paid", MONEY),
    Column("answered_on", Date),
    Column("reference", Text),
    Column("answered_by", Text),
    Column("ended_on", Date),  # the claim was voided before the insurer answered
    # Answered after the claim was decided as unpaid: it is in no amount of the claim.
    Column("late", Boolean, nullable=False, server_default=text("false")),
    UniqueConstraint("claim_id", "policy_id"),
    UniqueConstraint("insurer_code", "reference"),
    CheckConstraint("amount > 0 AND answer_due_on >= requested_on", name="asked"),
    CheckConstraint("num_nulls(accepted, amount_paid, answered_on, reference, answered_by) IN (0, 5)", name="answered"),
    CheckConstraint("amount_paid >= 0 AND amount_paid <= amount", name="amount_paid"),
    CheckConstraint("accepted = (amount_paid > 0)", name="accepted"),
    CheckConstraint("answered_on >= requested_on", name="answered_on"),
    CheckConstraint("ended_on IS NULL OR accepted IS NULL", name="ended_without_answer"),
    CheckConstraint("NOT late OR accepted IS NOT NULL", name="late_answer"),
    Index("ix_insurance_request_insurer_code", "insurer_code"),
)
