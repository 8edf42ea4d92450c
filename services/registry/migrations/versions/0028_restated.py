"""Registry: restated loans; entries that never held, raises that are taken back, defaults that are lifted.

From this version on lending's loan events are taken in the order of each loan: what was applied so far is its position.
"""

from alembic import op

revision = "0028_restated"
down_revision = "0027_follow_up"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
ALTER TABLE household_loan
    ADD COLUMN default_lifted_on DATE,
    ADD CONSTRAINT lifted_after_default CHECK (default_lifted_on IS NULL OR defaulted_on IS NOT NULL)
""",
    """
ALTER TABLE listing
    DROP CONSTRAINT uq_listing_loan_id_list_name,
    DROP CONSTRAINT clear_cause,
    ADD CONSTRAINT clear_cause CHECK (clear_cause IN ('debt_cleared', 'overturned', 'appeal_accepted',
        'removal_accepted', 'term_ended')),
    ADD CONSTRAINT overturned_never_held CHECK (clear_cause <> 'overturned' OR cleared_on = listed_on)
""",
    "CREATE UNIQUE INDEX listing_one_by_loan ON listing (loan_id, list_name) WHERE state <> 'cleared'",
    "CREATE INDEX listing_loan ON listing (loan_id)",
    """
ALTER TABLE listing_event
    DROP CONSTRAINT kind,
    ADD CONSTRAINT kind CHECK (kind IN ('listed', 'appealed', 'appeal_rejected', 'removal_requested',
        'removal_rejected', 'cleared', 'overturned'))
""",
    "ALTER TABLE village_quota_restoration ALTER COLUMN request_id DROP NOT NULL",
    "DROP TRIGGER household_repayment_only_grows ON household_repayment",
    """
ALTER TABLE rating
    DROP CONSTRAINT uq_rating_loan_id,
    DROP CONSTRAINT cause,
    DROP CONSTRAINT cause_is_named,
    ADD CONSTRAINT cause CHECK (cause IN ('campaign', 'repaid_on_time', 'raise_taken_back', 'visit')),
    ADD CONSTRAINT cause_is_named CHECK ((cause = 'campaign') = (campaign_id IS NOT NULL)
        AND (cause = 'visit') = (visit_id IS NOT NULL)
        AND (cause IN ('repaid_on_time', 'raise_taken_back')) = (loan_id IS NOT NULL))
""",
    """
INSERT INTO inbox_position (consumer, aggregate_id, version)
SELECT consumer, aggregate_id, max(aggregate_version) FROM inbox i
WHERE consumer = 'registry-lending' AND state = 'applied'
  AND aggregate_id IN (SELECT loan_id FROM household_loan)
GROUP BY consumer, aggregate_id
ON CONFLICT (consumer, aggregate_id) DO UPDATE SET version = excluded.version
""",
)
UNDO: tuple[str, ...] = (
    "DELETE FROM inbox_position WHERE consumer = 'registry-lending'",
    """
ALTER TABLE rating
    DROP CONSTRAINT cause_is_named,
    DROP CONSTRAINT cause,
    ADD CONSTRAINT cause CHECK (cause IN ('campaign', 'repaid_on_time', 'visit')),
    ADD CONSTRAINT cause_is_named CHECK ((cause = 'campaign') = (campaign_id IS NOT NULL)
        AND (cause = 'repaid_on_time') = (loan_id IS NOT NULL) AND (cause = 'visit') = (visit_id IS NOT NULL)),
    ADD CONSTRAINT uq_rating_loan_id UNIQUE (loan_id)
""",
    """
CREATE TRIGGER household_repayment_only_grows BEFORE UPDATE OR DELETE ON household_repayment
FOR EACH ROW EXECUTE FUNCTION refuse_change()
""",
    "ALTER TABLE village_quota_restoration ALTER COLUMN request_id SET NOT NULL",
    """
ALTER TABLE listing_event
    DROP CONSTRAINT kind,
    ADD CONSTRAINT kind CHECK (kind IN ('listed', 'appealed', 'appeal_rejected', 'removal_requested',
        'removal_rejected', 'cleared'))
""",
    "DROP INDEX listing_loan, listing_one_by_loan",
    """
ALTER TABLE listing
    DROP CONSTRAINT overturned_never_held,
    DROP CONSTRAINT clear_cause,
    ADD CONSTRAINT clear_cause CHECK (clear_cause IN ('debt_cleared', 'appeal_accepted', 'removal_accepted',
        'term_ended')),
    ADD CONSTRAINT uq_listing_loan_id_list_name UNIQUE (loan_id, list_name)
""",
    "ALTER TABLE household_loan DROP CONSTRAINT lifted_after_default, DROP COLUMN default_lifted_on",
)


def upgrade() -> None:
    """Make room for what corrections change."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Put back what was before."""
    for statement in UNDO:
        op.execute(statement)
