"""Risk fund: recoveries that are taken back, and what the fund pays back to banks for them."""

from alembic import op

revision = "0017_recovery_reversals"
down_revision = "0016_cancellations"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
ALTER TABLE recovery ADD COLUMN reversed_on DATE,
    DROP CONSTRAINT amount,
    DROP CONSTRAINT state,
    DROP CONSTRAINT nothing_due,
    ADD CONSTRAINT amount CHECK (amount > 0 AND principal >= 0 AND interest >= 0
        AND principal + interest = CASE WHEN reversed_on IS NULL THEN amount ELSE 0 END),
    ADD CONSTRAINT state CHECK (state IN ('open', 'returned', 'nothing_due', 'reversed')),
    ADD CONSTRAINT nothing_due CHECK (state = 'reversed' OR (state = 'nothing_due') = (fund_share = 0)),
    ADD CONSTRAINT reversed CHECK (state <> 'reversed' OR reversed_on IS NOT NULL)
""",
    """
CREATE TABLE recovery_reversal (
    recovery_id UUID NOT NULL,
    claim_id UUID NOT NULL,
    cause TEXT NOT NULL,
    reversed_on DATE NOT NULL,
    fund_share NUMERIC(18, 2) NOT NULL,
    bank_share NUMERIC(18, 2) NOT NULL,
    guarantor_share NUMERIC(18, 2) NOT NULL,
    beyond_loss NUMERIC(18, 2) NOT NULL,
    fund_due NUMERIC(18, 2) NOT NULL,
    fund_owes NUMERIC(18, 2) NOT NULL,
    due_on DATE NOT NULL,
    heard_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_recovery_reversal PRIMARY KEY (recovery_id),
    CONSTRAINT fk_recovery_reversal_recovery_id_recovery FOREIGN KEY(recovery_id) REFERENCES recovery (id),
    CONSTRAINT fk_recovery_reversal_claim_id_claim FOREIGN KEY(claim_id) REFERENCES claim (id),
    CONSTRAINT shares CHECK (least(fund_share, bank_share, guarantor_share, beyond_loss) >= 0),
    CONSTRAINT one_owes CHECK (least(fund_due, fund_owes) = 0 AND greatest(fund_due, fund_owes) >= 0),
    CONSTRAINT due_on CHECK (due_on >= reversed_on)
)
""",
    "CREATE INDEX ix_recovery_reversal_claim_id ON recovery_reversal (claim_id)",
    "CREATE TRIGGER recovery_reversal_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON recovery_reversal "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    """
ALTER TABLE journal_entry
    DROP CONSTRAINT kind,
    ADD CONSTRAINT kind CHECK (kind IN ('contribution', 'compensation', 'recovery', 'interest', 'withdrawal',
        'reversal', 'recovery_back'))
""",
    """
ALTER TABLE fund_movement ADD COLUMN recovery_id UUID,
    DROP CONSTRAINT kind,
    ADD CONSTRAINT kind CHECK (kind IN ('interest', 'withdrawal', 'reversal', 'recovery_back')),
    ADD CONSTRAINT recovery_id CHECK ((kind = 'recovery_back') = (recovery_id IS NOT NULL)),
    ADD CONSTRAINT fk_fund_movement_recovery_id_recovery FOREIGN KEY(recovery_id) REFERENCES recovery (id)
""",
    """
CREATE UNIQUE INDEX uq_fund_movement_recovery_id ON fund_movement (recovery_id) WHERE state IN ('proposed', 'booked')
""",
)
UNDO: tuple[str, ...] = (
    "DROP INDEX uq_fund_movement_recovery_id",
    """
ALTER TABLE fund_movement DROP CONSTRAINT kind, DROP COLUMN recovery_id,
    ADD CONSTRAINT kind CHECK (kind IN ('interest', 'withdrawal', 'reversal'))
""",
    """
ALTER TABLE journal_entry
    DROP CONSTRAINT kind,
    ADD CONSTRAINT kind CHECK (kind IN ('contribution', 'compensation', 'recovery', 'interest', 'withdrawal',
        'reversal'))
""",
    "DROP TABLE recovery_reversal",
    """
ALTER TABLE recovery
    DROP CONSTRAINT amount,
    DROP CONSTRAINT state,
    DROP CONSTRAINT nothing_due,
    DROP CONSTRAINT reversed,
    DROP COLUMN reversed_on,
    ADD CONSTRAINT amount CHECK (amount > 0 AND amount = principal + interest AND principal >= 0 AND interest >= 0),
    ADD CONSTRAINT state CHECK (state IN ('open', 'returned', 'nothing_due')),
    ADD CONSTRAINT nothing_due CHECK ((state = 'nothing_due') = (fund_share = 0))
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
