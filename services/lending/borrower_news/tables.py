"""News that villages sent of borrowers, and the bank's answers; wrong news is withdrawn, never rewritten."""

from sqlalchemy import CheckConstraint, Column, Date, DateTime, ForeignKey, Index, Table, Text, Uuid, func

from services.lending.metadata import metadata

borrower_news = Table(
    "borrower_news",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("loan_id", Uuid, ForeignKey("loan.id"), nullable=False),
    Column("news_kind", Text, nullable=False),
    Column("observed_on", Date, nullable=False),
    Column("words", Text, nullable=False),
    Column("sent_on", Date, nullable=False),
    Column("sent_by", Text, nullable=False),
    Column("sent_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("answered_on", Date),
    Column("answered_by", Text),
    Column("answer", Text),
    Column("withdrawn_on", Date),
    Column("withdrawn_by", Text),
    Column("withdrawal_reason", Text),
    CheckConstraint(
        "news_kind IN ('going_well', 'moved_away', 'illness', 'death', 'business_failed', 'money_unused', "
        "'money_misused', 'other')",
        name="news_kind",
    ),
    CheckConstraint("words <> '' AND answer <> ''", name="said"),
    CheckConstraint("sent_on >= observed_on AND answered_on >= sent_on AND withdrawn_on >= sent_on", name="in_order"),
    CheckConstraint("num_nulls(answered_on, answered_by, answer) IN (0, 3)", name="answered"),
    CheckConstraint("withdrawn_by <> sent_by", name="withdrawn_by"),
    CheckConstraint("num_nulls(withdrawn_on, withdrawn_by, withdrawal_reason) IN (0, 3)", name="withdrawal"),
    Index("ix_borrower_news_loan_id", "loan_id"),
)
