"""Monthly classifications, each loan's class in them, and classes set by two officers."""

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
from sqlalchemy.dialects.postgresql import JSONB

from services.lending.loans.tables import MONEY
from services.lending.metadata import metadata
from services.lending.proposals.tables import proposed

_CLASSES = "'normal', 'special_mention', 'substandard', 'doubtful', 'loss'"

# One row a county and month, dated its last day; what was found then stays as it was found.
class_run = Table(
    "class_run",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("county_code", Text, nullable=False),
    Column("classified_on", Date, nullable=False),
    Column("loans", Integer, nullable=False),
    Column("principal_outstanding", MONEY, nullable=False),
    Column("classes", JSONB, nullable=False),  # loans and principal outstanding by class
    Column("run_as_of", Date, nullable=False),  # the business date of the job that caught it up
    Column("run_by", Text, nullable=False),
    Column("run_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint("date_part('day', classified_on + 1) = 1", name="month_end"),
    CheckConstraint("run_as_of > classified_on", name="month_over"),
    CheckConstraint("loans >= 0 AND principal_outstanding >= 0", name="figures"),
    Index("uq_class_run_county_code", "county_code", "classified_on", unique=True),
)

# A class set by two officers of the bank; without one: back to what the rule gives.
class_review = Table(
    "class_review",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("loan_id", Uuid, ForeignKey("loan.id"), nullable=False),
    Column("bank_code", Text, nullable=False),
    Column("loan_class", Text),
    *proposed(),
    CheckConstraint("loan_class IN ('special_mention', 'substandard', 'doubtful', 'loss')", name="loan_class"),
    Index("uq_class_review_open", "loan_id", unique=True, postgresql_where=text("state = 'proposed'")),
    Index("ix_class_review_loan_id", "loan_id", "decided_on"),
)

# A million rows a month: put by the statement that puts their run, without foreign keys.
loan_class = Table(
    "loan_class",
    metadata,
    Column("loan_id", Uuid, nullable=False),
    Column("classified_on", Date, nullable=False),
    Column("run_id", Uuid, nullable=False),
    Column("days_past_due", Integer, nullable=False),
    Column("principal_outstanding", MONEY, nullable=False),
    Column("by_rule", Text, nullable=False),
    Column("loan_class", Text, nullable=False),
    Column("rule_ground", Text),  # what makes the rule's class, where it is not the days past due
    Column("review_id", Uuid),  # the officers' decision that makes it worse than the rule
    PrimaryKeyConstraint("classified_on", "loan_id"),  # in the order of the run: one index, written at its end
    CheckConstraint("days_past_due >= 0 AND principal_outstanding >= 0", name="figures"),
    CheckConstraint(f"by_rule IN ({_CLASSES}) AND loan_class IN ({_CLASSES})", name="classes"),
    CheckConstraint("rule_ground IN ('misused', 'written_off')", name="rule_ground"),
    CheckConstraint("(review_id IS NULL) = (loan_class = by_rule)", name="review"),
)
