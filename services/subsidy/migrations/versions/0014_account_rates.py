"""Subsidy: the rates of contracts that changed, so that a cap measures interest by the rate of its days (DZ-1b)."""

from alembic import op

revision = "0014_account_rates"
down_revision = "0013_payers"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
CREATE TABLE account_rate (
    loan_id UUID NOT NULL,
    loan_version INTEGER NOT NULL,
    from_on DATE NOT NULL,
    annual_rate NUMERIC(12, 8) NOT NULL,
    superseded_by INTEGER,
    CONSTRAINT pk_account_rate PRIMARY KEY (loan_id, from_on, loan_version),
    CONSTRAINT fk_account_rate_loan_id_subsidy_account FOREIGN KEY(loan_id) REFERENCES subsidy_account (loan_id),
    CONSTRAINT annual_rate CHECK (annual_rate >= 0),
    CONSTRAINT superseded_by CHECK (superseded_by > loan_version)
)
""",
    "CREATE UNIQUE INDEX uq_account_rate_holds ON account_rate (loan_id, from_on) WHERE superseded_by IS NULL",
    """
CREATE TRIGGER account_rate_superseded AFTER UPDATE ON account_rate
    REFERENCING OLD TABLE AS was NEW TABLE AS is_now FOR EACH STATEMENT EXECUTE FUNCTION keep_published()
""",
    """
CREATE TRIGGER account_rate_stays BEFORE DELETE OR TRUNCATE ON account_rate
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Forget the rates of days."""
    op.execute("DROP TABLE account_rate")
