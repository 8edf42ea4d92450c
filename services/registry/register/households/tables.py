"""Households, their members, states, villages, exclusions, helpers, family debts, accounts and answers.

Personal data stands in `…_sealed` columns only (`shared.pii`, context `table.column`).
"""

from sqlalchemy import (
    DDL,
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
    event,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import SchemaItem

from services.registry.metadata import metadata

_STATES = "('registered', 'lifted', 'stably_lifted', 'monitored', 'marginal', 'general')"
_CAPACITIES = "('full', 'limited', 'none')"
_RELATIONS = (
    "('head', 'spouse', 'child', 'parent', 'child_in_law', 'parent_in_law', 'grandchild', 'grandparent', 'sibling', "
    "'other')"
)
_EDUCATIONS = "('none', 'primary', 'junior_middle', 'senior_middle', 'vocational', 'college')"


def ending() -> tuple[SchemaItem, ...]:
    """Return the columns by which a period is ended: all at once, once, and never rewritten (a trigger sees to it)."""
    return (
        Column("valid_until", Date),
        Column("end_reason", Text),
        Column("ended_by", Text),
        Column("ended_at", DateTime(timezone=True)),
        CheckConstraint("valid_until >= valid_from", name="ends_after_it_began"),
        CheckConstraint("num_nulls(valid_until, end_reason, ended_by, ended_at) IN (0, 4)", name="ends_with_a_reason"),
    )


household = Table(
    "household",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("county_code", Text, nullable=False),
    Column("number", Text, nullable=False),
    Column("village_code", Text, ForeignKey("region.code"), nullable=False),
    Column("version", Integer, CheckConstraint("version >= 0", name="version"), nullable=False),
    Column("poverty_state", Text, CheckConstraint(f"poverty_state IN {_STATES}", name="poverty_state"), nullable=False),
    Column("poverty_state_from", Date, nullable=False),
    Column("registered_on", Date, nullable=False),
    Column("member_count", Integer, CheckConstraint("member_count >= 1", name="member_count"), nullable=False),
    Column("labourer_count", Integer, nullable=False),
    # Capacity, ability to work and credit record are those of the head.
    Column(
        "civil_capacity",
        Text,
        CheckConstraint(f"civil_capacity IN {_CAPACITIES}", name="civil_capacity"),
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
    Column("group_name", Text, CheckConstraint("group_name <> ''", name="group_name")),  # 村民组 within the village
    # Keyed digest of the imported row: tells an unchanged row from a changed one without reading personal data.
    Column("content_digest", LargeBinary),
    Column("import_id", Uuid),  # known to be an import by the trigger household_import_known, once for each statement
    # Where the household lives when that is not its village.
    Column("residence_code", Text, CheckConstraint("residence_code ~ '^[0-9]{6,12}$'", name="residence_code")),
    Column("ended_on", Date),
    Column(
        "end_reason",
        Text,
        CheckConstraint("end_reason IN ('merged', 'moved_out', 'died_out', 'error')", name="end_reason"),
    ),
    Column("split_from_id", Uuid, ForeignKey("household.id")),
    Column("merged_into_id", Uuid, ForeignKey("household.id")),
    UniqueConstraint("county_code", "number"),
    CheckConstraint("labourer_count BETWEEN 0 AND member_count", name="labourers_are_members"),
    CheckConstraint("village_code ^@ county_code", name="village_in_county"),
    CheckConstraint("(ended_on IS NULL) = (end_reason IS NULL)", name="ended_with_a_reason"),
    CheckConstraint(
        "(merged_into_id IS NOT NULL) = (end_reason IS NOT DISTINCT FROM 'merged') AND merged_into_id <> id",
        name="merged_into_another",
    ),
    # A household came by an import, or by a split of another.
    CheckConstraint(
        "(import_id IS NULL) = (content_digest IS NULL) AND (import_id IS NULL) = (split_from_id IS NOT NULL)",
        name="origin_known",
    ),
    Index("household_by_village", "village_code", "id"),
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
    Column("born_on", Date, nullable=False),
    Column("joined_on", Date, nullable=False),
    Column("left_on", Date),
    Column("relation", Text, CheckConstraint(f"relation IN {_RELATIONS}", name="relation"), nullable=False),
    # Null where it was not recorded: a sheet brings the head's capacity and labour, and nothing else of these.
    Column("sex", Text, CheckConstraint("sex IN ('male', 'female')", name="sex")),
    Column("civil_capacity", Text, CheckConstraint(f"civil_capacity IN {_CAPACITIES}", name="civil_capacity")),
    Column("labour", Text, CheckConstraint("labour IN ('able', 'partly', 'unable')", name="labour")),
    Column("education", Text, CheckConstraint(f"education IN {_EDUCATIONS}", name="education")),
    Column("at_school", Boolean),
    Column("migrant_worker", Boolean),
    Column(
        "health",
        Text,
        CheckConstraint("health IN ('healthy', 'chronic_illness', 'serious_illness', 'disabled')", name="health"),
    ),
    Column(
        "left_reason",
        Text,
        CheckConstraint(
            "left_reason IN ('death', 'moved_out', 'married_out', 'split', 'merged', 'error')", name="left_reason"
        ),
    ),
    CheckConstraint("left_on >= joined_on", name="leaves_after_joining"),
    CheckConstraint("(left_on IS NULL) = (left_reason IS NULL)", name="leaves_with_a_reason"),
    CheckConstraint("is_head = (relation = 'head')", name="head_by_relation"),
    Index("member_household", "household_id"),
    # A person is in at most one household at a time, and a household has one head.
    Index("member_one_active_household", "resident_id_index", unique=True, postgresql_where=text("left_on IS NULL")),
    Index("member_one_head", "household_id", unique=True, postgresql_where=text("is_head AND left_on IS NULL")),
)

household_state_change = Table(
    "household_state_change",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("household_id", Uuid, ForeignKey("household.id"), nullable=False),
    Column("state", Text, CheckConstraint(f"state IN {_STATES}", name="state"), nullable=False),
    Column("effective_from", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    PrimaryKeyConstraint("household_id", "effective_from", "id"),
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
    Column("group_name", Text, CheckConstraint("group_name <> ''", name="group_name")),  # 村民组 found on the visit
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    PrimaryKeyConstraint("household_id", "collected_on"),
)

household_exclusion = Table(
    "household_exclusion",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("household_id", Uuid, ForeignKey("household.id"), nullable=False),
    # A code of the pack's eligibility.exclusions; the sheet's column 四类人员 is `four_kinds`.
    Column("kind", Text, CheckConstraint("kind ~ '^[a-z0-9][a-z0-9_-]{0,63}$'", name="kind"), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("reason", Text, CheckConstraint("reason <> ''", name="reason_given"), nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    *ending(),
    Index(
        "household_exclusion_one_open",
        "household_id",
        "kind",
        unique=True,
        postgresql_where=text("valid_until IS NULL"),
    ),
    Index("household_exclusion_history", "household_id", "valid_from"),
)

# Where the household was registered from when; `household.village_code` is where it is now.
household_village = Table(
    "household_village",
    metadata,
    Column("id", BigInteger, Identity(always=True)),
    Column("household_id", Uuid, ForeignKey("household.id"), nullable=False),
    Column("village_code", Text, nullable=False),  # known by the trigger household_village_known
    Column("valid_from", Date, nullable=False),
    Column(
        "cause",
        Text,
        CheckConstraint("cause IN ('registered', 'moved', 'split', 'region_change')", name="cause"),
        nullable=False,
    ),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    PrimaryKeyConstraint("household_id", "valid_from", "id"),
)

helper_assignment = Table(
    "helper_assignment",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("household_id", Uuid, ForeignKey("household.id"), nullable=False),
    Column("helper", Text, CheckConstraint("helper <> ''", name="helper_given"), nullable=False),
    Column("helper_name", Text, CheckConstraint("helper_name <> ''", name="helper_name_given"), nullable=False),
    Column("organisation", Text),
    Column("valid_from", Date, nullable=False),
    Column("assigned_by", Text, nullable=False),
    Column("assigned_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    *ending(),
    Index("helper_assignment_one_active", "household_id", unique=True, postgresql_where=text("valid_until IS NULL")),
    Index("helper_assignment_history", "household_id", "valid_from"),
    Index("helper_assignment_helper", "helper", "id"),
)

# Loans and credit limits of other members of the family (MS-2).
family_debt = Table(
    "family_debt",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("household_id", Uuid, ForeignKey("household.id"), nullable=False),
    Column("member_id", Uuid, ForeignKey("member.id")),
    Column("bank_code", Text, nullable=False),
    Column("kind", Text, CheckConstraint("kind IN ('production_loan', 'credit_limit')", name="kind"), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    *ending(),
    Index(
        "family_debt_one_open",
        "household_id",
        "bank_code",
        "kind",
        "member_id",
        unique=True,
        postgresql_where=text("valid_until IS NULL"),
        postgresql_nulls_not_distinct=True,
    ),
    Index("family_debt_household", "household_id", "valid_from"),
)

# Triggers ask whether these name what is there, once for each statement (migration 0013_known_set_wise).
_KNOWN_SET_WISE = (
    (household, "village_code_region"),
    *(
        (table, "household_id_household")
        for table in (member, bank_account, credit_survey, household_state_change, household_village)
    ),
)
for _table, _key in _KNOWN_SET_WISE:
    _not_enforced = f"ALTER TABLE {_table.name} ALTER CONSTRAINT fk_{_table.name}_{_key} NOT ENFORCED"
    event.listen(_table, "after_create", DDL(_not_enforced))  # type: ignore[no-untyped-call]

member_trace = Table(
    "member_trace",
    metadata,
    Column("member_id", Uuid, ForeignKey("member.id"), nullable=False),
    Column("kind", Text, CheckConstraint("kind IN ('name', 'name_part')", name="kind"), nullable=False),
    Column("trace", LargeBinary, nullable=False),
    PrimaryKeyConstraint("member_id", "kind", "trace"),
    Index("member_trace_trace", "trace"),
)
