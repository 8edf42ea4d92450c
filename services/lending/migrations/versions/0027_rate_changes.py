"""A contract follows its publication when that is corrected: rates by the day from which they hold."""

from alembic import op

revision = "0027_rate_changes"
down_revision = "0026_collections"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE reference_rate ADD COLUMN revision INTEGER DEFAULT 1 NOT NULL",
    """
CREATE TABLE loan_rate (
    id UUID NOT NULL,
    loan_id UUID NOT NULL,
    from_on DATE NOT NULL,
    annual_rate NUMERIC NOT NULL,
    rate_id UUID NOT NULL,
    recorded_on DATE NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    replaced_on DATE,
    CONSTRAINT pk_loan_rate PRIMARY KEY (id),
    CONSTRAINT fk_loan_rate_loan_id_loan FOREIGN KEY(loan_id) REFERENCES loan (id),
    CONSTRAINT annual_rate CHECK (annual_rate >= 0),
    CONSTRAINT replaced_on CHECK (replaced_on >= recorded_on)
)
""",
    "CREATE UNIQUE INDEX uq_loan_rate_held ON loan_rate (loan_id, from_on) WHERE replaced_on IS NULL",
    """
CREATE FUNCTION refuse_other_rates() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a rate that held stays as it was; put another in its place' USING ERRCODE = 'restrict_violation';
END
$$
""",
    """
CREATE TRIGGER loan_rate_is_kept BEFORE UPDATE OF id, loan_id, from_on, annual_rate, rate_id, recorded_on, recorded_at
  OR DELETE OR TRUNCATE ON loan_rate FOR EACH STATEMENT EXECUTE FUNCTION refuse_other_rates()
""",
)
UNDO = (
    "DROP TABLE loan_rate",
    "DROP FUNCTION refuse_other_rates()",
    "ALTER TABLE reference_rate DROP COLUMN revision",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back."""
    for statement in UNDO:
        op.execute(statement)
