"""Subsidy: claw-backs are paid back in money or given up, and what comes back returns to its programme (DZ-7)."""

from alembic import op

revision = "0023_clawback_entries"
down_revision = "0022_dividends"
branch_labels = None
depends_on = None

UP: tuple[str, ...] = (
    "ALTER TABLE programme ADD COLUMN returned NUMERIC(18, 2) DEFAULT '0' NOT NULL",
    """
ALTER TABLE programme DROP CONSTRAINT signs, DROP CONSTRAINT within_budget,
    ADD CONSTRAINT signs CHECK (least(budget, committed, paid, returned) >= 0),
    ADD CONSTRAINT within_budget CHECK (committed + paid <= budget + returned)
""",
    """
ALTER TABLE clawback ADD COLUMN received_amount NUMERIC(18, 2) DEFAULT '0' NOT NULL,
    ADD COLUMN written_off_amount NUMERIC(18, 2) DEFAULT '0' NOT NULL,
    DROP CONSTRAINT amount, DROP CONSTRAINT clawback_state, DROP CONSTRAINT offset_amount,
    ADD CONSTRAINT amount CHECK (amount > 0 AND least(offset_amount, received_amount, written_off_amount) >= 0
        AND offset_amount + received_amount + written_off_amount <= amount),
    ADD CONSTRAINT clawback_state CHECK (state IN ('proposed', 'approved', 'refused', 'offset', 'settled')),
    ADD CONSTRAINT offset_amount CHECK ((state IN ('offset', 'settled'))
        = (offset_amount + received_amount + written_off_amount = amount)
        AND (state <> 'offset' OR offset_amount = amount))
""",
    """
CREATE TABLE clawback_entry (
    id UUID NOT NULL,
    clawback_id UUID NOT NULL,
    kind TEXT NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    happened_on DATE NOT NULL,
    bank_reference TEXT,
    payer TEXT,
    reverses UUID,
    ground TEXT NOT NULL,
    state TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    decided_by TEXT,
    decided_on DATE,
    CONSTRAINT pk_clawback_entry PRIMARY KEY (id),
    CONSTRAINT entry_kind CHECK (kind IN ('receipt', 'write_off', 'reversal')),
    CONSTRAINT amount CHECK (amount > 0),
    CONSTRAINT entry_state CHECK (state IN ('proposed', 'recorded', 'refused', 'reversed')),
    CONSTRAINT receipt CHECK ((kind = 'receipt') = (num_nonnulls(bank_reference, payer) = 2)),
    CONSTRAINT reversal CHECK ((kind = 'reversal') = (reverses IS NOT NULL)),
    CONSTRAINT receipt_recorded CHECK (kind <> 'receipt' OR state IN ('recorded', 'reversed')),
    CONSTRAINT decided CHECK (kind = 'receipt' OR (state = 'proposed') = (decided_by IS NULL)),
    CONSTRAINT two_persons CHECK (decided_by <> recorded_by),
    CONSTRAINT decided_on CHECK ((decided_by IS NULL) = (decided_on IS NULL)),
    CONSTRAINT fk_clawback_entry_clawback_id_clawback FOREIGN KEY(clawback_id) REFERENCES clawback (id),
    CONSTRAINT fk_clawback_entry_reverses_clawback_entry FOREIGN KEY(reverses) REFERENCES clawback_entry (id)
)
""",
    "CREATE INDEX ix_clawback_entry_clawback_id ON clawback_entry (clawback_id)",
    """
CREATE UNIQUE INDEX uq_clawback_entry_receipt ON clawback_entry (clawback_id, bank_reference)
    WHERE state = 'recorded'
""",
    "CREATE UNIQUE INDEX uq_clawback_entry_reverses ON clawback_entry (reverses) WHERE state <> 'refused'",
    """
CREATE UNIQUE INDEX uq_clawback_entry_write_off ON clawback_entry (clawback_id)
    WHERE kind = 'write_off' AND state = 'proposed'
""",
)
DOWN: tuple[str, ...] = (
    "DROP TABLE clawback_entry",
    """
ALTER TABLE clawback DROP CONSTRAINT amount, DROP CONSTRAINT clawback_state, DROP CONSTRAINT offset_amount,
    DROP COLUMN received_amount, DROP COLUMN written_off_amount,
    ADD CONSTRAINT amount CHECK (amount > 0 AND offset_amount >= 0 AND offset_amount <= amount),
    ADD CONSTRAINT clawback_state CHECK (state IN ('proposed', 'approved', 'refused', 'offset')),
    ADD CONSTRAINT offset_amount CHECK ((state = 'offset') = (offset_amount = amount))
""",
    """
ALTER TABLE programme DROP CONSTRAINT signs, DROP CONSTRAINT within_budget, DROP COLUMN returned,
    ADD CONSTRAINT signs CHECK (budget >= 0 AND committed >= 0 AND paid >= 0),
    ADD CONSTRAINT within_budget CHECK (committed + paid <= budget)
""",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    """Take them back; refused once money came back or was given up, since that would be forgotten."""
    for statement in DOWN:
        op.execute(statement)
