"""Create the registry: regions, packs, households, ratings, lists, loans known, and the common tables."""

from alembic import op

from shared import common_schema

revision = "0001_registry"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    """
CREATE TABLE household_import (
    id UUID NOT NULL,
    county_code TEXT NOT NULL,
    file_sha256 BYTEA NOT NULL,
    collected_on DATE NOT NULL,
    columns TEXT[] NOT NULL,
    columns_ignored TEXT[] NOT NULL,
    row_count INTEGER NOT NULL,
    registered_count INTEGER NOT NULL,
    already_registered_count INTEGER NOT NULL,
    rejected_count INTEGER NOT NULL,
    imported_by TEXT NOT NULL,
    imported_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_household_import PRIMARY KEY (id),
    CONSTRAINT every_row_accounted_for
        CHECK (row_count = registered_count + already_registered_count + rejected_count)
)
""",
    """
CREATE TABLE policy_pack (
    id UUID NOT NULL,
    county_code TEXT NOT NULL CONSTRAINT county_code CHECK (county_code ~ '^[0-9]{6}$'),
    code TEXT NOT NULL,
    pack_version INTEGER NOT NULL CONSTRAINT pack_version CHECK (pack_version >= 1),
    effective_from DATE NOT NULL,
    state TEXT NOT NULL CONSTRAINT state CHECK (state IN ('submitted', 'confirmed')),
    content JSONB NOT NULL,
    content_hash TEXT NOT NULL,
    source_text TEXT NOT NULL,
    submitted_by TEXT NOT NULL,
    submitted_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    confirmed_by TEXT,
    confirmed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_policy_pack PRIMARY KEY (id),
    CONSTRAINT uq_policy_pack_county_code_pack_version UNIQUE (county_code, pack_version),
    CONSTRAINT confirmed_by_someone CHECK ((state = 'confirmed') = (confirmed_by IS NOT NULL)),
    CONSTRAINT confirmed_at_some_time CHECK ((state = 'confirmed') = (confirmed_at IS NOT NULL)),
    CONSTRAINT maker_is_not_checker CHECK (confirmed_by <> submitted_by)
)
""",
    """
CREATE INDEX policy_pack_in_force ON policy_pack (county_code, effective_from DESC,
    pack_version DESC) WHERE state = 'confirmed'
""",
    """
CREATE TABLE region (
    code TEXT NOT NULL,
    name TEXT NOT NULL CONSTRAINT name_given CHECK (name <> ''),
    level TEXT NOT NULL,
    parent_code TEXT,
    CONSTRAINT pk_region PRIMARY KEY (code),
    CONSTRAINT level_by_length CHECK ((level, length(code)) IN (('province', 2), ('prefecture', 4), ('county', 6),
        ('township', 9), ('village', 12))),
    CONSTRAINT below_parent CHECK (CASE WHEN level = 'province' THEN parent_code IS NULL
        ELSE parent_code IS NOT NULL AND code ^@ parent_code END),
    CONSTRAINT fk_region_parent_code_region FOREIGN KEY(parent_code) REFERENCES region (code)
)
""",
    """
CREATE INDEX region_parent ON region (parent_code, code)
""",
    """
CREATE TABLE household (
    id UUID NOT NULL,
    county_code TEXT NOT NULL,
    number TEXT NOT NULL,
    village_code TEXT NOT NULL,
    version INTEGER NOT NULL CONSTRAINT version CHECK (version >= 0),
    poverty_state TEXT NOT NULL CONSTRAINT poverty_state CHECK (poverty_state IN ('registered', 'lifted',
        'stably_lifted', 'monitored', 'marginal', 'general')),
    poverty_state_from DATE NOT NULL,
    registered_on DATE NOT NULL,
    member_count INTEGER NOT NULL CONSTRAINT member_count CHECK (member_count >= 1),
    labourer_count INTEGER NOT NULL,
    four_kinds BOOLEAN NOT NULL,
    civil_capacity TEXT NOT NULL CONSTRAINT civil_capacity CHECK (civil_capacity IN ('full', 'limited', 'none')),
    able_to_work BOOLEAN NOT NULL,
    credit_record TEXT NOT NULL CONSTRAINT credit_record CHECK (credit_record IN ('none', 'clean', 'bad_unresolved',
        'bad_settled')),
    phone_sealed BYTEA,
    content_digest BYTEA NOT NULL,
    import_id UUID NOT NULL,
    CONSTRAINT pk_household PRIMARY KEY (id),
    CONSTRAINT uq_household_county_code_number UNIQUE (county_code, number),
    CONSTRAINT labourers_are_members CHECK (labourer_count BETWEEN 0 AND member_count),
    CONSTRAINT village_in_county CHECK (village_code ^@ county_code),
    CONSTRAINT fk_household_village_code_region FOREIGN KEY(village_code) REFERENCES region (code),
    CONSTRAINT fk_household_import_id_household_import FOREIGN KEY(import_id) REFERENCES household_import (id)
)
""",
    """
CREATE INDEX household_number ON household (number)
""",
    """
CREATE INDEX household_village ON household (village_code, id)
""",
    """
CREATE TABLE household_import_rejection (
    import_id UUID NOT NULL,
    row_number INTEGER NOT NULL,
    village_code TEXT,
    faults TEXT[] NOT NULL CONSTRAINT has_a_fault CHECK (cardinality(faults) > 0),
    cells_sealed BYTEA NOT NULL,
    CONSTRAINT pk_household_import_rejection PRIMARY KEY (import_id, row_number),
    CONSTRAINT fk_household_import_rejection_import_id_household_import FOREIGN KEY(import_id)
        REFERENCES household_import (id)
)
""",
    """
CREATE TABLE rating_campaign (
    id UUID NOT NULL,
    county_code TEXT NOT NULL,
    year INTEGER NOT NULL CONSTRAINT year CHECK (year BETWEEN 2000 AND 2100),
    as_of DATE NOT NULL,
    pack_id UUID NOT NULL,
    state TEXT NOT NULL CONSTRAINT state CHECK (state IN ('opened', 'scored', 'on_public_notice', 'final')),
    public_notice_started_on DATE,
    public_notice_ends_on DATE,
    finalised_on DATE,
    opened_by TEXT NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_rating_campaign PRIMARY KEY (id),
    CONSTRAINT uq_rating_campaign_county_code_year UNIQUE (county_code, year),
    CONSTRAINT public_notice_runs_forward CHECK (public_notice_ends_on >= public_notice_started_on),
    CONSTRAINT final_after_public_notice CHECK (finalised_on >= public_notice_ends_on),
    CONSTRAINT fk_rating_campaign_pack_id_policy_pack FOREIGN KEY(pack_id) REFERENCES policy_pack (id)
)
""",
    """
CREATE TABLE village_quota (
    id UUID NOT NULL,
    village_code TEXT NOT NULL,
    version INTEGER NOT NULL CONSTRAINT version CHECK (version >= 1),
    share_left NUMERIC(9, 8) NOT NULL CONSTRAINT share_left CHECK (share_left BETWEEN 0 AND 1),
    CONSTRAINT pk_village_quota PRIMARY KEY (id),
    CONSTRAINT uq_village_quota_village_code UNIQUE (village_code),
    CONSTRAINT fk_village_quota_village_code_region FOREIGN KEY(village_code) REFERENCES region (code)
)
""",
    """
CREATE TABLE bank_account (
    household_id UUID NOT NULL,
    version INTEGER NOT NULL CONSTRAINT version CHECK (version >= 1),
    bank_code TEXT NOT NULL,
    account_sealed BYTEA NOT NULL,
    valid BOOLEAN NOT NULL,
    reason TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_bank_account PRIMARY KEY (household_id, version),
    CONSTRAINT fk_bank_account_household_id_household FOREIGN KEY(household_id) REFERENCES household (id)
)
""",
    """
CREATE UNIQUE INDEX bank_account_one_valid ON bank_account (household_id) WHERE valid
""",
    """
CREATE TABLE credit_survey (
    household_id UUID NOT NULL,
    collected_on DATE NOT NULL,
    answers JSONB NOT NULL,
    collected_by TEXT NOT NULL,
    CONSTRAINT pk_credit_survey PRIMARY KEY (household_id, collected_on),
    CONSTRAINT fk_credit_survey_household_id_household FOREIGN KEY(household_id) REFERENCES household (id)
)
""",
    """
CREATE TABLE household_loan (
    loan_id UUID NOT NULL,
    household_id UUID NOT NULL,
    village_code TEXT NOT NULL,
    principal NUMERIC(18, 2) CONSTRAINT principal CHECK (principal > 0),
    disbursed_on DATE,
    overdue_from DATE,
    defaulted_on DATE,
    malicious BOOLEAN,
    closed_on DATE,
    repaid_on_time BOOLEAN,
    CONSTRAINT pk_household_loan PRIMARY KEY (loan_id),
    CONSTRAINT closing_is_whole CHECK ((closed_on IS NULL) = (repaid_on_time IS NULL)),
    CONSTRAINT fk_household_loan_household_id_household FOREIGN KEY(household_id) REFERENCES household (id)
)
""",
    """
CREATE INDEX household_loan_household ON household_loan (household_id)
""",
    """
CREATE TABLE household_state_change (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    household_id UUID NOT NULL,
    state TEXT NOT NULL CONSTRAINT state CHECK (state IN ('registered', 'lifted', 'stably_lifted', 'monitored',
        'marginal', 'general')),
    effective_from DATE NOT NULL,
    reason TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_household_state_change PRIMARY KEY (id),
    CONSTRAINT fk_household_state_change_household_id_household FOREIGN KEY(household_id) REFERENCES household (id)
)
""",
    """
CREATE INDEX household_state_change_history ON household_state_change (household_id, effective_from DESC, id DESC)
""",
    """
CREATE TABLE listing (
    id UUID NOT NULL,
    household_id UUID NOT NULL,
    village_code TEXT NOT NULL,
    list_name TEXT NOT NULL CONSTRAINT list_name CHECK (list_name IN ('dishonesty', 'blacklist')),
    cause TEXT NOT NULL,
    loan_id UUID NOT NULL,
    listed_on DATE NOT NULL,
    cleared_on DATE,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_listing PRIMARY KEY (id),
    CONSTRAINT uq_listing_loan_id_list_name UNIQUE (loan_id, list_name),
    CONSTRAINT fk_listing_household_id_household FOREIGN KEY(household_id) REFERENCES household (id)
)
""",
    """
CREATE INDEX listing_household ON listing (household_id)
""",
    """
CREATE INDEX listing_village ON listing (village_code, id)
""",
    """
CREATE TABLE member (
    id UUID NOT NULL,
    household_id UUID NOT NULL,
    is_head BOOLEAN NOT NULL,
    name_sealed BYTEA NOT NULL,
    resident_id_sealed BYTEA NOT NULL,
    resident_id_index BYTEA NOT NULL,
    born_on DATE NOT NULL,
    joined_on DATE NOT NULL,
    left_on DATE,
    CONSTRAINT pk_member PRIMARY KEY (id),
    CONSTRAINT leaves_after_joining CHECK (left_on >= joined_on),
    CONSTRAINT fk_member_household_id_household FOREIGN KEY(household_id) REFERENCES household (id)
)
""",
    """
CREATE UNIQUE INDEX member_one_active_household ON member (resident_id_index) WHERE left_on IS NULL
""",
    """
CREATE UNIQUE INDEX member_one_head ON member (household_id) WHERE is_head AND left_on IS NULL
""",
    """
CREATE TABLE rating (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    household_id UUID NOT NULL,
    village_code TEXT NOT NULL,
    grade TEXT NOT NULL,
    credit_limit NUMERIC(18, 2) NOT NULL CONSTRAINT credit_limit CHECK (credit_limit > 0),
    score NUMERIC(18, 8),
    cause TEXT NOT NULL CONSTRAINT cause CHECK (cause IN ('campaign', 'repaid_on_time')),
    campaign_id UUID,
    loan_id UUID,
    valid_from DATE NOT NULL,
    valid_until DATE NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_rating PRIMARY KEY (id),
    CONSTRAINT valid_for_some_time CHECK (valid_until > valid_from),
    CONSTRAINT cause_is_named CHECK ((cause = 'campaign') = (campaign_id IS NOT NULL)
        AND (cause = 'repaid_on_time') = (loan_id IS NOT NULL)),
    CONSTRAINT uq_rating_campaign_id_household_id UNIQUE (campaign_id, household_id),
    CONSTRAINT uq_rating_loan_id UNIQUE (loan_id),
    CONSTRAINT fk_rating_household_id_household FOREIGN KEY(household_id) REFERENCES household (id),
    CONSTRAINT fk_rating_campaign_id_rating_campaign FOREIGN KEY(campaign_id) REFERENCES rating_campaign (id)
)
""",
    """
CREATE INDEX rating_history ON rating (household_id, valid_from DESC, id DESC)
""",
    """
CREATE TABLE rating_review (
    id UUID NOT NULL,
    campaign_id UUID NOT NULL,
    region_code TEXT NOT NULL,
    members TEXT[] NOT NULL,
    reviewed_on DATE NOT NULL,
    reviewed_by TEXT NOT NULL,
    reviewed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_rating_review PRIMARY KEY (id),
    CONSTRAINT fk_rating_review_campaign_id_rating_campaign FOREIGN KEY(campaign_id) REFERENCES rating_campaign (id)
)
""",
    """
CREATE TABLE village_quota_cut (
    loan_id UUID NOT NULL,
    village_code TEXT NOT NULL,
    cut_share NUMERIC(9, 8) NOT NULL CONSTRAINT cut_share CHECK (cut_share BETWEEN 0 AND 1),
    effective_on DATE NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_village_quota_cut PRIMARY KEY (loan_id),
    CONSTRAINT fk_village_quota_cut_village_code_village_quota FOREIGN KEY(village_code)
        REFERENCES village_quota (village_code)
)
""",
    """
CREATE INDEX village_quota_cut_village ON village_quota_cut (village_code)
""",
    """
CREATE TABLE rating_adjustment (
    review_id UUID NOT NULL,
    household_id UUID NOT NULL,
    grade_before TEXT,
    grade_after TEXT NOT NULL,
    reason TEXT NOT NULL CONSTRAINT reason_given CHECK (reason <> ''),
    CONSTRAINT pk_rating_adjustment PRIMARY KEY (review_id, household_id),
    CONSTRAINT fk_rating_adjustment_review_id_rating_review FOREIGN KEY(review_id) REFERENCES rating_review (id),
    CONSTRAINT fk_rating_adjustment_household_id_household FOREIGN KEY(household_id) REFERENCES household (id)
)
""",
    """
CREATE TABLE rating_score (
    campaign_id UUID NOT NULL,
    household_id UUID NOT NULL,
    village_code TEXT NOT NULL,
    collected_on DATE NOT NULL,
    score NUMERIC(18, 8) NOT NULL CONSTRAINT score CHECK (score >= 0),
    preliminary_grade TEXT,
    grade TEXT,
    review_id UUID,
    CONSTRAINT pk_rating_score PRIMARY KEY (campaign_id, household_id),
    CONSTRAINT fk_rating_score_campaign_id_rating_campaign FOREIGN KEY(campaign_id) REFERENCES rating_campaign (id),
    CONSTRAINT fk_rating_score_household_id_household FOREIGN KEY(household_id) REFERENCES household (id),
    CONSTRAINT fk_rating_score_review_id_rating_review FOREIGN KEY(review_id) REFERENCES rating_review (id)
)
""",
)
TABLE_NAMES = (
    "household_import",
    "policy_pack",
    "region",
    "household",
    "household_import_rejection",
    "rating_campaign",
    "village_quota",
    "bank_account",
    "credit_survey",
    "household_loan",
    "household_state_change",
    "listing",
    "member",
    "rating",
    "rating_review",
    "village_quota_cut",
    "rating_adjustment",
    "rating_score",
)
# Records with an author and legal weight only grow; a correction is a new row.
APPEND_ONLY = (
    "household_import",
    "household_import_rejection",
    "household_state_change",
    "rating",
    "rating_review",
    "rating_adjustment",
    "village_quota_cut",
)
REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% only grows: record a new row instead', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$
"""


def upgrade() -> None:
    """Create every table, then the triggers that keep records as they were written."""
    for statement in (*common_schema.FIRST, *TABLES, REFUSE_CHANGE):
        op.execute(statement)
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    """Drop everything."""
    for table in (*reversed(TABLE_NAMES), *common_schema.FIRST_TABLES):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_change()")
    op.execute("DROP FUNCTION uuid7()")
