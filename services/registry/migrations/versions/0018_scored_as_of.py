"""Registry: a campaign's scores name the day to which surveys count."""

from alembic import op

revision = "0018_scored_as_of"
down_revision = "0017_credit_areas"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; campaigns scored before counted every survey there was, so their day is that of their last survey."""
    op.execute("""
ALTER TABLE rating_campaign ADD COLUMN facts_as_of DATE,
  ADD CONSTRAINT facts_of_the_campaign CHECK (facts_as_of >= as_of)
""")
    op.execute("""
UPDATE rating_campaign c SET facts_as_of = greatest(c.as_of, s.collected_on)
FROM (SELECT campaign_id, max(collected_on) AS collected_on FROM rating_score GROUP BY 1) s
WHERE s.campaign_id = c.id
""")


def downgrade() -> None:
    """Let the day of the scores be forgotten."""
    op.execute("ALTER TABLE rating_campaign DROP COLUMN facts_as_of")
