"""Subsidy: what programmes' targets are measured by: principal repaid, defaults, entered figures, sources (DZ-2).

Principal that came back before this version is known as soon as its loan is published anew or closed.
"""

from alembic import op

revision = "0020_targets"
down_revision = "0019_grants"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    "ALTER TABLE subsidy_account ADD COLUMN mode TEXT DEFAULT 'direct' NOT NULL, ADD COLUMN reversed_on DATE",
    """
CREATE TABLE principal_payment (
    repayment_id UUID NOT NULL,
    loan_id UUID NOT NULL,
    loan_version INTEGER NOT NULL,
    paid_on DATE NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    superseded_by INTEGER,
    CONSTRAINT pk_principal_payment PRIMARY KEY (repayment_id, loan_version),
    CONSTRAINT amount CHECK (amount > 0),
    CONSTRAINT superseded_by CHECK (superseded_by > loan_version),
    CONSTRAINT fk_principal_payment_loan_id_subsidy_account FOREIGN KEY(loan_id) REFERENCES subsidy_account (loan_id)
)
""",
    "CREATE UNIQUE INDEX uq_principal_payment_counts ON principal_payment (repayment_id) WHERE superseded_by IS NULL",
    "CREATE INDEX ix_principal_payment_loan_id ON principal_payment (loan_id)",
    """
CREATE TRIGGER principal_payment_superseded AFTER UPDATE ON principal_payment
    REFERENCING OLD TABLE AS was NEW TABLE AS is_now FOR EACH STATEMENT EXECUTE FUNCTION keep_published()
""",
    """
CREATE TRIGGER principal_payment_stays BEFORE DELETE OR TRUNCATE ON principal_payment
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
    """
CREATE TABLE loan_default (
    default_report_id UUID NOT NULL,
    loan_id UUID NOT NULL,
    confirmed_on DATE NOT NULL,
    lifted_on DATE,
    withdrawn BOOLEAN DEFAULT false NOT NULL,
    CONSTRAINT pk_loan_default PRIMARY KEY (default_report_id),
    CONSTRAINT withdrawn CHECK (NOT withdrawn OR lifted_on IS NOT NULL),
    CONSTRAINT fk_loan_default_loan_id_subsidy_account FOREIGN KEY(loan_id) REFERENCES subsidy_account (loan_id)
)
""",
    "CREATE INDEX ix_loan_default_loan_id ON loan_default (loan_id)",
    "ALTER TABLE programme ADD COLUMN regions TEXT[]",
    "UPDATE programme SET regions = ARRAY[county_code]",
    "ALTER TABLE programme ALTER COLUMN regions SET NOT NULL",
    """
CREATE TABLE programme_source (
    programme_id UUID NOT NULL,
    fund_source TEXT NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    document TEXT NOT NULL,
    CONSTRAINT pk_programme_source PRIMARY KEY (programme_id, fund_source),
    CONSTRAINT amount CHECK (amount >= 0),
    CONSTRAINT fk_programme_source_programme_id_programme FOREIGN KEY(programme_id) REFERENCES programme (id)
)
""",
    """
CREATE TABLE programme_figure (
    id UUID NOT NULL,
    programme_id UUID NOT NULL,
    kind TEXT NOT NULL,
    counted_on DATE NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    out_of NUMERIC(18, 2),
    counted_by TEXT NOT NULL,
    document TEXT NOT NULL,
    state TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    decided_by TEXT,
    decided_on DATE,
    decided_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_programme_figure PRIMARY KEY (id),
    CONSTRAINT figure_kind CHECK (kind IN ('satisfaction', 'expected_income', 'relending')),
    CONSTRAINT amount CHECK (amount >= 0 AND (kind = 'expected_income') = (out_of IS NULL)),
    CONSTRAINT out_of CHECK (amount <= out_of AND out_of > 0),
    CONSTRAINT figure_state CHECK (state IN ('proposed', 'confirmed', 'refused')),
    CONSTRAINT decided CHECK ((state = 'proposed') = (num_nonnulls(decided_by, decided_on, decided_at) = 0)),
    CONSTRAINT two_persons CHECK (decided_by <> recorded_by),
    CONSTRAINT decided_after CHECK (decided_on >= counted_on),
    CONSTRAINT fk_programme_figure_programme_id_programme FOREIGN KEY(programme_id) REFERENCES programme (id)
)
""",
    "CREATE INDEX ix_programme_figure_programme_id ON programme_figure (programme_id, kind, counted_on)",
    """
CREATE UNIQUE INDEX uq_programme_figure_proposed ON programme_figure (programme_id, kind, counted_on)
    WHERE state = 'proposed'
""",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Forget what targets are measured by."""
    for table in ("programme_figure", "programme_source", "loan_default", "principal_payment"):
        op.execute(f"DROP TABLE {table}")
    op.execute("ALTER TABLE programme DROP COLUMN regions")
    op.execute("ALTER TABLE subsidy_account DROP COLUMN mode, DROP COLUMN reversed_on")
