"""Lending: an application that others approved is taken back by two persons."""

from alembic import op

revision = "0045_withdrawal_requests"
down_revision = "0044_accelerations"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add requests."""
    op.execute("""
ALTER TABLE withdrawal ADD COLUMN asked_by TEXT, ADD CONSTRAINT two_persons CHECK (asked_by <> withdrawn_by)
""")
    op.execute("""
CREATE TABLE withdrawal_request (
    application_id UUID NOT NULL,
    asked_on DATE NOT NULL,
    asked_by TEXT NOT NULL,
    reason TEXT NOT NULL,
    asked_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_withdrawal_request PRIMARY KEY (application_id),
    CONSTRAINT fk_withdrawal_request_application_id_application FOREIGN KEY(application_id) REFERENCES application (id)
)
""")


def downgrade() -> None:
    """Take them back."""
    op.execute("DROP TABLE withdrawal_request")
    op.execute("ALTER TABLE withdrawal DROP COLUMN asked_by")
