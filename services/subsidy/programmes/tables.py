"""Programmes, their targets, adjustments of their budgets, and their end with what it passes on."""

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
    PrimaryKeyConstraint,
    Table,
    Text,
    Uuid,
    func,
    text,
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
    Column("carried_in", MONEY, nullable=False, server_default="0"),  # what earlier years left it
    Column("carried_out", MONEY, nullable=False, server_default="0"),  # what it left to later years
    Column("closed_on", Date),  # from then on nothing new is promised
    Column("created_by", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("state", Text, nullable=False, server_default="proposed"),  # it promises money once it is confirmed
    Column("decided_by", Text),
    Column("decided_on", Date),
    Column("by_one", Boolean, nullable=False, server_default=text("false")),  # from before a second officer was asked
    CheckConstraint("state IN ('proposed', 'confirmed', 'refused')", name="state"),
    CheckConstraint(
        "num_nonnulls(decided_by, decided_on) IN (0, 2) AND (state = 'proposed' OR by_one) = (decided_by IS NULL)",
        name="decided",
    ),
    CheckConstraint("decided_by <> created_by", name="two_persons"),
    CheckConstraint(
        "state = 'confirmed' OR greatest(committed, paid, carried_in, carried_out) = 0", name="unconfirmed"
    ),
    Index("uq_programme_name", "county_code", "year", "name", unique=True, postgresql_where=text("state <> 'refused'")),
    CheckConstraint("ends_on >= starts_on", name="period"),
    CheckConstraint("least(budget, committed, paid, returned, carried_in, carried_out) >= 0", name="signs"),
    CheckConstraint("committed + paid + carried_out <= budget + carried_in + returned", name="within_budget"),
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

# The document of the budget in which the money stands; the last one named holds (XX-4).
programme_document = Table(
    "programme_document",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("programme_id", Uuid, ForeignKey("programme.id"), nullable=False),
    Column("document", Text, nullable=False),
    Column("decided_on", Date, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("state", Text, nullable=False, server_default="proposed"),
    Column("confirmed_by", Text),
    Column("confirmed_on", Date),
    CheckConstraint("state IN ('proposed', 'confirmed', 'refused')", name="state"),
    CheckConstraint(
        "num_nonnulls(confirmed_by, confirmed_on) IN (0, 2) AND (state = 'proposed') = (confirmed_by IS NULL)",
        name="confirmed",
    ),
    CheckConstraint("confirmed_by <> recorded_by", name="two_persons"),
    Index("ix_programme_document_programme_id", "programme_id"),
)

programme_supplement = Table(
    "programme_supplement",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("programme_id", Uuid, ForeignKey("programme.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("amount", MONEY, nullable=False),
    Column("fund_source", Text, nullable=False),
    Column("from_source", Text),
    Column("reverses", Uuid, ForeignKey("programme_supplement.id")),
    Column("decided_on", Date, nullable=False),
    Column("note", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("confirmed_by", Text),  # who decided or withdrew it
    Column("confirmed_on", Date),
    # From before a second officer was asked.
    Column("by_one", Boolean, nullable=False, server_default=text("false")),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("kind IN ('raise', 'lower', 'move')", name="kind"),
    CheckConstraint("(kind = 'move') = (from_source IS NOT NULL) AND from_source <> fund_source", name="from_source"),
    CheckConstraint("state IN ('proposed', 'confirmed', 'refused', 'withdrawn')", name="state"),
    CheckConstraint("num_nonnulls(confirmed_by, confirmed_on) IN (0, 2)", name="confirmed_whole"),
    CheckConstraint("(state = 'proposed' OR by_one) = (confirmed_by IS NULL)", name="confirmed"),
    CheckConstraint("state = 'withdrawn' OR confirmed_by <> recorded_by", name="two_persons"),
    Index("ix_programme_supplement_programme_id", "programme_id"),
    Index(
        "uq_programme_supplement_reverses",
        "reverses",
        unique=True,
        postgresql_where=text("state IN ('proposed', 'confirmed')"),
    ),
)

# The end of a programme, its opening again, and what it passes on: money leaves one and enters the other at once.
programme_closing = Table(
    "programme_closing",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("programme_id", Uuid, ForeignKey("programme.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("into_id", Uuid, ForeignKey("programme.id")),
    Column("amount", MONEY),
    Column("reverses", Uuid, ForeignKey("programme_closing.id")),
    Column("reason", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="proposed"),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_on", Date, nullable=False),
    Column("proposed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("decided_by", Text),
    Column("decided_on", Date),
    CheckConstraint("kind IN ('close', 'reopen', 'carry_over', 'carry_back')", name="kind"),
    CheckConstraint(
        "(kind IN ('carry_over', 'carry_back')) = (num_nonnulls(into_id, amount) = 2)"
        " AND num_nonnulls(into_id, amount) IN (0, 2) AND amount > 0",
        name="carried",
    ),
    CheckConstraint("(kind = 'carry_back') = (reverses IS NOT NULL)", name="reverses"),
    CheckConstraint("state IN ('proposed', 'confirmed', 'refused')", name="state"),
    CheckConstraint(
        "num_nonnulls(decided_by, decided_on) IN (0, 2) AND (state = 'proposed') = (decided_by IS NULL)", name="decided"
    ),
    CheckConstraint("decided_by <> proposed_by AND decided_on >= proposed_on", name="two_persons"),
    Index("ix_programme_closing_programme_id", "programme_id"),
    Index("ix_programme_closing_into_id", "into_id", postgresql_where=text("into_id IS NOT NULL")),
    Index("uq_programme_closing_proposed", "programme_id", unique=True, postgresql_where=text("state = 'proposed'")),
    Index("uq_programme_closing_reverses", "reverses", unique=True, postgresql_where=text("state <> 'refused'")),
)
