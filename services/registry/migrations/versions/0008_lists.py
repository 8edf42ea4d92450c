"""Registry: reasons, evidence, appeals and removals of list entries."""

from alembic import op

revision = "0008_lists"
down_revision = "0007_rating"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
CREATE TABLE listing_request (
    id UUID NOT NULL,
    kind TEXT NOT NULL CONSTRAINT kind CHECK (kind IN ('entry', 'appeal', 'removal')),
    listing_id UUID,
    household_id UUID,
    entity_id UUID,
    list_name TEXT NOT NULL CONSTRAINT list_name CHECK (list_name IN ('dishonesty', 'blacklist')),
    cause TEXT,
    reason TEXT NOT NULL CONSTRAINT reason_given CHECK (reason <> ''),
    evidence JSONB NOT NULL CONSTRAINT evidence_given CHECK (jsonb_array_length(evidence) > 0),
    filed_by TEXT NOT NULL,
    filed_on DATE NOT NULL,
    decision_due_on DATE NOT NULL,
    filed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    state TEXT NOT NULL CONSTRAINT state CHECK (state IN ('open', 'accepted', 'rejected')),
    decided_by TEXT,
    decided_on DATE,
    decision_reason TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_listing_request PRIMARY KEY (id),
    CONSTRAINT one_subject CHECK (num_nonnulls(household_id, entity_id) = 1),
    CONSTRAINT about_an_entry CHECK ((kind = 'entry') = (listing_id IS NULL)),
    CONSTRAINT entry_has_a_cause CHECK ((kind = 'entry') = (cause IS NOT NULL)),
    CONSTRAINT term_runs_forward CHECK (decision_due_on >= filed_on),
    CONSTRAINT decision_is_whole CHECK (num_nulls(decided_by, decided_on, decision_reason, decided_at)
        = CASE WHEN state = 'open' THEN 4 ELSE 0 END),
    CONSTRAINT decided_after_filing CHECK (decided_on >= filed_on),
    CONSTRAINT maker_is_not_checker CHECK (decided_by <> filed_by),
    CONSTRAINT fk_listing_request_household_id_household FOREIGN KEY(household_id) REFERENCES household (id),
    CONSTRAINT fk_listing_request_listing_id_listing FOREIGN KEY(listing_id) REFERENCES listing (id)
)
""",
    "CREATE UNIQUE INDEX listing_request_one_open ON listing_request (listing_id) WHERE state = 'open'",
    """
CREATE UNIQUE INDEX listing_request_one_open_entry ON listing_request (coalesce(household_id, entity_id), list_name)
WHERE kind = 'entry' AND state = 'open'
""",
    "CREATE INDEX listing_request_of_listing ON listing_request (listing_id)",
    """
ALTER TABLE listing
    ALTER COLUMN household_id DROP NOT NULL,
    ALTER COLUMN village_code DROP NOT NULL,
    ALTER COLUMN loan_id DROP NOT NULL,
    ADD COLUMN entity_id UUID,
    ADD COLUMN source TEXT NOT NULL DEFAULT 'event',
    ADD COLUMN reason TEXT NOT NULL DEFAULT '',
    ADD COLUMN evidence JSONB NOT NULL DEFAULT '[]',
    ADD COLUMN request_id UUID,
    ADD COLUMN state TEXT NOT NULL DEFAULT 'listed',
    ADD COLUMN clear_cause TEXT
""",
    """
UPDATE listing SET
    reason = CASE cause WHEN 'overdue' THEN '贷款逾期 The loan is overdue' ELSE '恶意拖欠 Malicious default' END,
    evidence = jsonb_build_array(jsonb_build_object('reference', 'loan/' || loan_id, 'sha256', NULL)),
    state = CASE WHEN cleared_on IS NULL THEN 'listed' ELSE 'cleared' END,
    clear_cause = CASE WHEN cleared_on IS NOT NULL THEN 'debt_cleared' END
""",
    """
ALTER TABLE listing
    ALTER COLUMN source DROP DEFAULT,
    ALTER COLUMN reason DROP DEFAULT,
    ALTER COLUMN evidence DROP DEFAULT,
    ALTER COLUMN state DROP DEFAULT,
    ADD CONSTRAINT source CHECK (source IN ('event', 'officer')),
    ADD CONSTRAINT state CHECK (state IN ('listed', 'appealed', 'cleared')),
    ADD CONSTRAINT clear_cause CHECK (clear_cause IN ('debt_cleared', 'appeal_accepted', 'removal_accepted')),
    ADD CONSTRAINT reason_given CHECK (reason <> ''),
    ADD CONSTRAINT evidence_given CHECK (jsonb_array_length(evidence) > 0),
    ADD CONSTRAINT one_subject CHECK (num_nonnulls(household_id, entity_id) = 1),
    ADD CONSTRAINT village_of_a_household CHECK ((household_id IS NULL) = (village_code IS NULL)),
    ADD CONSTRAINT entered_by_someone
        CHECK (CASE source WHEN 'event' THEN loan_id IS NOT NULL ELSE request_id IS NOT NULL END),
    ADD CONSTRAINT cleared_is_whole CHECK (num_nulls(cleared_on, clear_cause)
        = CASE WHEN state = 'cleared' THEN 0 ELSE 2 END),
    ADD CONSTRAINT cleared_after_listing CHECK (cleared_on >= listed_on),
    ADD CONSTRAINT uq_listing_request_id UNIQUE (request_id),
    ADD CONSTRAINT fk_listing_request_id_listing_request FOREIGN KEY(request_id) REFERENCES listing_request (id)
""",
    "CREATE INDEX listing_entity ON listing (entity_id)",
    """
CREATE UNIQUE INDEX listing_one_by_hand ON listing (coalesce(household_id, entity_id), list_name)
WHERE source = 'officer' AND state <> 'cleared'
""",
    """
CREATE TABLE listing_event (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    listing_id UUID NOT NULL,
    kind TEXT NOT NULL CONSTRAINT kind CHECK (kind IN ('listed', 'appealed', 'appeal_rejected', 'removal_requested',
        'removal_rejected', 'cleared')),
    happened_on DATE NOT NULL,
    reason TEXT NOT NULL CONSTRAINT reason_given CHECK (reason <> ''),
    recorded_by TEXT,
    request_id UUID,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_listing_event PRIMARY KEY (id),
    CONSTRAINT fk_listing_event_listing_id_listing FOREIGN KEY(listing_id) REFERENCES listing (id),
    CONSTRAINT fk_listing_event_request_id_listing_request FOREIGN KEY(request_id) REFERENCES listing_request (id)
)
""",
    "CREATE INDEX listing_event_history ON listing_event (listing_id, id)",
    """
INSERT INTO listing_event (listing_id, kind, happened_on, reason)
SELECT id, 'listed', listed_on, reason FROM listing
UNION ALL SELECT id, 'cleared', cleared_on, '债务已清 The debt is cleared' FROM listing WHERE cleared_on IS NOT NULL
""",
    """
CREATE TRIGGER listing_event_only_grows BEFORE UPDATE OR DELETE ON listing_event
FOR EACH ROW EXECUTE FUNCTION refuse_change()
""",
    "CREATE TRIGGER listing_is_kept BEFORE DELETE ON listing FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    """
CREATE TRIGGER listing_request_is_kept BEFORE DELETE ON listing_request
FOR EACH ROW EXECUTE FUNCTION refuse_change()
""",
    """
CREATE TRIGGER listing_request_decided_once BEFORE UPDATE ON listing_request
FOR EACH ROW WHEN (OLD.state <> 'open') EXECUTE FUNCTION refuse_change()
""",
)
UNDO: tuple[str, ...] = (
    "DROP TRIGGER listing_is_kept ON listing",
    "DROP TABLE listing_event",
    "DELETE FROM listing WHERE source = 'officer'",
    "DROP INDEX listing_one_by_hand, listing_entity",
    """
ALTER TABLE listing
    DROP CONSTRAINT cleared_is_whole, DROP CONSTRAINT cleared_after_listing, DROP CONSTRAINT one_subject,
    DROP CONSTRAINT village_of_a_household, DROP CONSTRAINT entered_by_someone,
    DROP COLUMN entity_id, DROP COLUMN source, DROP COLUMN reason, DROP COLUMN evidence, DROP COLUMN request_id,
    DROP COLUMN state, DROP COLUMN clear_cause,
    ALTER COLUMN household_id SET NOT NULL, ALTER COLUMN village_code SET NOT NULL, ALTER COLUMN loan_id SET NOT NULL
""",
    "DROP TABLE listing_request",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back, in the order given."""
    for statement in UNDO:
        op.execute(statement)
