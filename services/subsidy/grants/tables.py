"""Standards of grants, lists of grants to households, and their transfers. Names and numbers are sealed."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.subsidy.metadata import MONEY, metadata

grant_standard = Table(
    "grant_standard",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("county_code", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("code", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("amount", MONEY, nullable=False),  # for one unit
    Column("document", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_on", Date, nullable=False),
    Column("decided_by", Text),
    Column("decided_on", Date),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("state IN ('proposed', 'confirmed', 'refused', 'withdrawn')", name="state"),
    CheckConstraint("(state = 'proposed') = (decided_by IS NULL)", name="decided"),
    CheckConstraint("decided_by <> proposed_by AND decided_on >= proposed_on", name="two_persons"),
    Index("uq_grant_standard_code", "county_code", "year", "code", unique=True,
          postgresql_where=text("state NOT IN ('refused', 'withdrawn')")),
)  # fmt: skip

grant_list = Table(
    "grant_list",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("project_id", Uuid, ForeignKey("project.id"), nullable=False),
    Column("county_code", Text, nullable=False),
    Column("documents", ARRAY(Text), nullable=False),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default="0"),  # of its last event
    Column("proposed_by", Text, nullable=False),
    Column("proposed_on", Date, nullable=False),
    Column("decided_by", Text),
    Column("decided_as", Text),
    Column("decided_on", Date),
    Column("decision_note", Text),
    CheckConstraint("state IN ('proposed', 'approved', 'refused', 'withdrawn')", name="state"),
    CheckConstraint("(state = 'proposed') = (decided_by IS NULL)", name="decided"),
    CheckConstraint("decided_by <> proposed_by AND decided_on >= proposed_on", name="two_persons"),
    Index("ix_grant_list_project_id", "project_id"),
)

household_grant = Table(
    "household_grant",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("list_id", Uuid, ForeignKey("grant_list.id"), nullable=False),
    Column("project_id", Uuid, ForeignKey("project.id"), nullable=False),
    Column("county_code", Text, nullable=False),
    Column("household_id", Uuid, nullable=False),
    Column("standard_id", Uuid, ForeignKey("grant_standard.id")),
    Column("units", Integer),
    Column("amount", MONEY, nullable=False),
    Column("taken_back", MONEY, nullable=False, server_default="0"),  # of what was paid: owed by the household
    Column("state", Text, nullable=False),
    CheckConstraint("amount > 0 AND units > 0", name="amount"),
    CheckConstraint("(standard_id IS NULL) = (units IS NULL)", name="standard"),
    CheckConstraint("state IN ('proposed', 'approved', 'paid', 'refused', 'withdrawn', 'taken_back')", name="state"),
    CheckConstraint(
        "taken_back >= 0 AND taken_back <= amount AND (state = 'taken_back') = (taken_back = amount)"
        " AND (taken_back = 0 OR state IN ('paid', 'taken_back'))",
        name="taken_back",
    ),
    # A project grants each household once.
    Index("uq_household_grant_live", "project_id", "household_id", unique=True,
          postgresql_where=text("state NOT IN ('refused', 'withdrawn', 'taken_back')")),
    Index("ix_household_grant_county", "county_code", "household_id"),
    Index("ix_household_grant_list_id", "list_id"),
)  # fmt: skip

grant_transfer = Table(
    "grant_transfer",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("grant_id", Uuid, ForeignKey("household_grant.id"), nullable=False),
    Column("list_id", Uuid, ForeignKey("grant_list.id"), nullable=False),
    Column("holder_name_sealed", LargeBinary, nullable=False),
    Column("bank_code", Text, nullable=False),
    Column("account_sealed", LargeBinary, nullable=False),
    Column("account_version", Integer, nullable=False),
    Column("amount", MONEY, nullable=False),
    Column("state", Text, nullable=False),
    Column("sent_by", Text, nullable=False),
    Column("sent_on", Date, nullable=False),
    Column("settled_on", Date),
    Column("settled_by", Text),  # who recorded the bank's word
    Column("reason", Text),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("state IN ('sent', 'paid', 'rejected', 'returned')", name="state"),
    CheckConstraint("(state = 'sent') = (settled_on IS NULL) AND settled_on >= sent_on", name="settled"),
    Index("uq_grant_transfer_live", "grant_id", unique=True, postgresql_where=text("state IN ('sent', 'paid')")),
    Index("ix_grant_transfer_list_id", "list_id"),
)

# Each word on a transfer with who recorded it: what was said before a correction stays on file.
grant_result = Table(
    "grant_result",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("transfer_id", Uuid, ForeignKey("grant_transfer.id"), nullable=False),
    Column("outcome", Text, nullable=False),
    Column("settled_on", Date, nullable=False),
    Column("reason", Text),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    CheckConstraint("outcome IN ('paid', 'rejected', 'returned')", name="outcome"),
    Index("ix_grant_result_transfer_id", "transfer_id"),
)
