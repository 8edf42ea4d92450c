"""Programmes, their targets and the money added to them later."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Integer,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.subsidy.metadata import MONEY, metadata

programme = Table(
    "programme",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("county_code", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("regions", ARRAY(Text), nullable=False),  # the county, or the parts of it that the programme serves
    Column("fund_sources", ARRAY(Text), nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("budget", MONEY, nullable=False),
    Column("committed", MONEY, nullable=False, server_default="0"),  # approved and not yet paid
    Column("paid", MONEY, nullable=False, server_default="0"),
    Column("returned", MONEY, nullable=False, server_default="0"),  # paid once and come back: it may be promised again
    Column("created_by", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    UniqueConstraint("county_code", "year", "name"),
    CheckConstraint("ends_on >= starts_on", name="period"),
    CheckConstraint("least(budget, committed, paid, returned) >= 0", name="signs"),
    CheckConstraint("committed + paid <= budget + returned", name="within_budget"),
)

programme_source = Table(
    "programme_source",
    metadata,
    Column("programme_id", Uuid, ForeignKey("programme.id"), nullable=False),
    Column("fund_source", Text, nullable=False),
    Column("amount", MONEY, nullable=False),
    Column("document", Text, nullable=False),
    PrimaryKeyConstraint("programme_id", "fund_source"),
    CheckConstraint("amount >= 0", name="amount"),
)

programme_target = Table(
    "programme_target",
    metadata,
    Column("programme_id", Uuid, ForeignKey("programme.id"), nullable=False),
    Column("code", Text, nullable=False),
    Column("value", Numeric(18, 2), nullable=False),
    PrimaryKeyConstraint("programme_id", "code"),
    CheckConstraint("value >= 0", name="value"),
)

programme_supplement = Table(
    "programme_supplement",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("programme_id", Uuid, ForeignKey("programme.id"), nullable=False),
    Column("amount", MONEY, nullable=False),
    Column("fund_source", Text, nullable=False),
    Column("decided_on", Date, nullable=False),
    Column("note", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint("amount > 0", name="amount"),
)
