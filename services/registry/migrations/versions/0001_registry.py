"""Create the registry: regions, packs, households, ratings, lists, loans known, outbox and inbox."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared import common_schema

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# Records with an author and legal weight only grow; a correction is a new row.
_APPEND_ONLY = (
    "household_import",
    "household_import_rejection",
    "household_state_change",
    "rating",
    "rating_review",
    "rating_adjustment",
    "village_quota_cut",
)
_REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% only grows: record a new row instead', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$
"""


def upgrade() -> None:
    """Create every table, then the triggers that keep records as they were written."""
    for statement in common_schema.FIRST:
        op.execute(statement)
    op.execute(_REFUSE_CHANGE)
    op.create_table(
        "household_import",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("county_code", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.LargeBinary(), nullable=False),
        sa.Column("collected_on", sa.Date(), nullable=False),
        sa.Column("columns", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("columns_ignored", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("registered_count", sa.Integer(), nullable=False),
        sa.Column("already_registered_count", sa.Integer(), nullable=False),
        sa.Column("rejected_count", sa.Integer(), nullable=False),
        sa.Column("imported_by", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "row_count = registered_count + already_registered_count + rejected_count", name="every_row_accounted_for"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_import")),
    )
    op.create_table(
        "policy_pack",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("county_code", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("pack_version", sa.Integer(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("source_text", sa.Text(), nullable=False),
        sa.Column("submitted_by", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(state = 'confirmed') = (confirmed_at IS NOT NULL)", name="confirmed_at_some_time"),
        sa.CheckConstraint("(state = 'confirmed') = (confirmed_by IS NOT NULL)", name="confirmed_by_someone"),
        sa.CheckConstraint("confirmed_by <> submitted_by", name="maker_is_not_checker"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_pack")),
        sa.UniqueConstraint("county_code", "pack_version", name=op.f("uq_policy_pack_county_code_pack_version")),
    )
    op.create_index(
        "policy_pack_in_force",
        "policy_pack",
        ["county_code", sa.literal_column("effective_from DESC"), sa.literal_column("pack_version DESC")],
        unique=False,
        postgresql_where=sa.text("state = 'confirmed'"),
    )
    op.create_table(
        "region",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("parent_code", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(level, length(code)) IN (('province', 2), ('prefecture', 4), ('county', 6), "
            "('township', 9), ('village', 12))",
            name="level_by_length",
        ),
        sa.CheckConstraint(
            "CASE WHEN level = 'province' THEN parent_code IS NULL "
            "ELSE parent_code IS NOT NULL AND code ^@ parent_code END",
            name="below_parent",
        ),
        sa.ForeignKeyConstraint(["parent_code"], ["region.code"], name=op.f("fk_region_parent_code_region")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_region")),
    )
    op.create_index("region_parent", "region", ["parent_code", "code"], unique=False)
    op.create_table(
        "household",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("county_code", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("poverty_state", sa.Text(), nullable=False),
        sa.Column("state_from", sa.Date(), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column("member_count", sa.Integer(), nullable=False),
        sa.Column("labourer_count", sa.Integer(), nullable=False),
        sa.Column("four_kinds", sa.Boolean(), nullable=False),
        sa.Column("civil_capacity", sa.Text(), nullable=False),
        sa.Column("able_to_work", sa.Boolean(), nullable=False),
        sa.Column("credit_record", sa.Text(), nullable=False),
        sa.Column("phone_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("content_digest", sa.LargeBinary(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("labourer_count BETWEEN 0 AND member_count", name="labourers_are_members"),
        sa.CheckConstraint("village_code ^@ county_code", name="village_in_county"),
        sa.ForeignKeyConstraint(
            ["import_id"], ["household_import.id"], name=op.f("fk_household_import_id_household_import")
        ),
        sa.ForeignKeyConstraint(["village_code"], ["region.code"], name=op.f("fk_household_village_code_region")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household")),
        sa.UniqueConstraint("county_code", "number", name=op.f("uq_household_county_code_number")),
    )
    op.create_index("household_number", "household", ["number"], unique=False)
    op.create_index("household_village", "household", ["village_code", "id"], unique=False)
    op.create_table(
        "household_import_rejection",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("village_code", sa.Text(), nullable=True),
        sa.Column("faults", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("cells_sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["import_id"],
            ["household_import.id"],
            name=op.f("fk_household_import_rejection_import_id_household_import"),
        ),
        sa.PrimaryKeyConstraint("import_id", "row_number", name=op.f("pk_household_import_rejection")),
    )
    op.create_table(
        "rating_campaign",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("county_code", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("pack_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("publicity_started_on", sa.Date(), nullable=True),
        sa.Column("publicity_ends_on", sa.Date(), nullable=True),
        sa.Column("finalised_on", sa.Date(), nullable=True),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("finalised_on >= publicity_ends_on", name="final_after_publicity"),
        sa.CheckConstraint("publicity_ends_on >= publicity_started_on", name="publicity_runs_forward"),
        sa.ForeignKeyConstraint(["pack_id"], ["policy_pack.id"], name=op.f("fk_rating_campaign_pack_id_policy_pack")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_campaign")),
        sa.UniqueConstraint("county_code", "year", name=op.f("uq_rating_campaign_county_code_year")),
    )
    op.create_table(
        "village_quota",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("share_left", sa.Numeric(precision=9, scale=8), nullable=False),
        sa.ForeignKeyConstraint(["village_code"], ["region.code"], name=op.f("fk_village_quota_village_code_region")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_village_quota")),
        sa.UniqueConstraint("village_code", name=op.f("uq_village_quota_village_code")),
    )
    op.create_table(
        "bank_account",
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("bank_code", sa.Text(), nullable=False),
        sa.Column("account_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("valid", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_bank_account_household_id_household")
        ),
        sa.PrimaryKeyConstraint("household_id", "version", name=op.f("pk_bank_account")),
    )
    op.create_index(
        "bank_account_one_valid", "bank_account", ["household_id"], unique=True, postgresql_where=sa.text("valid")
    )
    op.create_table(
        "credit_survey",
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("collected_on", sa.Date(), nullable=False),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("collected_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_credit_survey_household_id_household")
        ),
        sa.PrimaryKeyConstraint("household_id", "collected_on", name=op.f("pk_credit_survey")),
    )
    op.create_table(
        "household_loan",
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("principal", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("disbursed_on", sa.Date(), nullable=True),
        sa.Column("overdue_since_on", sa.Date(), nullable=True),
        sa.Column("defaulted_on", sa.Date(), nullable=True),
        sa.Column("malicious", sa.Boolean(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("repaid_on_time", sa.Boolean(), nullable=True),
        sa.CheckConstraint("(closed_on IS NULL) = (repaid_on_time IS NULL)", name="closing_is_whole"),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_household_loan_household_id_household")
        ),
        sa.PrimaryKeyConstraint("loan_id", name=op.f("pk_household_loan")),
    )
    op.create_index("household_loan_household", "household_loan", ["household_id"], unique=False)
    op.create_table(
        "household_state_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("marked_by", sa.Text(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_household_state_change_household_id_household")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_state_change")),
    )
    op.create_index(
        "household_state_change_history",
        "household_state_change",
        ["household_id", sa.literal_column("effective_from DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_table(
        "listing",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("list_name", sa.Text(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("listed_on", sa.Date(), nullable=False),
        sa.Column("cleared_on", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_listing_household_id_household")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listing")),
        sa.UniqueConstraint("loan_id", "list_name", name=op.f("uq_listing_loan_id_list_name")),
    )
    op.create_index("listing_household", "listing", ["household_id"], unique=False)
    op.create_index("listing_village", "listing", ["village_code", "id"], unique=False)
    op.create_table(
        "member",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("is_head", sa.Boolean(), nullable=False),
        sa.Column("name_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("resident_id_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("resident_id_index", sa.LargeBinary(), nullable=False),
        sa.Column("birth_on", sa.Date(), nullable=False),
        sa.Column("joined_on", sa.Date(), nullable=False),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.CheckConstraint("left_on >= joined_on", name="leaves_after_joining"),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_member_household_id_household")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
    )
    op.create_index(
        "member_one_active_household",
        "member",
        ["resident_id_index"],
        unique=True,
        postgresql_where=sa.text("left_on IS NULL"),
    )
    op.create_index(
        "member_one_head",
        "member",
        ["household_id"],
        unique=True,
        postgresql_where=sa.text("is_head AND left_on IS NULL"),
    )
    op.create_table(
        "rating",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("line", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("score", sa.Numeric(precision=18, scale=8), nullable=True),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=True),
        sa.Column("loan_id", sa.Uuid(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "(cause = 'campaign') = (campaign_id IS NOT NULL) AND (cause = 'repaid_on_time') = (loan_id IS NOT NULL)",
            name="cause_is_named",
        ),
        sa.CheckConstraint("valid_until > valid_from", name="valid_for_some_time"),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["rating_campaign.id"], name=op.f("fk_rating_campaign_id_rating_campaign")
        ),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_rating_household_id_household")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating")),
        sa.UniqueConstraint("campaign_id", "household_id", name=op.f("uq_rating_campaign_id_household_id")),
        sa.UniqueConstraint("loan_id", name=op.f("uq_rating_loan_id")),
    )
    op.create_index(
        "rating_history",
        "rating",
        ["household_id", sa.literal_column("valid_from DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_table(
        "rating_review",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("members", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=False),
        sa.Column("reviewed_by", sa.Text(), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["rating_campaign.id"], name=op.f("fk_rating_review_campaign_id_rating_campaign")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rating_review")),
    )
    op.create_table(
        "village_quota_cut",
        sa.Column("loan_id", sa.Uuid(), nullable=False),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("cut_share", sa.Numeric(precision=9, scale=8), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["village_code"],
            ["village_quota.village_code"],
            name=op.f("fk_village_quota_cut_village_code_village_quota"),
        ),
        sa.PrimaryKeyConstraint("loan_id", name=op.f("pk_village_quota_cut")),
    )
    op.create_index("village_quota_cut_village", "village_quota_cut", ["village_code"], unique=False)
    op.create_table(
        "rating_adjustment",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("grade_before", sa.Text(), nullable=True),
        sa.Column("grade_after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_rating_adjustment_household_id_household")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["rating_review.id"], name=op.f("fk_rating_adjustment_review_id_rating_review")
        ),
        sa.PrimaryKeyConstraint("review_id", "household_id", name=op.f("pk_rating_adjustment")),
    )
    op.create_table(
        "rating_score",
        sa.Column("campaign_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Uuid(), nullable=False),
        sa.Column("village_code", sa.Text(), nullable=False),
        sa.Column("collected_on", sa.Date(), nullable=False),
        sa.Column("score", sa.Numeric(precision=18, scale=8), nullable=False),
        sa.Column("preliminary_grade", sa.Text(), nullable=True),
        sa.Column("grade", sa.Text(), nullable=True),
        sa.Column("review_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["rating_campaign.id"], name=op.f("fk_rating_score_campaign_id_rating_campaign")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_rating_score_household_id_household")
        ),
        sa.ForeignKeyConstraint(
            ["review_id"], ["rating_review.id"], name=op.f("fk_rating_score_review_id_rating_review")
        ),
        sa.PrimaryKeyConstraint("campaign_id", "household_id", name=op.f("pk_rating_score")),
    )
    for table in _APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    """Drop everything."""

    op.drop_table("rating_score")
    op.drop_table("rating_adjustment")
    op.drop_index("village_quota_cut_village", table_name="village_quota_cut")
    op.drop_table("village_quota_cut")
    op.drop_table("rating_review")
    op.drop_index("rating_history", table_name="rating")
    op.drop_table("rating")
    op.drop_index("member_one_head", table_name="member", postgresql_where=sa.text("is_head AND left_on IS NULL"))
    op.drop_index("member_one_active_household", table_name="member", postgresql_where=sa.text("left_on IS NULL"))
    op.drop_table("member")
    op.drop_index("listing_village", table_name="listing")
    op.drop_index("listing_household", table_name="listing")
    op.drop_table("listing")
    op.drop_index("household_state_change_history", table_name="household_state_change")
    op.drop_table("household_state_change")
    op.drop_index("household_loan_household", table_name="household_loan")
    op.drop_table("household_loan")
    op.drop_table("credit_survey")
    op.drop_index("bank_account_one_valid", table_name="bank_account", postgresql_where=sa.text("valid"))
    op.drop_table("bank_account")
    op.drop_table("village_quota")
    op.drop_table("rating_campaign")
    op.drop_table("household_import_rejection")
    op.drop_index("household_village", table_name="household")
    op.drop_index("household_number", table_name="household")
    op.drop_table("household")
    op.drop_index("region_parent", table_name="region")
    op.drop_table("region")
    op.drop_index("policy_pack_in_force", table_name="policy_pack", postgresql_where=sa.text("state = 'confirmed'"))
    op.drop_table("policy_pack")
    op.drop_table("household_import")
    for table in common_schema.FIRST_TABLES:
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_change()")
    op.execute("DROP FUNCTION uuid7()")
