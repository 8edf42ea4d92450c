"""A contract has its own day and rate; a loan from before the platform may have terms of its own."""

from alembic import op

revision = "0022_contract_rates"
down_revision = "0021_accounts"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE loan ADD COLUMN signed_on DATE, ADD COLUMN signed_rate NUMERIC, ADD COLUMN rate_stated BOOLEAN",
    # Whether a bank stated the rate of a contract of before is not known: no later publication touches it.
    "UPDATE loan SET signed_on = disbursed_on, signed_rate = annual_rate, rate_stated = true",
    """
ALTER TABLE loan ALTER COLUMN signed_on SET NOT NULL, ALTER COLUMN signed_rate SET NOT NULL,
  ALTER COLUMN rate_stated SET NOT NULL, DROP CONSTRAINT dates, DROP CONSTRAINT terms,
  ADD CONSTRAINT dates CHECK (matures_on > disbursed_on AND signed_on <= disbursed_on
    AND last_value_on >= disbursed_on),
  ADD CONSTRAINT terms CHECK (annual_rate >= 0 AND signed_rate >= 0 AND term_months >= 1 AND loan_round >= 1
    AND version >= 1)
""",
    "ALTER TABLE legacy_loan ADD COLUMN own_terms JSONB DEFAULT '{}' NOT NULL",
)
UNDO = (
    "ALTER TABLE legacy_loan DROP COLUMN own_terms",
    """
ALTER TABLE loan DROP CONSTRAINT dates, DROP CONSTRAINT terms, DROP COLUMN signed_on, DROP COLUMN signed_rate,
  DROP COLUMN rate_stated,
  ADD CONSTRAINT dates CHECK (matures_on > disbursed_on AND last_value_on >= disbursed_on),
  ADD CONSTRAINT terms CHECK (annual_rate >= 0 AND term_months >= 1 AND loan_round >= 1 AND version >= 1)
""",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back."""
    for statement in UNDO:
        op.execute(statement)
