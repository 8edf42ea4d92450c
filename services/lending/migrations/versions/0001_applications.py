"""Kept policies, and applications on their way to the bank."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision: str = "0001_applications"
down_revision: str | None = "0000_common"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

RECORDS = ("decision", "public_notice_closure", "objection", "settlement", "hand_over", "withdrawal")


def upgrade() -> None:
    """Apply."""
    _create_policies()
    _create_applications()
    _create_records()
    for table in RECORDS:
        op.execute(
            f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    """Take back."""
    for table in (*RECORDS, "application", "public_notice", "application_batch"):
        op.execute(f"DROP TABLE {table} CASCADE")
    for table in ("village_quota_cut", "reference_rate", "policy_pack"):
        op.drop_table(table)


def _create_policies() -> None:
    op.create_table(
        "policy_pack",
        sa.Column("pack_id", sa.Uuid(), nullable=False),
        sa.Column("county_code", sa.Text(), nullable=False),
        sa.Column("pack_version", sa.Integer(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("content", JSONB(), nullable=False),
        sa.CheckConstraint("pack_version >= 1", name="pack_version"),
        sa.PrimaryKeyConstraint("pack_id", name=op.f("pk_policy_pack")),
        sa.UniqueConstraint("county_code", "pack_version", name=op.f("uq_policy_pack_county_code_pack_version")),
    )
    op.create_index("ix_policy_pack_in_force", "policy_pack", ["county_code", "effective_from", "pack_version"])
    op.create_table(
        "reference_rate",
        sa.Column("rate_id", sa.Uuid(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("up_to_1y", sa.Numeric(precision=12, scale=8)),
        sa.Column("over_1y_to_5y", sa.Numeric(precision=12, scale=8)),
        sa.Column("over_5y", sa.Numeric(precision=12, scale=8)),
        sa.PrimaryKeyConstraint("rate_id", name=op.f("pk_reference_rate")),
    )
    op.create_index("ix_reference_rate_in_force", "reference_rate", ["basis", "effective_from"])
    op.create_table(
        "village_quota_cut",
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("cut_share", sa.Numeric(precision=8, scale=6), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("amount_when_cut", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.CheckConstraint("amount_when_cut >= 0", name="amount_when_cut"),
        sa.CheckConstraint("cut_share > 0 AND cut_share <= 1", name="cut_share"),
        sa.PrimaryKeyConstraint("loan_id", name=op.f("pk_village_quota_cut")),
    )
    op.create_index("ix_village_quota_cut_village_code", "village_quota_cut", ["village_code"])


def _create_applications() -> None:
    op.create_table(
        "application_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("township_code", sa.Text(), nullable=False),
        sa.Column("county_code", sa.Text(), nullable=False),
        sa.Column("bank_code", sa.Text(), nullable=False),
        sa.Column("pack_id", sa.Uuid(), nullable=False),
        sa.Column("pack_version", sa.Integer(), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("filed_by", sa.Text(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("application_count", sa.Integer(), nullable=False),
        sa.CheckConstraint("application_count >= 1", name="application_count"),
        sa.ForeignKeyConstraint(
            ["pack_id"], ["policy_pack.pack_id"], name=op.f("fk_application_batch_pack_id_policy_pack")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_batch")),
    )
    op.create_index("ix_application_batch_township_code", "application_batch", ["township_code", "filed_on"])
    op.create_table(
        "public_notice",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("working_days", sa.Integer(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("started_by", sa.Text(), nullable=False),
        sa.Column("application_count", sa.Integer(), nullable=False),
        sa.Column("closed_on", sa.Date()),
        sa.CheckConstraint("level IN ('village', 'township', 'county')", name="level"),
        sa.CheckConstraint("closed_on >= ends_on", name="closed_on"),
        sa.CheckConstraint("working_days >= 0 AND ends_on >= started_on", name="ends_on"),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["application_batch.id"], name=op.f("fk_public_notice_batch_id_application_batch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_notice")),
    )
    op.create_index("ix_public_notice_batch_id", "public_notice", ["batch_id"])
    op.create_table(
        "application",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid()),
        sa.Column("household_id", sa.Uuid()),
        sa.Column("household_number", sa.Text(), nullable=False),
        sa.Column("household_version", sa.Integer()),
        sa.Column("village_code", sa.Text()),
        sa.Column("township_code", sa.Text(), nullable=False),
        sa.Column("county_code", sa.Text(), nullable=False),
        sa.Column("bank_code", sa.Text(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("term_months", sa.Integer(), nullable=False),
        sa.Column("industry", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("grade", sa.Text()),
        sa.Column("credit_limit", sa.Numeric(precision=18, scale=2)),
        sa.Column("loan_round", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("state_from", sa.Date(), nullable=False),
        sa.Column("pack_id", sa.Uuid(), nullable=False),
        sa.Column("pack_version", sa.Integer(), nullable=False),
        sa.Column("documents", ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("document_digests", JSONB(), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("eligibility", JSONB(), nullable=False),
        sa.Column("reasons", JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("filed_on", sa.Date(), nullable=False),
        sa.Column("filed_by", sa.Text(), nullable=False),
        sa.Column("notice_id", sa.Uuid()),
        sa.Column("public_notice_ends_on", sa.Date()),
        sa.Column("approved_on", sa.Date()),
        sa.Column("handed_over_on", sa.Date()),
        sa.Column("handed_over_by", sa.Text()),
        sa.Column("disbursement_due_on", sa.Date()),
        sa.Column("disbursed_on", sa.Date()),
        sa.Column("loan_id", sa.Uuid()),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint(
            "(state = 'disbursed') = (loan_id IS NOT NULL) AND (loan_id IS NULL) = (disbursed_on IS NULL)",
            name="loan_id",
        ),
        sa.CheckConstraint("state <> 'refused' OR jsonb_array_length(reasons) > 0", name="reasons"),
        sa.CheckConstraint(
            "state = 'refused' OR (household_id IS NOT NULL AND village_code IS NOT NULL)", name="household"
        ),
        sa.CheckConstraint(
            "state IN ('filed', 'village_public_notice', 'township_review', 'township_public_notice', 'county_review', "
            "'county_public_notice', 'joint_review', 'approved', 'handed_over', 'disbursed', 'refused', 'withdrawn')",
            name="state",
        ),
        sa.CheckConstraint(
            "state NOT IN ('approved', 'handed_over', 'disbursed') OR approved_on IS NOT NULL", name="approved_on"
        ),
        sa.CheckConstraint(
            "state NOT IN ('handed_over', 'disbursed') OR "
            "(handed_over_on >= approved_on AND disbursement_due_on IS NOT NULL)",
            name="handed_over_on",
        ),
        sa.CheckConstraint("amount > 0 AND term_months >= 1 AND loan_round >= 1 AND version >= 0", name="positive"),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["application_batch.id"], name=op.f("fk_application_batch_id_application_batch")
        ),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["public_notice.id"], name=op.f("fk_application_notice_id_public_notice")
        ),
        sa.ForeignKeyConstraint(["pack_id"], ["policy_pack.pack_id"], name=op.f("fk_application_pack_id_policy_pack")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("loan_id", name=op.f("uq_application_loan_id")),
    )
    op.create_index(
        "ix_application_bank_code",
        "application",
        ["bank_code", "id"],
        postgresql_where=sa.text("state = 'handed_over'"),
    )
    op.create_index("ix_application_batch_id", "application", ["batch_id"])
    op.create_index("ix_application_household_id", "application", ["household_id"])
    op.create_index("ix_application_notice_id", "application", ["notice_id"])
    op.create_index(
        "ix_application_village_code",
        "application",
        ["village_code", "state"],
        postgresql_ops={"village_code": "text_pattern_ops"},
    )
    op.create_index(
        "uq_application_open_household_id",
        "application",
        ["household_id"],
        unique=True,
        postgresql_where=sa.text("state NOT IN ('disbursed', 'refused', 'withdrawn')"),
    )


def _create_records() -> None:
    op.create_table(
        "decision",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("office", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("checks", JSONB()),
        sa.CheckConstraint("decision IN ('approve', 'refuse')", name="decision"),
        sa.CheckConstraint("stage IN ('village', 'township', 'county_centre', 'joint_review')", name="stage"),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_decision_application_id_application")
        ),
        sa.PrimaryKeyConstraint("application_id", "stage", "office", name=op.f("pk_decision")),
        sa.UniqueConstraint(
            "application_id", "stage", "officer", name=op.f("uq_decision_application_id_stage_officer")
        ),
    )
    op.create_table(
        "public_notice_closure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=False),
        sa.Column("closed_by", sa.Text(), nullable=False),
        sa.Column("applications", sa.Integer(), nullable=False),
        sa.CheckConstraint("applications >= 0", name="applications"),
        sa.ForeignKeyConstraint(
            ["notice_id"], ["public_notice.id"], name=op.f("fk_public_notice_closing_notice_id_public_notice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_public_notice_closing")),
    )
    op.create_index("ix_public_notice_closing_notice_id", "public_notice_closure", ["notice_id"])
    op.create_table(
        "objection",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("notice_id", sa.Uuid(), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("raised_by", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_objection_application_id_application")
        ),
        sa.ForeignKeyConstraint(["notice_id"], ["public_notice.id"], name=op.f("fk_objection_notice_id_public_notice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_objection")),
    )
    op.create_index("ix_objection_application_id", "objection", ["application_id"])
    op.create_table(
        "settlement",
        sa.Column("objection_id", sa.Uuid(), nullable=False),
        sa.Column("settled_on", sa.Date(), nullable=False),
        sa.Column("settled_by", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("outcome IN ('upheld', 'dismissed')", name="outcome"),
        sa.ForeignKeyConstraint(["objection_id"], ["objection.id"], name=op.f("fk_settlement_objection_id_objection")),
        sa.PrimaryKeyConstraint("objection_id", name=op.f("pk_settlement")),
    )
    op.create_table(
        "hand_over",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=False),
        sa.Column("handed_over_on", sa.Date(), nullable=False),
        sa.Column("handed_over_by", sa.Text(), nullable=False),
        sa.Column("applications", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("not_covered", sa.Integer(), nullable=False),
        sa.Column("cover", JSONB(), nullable=False),
        sa.CheckConstraint("applications >= 0 AND amount >= 0 AND not_covered >= 0", name="counts"),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["application_batch.id"], name=op.f("fk_hand_over_batch_id_application_batch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over")),
    )
    op.create_index("ix_hand_over_batch_id", "hand_over", ["batch_id"])
    op.create_table(
        "withdrawal",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_on", sa.Date(), nullable=False),
        sa.Column("withdrawn_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_withdrawal_application_id_application")
        ),
        sa.PrimaryKeyConstraint("application_id", name=op.f("pk_withdrawal")),
    )
