"""Loan certificates with the rating each rests on, how each ended, and proposals to withdraw one (ZJ-7)."""

from sqlalchemy import (
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
    text,
)

from services.registry.metadata import metadata

_NOW = text("now()")

loan_certificate = Table(
    "loan_certificate",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("household_id", Uuid, ForeignKey("household.id"), nullable=False),
    Column("bank_code", Text, nullable=False),
    Column("number", Text, CheckConstraint("number <> ''", name="number_given"), nullable=False),
    Column("grade", Text, nullable=False),
    Column("credit_limit", Numeric(18, 2), CheckConstraint("credit_limit > 0", name="credit_limit"), nullable=False),
    Column("cause", Text, CheckConstraint("cause IN ('first', 'renewed', 'lost')", name="cause"), nullable=False),
    Column("replaces_id", Uuid, ForeignKey("loan_certificate.id"), unique=True),
    Column("issued_on", Date, nullable=False),
    Column("valid_until", Date, nullable=False),
    Column("issued_by", Text, nullable=False),
    Column("issued_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("ended_on", Date),
    Column(
        "end_cause",
        Text,
        CheckConstraint(
            "end_cause IN ('renewed', 'lost', 'rating_fell', 'listed', 'wrong_person', 'wrong_details', 'given_back',"
            " 'household_ended')",
            name="end_cause",
        ),
    ),
    Column("ended_by", Text),  # null while it holds, and where the rating or a list ended it
    CheckConstraint("(cause = 'first') = (replaces_id IS NULL)", name="replaces_another"),
    CheckConstraint("valid_until > issued_on", name="valid_for_some_time"),
    CheckConstraint("(ended_on IS NULL) = (end_cause IS NULL)", name="ended_is_whole"),
    CheckConstraint("ended_on >= issued_on", name="ends_after_issue"),
    UniqueConstraint("bank_code", "number"),
    Index(
        "loan_certificate_held",
        "household_id",
        "bank_code",
        unique=True,
        postgresql_where=text("ended_on IS NULL"),
    ),
)

certificate_withdrawal = Table(
    "certificate_withdrawal",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("certificate_id", Uuid, ForeignKey("loan_certificate.id"), nullable=False),
    Column(
        "cause",
        Text,
        CheckConstraint("cause IN ('wrong_person', 'wrong_details', 'given_back')", name="cause"),
        nullable=False,
    ),
    Column("reason", Text, CheckConstraint("reason <> ''", name="reason_given"), nullable=False),
    Column("proposed_on", Date, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("state", Text, CheckConstraint("state IN ('open', 'accepted', 'rejected')", name="state"), nullable=False),
    Column("decided_by", Text),
    Column("decided_on", Date),
    Column("decision_reason", Text),
    CheckConstraint(
        "num_nulls(decided_by, decided_on, decision_reason) = CASE WHEN state = 'open' THEN 3 ELSE 0 END",
        name="decision_is_whole",
    ),
    CheckConstraint("decided_on >= proposed_on", name="decided_after_proposal"),
    CheckConstraint("decided_by <> proposed_by", name="maker_is_not_checker"),
    Index("certificate_withdrawal_one_open", "certificate_id", unique=True, postgresql_where=text("state = 'open'")),
    Index("certificate_withdrawal_of_certificate", "certificate_id"),
)
