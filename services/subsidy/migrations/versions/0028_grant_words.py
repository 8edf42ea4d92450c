"""Subsidy: each word on a grant's transfer stays on file with who recorded it."""

from alembic import op

revision = "0028_grant_words"
down_revision = "0027_grant_results"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; what was recorded is neither changed nor deleted."""
    op.execute("""
CREATE TABLE grant_result (
    id UUID NOT NULL,
    transfer_id UUID NOT NULL,
    outcome TEXT NOT NULL,
    settled_on DATE NOT NULL,
    reason TEXT,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_grant_result PRIMARY KEY (id),
    CONSTRAINT outcome CHECK (outcome IN ('paid', 'rejected', 'returned')),
    CONSTRAINT fk_grant_result_transfer_id_grant_transfer FOREIGN KEY(transfer_id) REFERENCES grant_transfer (id)
)
""")
    op.execute("CREATE INDEX ix_grant_result_transfer_id ON grant_result (transfer_id)")
    op.execute(
        "CREATE TRIGGER grant_result_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON grant_result "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    """Take the table back."""
    op.drop_table("grant_result")
