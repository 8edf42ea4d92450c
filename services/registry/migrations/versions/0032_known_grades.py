"""Registry: a grade may be known without a credit limit; the limit of its ratings is zero."""

from alembic import op

revision = "0032_known_grades"
down_revision = "0031_late_since"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let a rating's credit limit be zero."""
    op.execute("ALTER TABLE rating DROP CONSTRAINT credit_limit")
    op.execute("ALTER TABLE rating ADD CONSTRAINT credit_limit CHECK (credit_limit >= 0)")


def downgrade() -> None:
    """Refuse a credit limit of zero again; a rating of such a grade has to be gone."""
    op.execute("ALTER TABLE rating DROP CONSTRAINT credit_limit")
    op.execute("ALTER TABLE rating ADD CONSTRAINT credit_limit CHECK (credit_limit > 0)")
