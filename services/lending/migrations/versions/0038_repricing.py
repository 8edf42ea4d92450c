"""Lending: floating contracts, when they took the published rate anew and when they do next."""

from alembic import op

revision = "0038_repricing"
down_revision = "0037_write_offs"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    "ALTER TABLE loan ADD COLUMN repriced_on DATE, ADD COLUMN next_repricing_on DATE, "
    "ADD CONSTRAINT repriced_on CHECK (repriced_on < coalesce(next_repricing_on, matures_on))",
    "CREATE INDEX ix_loan_next_repricing_on ON loan (county_code, next_repricing_on) "
    "WHERE next_repricing_on IS NOT NULL",
    "CREATE INDEX ix_loan_repriced_on ON loan (repriced_on) WHERE repriced_on IS NOT NULL",
)
BACK: tuple[str, ...] = (
    "DROP INDEX ix_loan_repriced_on",
    "DROP INDEX ix_loan_next_repricing_on",
    "ALTER TABLE loan DROP CONSTRAINT repriced_on, DROP COLUMN next_repricing_on, DROP COLUMN repriced_on",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in BACK:
        op.execute(statement)
