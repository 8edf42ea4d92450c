"""Subsidy: yearly runs of dividends, their payments, and draws on security; leases and jobs (ZJ-4, ZJ-5, FJ-9)."""

from alembic import op

revision = "0022_dividends"
down_revision = "0021_batch_terminations"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
CREATE TABLE dividend_run (
    id UUID NOT NULL,
    agreement_id UUID NOT NULL,
    agreement_version INTEGER NOT NULL,
    region_code TEXT NOT NULL,
    year_number INTEGER NOT NULL,
    period_from DATE NOT NULL,
    period_until DATE NOT NULL,
    due_on DATE NOT NULL,
    yield_amount NUMERIC(18, 2),
    yield_document TEXT,
    amount NUMERIC(18, 2) NOT NULL,
    state TEXT DEFAULT 'prepared' NOT NULL,
    prepared_by TEXT NOT NULL,
    prepared_on DATE NOT NULL,
    prepared_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    reviewed_by TEXT,
    reviewed_on DATE,
    decided_by TEXT,
    decided_as TEXT,
    decided_on DATE,
    CONSTRAINT pk_dividend_run PRIMARY KEY (id),
    CONSTRAINT period CHECK (year_number > 0 AND period_until > period_from),
    CONSTRAINT yield CHECK ((yield_amount IS NULL) = (yield_document IS NULL) AND yield_amount >= 0),
    CONSTRAINT state CHECK (state IN ('prepared', 'reviewed', 'approved', 'returned')),
    CONSTRAINT reviewed CHECK (state NOT IN ('reviewed', 'approved') OR reviewed_by IS NOT NULL),
    CONSTRAINT decided CHECK (state <> 'approved' OR decided_by IS NOT NULL),
    CONSTRAINT two_persons CHECK (reviewed_by <> prepared_by AND decided_by <> prepared_by),
    CONSTRAINT fk_dividend_run_agreement_id_agreement FOREIGN KEY(agreement_id) REFERENCES agreement (id)
)
""",
    """
CREATE UNIQUE INDEX dividend_run_open
    ON dividend_run (agreement_id, year_number) WHERE state IN ('prepared', 'reviewed')
""",
    """
CREATE TABLE dividend_line (
    run_id UUID NOT NULL,
    household_id UUID NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    CONSTRAINT pk_dividend_line PRIMARY KEY (run_id, household_id),
    CONSTRAINT amount CHECK (amount <> 0),
    CONSTRAINT fk_dividend_line_run_id_dividend_run FOREIGN KEY(run_id) REFERENCES dividend_run (id)
)
""",
    """
CREATE TABLE security_draw (
    id UUID NOT NULL,
    agreement_id UUID NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    reason TEXT NOT NULL,
    state TEXT DEFAULT 'proposed' NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_on DATE NOT NULL,
    decided_by TEXT,
    decided_on DATE,
    CONSTRAINT pk_security_draw PRIMARY KEY (id),
    CONSTRAINT amount CHECK (amount > 0),
    CONSTRAINT state CHECK (state IN ('proposed', 'accepted', 'rejected')),
    CONSTRAINT decided CHECK ((state = 'proposed') = (decided_by IS NULL)),
    CONSTRAINT two_persons CHECK (decided_by <> proposed_by),
    CONSTRAINT fk_security_draw_agreement_id_agreement FOREIGN KEY(agreement_id) REFERENCES agreement (id)
)
""",
    """
CREATE TABLE dividend_payment (
    id UUID NOT NULL,
    agreement_id UUID NOT NULL,
    household_id UUID NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    paid_on DATE NOT NULL,
    bank_reference TEXT NOT NULL,
    security_draw_id UUID,
    reverses_id UUID,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_dividend_payment PRIMARY KEY (id),
    CONSTRAINT amount CHECK ((amount < 0) = (reverses_id IS NOT NULL) AND amount <> 0),
    CONSTRAINT fk_dividend_payment_agreement_id_agreement FOREIGN KEY(agreement_id) REFERENCES agreement (id),
    CONSTRAINT fk_dividend_payment_security_draw_id_security_draw FOREIGN KEY(security_draw_id)
        REFERENCES security_draw (id),
    CONSTRAINT uq_dividend_payment_reverses_id UNIQUE (reverses_id),
    CONSTRAINT fk_dividend_payment_reverses_id_dividend_payment FOREIGN KEY(reverses_id)
        REFERENCES dividend_payment (id)
)
""",
    "CREATE INDEX dividend_payment_household ON dividend_payment (agreement_id, household_id)",
    """
CREATE UNIQUE INDEX dividend_payment_once
    ON dividend_payment (agreement_id, bank_reference) WHERE reverses_id IS NULL
""",
    """
CREATE TABLE lease_entry (
    id UUID NOT NULL,
    agreement_id UUID NOT NULL,
    household_id UUID NOT NULL,
    kind TEXT NOT NULL,
    year_number INTEGER NOT NULL,
    weight_500g NUMERIC(14, 2),
    price_per_500g NUMERIC(18, 2),
    amount NUMERIC(18, 2) NOT NULL,
    booked_on DATE NOT NULL,
    bank_reference TEXT NOT NULL,
    reverses_id UUID,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_lease_entry PRIMARY KEY (id),
    CONSTRAINT kind CHECK (kind IN ('rent', 'sale')),
    CONSTRAINT sale CHECK ((kind = 'sale') = (num_nonnulls(weight_500g, price_per_500g) = 2)),
    CONSTRAINT amount CHECK ((amount < 0) = (reverses_id IS NOT NULL) AND amount <> 0),
    CONSTRAINT fk_lease_entry_agreement_id_agreement FOREIGN KEY(agreement_id) REFERENCES agreement (id),
    CONSTRAINT uq_lease_entry_reverses_id UNIQUE (reverses_id),
    CONSTRAINT fk_lease_entry_reverses_id_lease_entry FOREIGN KEY(reverses_id) REFERENCES lease_entry (id)
)
""",
    "CREATE UNIQUE INDEX lease_entry_once ON lease_entry (agreement_id, bank_reference) WHERE reverses_id IS NULL",
    """
CREATE TABLE job_offer (
    id UUID NOT NULL,
    agreement_id UUID NOT NULL,
    post TEXT NOT NULL,
    household_id UUID,
    accepted BOOLEAN NOT NULL,
    offered_on DATE NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_job_offer PRIMARY KEY (id),
    CONSTRAINT fk_job_offer_agreement_id_agreement FOREIGN KEY(agreement_id) REFERENCES agreement (id)
)
""",
    "CREATE INDEX job_offer_agreement ON job_offer (agreement_id, post)",
    """
CREATE TRIGGER dividend_line_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON dividend_line
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
    """
CREATE TRIGGER dividend_payment_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON dividend_payment
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
    """
CREATE TRIGGER lease_entry_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON lease_entry
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Forget the dividends."""
    for table in ("job_offer", "lease_entry", "dividend_payment", "security_draw", "dividend_line", "dividend_run"):
        op.execute(f"DROP TABLE {table}")
