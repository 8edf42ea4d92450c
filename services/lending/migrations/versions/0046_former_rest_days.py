"""Lending: what was known of days of rest before it was known otherwise."""

from alembic import op

revision = "0046_former_rest_days"
down_revision = "0045_withdrawal_requests"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table; what became otherwise before it is not known any more."""
    op.execute("""
CREATE TABLE former_rest_day (
    day DATE NOT NULL,
    next_workday DATE NOT NULL,
    known_at TIMESTAMP WITH TIME ZONE NOT NULL,
    replaced_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_former_rest_day PRIMARY KEY (day, known_at)
)
""")


def downgrade() -> None:
    """Take it back."""
    op.execute("DROP TABLE former_rest_day")
