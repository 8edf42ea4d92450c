"""Insurance policies on loans, and what insurers were asked and answered."""

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
    UniqueConstraint,
    Uuid,
    func,
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
    UniqueConstraint("loan_id", "insurer_code", "policy_number"),  # a group policy may stand on many loans
    CheckConstraint("sum_insured > 0", name="sum_insured"),
    CheckConstraint("valid_until > valid_from", name="valid_until"),
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
    UniqueConstraint("claim_id", "policy_id"),
    UniqueConstraint("insurer_code", "reference"),
    CheckConstraint("amount > 0 AND answer_due_on >= requested_on", name="asked"),
    CheckConstraint("num_nulls(accepted, amount_paid, answered_on, reference, answered_by) IN (0, 5)", name="answered"),
    CheckConstraint("amount_paid >= 0 AND amount_paid <= amount", name="amount_paid"),
    CheckConstraint("accepted = (amount_paid > 0)", name="accepted"),
    CheckConstraint("answered_on >= requested_on", name="answered_on"),
    CheckConstraint("ended_on IS NULL OR accepted IS NULL", name="ended_without_answer"),
    Index("ix_insurance_request_insurer_code", "insurer_code"),
)
