"""Proposals to take something wrong back: what, why, by which document, and who decided."""

from sqlalchemy import CheckConstraint, Column, Date, DateTime, Index, Integer, Table, Text, Uuid, text

from services.subsidy.metadata import MONEY, metadata

_NOW = text("now()")

reversal = Table(
    "reversal",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("subject", Text, nullable=False),  # what kind of thing is taken back
    Column("subject_id", Uuid, nullable=False),  # of a step: its project
    Column("number", Integer),  # of a step in its project's file
    Column("region_code", Text, nullable=False),
    Column("amount", MONEY),
    Column("reference", Text),  # the paper that values a security; the bank's, of a transfer that came back
    Column("happened_on", Date),  # when the money came back, the service ended or the security was released
    Column("reason", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("state", Text, nullable=False, server_default=text("'proposed'")),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_on", Date, nullable=False),
    Column("proposed_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("decided_by", Text),
    Column("decided_on", Date),
    Column("decided_at", DateTime(timezone=True)),
    Column("decision_reason", Text),
    CheckConstraint(
        "subject IN ('project_step', 'project_measure', 'project_receipt', 'grant_standard', 'grant_list', "
        "'household_grant', 'principal_receipt', 'dividend_payment', 'lease_entry', 'lease_service', 'security', "
        "'rejected_transfer', 'subsidy_payee')",
        name="subject",
    ),
    CheckConstraint("(subject = 'project_step') = (number IS NOT NULL)", name="number"),
    CheckConstraint("amount >= 0", name="amount"),
    CheckConstraint("subject NOT IN ('security', 'rejected_transfer') OR reference IS NOT NULL", name="reference"),
    CheckConstraint("state IN ('proposed', 'confirmed', 'refused')", name="state"),
    CheckConstraint(
        "(state = 'proposed') = (decided_by IS NULL) AND num_nulls(decided_by, decided_on, decided_at) IN (0, 3)",
        name="decided",
    ),
    CheckConstraint("decided_by <> proposed_by AND decided_on >= proposed_on", name="two_persons"),
    Index("uq_reversal_proposed", "subject", "subject_id", unique=True, postgresql_where=text("state = 'proposed'")),
    Index("ix_reversal_subject_id", "subject_id"),
)
