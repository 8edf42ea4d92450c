"""Subsidy: a year's dividend passes three persons; who reviewed it may not grant it."""

from alembic import op

revision = "0025_three_persons"
down_revision = "0024_supervision"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let the database ask for three persons."""
    op.execute("ALTER TABLE dividend_run DROP CONSTRAINT two_persons")
    op.execute(
        "ALTER TABLE dividend_run ADD CONSTRAINT three_persons "
        "CHECK (reviewed_by <> prepared_by AND decided_by NOT IN (prepared_by, reviewed_by))"
    )


def downgrade() -> None:
    """Let it ask for two persons again."""
    op.execute("ALTER TABLE dividend_run DROP CONSTRAINT three_persons")
    op.execute(
        "ALTER TABLE dividend_run ADD CONSTRAINT two_persons "
        "CHECK (reviewed_by <> prepared_by AND decided_by <> prepared_by)"
    )
