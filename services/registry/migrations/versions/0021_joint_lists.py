"""Registry: entries with an office and an end, the trust list, and public records of entities."""

from alembic import op

revision = "0021_joint_lists"
down_revision = "0020_offices"
branch_labels = None
depends_on = None

STATEMENTS = (
    # Lending's news rests on the bank's word; who held the deciding right before this version is not on file.
    "ALTER TABLE listing ADD COLUMN office TEXT, ADD COLUMN ends_on DATE",
    "UPDATE listing SET office = CASE source WHEN 'event' THEN 'bank' ELSE 'poverty_office' END",
    """
ALTER TABLE listing ALTER COLUMN office SET NOT NULL,
    DROP CONSTRAINT cleared_is_whole,
    DROP CONSTRAINT clear_cause,
    ADD CONSTRAINT cleared_is_whole CHECK (num_nulls(cleared_on, clear_cause)
        = CASE WHEN state = 'cleared' OR ends_on IS NOT NULL THEN 0 ELSE 2 END),
    ADD CONSTRAINT clear_cause
        CHECK (clear_cause IN ('debt_cleared', 'appeal_accepted', 'removal_accepted', 'term_ended')),
    ADD CONSTRAINT ends_after_listing CHECK (ends_on > listed_on)
""",
    "ALTER TABLE listing_request ADD COLUMN ends_on DATE",
    """
CREATE TABLE commendation (
    id UUID NOT NULL,
    household_id UUID,
    entity_id UUID,
    reason TEXT NOT NULL CONSTRAINT reason_given CHECK (reason <> ''),
    evidence JSONB NOT NULL CONSTRAINT evidence_given CHECK (jsonb_array_length(evidence) > 0),
    valid_from DATE NOT NULL,
    valid_until DATE NOT NULL,
    state TEXT NOT NULL CONSTRAINT state CHECK (state IN ('proposed', 'confirmed', 'rejected')),
    proposed_by TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    office TEXT,
    decided_by TEXT,
    decided_on DATE,
    decision_reason TEXT,
    ended_on DATE,
    end_reason TEXT,
    ended_by TEXT,
    CONSTRAINT pk_commendation PRIMARY KEY (id),
    CONSTRAINT one_subject CHECK (num_nonnulls(household_id, entity_id) = 1),
    CONSTRAINT valid_for_some_time CHECK (valid_until > valid_from),
    CONSTRAINT decision_is_whole
    CHECK (num_nulls(office, decided_by, decided_on, decision_reason)
        = CASE WHEN state = 'proposed' THEN 4 ELSE 0 END),
    CONSTRAINT maker_is_not_checker CHECK (decided_by <> proposed_by),
    CONSTRAINT ended_is_whole CHECK (num_nonnulls(ended_on, end_reason, ended_by) IN (0, 3)),
    CONSTRAINT ended_by_another CHECK (ended_on IS NULL OR (state = 'confirmed' AND ended_by <> decided_by)),
    CONSTRAINT ends_within CHECK (ended_on BETWEEN valid_from AND valid_until),
    CONSTRAINT fk_commendation_household_id_household FOREIGN KEY(household_id) REFERENCES household (id),
    CONSTRAINT fk_commendation_entity_id_implementing_entity FOREIGN KEY(entity_id)
        REFERENCES implementing_entity (id)
)
""",
    """
CREATE INDEX commendation_entity ON commendation (entity_id)
""",
    """
CREATE INDEX commendation_household ON commendation (household_id)
""",
    """
CREATE TABLE entity_public_record (
    id UUID NOT NULL,
    entity_id UUID NOT NULL,
    kind TEXT NOT NULL CONSTRAINT kind CHECK (kind IN ('permit', 'penalty')),
    number TEXT NOT NULL CONSTRAINT number_given CHECK (number <> ''),
    title TEXT NOT NULL CONSTRAINT title_given CHECK (title <> ''),
    authority TEXT NOT NULL CONSTRAINT authority_given CHECK (authority <> ''),
    decided_on DATE NOT NULL,
    valid_until DATE,
    source TEXT NOT NULL CONSTRAINT source_given CHECK (source <> ''),
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    withdrawn_on DATE,
    withdraw_reason TEXT,
    withdrawn_by TEXT,
    CONSTRAINT pk_entity_public_record PRIMARY KEY (id),
    CONSTRAINT valid_for_some_time CHECK (valid_until > decided_on),
    CONSTRAINT withdrawn_is_whole CHECK (num_nonnulls(withdrawn_on, withdraw_reason, withdrawn_by) IN (0, 3)),
    CONSTRAINT maker_is_not_checker CHECK (withdrawn_by <> recorded_by),
    CONSTRAINT fk_entity_public_record_entity_id_implementing_entity FOREIGN KEY(entity_id)
        REFERENCES implementing_entity (id)
)
""",
    """
CREATE UNIQUE INDEX entity_public_record_once ON entity_public_record (entity_id, kind, number)
    WHERE withdrawn_on IS NULL
""",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Forget offices, ends, the trust list and public records; refused while an entry's own term cleared it."""
    op.execute("DROP TABLE commendation, entity_public_record")
    op.execute("ALTER TABLE listing_request DROP COLUMN ends_on")
    op.execute("""
ALTER TABLE listing DROP CONSTRAINT cleared_is_whole, DROP CONSTRAINT clear_cause,
    DROP CONSTRAINT ends_after_listing, DROP COLUMN office, DROP COLUMN ends_on,
    ADD CONSTRAINT cleared_is_whole CHECK (num_nulls(cleared_on, clear_cause)
        = CASE WHEN state = 'cleared' THEN 0 ELSE 2 END),
    ADD CONSTRAINT clear_cause CHECK (clear_cause IN ('debt_cleared', 'appeal_accepted', 'removal_accepted'))
""")
