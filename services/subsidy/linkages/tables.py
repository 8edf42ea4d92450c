"""Rents and sales of leases, and posts that were offered."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    Table,
    Text,
    Uuid,
    text,
)

from services.subsidy.metadata import MONEY, metadata

_NOW = text("now()")

lease_entry = Table(
    "lease_entry",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("agreement_id", Uuid, ForeignKey("agreement.id"), nullable=False),
    Column("household_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("year_number", Integer, nullable=False),
    Column("weight_500g", Numeric(14, 2)),
    Column("price_per_500g", MONEY),
    Column("amount", MONEY, nullable=False),  # negative: it takes back an entry that was wrong
    Column("booked_on", Date, nullable=False),
    Column("bank_reference", Text, nullable=False),
    Column("booking", Integer, nullable=False, server_default="1"),  # above 1: after one that was reversed
    Column("reverses_id", Uuid, ForeignKey("lease_entry.id"), unique=True),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    CheckConstraint("kind IN ('rent', 'sale')", name="kind"),
    CheckConstraint("(kind = 'sale') = (num_nonnulls(weight_500g, price_per_500g) = 2)", name="sale"),
    CheckConstraint("(amount < 0) = (reverses_id IS NOT NULL) AND amount <> 0", name="amount"),
    Index(
        "lease_entry_once",
        "agreement_id",
        "bank_reference",
        "booking",
        unique=True,
        postgresql_where=text("reverses_id IS NULL"),
    ),
)

# What the company did in a year for the households that lease from it (统一管理、统一指导、统一服务).
lease_service = Table(
    "lease_service",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("agreement_id", Uuid, ForeignKey("agreement.id"), nullable=False),
    Column("year_number", Integer, nullable=False),
    Column("service", Text, nullable=False),
    Column("what", Text, nullable=False),
    Column("document", Text, nullable=False),
    Column("served_on", Date, nullable=False),
    Column("reversed_on", Date),  # two persons found that it was not done
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    CheckConstraint("service IN ('management', 'guidance', 'service')", name="service"),
    CheckConstraint("year_number > 0 AND reversed_on >= served_on", name="days"),
    Index("lease_service_agreement", "agreement_id", "year_number"),
)

job_offer = Table(
    "job_offer",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("agreement_id", Uuid, ForeignKey("agreement.id"), nullable=False),
    Column("post", Text, nullable=False),
    Column("household_id", Uuid),  # null: somebody who is no partner
    Column("accepted", Boolean, nullable=False),
    Column("offered_on", Date, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Index("job_offer_agreement", "agreement_id", "post"),
)
