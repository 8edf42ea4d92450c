"""Benefit agreements: their terms version by version, households' shares, delegates, ends, principal that came back."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.subsidy.metadata import MONEY, metadata

_NOW = text("now()")

agreement = Table(
    "agreement",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("county_code", Text, nullable=False),
    Column("region_code", Text, nullable=False),  # the township or village that it belongs to
    Column("number", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("project_id", Uuid, ForeignKey("project.id")),
    Column("follows_id", Uuid, ForeignKey("agreement.id")),  # the agreement in whose place this one comes
    Column("state", Text, nullable=False, server_default="drafted"),
    Column("version", Integer, nullable=False, server_default="1"),  # of the terms that hold
    Column("event_version", Integer, nullable=False, server_default="0"),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date, nullable=False),  # the first day on which it holds no more
    Column("entity_id", Uuid),
    Column("dividend_form", Text),
    Column("drafted_by", Text, nullable=False),
    Column("drafted_on", Date, nullable=False),
    Column("drafted_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("signed_on", Date),
    Column("signed_document", Text),
    Column("signed_by", Text),  # who recorded the signatures
    Column("confirmed_by", Text),
    Column("confirmed_as", Text),
    Column("confirmed_on", Date),
    Column("security_needed", MONEY, nullable=False, server_default="0"),  # by the pack, of the terms that hold
    Column("ended_on", Date),  # before `valid_until`: it was terminated, or withdrawn before it held
    CheckConstraint(
        "kind IN ('household_township', 'rolling_development', 'entity_household', 'township_entity')", name="kind"
    ),
    CheckConstraint("state IN ('drafted', 'signed', 'in_force', 'terminated', 'withdrawn')", name="state"),
    CheckConstraint("dividend_form IN ('guaranteed', 'equity', 'linkage')", name="dividend_form"),
    CheckConstraint("valid_until > valid_from", name="valid_for_some_time"),
    CheckConstraint("(signed_on IS NULL) = (signed_document IS NULL)", name="signature_is_whole"),
    CheckConstraint("(signed_on IS NULL) = (signed_by IS NULL)", name="signature_has_an_author"),
    CheckConstraint("(confirmed_on IS NULL) = (confirmed_by IS NULL)", name="confirmation_is_whole"),
    CheckConstraint("state NOT IN ('in_force', 'terminated') OR confirmed_on IS NOT NULL", name="in_force_by_two"),
    CheckConstraint("confirmed_by <> signed_by AND confirmed_by <> drafted_by", name="two_persons"),
    CheckConstraint("(state IN ('terminated', 'withdrawn')) = (ended_on IS NOT NULL)", name="ended"),
    UniqueConstraint("county_code", "number"),
    # A place is taken once: one successor that was not withdrawn.
    Index("agreement_followed", "follows_id", unique=True, postgresql_where=text("state <> 'withdrawn'")),
    Index("agreement_region", "region_code", "id"),
)

agreement_terms = Table(
    "agreement_terms",
    metadata,
    Column("agreement_id", Uuid, ForeignKey("agreement.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("terms", JSONB, nullable=False),
    Column("state", Text, nullable=False),
    Column("reason", Text),  # why the terms before were wrong; null for the first ones
    Column("proposed_by", Text, nullable=False),
    Column("proposed_on", Date, nullable=False),
    Column("decided_by", Text),
    Column("decided_on", Date),
    PrimaryKeyConstraint("agreement_id", "version"),
    CheckConstraint("state IN ('holds', 'proposed', 'replaced', 'refused')", name="state"),
    CheckConstraint("(version = 1) = (reason IS NULL)", name="reason"),
    CheckConstraint("decided_by <> proposed_by", name="two_persons"),
    CheckConstraint("version = 1 OR (state = 'proposed') = (decided_by IS NULL)", name="decided"),
    Index("agreement_terms_hold", "agreement_id", unique=True, postgresql_where=text("state = 'holds'")),
    Index("agreement_terms_proposed", "agreement_id", unique=True, postgresql_where=text("state = 'proposed'")),
)

agreement_share = Table(
    "agreement_share",
    metadata,
    Column("agreement_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("household_id", Uuid, nullable=False),
    Column("grant_amount", MONEY, nullable=False),
    Column("loan_amount", MONEY, nullable=False),
    Column("area_mu", Numeric(10, 2), nullable=False),
    PrimaryKeyConstraint("agreement_id", "version", "household_id"),
    ForeignKeyConstraint(["agreement_id", "version"], ["agreement_terms.agreement_id", "agreement_terms.version"]),
    CheckConstraint("grant_amount >= 0 AND loan_amount >= 0 AND area_mu >= 0", name="signs"),
    Index("agreement_share_household", "household_id"),
)

agreement_delegate = Table(
    "agreement_delegate",
    metadata,
    Column("agreement_id", Uuid, ForeignKey("agreement.id"), nullable=False),
    Column("from_on", Date, nullable=False),
    Column("name", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    PrimaryKeyConstraint("agreement_id", "from_on"),  # one follows the other: the place is never empty
)

agreement_termination = Table(
    "agreement_termination",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("agreement_id", Uuid, ForeignKey("agreement.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("principal", MONEY, nullable=False),
    Column("principal_due_on", Date, nullable=False),
    Column("needs_successor", Boolean, nullable=False),
    Column("principal_to", Text, nullable=False),  # the village whose collective gets it
    Column("state", Text, nullable=False, server_default="proposed"),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_on", Date, nullable=False),
    Column("decided_by", Text),
    Column("decided_on", Date),
    CheckConstraint("state IN ('proposed', 'accepted', 'rejected')", name="state"),
    CheckConstraint("principal >= 0 AND principal_due_on >= ends_on", name="principal"),
    CheckConstraint("(state = 'proposed') = (decided_by IS NULL)", name="decided"),
    CheckConstraint("decided_by <> proposed_by", name="two_persons"),
    Index("agreement_termination_once", "agreement_id", unique=True, postgresql_where=text("state <> 'rejected'")),
)

principal_receipt = Table(
    "principal_receipt",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("agreement_id", Uuid, ForeignKey("agreement.id"), nullable=False),
    Column("amount", MONEY, nullable=False),  # negative: it takes back a receipt that was wrong
    Column("received_on", Date, nullable=False),
    Column("bank_reference", Text, nullable=False),
    Column("booking", Integer, nullable=False, server_default="1"),  # above 1: after one that was reversed
    Column("reverses_id", Uuid, ForeignKey("principal_receipt.id"), unique=True),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    CheckConstraint("(amount < 0) = (reverses_id IS NOT NULL) AND amount <> 0", name="amount"),
    # Once as long as it counts: one that was reversed is booked again where it belongs.
    Index(
        "principal_receipt_once",
        "agreement_id",
        "bank_reference",
        "booking",
        unique=True,
        postgresql_where=text("reverses_id IS NULL"),
    ),
)

# What of an entity's security is given back to it, by two persons; drawn on, it is lowered by the draw.
security_release = Table(
    "security_release",
    metadata,
    Column("id", Uuid, primary_key=True),  # of the proposal
    Column("agreement_id", Uuid, ForeignKey("agreement.id"), nullable=False),
    Column("valuation_document", Text, nullable=False),
    Column("amount", MONEY, nullable=False),
    Column("released_on", Date, nullable=False),
    CheckConstraint("amount > 0", name="amount"),
    Index("security_release_agreement", "agreement_id"),
)
