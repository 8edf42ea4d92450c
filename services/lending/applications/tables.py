"""Applications and everything that has an author and a date on their way to the bank."""

from sqlalchemy import (
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
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.lending.metadata import metadata

STATES = (
    "'filed', 'village_public_notice', 'township_review', 'township_public_notice', 'county_review', "
    "'county_public_notice', "
    "'joint_review', 'condition_approval', 'approved', 'handed_over', 'disbursed', 'refused', 'withdrawn'"
)
ENDED = "'disbursed', 'refused', 'withdrawn'"

application_batch = Table(
    "application_batch",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("township_code", Text, nullable=False),
    Column("county_code", Text, nullable=False),
    Column("bank_code", Text, nullable=False),
    Column("pack_id", Uuid, ForeignKey("policy_pack.pack_id"), nullable=False),
    Column("pack_version", Integer, nullable=False),
    Column("product_code", Text, nullable=False, server_default=text("'small_loan'")),
    Column("filed_on", Date, nullable=False),
    Column("filed_by", Text, nullable=False),
    Column("filed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("application_count", Integer, nullable=False),
    CheckConstraint("application_count >= 1", name="application_count"),
    Index("ix_application_batch_township_code", "township_code", "filed_on"),
)

public_notice = Table(
    "public_notice",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("batch_id", Uuid, ForeignKey("application_batch.id"), nullable=False),
    Column("level", Text, nullable=False),
    Column("working_days", Integer, nullable=False),
    Column("started_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("started_by", Text, nullable=False),
    Column("office", Text),  # in whose name; unknown of acts before offices came from the pack
    Column("application_count", Integer, nullable=False),
    Column("closed_on", Date),
    Column("objections_to", Text),  # where objections are received; null: at the office that runs it
    CheckConstraint("level IN ('village', 'township', 'county')", name="level"),
    CheckConstraint("working_days >= 0 AND ends_on >= started_on", name="ends_on"),
    CheckConstraint("closed_on >= ends_on", name="closed_on"),
    Index("ix_public_notice_batch_id", "batch_id"),
)

application = Table(
    "application",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("batch_id", Uuid, ForeignKey("application_batch.id")),
    Column("household_id", Uuid, nullable=False),
    Column("household_number", Text, nullable=False),
    Column("household_version", Integer),
    Column("village_code", Text, nullable=False),
    Column("township_code", Text, nullable=False),
    Column("county_code", Text, nullable=False),
    Column("bank_code", Text, nullable=False),
    Column("amount", Numeric(18, 2), nullable=False),
    Column("term_months", Integer, nullable=False),
    Column("industry", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("grade", Text),
    Column("credit_limit", Numeric(18, 2)),
    Column("loan_round", Integer, nullable=False, server_default=text("1")),
    Column("state", Text, nullable=False),
    Column("state_from", Date, nullable=False),
    Column("pack_id", Uuid, ForeignKey("policy_pack.pack_id"), nullable=False),
    Column("pack_version", Integer, nullable=False),
    Column("documents", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("document_digests", JSONB, nullable=False, server_default=text("'{}'")),
    Column("eligibility", JSONB, nullable=False),  # registry's answer as it stood when the application was filed
    Column("reasons", JSONB, nullable=False, server_default=text("'[]'")),
    Column("conditions", JSONB, nullable=False, server_default=text("'[]'")),  # not met, and no refusal (MS-1)
    Column("filed_on", Date, nullable=False),
    Column("filed_by", Text, nullable=False),
    Column("notice_id", Uuid, ForeignKey("public_notice.id")),
    Column("public_notice_ends_on", Date),
    Column("approved_on", Date),
    Column("handed_over_on", Date),
    Column("handed_over_by", Text),
    Column("disbursement_due_on", Date),
    Column("cover_expires_on", Date),  # last day on which the fund holds its cover; null: unknown
    Column("disbursed_on", Date),
    Column("loan_id", Uuid, unique=True),
    Column("version", Integer, nullable=False, server_default=text("0")),
    Column("source", Text, nullable=False, server_default=text("'filed'")),  # or a loan older than the platform
    Column("mode", Text, nullable=False, server_default=text("'direct'")),
    Column("entity_id", Uuid),
    Column("borrower_member_id", Uuid),  # null: the head of the household
    Column("branch_id", Uuid, ForeignKey("bank_branch.id")),
    Column("product_code", Text, nullable=False, server_default=text("'small_loan'")),
    Column("responsible_bank_code", Text),  # of the village on the day of filing; null: it had none
    Column("statement", JSONB),  # what was stated with it; null: filed before this was asked, or a legacy loan
    CheckConstraint("source IN ('filed', 'legacy_loan')", name="source"),
    CheckConstraint("source <> 'legacy_loan' OR state = 'disbursed'", name="legacy_loan"),
    CheckConstraint("mode IN ('direct', 'joint', 'indirect', 'equity', 'enterprise_use')", name="mode"),
    CheckConstraint("entity_id IS NULL OR mode NOT IN ('direct', 'joint')", name="entity_id"),
    CheckConstraint(f"state IN ({STATES})", name="state"),
    CheckConstraint("amount > 0 AND term_months >= 1 AND loan_round >= 1 AND version >= 0", name="positive"),
    CheckConstraint("state <> 'refused' OR jsonb_array_length(reasons) > 0", name="reasons"),
    CheckConstraint(
        "state NOT IN ('approved', 'handed_over', 'disbursed') OR approved_on IS NOT NULL OR source = 'legacy_loan'",
        name="approved_on",
    ),
    CheckConstraint(
        "state NOT IN ('handed_over', 'disbursed') OR (handed_over_on >= approved_on AND disbursement_due_on IS "
        "NOT NULL) OR source = 'legacy_loan'",
        name="handed_over_on",
    ),
    CheckConstraint(
        "(state = 'disbursed') = (loan_id IS NOT NULL) AND (loan_id IS NULL) = (disbursed_on IS NULL)", name="loan_id"
    ),
    Index("ix_application_batch_id", "batch_id"),
    Index("ix_application_notice_id", "notice_id"),
    Index("ix_application_household_id", "household_id"),
    Index("ix_application_village_code", "village_code", "state", postgresql_ops={"village_code": "text_pattern_ops"}),
    Index("ix_application_bank_code", "bank_code", "id", postgresql_where=text("state = 'handed_over'")),
    # Whatever races: a household has one application under way.
    Index(
        "uq_application_open_household_id",
        "household_id",
        unique=True,
        postgresql_where=text(f"state NOT IN ({ENDED})"),
    ),
)

decision = Table(
    "decision",
    metadata,
    Column("application_id", Uuid, ForeignKey("application.id"), nullable=False),
    Column("stage", Text, nullable=False),
    Column("office", Text, nullable=False),
    Column("decision", Text, nullable=False),
    Column("officer", Text, nullable=False),
    Column("decided_on", Date, nullable=False),
    Column("decided_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("note", Text),
    Column("checks", JSONB),
    PrimaryKeyConstraint("application_id", "stage", "office"),
    UniqueConstraint("application_id", "stage", "officer"),  # every office by another person
    CheckConstraint(
        "stage IN ('village', 'township', 'county_centre', 'joint_review', 'condition_approval')", name="stage"
    ),
    CheckConstraint("decision IN ('approve', 'refuse')", name="decision"),
)

# Which applications a notice showed; an application that goes on forgets its notice.
public_notice_entry = Table(
    "public_notice_entry",
    metadata,
    Column("notice_id", Uuid, ForeignKey("public_notice.id"), nullable=False),
    Column("application_id", Uuid, ForeignKey("application.id"), nullable=False),
    PrimaryKeyConstraint("notice_id", "application_id"),
    Index("ix_public_notice_entry_application_id", "application_id"),
)

public_notice_closure = Table(
    "public_notice_closure",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("notice_id", Uuid, ForeignKey("public_notice.id"), nullable=False),
    Column("closed_on", Date, nullable=False),
    Column("closed_by", Text, nullable=False),
    Column("office", Text),  # in whose name; unknown of acts before offices came from the pack
    Column("applications", Integer, nullable=False),
    CheckConstraint("applications >= 0", name="applications"),
    Index("ix_public_notice_closing_notice_id", "notice_id"),
)

objection = Table(
    "objection",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("application_id", Uuid, ForeignKey("application.id"), nullable=False),
    Column("notice_id", Uuid, ForeignKey("public_notice.id"), nullable=False),
    Column("raised_on", Date, nullable=False),
    Column("raised_by", Text, nullable=False),
    Column("recorded_by", Text, nullable=False),
    Column("grounds", Text, nullable=False),
    Index("ix_objection_application_id", "application_id"),
)

settlement = Table(
    "settlement",
    metadata,
    Column("objection_id", Uuid, ForeignKey("objection.id"), primary_key=True),
    Column("settled_on", Date, nullable=False),
    Column("settled_by", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", Text, nullable=False),
    CheckConstraint("outcome IN ('upheld', 'dismissed')", name="outcome"),
)

hand_over = Table(
    "hand_over",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("batch_id", Uuid, ForeignKey("application_batch.id"), nullable=False),
    Column("handed_over_on", Date, nullable=False),
    Column("handed_over_by", Text, nullable=False),
    Column("office", Text),  # in whose name; unknown of acts before offices came from the pack
    Column("applications", Integer, nullable=False),
    Column("amount", Numeric(18, 2), nullable=False),
    Column("not_covered", Integer, nullable=False),
    Column("cover", JSONB, nullable=False),  # riskfund's answer as it stood
    CheckConstraint("applications >= 0 AND amount >= 0 AND not_covered >= 0", name="counts"),
    Index("ix_hand_over_batch_id", "batch_id"),
)
