"""Yearly runs of dividends with their lines, what was paid, and draws on an entity's security."""

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
    text,
)

from services.subsidy.metadata import MONEY, metadata

_NOW = text("now()")

dividend_run = Table(
    "dividend_run",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("agreement_id", Uuid, ForeignKey("agreement.id"), nullable=False),
    Column("agreement_version", Integer, nullable=False),  # of the terms by which it was computed
    Column("region_code", Text, nullable=False),
    Column("year_number", Integer, nullable=False),
    Column("period_from", Date, nullable=False),
    Column("period_until", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("yield_amount", MONEY),
    Column("yield_document", Text),
    Column("amount", MONEY, nullable=False),  # sum of its lines; of a run of differences also below zero
    Column("state", Text, nullable=False, server_default="prepared"),
    Column("prepared_by", Text, nullable=False),
    Column("prepared_on", Date, nullable=False),
    Column("prepared_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("reviewed_by", Text),
    Column("reviewed_on", Date),
    Column("decided_by", Text),
    Column("decided_as", Text),
    Column("decided_on", Date),
    CheckConstraint("year_number > 0 AND period_until > period_from", name="period"),
    CheckConstraint("(yield_amount IS NULL) = (yield_document IS NULL) AND yield_amount >= 0", name="yield"),
    CheckConstraint("state IN ('prepared', 'reviewed', 'approved', 'returned')", name="state"),
    CheckConstraint("state NOT IN ('reviewed', 'approved') OR reviewed_by IS NOT NULL", name="reviewed"),
    CheckConstraint("state <> 'approved' OR decided_by IS NOT NULL", name="decided"),
    CheckConstraint(
        "reviewed_by <> prepared_by AND decided_by NOT IN (prepared_by, reviewed_by)", name="three_persons"
    ),
    # One run of a year at a time: what a second one would add is not known before the first is decided.
    Index(
        "dividend_run_open",
        "agreement_id",
        "year_number",
        unique=True,
        postgresql_where=text("state IN ('prepared', 'reviewed')"),
    ),
)

dividend_line = Table(
    "dividend_line",
    metadata,
    Column("run_id", Uuid, ForeignKey("dividend_run.id"), nullable=False),
    Column("household_id", Uuid, nullable=False),
    Column("amount", MONEY, nullable=False),  # what the year brings less what was granted for it before
    PrimaryKeyConstraint("run_id", "household_id"),
    CheckConstraint("amount <> 0", name="amount"),
)

security_draw = Table(
    "security_draw",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("agreement_id", Uuid, ForeignKey("agreement.id"), nullable=False),
    Column("amount", MONEY, nullable=False),
    Column("reason", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="proposed"),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_on", Date, nullable=False),
    Column("decided_by", Text),
    Column("decided_on", Date),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("state IN ('proposed', 'accepted', 'rejected')", name="state"),
    CheckConstraint("(state = 'proposed') = (decided_by IS NULL)", name="decided"),
    CheckConstraint("decided_by <> proposed_by", name="two_persons"),
)

dividend_payment = Table(
    "dividend_payment",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("agreement_id", Uuid, ForeignKey("agreement.id"), nullable=False),
    Column("household_id", Uuid, nullable=False),
    Column("amount", MONEY, nullable=False),  # negative: the transfer came back
    Column("paid_on", Date, nullable=False),
    Column("bank_reference", Text, nullable=False),
    Column("booking", Integer, nullable=False, server_default="1"),  # above 1: after one that was reversed
    Column("security_draw_id", Uuid, ForeignKey("security_draw.id")),  # null: the entity paid it itself
    Column("reverses_id", Uuid, ForeignKey("dividend_payment.id"), unique=True),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    CheckConstraint("(amount < 0) = (reverses_id IS NOT NULL) AND amount <> 0", name="amount"),
    Index(
        "dividend_payment_once",
        "agreement_id",
        "bank_reference",
        "booking",
        unique=True,
        postgresql_where=text("reverses_id IS NULL"),
    ),
    Index("dividend_payment_household", "agreement_id", "household_id"),
)
