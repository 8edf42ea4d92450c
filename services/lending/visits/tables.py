"""Visits: what was collected and asked for at one, who granted it, and the application that came of it (DY-4)."""

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
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.lending.metadata import metadata

visit = Table(
    "visit",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("household_id", Uuid, nullable=False),
    Column("household_number", Text, nullable=False),
    Column("village_code", Text, nullable=False),
    Column("bank_code", Text, nullable=False),
    Column("product_code", Text, nullable=False),
    Column("visited_on", Date, nullable=False),
    Column("answers", JSONB, nullable=False),  # what was collected: a number for each indicator
    Column("loan_request", JSONB, nullable=False),  # as it will be filed
    Column("opened_by", Text, nullable=False),
    Column("opened_as", Text, nullable=False),
    Column("opened_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("state", Text, nullable=False, server_default=text("'open'")),
    Column("granted_on", Date),
    Column("granted_by", Text),
    Column("granted_as", Text),
    Column("score", Numeric(18, 8)),
    Column("grade", Text),
    Column("credit_limit", Numeric(18, 2)),
    Column("application_id", Uuid, ForeignKey("application.id"), unique=True),
    Column("withdrawn_on", Date),
    Column("withdrawn_by", Text),
    Column("withdrawal_reason", Text),
    CheckConstraint("state IN ('open', 'filed', 'withdrawn')", name="state"),
    CheckConstraint(
        "num_nulls(granted_on, granted_by, granted_as, score, grade, credit_limit, application_id) "
        "= CASE state WHEN 'filed' THEN 0 ELSE 7 END",
        name="granted",
    ),
    CheckConstraint(
        "num_nulls(withdrawn_on, withdrawn_by, withdrawal_reason) = CASE state WHEN 'withdrawn' THEN 0 ELSE 3 END",
        name="withdrawal",
    ),
    CheckConstraint("granted_by <> opened_by", name="two_persons"),
    CheckConstraint("granted_on >= visited_on AND withdrawn_on >= visited_on", name="in_order"),
    Index("ix_visit_village_code", "village_code", "state", postgresql_ops={"village_code": "text_pattern_ops"}),
    Index("uq_visit_open_household_id", "household_id", unique=True, postgresql_where=text("state = 'open'")),
)
