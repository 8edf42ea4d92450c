"""Implementing entities, what was checked and assessed about them, and the households bound to them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.registry.metadata import evidence_column, metadata

_NOW = text("now()")


def _reason() -> Column[str]:
    return Column("reason", Text, CheckConstraint("reason <> ''", name="reason_given"), nullable=False)


implementing_entity = Table(
    "implementing_entity",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("version", Integer, CheckConstraint("version >= 0", name="version"), nullable=False),
    Column("county_code", Text, nullable=False),
    Column("region_code", Text, ForeignKey("region.code"), nullable=False),
    Column("name", Text, CheckConstraint("name <> ''", name="name_given"), nullable=False),
    Column(
        "credit_code",
        Text,
        CheckConstraint(
            "credit_code ~ '^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$'",
            name="credit_code",
        ),
        nullable=False,
        unique=True,
    ),
    Column(
        "kind",
        Text,
        CheckConstraint("kind IN ('enterprise', 'cooperative', 'family_farm', 'large_grower')", name="kind"),
        nullable=False,
    ),
    Column("legal_representative_sealed", LargeBinary, nullable=False),
    Column("bank_code", Text, nullable=False),
    Column("settlement_account_sealed", LargeBinary, nullable=False),
    Column("state", Text, CheckConstraint("state IN ('active', 'ended')", name="state"), nullable=False),
    Column("registered_on", Date, nullable=False),
    Column("registered_by", Text, nullable=False),
    Column("registered_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("ended_on", Date),
    Column("end_reason", Text),
    Column("ended_by", Text),
    CheckConstraint("region_code ^@ county_code AND length(county_code) = 6", name="region_in_county"),
    CheckConstraint(
        "num_nulls(ended_on, end_reason, ended_by) = CASE WHEN state = 'ended' THEN 0 ELSE 3 END",
        name="ended_is_whole",
    ),
    CheckConstraint("ended_on >= registered_on", name="ends_after_registering"),
    Index("implementing_entity_county", "county_code", "id"),
)

# What stood on file before a correction; it only grows.
entity_correction = Table(
    "entity_correction",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("entity_id", Uuid, ForeignKey("implementing_entity.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("legal_representative_sealed", LargeBinary, nullable=False),
    Column("bank_code", Text, nullable=False),
    Column("settlement_account_sealed", LargeBinary, nullable=False),
    Column("corrected_on", Date, nullable=False),
    _reason(),
    evidence_column(),
    Column("corrected_by", Text, nullable=False),
    Column("corrected_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Index("entity_correction_history", "entity_id", "id"),
)

# One check of one of the pack's conditions; the latest that has begun counts. It only grows.
entity_condition = Table(
    "entity_condition",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("entity_id", Uuid, ForeignKey("implementing_entity.id"), nullable=False),
    Column("condition", Text, nullable=False),
    Column("met", Boolean, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date),
    _reason(),
    evidence_column(),
    Column("checked_by", Text, nullable=False),
    Column("checked_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    CheckConstraint("valid_until > valid_from", name="valid_for_some_time"),
    Index("entity_condition_history", "entity_id", "condition", text("valid_from DESC"), text("id DESC")),
)

# How many households' loans and how much money an entity can carry; in force once another officer confirmed it.
entity_assessment = Table(
    "entity_assessment",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("entity_id", Uuid, ForeignKey("implementing_entity.id"), nullable=False),
    Column("households_max", Integer, CheckConstraint("households_max > 0", name="households_max"), nullable=False),
    Column("amount_max", Numeric(18, 2), CheckConstraint("amount_max > 0", name="amount_max"), nullable=False),
    Column("assessed_on", Date, nullable=False),
    Column("valid_until", Date, nullable=False),
    _reason(),
    evidence_column(),
    Column("proposed_by", Text, nullable=False),
    Column("proposed_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column(
        "state",
        Text,
        CheckConstraint("state IN ('proposed', 'confirmed', 'rejected')", name="state"),
        nullable=False,
    ),
    Column("decided_by", Text),
    Column("decided_on", Date),
    Column("decision_reason", Text),
    Column("decided_at", DateTime(timezone=True)),
    CheckConstraint("valid_until > assessed_on", name="valid_for_some_time"),
    CheckConstraint(
        "num_nulls(decided_by, decided_on, decision_reason, decided_at) "
        "= CASE WHEN state = 'proposed' THEN 4 ELSE 0 END",
        name="decision_is_whole",
    ),
    CheckConstraint("decided_on >= assessed_on", name="decided_after_assessing"),
    CheckConstraint("decided_by <> proposed_by", name="maker_is_not_checker"),
    Index("entity_assessment_one_proposed", "entity_id", unique=True, postgresql_where=text("state = 'proposed'")),
    Index(
        "entity_assessment_in_force",
        "entity_id",
        text("decided_on DESC"),
        text("id DESC"),
        postgresql_where=text("state = 'confirmed'"),
    ),
)

# Whether the county, a bank or an insurer wants the entity; what each of them said last counts. It only grows.
entity_determination = Table(
    "entity_determination",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("entity_id", Uuid, ForeignKey("implementing_entity.id"), nullable=False),
    Column("party", Text, CheckConstraint("party IN ('county', 'bank', 'insurer')", name="party"), nullable=False),
    Column("organisation", Text, nullable=False),  # code of the bank or insurer; of the county, the county's
    Column("agrees", Boolean, nullable=False),
    Column("decided_on", Date, nullable=False),
    _reason(),
    evidence_column(),
    Column("decided_by", Text, nullable=False),
    Column("decided_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    CheckConstraint("organisation <> ''", name="organisation_given"),
    Index(
        "entity_determination_latest",
        "entity_id",
        "party",
        "organisation",
        text("decided_on DESC"),
        text("id DESC"),
    ),
)

# A help agreement between a household and an entity; it holds on [valid_from, valid_until).
entity_household = Table(
    "entity_household",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("entity_id", Uuid, ForeignKey("implementing_entity.id"), nullable=False),
    Column("household_id", Uuid, ForeignKey("household.id"), nullable=False),
    Column(
        "mode", Text, CheckConstraint("mode IN ('indirect', 'equity', 'enterprise_use')", name="mode"), nullable=False
    ),
    Column("agreement_number", Text, CheckConstraint("agreement_number <> ''", name="agreement_given"), nullable=False),
    Column("amount", Numeric(18, 2), CheckConstraint("amount > 0", name="amount"), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_until", Date),
    Column("end_reason", Text),
    # What the household was shown and when it chose: {shown_on, shown_entity_ids, chosen_on, evidence}.
    Column("choice", JSONB),
    Column("bound_by", Text, nullable=False),
    Column("bound_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("ended_by", Text),
    Column("ended_at", DateTime(timezone=True)),
    UniqueConstraint("entity_id", "agreement_number"),
    CheckConstraint("valid_until >= valid_from", name="ends_after_beginning"),
    CheckConstraint("num_nulls(valid_until, end_reason, ended_by, ended_at) IN (0, 4)", name="ended_is_whole"),
    Index("entity_household_one_entity", "household_id", unique=True, postgresql_where=text("valid_until IS NULL")),
    Index("entity_household_of_household", "household_id", "valid_from"),
    Index("entity_household_of_entity", "entity_id", "id"),
)

# Permits and administrative penalties from the public credit platform (信用中国); one that was recorded wrongly is
# withdrawn by another officer, with a reason, and stays on file (ZJ-8).
entity_public_record = Table(
    "entity_public_record",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("entity_id", Uuid, ForeignKey("implementing_entity.id"), nullable=False),
    Column("kind", Text, CheckConstraint("kind IN ('permit', 'penalty')", name="kind"), nullable=False),
    Column("number", Text, CheckConstraint("number <> ''", name="number_given"), nullable=False),
    Column("title", Text, CheckConstraint("title <> ''", name="title_given"), nullable=False),
    Column("authority", Text, CheckConstraint("authority <> ''", name="authority_given"), nullable=False),
    Column("decided_on", Date, nullable=False),
    Column("valid_until", Date),
    Column("source", Text, CheckConstraint("source <> ''", name="source_given"), nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("withdrawn_on", Date),
    Column("withdraw_reason", Text),
    Column("withdrawn_by", Text),
    CheckConstraint("valid_until > decided_on", name="valid_for_some_time"),
    CheckConstraint("num_nonnulls(withdrawn_on, withdraw_reason, withdrawn_by) IN (0, 3)", name="withdrawn_is_whole"),
    CheckConstraint("withdrawn_by <> recorded_by", name="maker_is_not_checker"),
    Index(
        "entity_public_record_once",
        "entity_id",
        "kind",
        "number",
        unique=True,
        postgresql_where=text("withdrawn_on IS NULL"),
    ),
)
