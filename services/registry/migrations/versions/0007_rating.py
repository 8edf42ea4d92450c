"""Registry: collection, area grades and demonstration choices."""

from alembic import op

revision = "0007_rating"
down_revision = "0006_eligibility"
branch_labels = None
depends_on = None

_COLUMNS = (
    "ALTER TABLE household ADD COLUMN group_name TEXT CONSTRAINT group_name CHECK (group_name <> '')",
    "ALTER TABLE household_loan ADD COLUMN IF NOT EXISTS bank_code TEXT",
    """
ALTER TABLE credit_survey
    ADD COLUMN group_name TEXT CONSTRAINT group_name CHECK (group_name <> ''),
    ADD COLUMN recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL
""",
    """
ALTER TABLE rating_campaign
    ADD COLUMN bank_code TEXT,
    DROP CONSTRAINT uq_rating_campaign_county_code_year,
    ADD CONSTRAINT uq_rating_campaign_county_code_year UNIQUE NULLS NOT DISTINCT (county_code, year, bank_code)
""",
    """
ALTER TABLE rating_score
    ADD COLUMN group_name TEXT,
    ADD COLUMN facts JSONB NOT NULL DEFAULT '{}',
    ADD COLUMN public_notice_ends_on DATE
""",
    """
ALTER TABLE rating_review
    ADD COLUMN group_name TEXT,
    ADD COLUMN omitted UUID[] NOT NULL DEFAULT '{}'
""",
    # A campaign that finds a household below the lowest band takes its rating away: a row without grade and credit
    # limit.
    """
ALTER TABLE rating
    ADD COLUMN bank_code TEXT,
    ALTER COLUMN grade DROP NOT NULL,
    ALTER COLUMN credit_limit DROP NOT NULL,
    ADD CONSTRAINT credit_limit_by_grade CHECK ((grade IS NULL) = (credit_limit IS NULL)),
    ADD CONSTRAINT only_campaigns_take_away CHECK (grade IS NOT NULL OR cause = 'campaign')
""",
)
_OBJECTIONS = (
    """
CREATE TABLE rating_objection (
    id UUID NOT NULL,
    campaign_id UUID NOT NULL,
    household_id UUID NOT NULL,
    grounds TEXT NOT NULL CONSTRAINT grounds_given CHECK (grounds <> ''),
    raised_on DATE NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_rating_objection PRIMARY KEY (id),
    CONSTRAINT fk_rating_objection_campaign_id_rating_score FOREIGN KEY(campaign_id, household_id)
        REFERENCES rating_score (campaign_id, household_id)
)
""",
    "CREATE INDEX rating_objection_of_household ON rating_objection (campaign_id, household_id)",
    """
CREATE TABLE rating_settlement (
    objection_id UUID NOT NULL,
    outcome TEXT NOT NULL CONSTRAINT outcome CHECK (outcome IN ('upheld', 'dismissed')),
    grade_before TEXT,
    grade_after TEXT,
    reason TEXT NOT NULL CONSTRAINT reason_given CHECK (reason <> ''),
    settled_on DATE NOT NULL,
    settled_by TEXT NOT NULL,
    settled_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_rating_settlement PRIMARY KEY (objection_id),
    CONSTRAINT upheld_changes_the_grade CHECK ((outcome = 'upheld') = (grade_after IS DISTINCT FROM grade_before)),
    CONSTRAINT fk_rating_settlement_objection_id_rating_objection FOREIGN KEY(objection_id)
        REFERENCES rating_objection (id)
)
""",
)
_AREAS = (
    """
CREATE TABLE area_grade (
    campaign_id UUID NOT NULL,
    level TEXT NOT NULL CONSTRAINT level CHECK (level IN ('group', 'village', 'township')),
    region_code TEXT NOT NULL,
    group_name TEXT NOT NULL,
    household_count INTEGER NOT NULL CONSTRAINT household_count CHECK (household_count > 0),
    credit_count INTEGER NOT NULL,
    share_min NUMERIC(9, 8) NOT NULL,
    is_credit BOOLEAN NOT NULL,
    CONSTRAINT pk_area_grade PRIMARY KEY (campaign_id, level, region_code, group_name),
    CONSTRAINT credit_households_are_on_file CHECK (credit_count BETWEEN 0 AND household_count),
    CONSTRAINT group_has_a_name CHECK ((level = 'group') = (group_name <> '')),
    CONSTRAINT credit_by_threshold CHECK (is_credit = (credit_count >= share_min * household_count)),
    CONSTRAINT fk_area_grade_campaign_id_rating_campaign FOREIGN KEY(campaign_id) REFERENCES rating_campaign (id)
)
""",
    "CREATE INDEX area_grade_region ON area_grade (level, region_code)",
)
_DEMONSTRATIONS = (
    """
CREATE TABLE demonstration_choice (
    id UUID NOT NULL,
    county_code TEXT NOT NULL,
    year INTEGER NOT NULL CONSTRAINT year CHECK (year BETWEEN 2000 AND 2100),
    as_of DATE NOT NULL,
    pack_id UUID NOT NULL,
    campaign_id UUID NOT NULL,
    village_criteria TEXT[] NOT NULL,
    household_criteria TEXT[] NOT NULL,
    villages_requested INTEGER NOT NULL CONSTRAINT villages_requested CHECK (villages_requested >= 0),
    villages_available INTEGER NOT NULL CONSTRAINT villages_available CHECK (villages_available >= 0),
    households_requested INTEGER NOT NULL CONSTRAINT households_requested CHECK (households_requested >= 0),
    households_available INTEGER NOT NULL CONSTRAINT households_available CHECK (households_available >= 0),
    state TEXT NOT NULL CONSTRAINT state CHECK (state IN ('proposed', 'confirmed', 'rejected')),
    proposed_by TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    decided_by TEXT,
    decided_on DATE,
    decision_reason TEXT,
    CONSTRAINT pk_demonstration_choice PRIMARY KEY (id),
    CONSTRAINT decision_is_whole CHECK (num_nulls(decided_by, decided_on)
        = CASE WHEN state = 'proposed' THEN 2 ELSE 0 END),
    CONSTRAINT rejected_with_a_reason CHECK ((state = 'rejected') = (decision_reason IS NOT NULL)),
    CONSTRAINT maker_is_not_checker CHECK (decided_by <> proposed_by),
    CONSTRAINT fk_demonstration_choice_pack_id_policy_pack FOREIGN KEY(pack_id) REFERENCES policy_pack (id),
    CONSTRAINT fk_demonstration_choice_campaign_id_rating_campaign FOREIGN KEY(campaign_id)
        REFERENCES rating_campaign (id)
)
""",
    """
CREATE UNIQUE INDEX demonstration_choice_once_a_year ON demonstration_choice (county_code, year)
WHERE state <> 'rejected'
""",
    """
CREATE TABLE demonstration_village (
    choice_id UUID NOT NULL,
    rank INTEGER NOT NULL CONSTRAINT rank CHECK (rank >= 1),
    village_code TEXT NOT NULL,
    household_count INTEGER NOT NULL,
    credit_count INTEGER NOT NULL,
    credit_share NUMERIC(9, 8) NOT NULL,
    repaid_count INTEGER NOT NULL,
    on_time_count INTEGER NOT NULL,
    on_time_share NUMERIC(9, 8) NOT NULL,
    average_score NUMERIC(18, 8) NOT NULL,
    CONSTRAINT pk_demonstration_village PRIMARY KEY (choice_id, rank),
    CONSTRAINT uq_demonstration_village_choice_id_village_code UNIQUE (choice_id, village_code),
    CONSTRAINT fk_demonstration_village_choice_id_demonstration_choice FOREIGN KEY(choice_id)
        REFERENCES demonstration_choice (id)
)
""",
    """
CREATE TABLE demonstration_household (
    choice_id UUID NOT NULL,
    rank INTEGER NOT NULL CONSTRAINT rank CHECK (rank >= 1),
    household_id UUID NOT NULL,
    village_code TEXT NOT NULL,
    grade TEXT NOT NULL,
    credit_limit NUMERIC(18, 2) NOT NULL,
    score NUMERIC(18, 8) NOT NULL,
    on_time_count INTEGER NOT NULL,
    late_count INTEGER NOT NULL,
    CONSTRAINT pk_demonstration_household PRIMARY KEY (choice_id, rank),
    CONSTRAINT uq_demonstration_household_choice_id_household_id UNIQUE (choice_id, household_id),
    CONSTRAINT fk_demonstration_household_choice_id_demonstration_choice FOREIGN KEY(choice_id)
        REFERENCES demonstration_choice (id),
    CONSTRAINT fk_demonstration_household_household_id_household FOREIGN KEY(household_id) REFERENCES household (id)
)
""",
)
# Records with an author and legal weight only grow; a correction is a new row.
_APPEND_ONLY = (
    "credit_survey",
    "rating_objection",
    "rating_settlement",
    "area_grade",
    "demonstration_village",
    "demonstration_household",
)
_TRIGGERS = tuple(
    f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    for table in _APPEND_ONLY
)

STATEMENTS: tuple[str, ...] = (*_COLUMNS, *_OBJECTIONS, *_AREAS, *_DEMONSTRATIONS, *_TRIGGERS)
UNDO: tuple[str, ...] = (
    "DROP TABLE demonstration_household, demonstration_village, demonstration_choice, area_grade",
    "DROP TABLE rating_settlement, rating_objection",
    "DROP TRIGGER credit_survey_only_grows ON credit_survey",
    """
ALTER TABLE rating DROP CONSTRAINT only_campaigns_take_away, DROP CONSTRAINT credit_limit_by_grade,
  DROP COLUMN bank_code,
    ALTER COLUMN grade SET NOT NULL, ALTER COLUMN credit_limit SET NOT NULL
""",
    "ALTER TABLE rating_review DROP COLUMN group_name, DROP COLUMN omitted",
    "ALTER TABLE rating_score DROP COLUMN group_name, DROP COLUMN facts, DROP COLUMN public_notice_ends_on",
    """
ALTER TABLE rating_campaign DROP CONSTRAINT uq_rating_campaign_county_code_year, DROP COLUMN bank_code,
    ADD CONSTRAINT uq_rating_campaign_county_code_year UNIQUE (county_code, year)
""",
    "ALTER TABLE credit_survey DROP COLUMN recorded_at, DROP COLUMN group_name",
    "ALTER TABLE household_loan DROP COLUMN IF EXISTS bank_code",
    "ALTER TABLE household DROP COLUMN group_name",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back, last first."""
    for statement in UNDO:
        op.execute(statement)
