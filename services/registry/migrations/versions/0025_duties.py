"""Registry: duties that fall due, and what was done about them."""

from alembic import op

revision = "0025_duties"
down_revision = "0024_bases"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
CREATE TABLE duty (
    id UUID NOT NULL,
    version INTEGER NOT NULL CONSTRAINT version CHECK (version >= 0),
    county_code TEXT NOT NULL,
    region_code TEXT NOT NULL,
    kind TEXT NOT NULL CONSTRAINT kind CHECK (kind IN ('demand_report', 'inspection', 'satisfaction_survey',
        'township_ranking', 'township_assessment', 'bank_assessment', 'entity_assessment', 'coordination_meeting',
        'bulletin', 'use_survey', 'use_pictures', 'revisit', 'summons', 'rectification')),
    series TEXT,
    offices TEXT[] NOT NULL CONSTRAINT offices_given CHECK (cardinality(offices) > 0),
    loan_id UUID,
    household_id UUID,
    bank_code TEXT,
    pictures INTEGER NOT NULL CONSTRAINT pictures CHECK (pictures >= 0),
    opens_on DATE NOT NULL,
    due_on DATE NOT NULL,
    pack_id UUID NOT NULL,
    ordered TEXT CONSTRAINT order_given CHECK (ordered <> ''),
    ordered_by TEXT,
    ordered_by_record_id UUID,
    ordered_by_ranking_id UUID,
    noted_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    overdue_noted_on DATE,
    ended_on DATE,
    end_cause TEXT CONSTRAINT end_cause CHECK (end_cause IN ('loan_closed', 'region_ended', 'order_withdrawn')),
    end_reason TEXT,
    ended_by TEXT,
    CONSTRAINT pk_duty PRIMARY KEY (id),
    CONSTRAINT region_in_county CHECK (region_code ^@ county_code AND length(county_code) = 6),
    CONSTRAINT due_after_opening CHECK (due_on >= opens_on),
    CONSTRAINT loan_of_a_household CHECK ((loan_id IS NULL) = (household_id IS NULL)),
    CONSTRAINT returns_or_is_ordered CHECK (CASE WHEN series IS NULL
        THEN kind IN ('rectification', 'summons') AND ordered IS NOT NULL ELSE ordered IS NULL END),
    CONSTRAINT ended_is_whole CHECK (num_nulls(ended_on, end_cause) IN (0, 2)),
    CONSTRAINT withdrawn_by_somebody
        CHECK (num_nulls(end_reason, ended_by) = CASE WHEN end_cause = 'order_withdrawn' THEN 0 ELSE 2 END),
    CONSTRAINT fk_duty_region_code_region FOREIGN KEY(region_code) REFERENCES region (code),
    CONSTRAINT fk_duty_household_id_household FOREIGN KEY(household_id) REFERENCES household (id),
    CONSTRAINT fk_duty_pack_id_policy_pack FOREIGN KEY(pack_id) REFERENCES policy_pack (id)
)
""",
    """
CREATE UNIQUE INDEX duty_of_place ON duty (series, region_code, opens_on) WHERE series IS NOT NULL AND loan_id IS NULL
""",
    """
CREATE UNIQUE INDEX duty_of_loan ON duty (loan_id, series, opens_on) WHERE series IS NOT NULL AND loan_id IS NOT NULL
""",
    """
CREATE UNIQUE INDEX duty_of_ranking ON duty (ordered_by_ranking_id)
    WHERE ordered_by_ranking_id IS NOT NULL AND ended_on IS NULL
""",
    "CREATE INDEX duty_of_record ON duty (ordered_by_record_id) WHERE ordered_by_record_id IS NOT NULL",
    "CREATE INDEX duty_in_county ON duty (county_code, due_on)",
    "CREATE INDEX duty_in_region ON duty (region_code text_pattern_ops, id)",
    """
CREATE TABLE duty_record (
    id UUID NOT NULL,
    duty_id UUID NOT NULL,
    done_on DATE NOT NULL,
    text TEXT NOT NULL CONSTRAINT text_given CHECK (text <> ''),
    household_count INTEGER CONSTRAINT household_count CHECK (household_count >= 0),
    amount NUMERIC(18, 2) CONSTRAINT amount CHECK (amount >= 0),
    satisfied_percent NUMERIC(5, 2) CONSTRAINT satisfied_percent CHECK (satisfied_percent BETWEEN 0 AND 100),
    visit TEXT CONSTRAINT visit CHECK (visit IN ('announced', 'unannounced')),
    person TEXT CONSTRAINT person_given CHECK (person <> ''),
    results JSONB,
    last_place TEXT,
    evidence JSONB NOT NULL,
    document_ids UUID[] NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_office TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    withdrawn_on DATE,
    withdrawal_reason TEXT,
    withdrawn_by TEXT,
    CONSTRAINT pk_duty_record PRIMARY KEY (id),
    CONSTRAINT withdrawal_is_whole CHECK (num_nulls(withdrawn_on, withdrawal_reason, withdrawn_by) IN (0, 3)),
    CONSTRAINT withdrawn_after_it CHECK (withdrawn_on >= done_on),
    CONSTRAINT maker_is_not_checker CHECK (withdrawn_by <> recorded_by),
    CONSTRAINT fk_duty_record_duty_id_duty FOREIGN KEY(duty_id) REFERENCES duty (id)
)
""",
    "CREATE INDEX duty_record_of_duty ON duty_record (duty_id, id)",
    "CREATE UNIQUE INDEX duty_record_that_counts ON duty_record (duty_id) WHERE withdrawn_on IS NULL",
    "CREATE INDEX duty_record_documents ON duty_record USING gin (document_ids)",
    "ALTER TABLE household_loan ADD COLUMN product_code TEXT",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Forget duties, and of which product a loan is."""
    op.execute("DROP TABLE duty_record, duty")
    op.execute("ALTER TABLE household_loan DROP COLUMN product_code")
