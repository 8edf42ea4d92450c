"""What lending published about each household's loans, the questions that were answered, and screenings of a region."""

from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.registry.metadata import metadata

household_loan = Table(
    "household_loan",
    metadata,
    Column("loan_id", Uuid, primary_key=True),
    Column("household_id", Uuid, ForeignKey("household.id"), nullable=False),
    Column("village_code", Text, nullable=False),
    # Each stays null until lending has published it, and becomes null again when a correction takes it back.
    Column("principal", Numeric(18, 2), CheckConstraint("principal > 0", name="principal")),
    Column("disbursed_on", Date),
    Column("overdue_from", Date),  # of the latest time that it was late
    Column("late_since", Date),  # null once what was late is paid
    Column("defaulted_on", Date),
    Column("malicious", Boolean),
    Column("default_lifted_on", Date),  # null while the default stands
    Column("closed_on", Date),
    Column("repaid_on_time", Boolean),
    Column("industry", Text),
    Column("bank_code", Text),
    Column("product_code", Text),  # of the pack; null: the county's first product
    CheckConstraint("(closed_on IS NULL) = (repaid_on_time IS NULL)", name="closing_is_whole"),
    CheckConstraint("default_lifted_on IS NULL OR defaulted_on IS NOT NULL", name="lifted_after_default"),
    Index("household_loan_household", "household_id"),
)

# Principal that came back, by repayment or recovery, as lending tells it now: a correction there replaces it here.
household_repayment = Table(
    "household_repayment",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("loan_id", Uuid, nullable=False),
    Column("paid_on", Date, nullable=False),
    Column("principal", Numeric(18, 2), CheckConstraint("principal > 0", name="principal"), nullable=False),
    Index("household_repayment_loan", "loan_id", "paid_on"),
)

# A question asked for an application: what was requested, what was known, and the answer. The same question with the
# same facts and answer is one row (`digest`).
eligibility_question = Table(
    "eligibility_question",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("household_id", Uuid, ForeignKey("household.id"), nullable=False),
    Column("county_code", Text, nullable=False),
    Column("village_code", Text, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("loan_request", JSONB, nullable=False),
    Column("facts", JSONB, nullable=False),
    Column("pack_id", Uuid, ForeignKey("policy_pack.id"), nullable=False),
    Column("reasons", JSONB, nullable=False),  # [{code, zh, en, clause}] as they were given
    Column(
        "eligible",
        Boolean,
        CheckConstraint("eligible = (reasons = '[]')", name="eligible_without_a_reason"),
        nullable=False,
    ),
    Column("digest", LargeBinary, nullable=False),
    Column("requested_by", Text, nullable=False),
    Column("requested_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    UniqueConstraint("household_id", "as_of", "digest"),
    CheckConstraint("village_code ^@ county_code", name="village_in_county"),
    Index("eligibility_question_county", "county_code", "as_of", "id"),
)

eligibility_screening = Table(
    "eligibility_screening",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("county_code", Text, nullable=False),
    Column("region_code", Text, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("loan_request", JSONB, nullable=False),
    # More than one where a township has a pack of its own.
    Column("pack_ids", ARRAY(Uuid), CheckConstraint("cardinality(pack_ids) > 0", name="packs_given"), nullable=False),
    Column("household_count", Integer, nullable=False),
    Column(
        "without_pack_count",
        Integer,
        CheckConstraint("without_pack_count >= 0", name="without_pack_count"),
        nullable=False,
    ),
    Column(
        "eligible_count",
        Integer,
        CheckConstraint("eligible_count BETWEEN 0 AND household_count", name="eligible_count"),
        nullable=False,
    ),
    Column("by_reason", JSONB, nullable=False),  # {reason code: households}
    # {condition code: {consequence: households}}, of households that may borrow
    Column("by_condition", JSONB, nullable=False, server_default=text("'{}'")),
    Column("by_township", JSONB, nullable=False),  # {township code: [households, eligible]}
    Column("requested_by", Text, nullable=False),
    Column("requested_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    CheckConstraint("region_code ^@ county_code", name="region_in_county"),
    Index("eligibility_screening_county", "county_code", "id"),
)


# Counts are known last, so its reasons and answers are written before the screening itself.
def _screening_id() -> Column[Any]:
    key = ForeignKey("eligibility_screening.id", deferrable=True, initially="DEFERRED")
    return Column("screening_id", Uuid, key, nullable=False)


# Each different reason or condition of a screening in words, with a household's figures; many households share one.
eligibility_screening_reason = Table(
    "eligibility_screening_reason",
    metadata,
    _screening_id(),
    Column("number", Integer, CheckConstraint("number >= 1", name="number"), nullable=False),
    Column("code", Text, nullable=False),
    Column("zh", Text, nullable=False),
    Column("en", Text, nullable=False),
    Column("clause", Text, nullable=False),
    Column("consequence", Text),  # what follows of a condition; null for a reason against
    PrimaryKeyConstraint("screening_id", "number"),
)

# One row for each household, of those that are on the register, which are never deleted.
eligibility_screening_answer = Table(
    "eligibility_screening_answer",
    metadata,
    _screening_id(),
    Column("household_id", Uuid, nullable=False),
    Column("village_code", Text, nullable=False),
    Column("pack_id", Uuid, nullable=False),
    Column("reason_codes", ARRAY(Text), nullable=False),
    Column("reason_numbers", ARRAY(Integer), nullable=False),
    Column("condition_numbers", ARRAY(Integer), nullable=False, server_default=text("'{}'")),
    CheckConstraint("cardinality(reason_codes) = cardinality(reason_numbers)", name="each_reason_in_words"),
    PrimaryKeyConstraint("screening_id", "household_id"),
)
