"""The risk fund follows lending's log of pursuit, in place of the bank's word (LG-20b)."""

from alembic import op

revision = "0014_pursuit_steps"
down_revision = "0013_loan_modes"
branch_labels = None
depends_on = None

_TABLE = """
CREATE TABLE pursuit_step (
    id UUID NOT NULL,
    loan_id UUID NOT NULL,
    debtor TEXT NOT NULL,
    kind TEXT NOT NULL,
    happened_on DATE NOT NULL,
    withdrawn_on DATE,
    CONSTRAINT pk_pursuit_step PRIMARY KEY (id)
)
"""


def upgrade() -> None:
    """Apply."""
    op.execute(_TABLE)
    op.execute("CREATE INDEX ix_pursuit_step_loan_id ON pursuit_step (loan_id)")


def downgrade() -> None:
    """Take back."""
    op.execute("DROP TABLE pursuit_step")
