"""Steps of pursuit of a loan's debtors; a wrong one is withdrawn by another person and stays on file."""

from sqlalchemy import CheckConstraint, Column, Date, DateTime, ForeignKey, Index, Table, Text, Uuid, func

from services.lending.metadata import metadata

pursuit_step = Table(
    "pursuit_step",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("loan_id", Uuid, ForeignKey("loan.id"), nullable=False),
    Column("bank_code", Text, nullable=False),
    Column("debtor", Text, CheckConstraint("debtor IN ('household', 'entity')", name="debtor"), nullable=False),
    Column(
        "kind",
        Text,
        CheckConstraint(
            "kind IN ('agreement_call', 'demand', 'suit', 'judgment', 'enforcement', 'credit_database', "
            "'farmers_credit_system')",
            name="kind",
        ),
        nullable=False,
    ),
    Column("happened_on", Date, nullable=False),
    Column("reference", Text, CheckConstraint("reference <> ''", name="reference_given"), nullable=False),
    Column("note", Text, CheckConstraint("note <> ''", name="note_given"), nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("withdrawn_on", Date),
    Column("withdraw_reason", Text),
    Column("withdrawn_by", Text),
    CheckConstraint("num_nonnulls(withdrawn_on, withdraw_reason, withdrawn_by) IN (0, 3)", name="withdrawn_is_whole"),
    CheckConstraint("withdrawn_by <> recorded_by", name="maker_is_not_checker"),
    CheckConstraint("kind <> 'agreement_call' OR debtor = 'entity'", name="agreement_binds_entity"),
    Index("ix_pursuit_step_loan_id", "loan_id"),
)
