"""Households, their members, states, accounts and answers.

Personal data stands in `…_sealed` columns only (`shared.pii`, context `table.column`).
"""

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
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from services.registry.metadata import metadata

_STATES = "('registered', 'lifted', 'stably_lifted', 'monitored', 'marginal', 'general')"

household = Table(
    "household",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("county_code", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("village_code", Text, ForeignKey("region.code"), nullable=False),
    Column("version", Integer, CheckConstraint("version >= 0", name="version"), nullable=False),
    Column("poverty_state", Text, CheckConstraint(f"poverty_state IN {_STATES}", name="poverty_state"), nullable=False),
    Column("state_from", Date, nullable=False),
    Column("registered_on", Date, nullable=False),
    Column("member_count", Integer, CheckConstraint("member_count >= 1", name="member_count"), nullable=False),
    Column("labourer_count", Integer, nullable=False),
    Column("four_kinds", Boolean, nullable=False),
    Column(
        "civil_capacity",
        Text,
        CheckConstraint("civil_capacity IN ('full', 'limited', 'none')", name="civil_capacity"),
        nullable=False,
    ),
    Column("able_to_work", Boolean, nullable=False),
    Column(
        "credit_record",
        Text,
        CheckConstraint("credit_record IN ('none', 'clean', 'bad_unresolved', 'bad_settled')", name="credit_record"),
        nullable=False,
    ),
    Column("phone_sealed", LargeBinary),
    # Keyed digest of the imported row: tells an unchanged row from a changed one without reading personal data.
    Column("content_digest", LargeBinary, nullable=False),
    Column("import_id", Uuid, ForeignKey("household_import.id"), nullable=False),
    UniqueConstraint("county_code", "number"),
    CheckConstraint("labourer_count BETWEEN 0 AND member_count", name="labourers_are_members"),
    CheckConstraint("village_code ^@ county_code", name="village_in_county"),
    Index("household_village", "village_code", "id"),
    Index("household_number", "number"),
)

member = Table(
    "member",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("household_id", Uuid, ForeignKey("household.id"), nullable=False),
    Column("is_head", Boolean, nullable=False),
    Column("name_sealed", LargeBinary, nullable=False),
    Column("resident_id_sealed", LargeBinary, nullable=False),
    Column("resident_id_index", LargeBinary, nullable=False),
    Column("birth_on", Date, nullable=False),
    Column("joined_on", Date, nullable=False),
    Column("left_on", Date),
    CheckConstraint("left_on >= joined_on", name="leaves_after_joining"),
    # A person is in at most one household at a time, and a household has one head.
    Index("member_one_active_household", "resident_id_index", unique=True, postgresql_where=text("left_on IS NULL")),
    Index("member_one_head", "household_id", unique=True, postgresql_where=text("is_head AND left_on IS NULL")),
)

household_state_change = Table(
    "household_state_change",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("household_id", Uuid, ForeignKey("household.id"), nullable=False),
    Column("state", Text, CheckConstraint(f"state IN {_STATES}", name="state"), nullable=False),
    Column("effective_from", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("marked_by", Text, nullable=False),
    Column("marked_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Index("household_state_change_history", "household_id", text("effective_from DESC"), text("id DESC")),
)

bank_account = Table(
    "bank_account",
    metadata,
    Column("household_id", Uuid, ForeignKey("household.id"), nullable=False),
    Column("version", Integer, CheckConstraint("version >= 1", name="version"), nullable=False),
    Column("bank_code", Text, nullable=False),
    Column("account_sealed", LargeBinary, nullable=False),
    Column("valid", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    PrimaryKeyConstraint("household_id", "version"),
    Index("bank_account_one_valid", "household_id", unique=True, postgresql_where=text("valid")),
)

credit_survey = Table(
    "credit_survey",
    metadata,
    Column("household_id", Uuid, ForeignKey("household.id"), nullable=False),
    Column("collected_on", Date, nullable=False),
    Column("answers", JSONB, nullable=False),  # {indicator code: whole number}
    Column("collected_by", Text, nullable=False),
    PrimaryKeyConstraint("household_id", "collected_on"),
)
