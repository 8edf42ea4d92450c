"""Registry: village finance officers."""

from alembic import op

revision = "0030_finance_officers"
down_revision = "0029_screening_conditions"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
CREATE TABLE finance_officer (
    id UUID NOT NULL,
    village_code TEXT NOT NULL,
    officer TEXT NOT NULL CONSTRAINT officer_given CHECK (officer <> ''),
    officer_name TEXT NOT NULL CONSTRAINT officer_name_given CHECK (officer_name <> ''),
    evidence JSONB NOT NULL CONSTRAINT evidence_given CHECK (jsonb_array_length(evidence) > 0),
    appointed_on DATE NOT NULL,
    appointed_by TEXT NOT NULL,
    appointed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    ended_on DATE,
    end_cause TEXT CONSTRAINT cause CHECK (end_cause IN ('replaced', 'left', 'recorded_wrongly')),
    end_reason TEXT,
    ended_by TEXT,
    CONSTRAINT pk_finance_officer PRIMARY KEY (id),
    CONSTRAINT ended_is_whole CHECK (num_nonnulls(ended_on, end_cause, end_reason, ended_by) IN (0, 4)),
    CONSTRAINT ends_after_appointment CHECK (ended_on >= appointed_on),
    CONSTRAINT maker_is_not_checker CHECK (ended_by <> appointed_by OR end_cause <> 'recorded_wrongly'),
    CONSTRAINT fk_finance_officer_village_code_region FOREIGN KEY(village_code) REFERENCES region (code)
)
""",
    "CREATE UNIQUE INDEX finance_officer_serving ON finance_officer (village_code) WHERE ended_on IS NULL",
    "CREATE INDEX finance_officer_history ON finance_officer (village_code, appointed_on)",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back."""
    op.execute("DROP TABLE finance_officer")
