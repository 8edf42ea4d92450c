"""Cuts of village quotas that were taken back; a row may arrive before the cut it takes back."""

from alembic import op

revision = "0005_quota_restored"
down_revision = "0004_lenders"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
CREATE TABLE village_quota_restored (
    loan_id UUID NOT NULL,
    village_code TEXT NOT NULL,
    effective_on DATE NOT NULL,
    CONSTRAINT pk_village_quota_restored PRIMARY KEY (loan_id)
)
""",
    "CREATE TRIGGER village_quota_restored_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON village_quota_restored "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
)
UNDO = ("DROP TABLE village_quota_restored",)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back."""
    for statement in UNDO:
        op.execute(statement)
