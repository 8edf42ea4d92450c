"""Subsidy: periods whose run is late are noted as a duty of who prepares (SX-5)."""

from alembic import op

revision = "0033_late_periods"
down_revision = "0032_programme_ends"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; what was noted is never deleted."""
    op.execute("""
CREATE TABLE late_period (
    id UUID NOT NULL,
    county_code TEXT NOT NULL,
    period_from DATE NOT NULL,
    period_until DATE NOT NULL,
    late_from DATE NOT NULL,
    office TEXT NOT NULL,
    loans_waiting INTEGER NOT NULL,
    interest_waiting NUMERIC(18, 2) NOT NULL,
    noted_on DATE NOT NULL,
    done_on DATE,
    version INTEGER NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_late_period PRIMARY KEY (id),
    CONSTRAINT uq_late_period_county_code_period_from_period_until UNIQUE (county_code, period_from, period_until),
    CONSTRAINT period CHECK (period_until > period_from AND late_from > period_until),
    CONSTRAINT noted_on CHECK (noted_on >= late_from AND done_on >= noted_on),
    CONSTRAINT signs CHECK (loans_waiting >= 0 AND interest_waiting >= 0)
)
""")
    op.execute("CREATE INDEX ix_late_period_open ON late_period (county_code) WHERE done_on IS NULL")
    op.execute(
        "CREATE TRIGGER late_period_stays BEFORE DELETE OR TRUNCATE ON late_period "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    """Take the table back."""
    op.drop_table("late_period")
