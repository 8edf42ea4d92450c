"""Registry: a screening says under which conditions those who may borrow do."""

from alembic import op

revision = "0029_screening_conditions"
down_revision = "0028_restated"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    "ALTER TABLE eligibility_screening ADD COLUMN by_condition JSONB NOT NULL DEFAULT '{}'",
    "ALTER TABLE eligibility_screening_reason ADD COLUMN consequence TEXT",
    "ALTER TABLE eligibility_screening_answer ADD COLUMN condition_numbers INTEGER[] NOT NULL DEFAULT '{}'",
)


def upgrade() -> None:
    """Add what follows of conditions; earlier screenings have none."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Forget the conditions."""
    op.execute("ALTER TABLE eligibility_screening_answer DROP COLUMN condition_numbers")
    op.execute("ALTER TABLE eligibility_screening_reason DROP COLUMN consequence")
    op.execute("ALTER TABLE eligibility_screening DROP COLUMN by_condition")
