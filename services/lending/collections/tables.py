"""Who pressed for repayment and what came of it, and repayment plans with their instalments."""

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
    Uuid,
    func,
    text,
)

from services.lending.loans.tables import MONEY
from services.lending.metadata import metadata

# One call on a household that is late (督促还款); a wrong record is withdrawn by another person and stays on file.
collection_record = Table(
    "collection_record",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("loan_id", Uuid, ForeignKey("loan.id"), nullable=False),
    Column("office", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("pressed_on", Date, nullable=False),
    Column("result", Text, nullable=False),
    Column("promised_on", Date),
    Column("note", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("withdrawn_on", Date),
    Column("withdraw_reason", Text),
    Column("withdrawn_by", Text),
    CheckConstraint(
        "office IN ('village_committee', 'first_secretary', 'work_team', 'helper', 'township')", name="office"
    ),
    CheckConstraint("person <> '' AND note <> ''", name="said"),
    CheckConstraint("result IN ('promised', 'paying', 'unable', 'unwilling', 'not_reached')", name="result"),
    CheckConstraint("(result = 'promised') = (promised_on IS NOT NULL) AND promised_on >= pressed_on", name="promise"),
    CheckConstraint("num_nonnulls(withdrawn_on, withdraw_reason, withdrawn_by) IN (0, 3)", name="withdrawn_is_whole"),
    CheckConstraint("withdrawn_by <> recorded_by", name="maker_is_not_checker"),
    CheckConstraint("withdrawn_on >= pressed_on", name="withdrawn_on"),
    Index("ix_collection_record_loan_id", "loan_id"),
)

# A plan drawn up with the household and signed by the bank (还款计划); the newest that is agreed is in force.
repayment_plan = Table(
    "repayment_plan",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("loan_id", Uuid, ForeignKey("loan.id"), nullable=False),
    Column("bank_code", Text, nullable=False),
    Column("agreed_on", Date, nullable=False),
    Column("arrears", MONEY, nullable=False),  # on the day it was agreed with the household
    Column("office", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("paper_reference", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("drawn_by", Text, nullable=False),
    Column("drawn_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("state", Text, nullable=False, server_default=text("'drawn'")),
    Column("signed_on", Date),
    Column("signed_by", Text),
    Column("reason", Text),
    Column("replaced_on", Date),
    CheckConstraint("arrears > 0", name="arrears"),
    CheckConstraint(
        "office IN ('village_committee', 'first_secretary', 'work_team', 'helper', 'township')", name="office"
    ),
    CheckConstraint("person <> '' AND paper_reference <> '' AND note <> ''", name="said"),
    CheckConstraint("state IN ('drawn', 'signed', 'refused', 'withdrawn', 'replaced')", name="state"),
    CheckConstraint(
        "(state = 'drawn') = (signed_by IS NULL) AND num_nulls(signed_on, signed_by) IN (0, 2)", name="decided"
    ),
    CheckConstraint("state = 'withdrawn' OR signed_by <> drawn_by", name="two_persons"),
    CheckConstraint("signed_on >= agreed_on AND replaced_on >= agreed_on", name="in_order"),
    CheckConstraint("(state = 'replaced') = (replaced_on IS NOT NULL)", name="replaced"),
    Index("ix_repayment_plan_loan_id", "loan_id"),
    Index("uq_repayment_plan_drawn", "loan_id", unique=True, postgresql_where=text("state = 'drawn'")),
    Index("uq_repayment_plan_signed", "loan_id", unique=True, postgresql_where=text("state = 'signed'")),
)

plan_installment = Table(
    "plan_installment",
    metadata,
    Column("plan_id", Uuid, ForeignKey("repayment_plan.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("amount", MONEY, nullable=False),
    PrimaryKeyConstraint("plan_id", "number"),
    CheckConstraint("number >= 1 AND amount > 0", name="amount"),
)
