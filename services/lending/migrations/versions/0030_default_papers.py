"""Lending: the papers that a default report rests on."""

from alembic import op

revision = "0030_default_papers"
down_revision = "0029_known_at"
branch_labels = None
depends_on = None

_PROTECTED = """
CREATE TRIGGER default_report_never_changes BEFORE UPDATE OF id, loan_id, bank_code, overdue_from, cause, malicious,
  evidence{papers}, died_on, reported_on, days_past_due, reported_by, reported_at
OR DELETE OR TRUNCATE ON default_report FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
_OFF = "DROP TRIGGER default_report_never_changes ON default_report"


def upgrade() -> None:
    """Apply the statements."""
    op.execute(_OFF)
    op.execute("ALTER TABLE default_report ADD COLUMN papers JSONB DEFAULT '[]' NOT NULL")
    op.execute(_PROTECTED.format(papers=", papers"))


def downgrade() -> None:
    """Take them back."""
    op.execute(_OFF)
    op.execute("ALTER TABLE default_report DROP COLUMN papers")
    op.execute(_PROTECTED.format(papers=""))
