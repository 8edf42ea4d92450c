"""Periods whose run is late: a duty of the office that prepares, noted once and done once nothing waits (SX-5)."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)

from services.subsidy.metadata import MONEY, metadata

late_period = Table(
    "late_period",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("county_code", Text, nullable=False),
    Column("period_from", Date, nullable=False),
    Column("period_until", Date, nullable=False),
    Column("late_from", Date, nullable=False),
    Column("office", Text, nullable=False),  # whose duty it is: who prepares by the pack
    Column("loans_waiting", Integer, nullable=False),
    Column("interest_waiting", MONEY, nullable=False),
    Column("noted_on", Date, nullable=False),
    Column("done_on", Date),
    Column("version", Integer, nullable=False),  # events recorded so far
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    UniqueConstraint("county_code", "period_from", "period_until"),
    CheckConstraint("period_until > period_from AND late_from > period_until", name="period"),
    CheckConstraint("noted_on >= late_from AND done_on >= noted_on", name="noted_on"),
    CheckConstraint("loans_waiting >= 0 AND interest_waiting >= 0", name="signs"),
    Index("ix_late_period_open", "county_code", postgresql_where=text("done_on IS NULL")),
)
