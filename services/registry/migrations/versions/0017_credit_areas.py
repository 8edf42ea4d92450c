"""Registry: whether an area is a credit area follows from its own row."""

from alembic import op

revision = "0017_credit_areas"
down_revision = "0016_eligibility_in_words"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.execute("""
ALTER TABLE area_grade DROP CONSTRAINT credit_by_threshold, DROP COLUMN is_credit,
  ADD COLUMN is_credit BOOLEAN NOT NULL GENERATED ALWAYS AS (credit_count >= share_min * household_count) STORED
""")


def downgrade() -> None:
    """Store it beside the figures again."""
    op.execute("""
ALTER TABLE area_grade ALTER COLUMN is_credit DROP EXPRESSION,
  ADD CONSTRAINT credit_by_threshold CHECK (is_credit = (credit_count >= share_min * household_count))
""")
