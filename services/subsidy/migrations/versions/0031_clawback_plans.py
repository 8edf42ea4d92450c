"""Subsidy: instalments of claw-backs, refunds, withdrawals; which households have ended and who stands for them."""

from alembic import op

revision = "0031_clawback_plans"
down_revision = "0030_holders"
branch_labels = None
depends_on = None

_STATES = "state IN ('proposed', 'approved', 'refused', 'offset', 'settled'"
_PARTS = "offset_amount + received_amount + written_off_amount"


def upgrade() -> None:
    """Apply."""
    op.execute(f"""
ALTER TABLE clawback ADD COLUMN withdrawn_amount NUMERIC(18, 2) DEFAULT '0' NOT NULL,
    ADD COLUMN held_amount NUMERIC(18, 2) DEFAULT '0' NOT NULL,
    DROP CONSTRAINT amount, DROP CONSTRAINT clawback_state, DROP CONSTRAINT offset_amount,
    ADD CONSTRAINT amount CHECK (amount > 0
        AND least(offset_amount, received_amount, written_off_amount, withdrawn_amount, held_amount) >= 0
        AND {_PARTS} + withdrawn_amount <= amount),
    ADD CONSTRAINT clawback_state CHECK ({_STATES}, 'withdrawn')),
    ADD CONSTRAINT offset_amount CHECK ((state IN ('offset', 'settled', 'withdrawn'))
        = ({_PARTS} + withdrawn_amount = amount)
        AND (state <> 'offset' OR offset_amount = amount) AND (state = 'withdrawn' OR withdrawn_amount = 0)),
    ADD CONSTRAINT held_amount CHECK (held_amount = 0 OR state IN ('offset', 'settled', 'withdrawn'))
""")
    op.execute("""
ALTER TABLE clawback_entry ADD COLUMN payee TEXT,
    DROP CONSTRAINT entry_kind, DROP CONSTRAINT amount, DROP CONSTRAINT receipt,
    ADD CONSTRAINT entry_kind CHECK (kind IN ('receipt', 'write_off', 'refund', 'withdrawal', 'reversal')),
    ADD CONSTRAINT amount CHECK (amount >= 0 AND (amount > 0 OR kind = 'withdrawal')),
    ADD CONSTRAINT receipt CHECK ((kind = 'receipt') = (payer IS NOT NULL)),
    ADD CONSTRAINT refund CHECK ((kind = 'refund') = (payee IS NOT NULL)),
    ADD CONSTRAINT bank_reference CHECK (
        (kind = 'receipt' OR kind = 'refund' AND state IN ('recorded', 'reversed')) = (bank_reference IS NOT NULL))
""")
    op.execute("DROP INDEX uq_clawback_entry_write_off")
    op.execute(
        "CREATE UNIQUE INDEX uq_clawback_entry_proposed ON clawback_entry (clawback_id, kind) "
        "WHERE kind IN ('write_off', 'refund', 'withdrawal') AND state = 'proposed'"
    )
    op.execute("""
CREATE TABLE clawback_plan (
    id UUID NOT NULL,
    clawback_id UUID NOT NULL,
    ground TEXT NOT NULL,
    state TEXT NOT NULL,
    settled_before NUMERIC(18, 2),
    proposed_on DATE NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    decided_by TEXT,
    decided_on DATE,
    CONSTRAINT pk_clawback_plan PRIMARY KEY (id),
    CONSTRAINT plan_state CHECK (state IN ('proposed', 'in_force', 'refused', 'replaced')),
    CONSTRAINT decided CHECK ((state = 'proposed') = (num_nulls(decided_by, decided_on) = 2)),
    CONSTRAINT decided_whole CHECK (state = 'proposed' OR num_nonnulls(decided_by, decided_on) = 2),
    CONSTRAINT settled_before CHECK ((state IN ('in_force', 'replaced')) = (settled_before IS NOT NULL)),
    CONSTRAINT two_persons CHECK (decided_by <> proposed_by),
    CONSTRAINT fk_clawback_plan_clawback_id_clawback FOREIGN KEY(clawback_id) REFERENCES clawback (id)
)
""")
    op.execute(
        "CREATE UNIQUE INDEX uq_clawback_plan_state ON clawback_plan (clawback_id, state) "
        "WHERE state IN ('proposed', 'in_force')"
    )
    op.execute("""
CREATE TABLE clawback_instalment (
    plan_id UUID NOT NULL,
    number INTEGER NOT NULL,
    due_on DATE NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    CONSTRAINT pk_clawback_instalment PRIMARY KEY (plan_id, number),
    CONSTRAINT uq_clawback_instalment_plan_id_due_on UNIQUE (plan_id, due_on),
    CONSTRAINT amount CHECK (number >= 1 AND amount > 0),
    CONSTRAINT fk_clawback_instalment_plan_id_clawback_plan FOREIGN KEY(plan_id) REFERENCES clawback_plan (id)
)
""")
    op.execute("""
CREATE TABLE household_end (
    household_id UUID NOT NULL,
    reason TEXT NOT NULL,
    effective_on DATE NOT NULL,
    into_household_id UUID,
    CONSTRAINT pk_household_end PRIMARY KEY (household_id),
    CONSTRAINT reason CHECK (reason IN ('merged', 'moved_out', 'died_out', 'error')),
    CONSTRAINT merged CHECK ((reason = 'merged') = (into_household_id IS NOT NULL)),
    CONSTRAINT another CHECK (into_household_id <> household_id)
)
""")


def downgrade() -> None:
    """Take back; refused once something was withdrawn, held or refunded, since that would be forgotten."""
    op.execute("DROP TABLE household_end")
    op.execute("DROP TABLE clawback_instalment")
    op.execute("DROP TABLE clawback_plan")
    op.execute("DROP INDEX uq_clawback_entry_proposed")
    op.execute(
        "CREATE UNIQUE INDEX uq_clawback_entry_write_off ON clawback_entry (clawback_id) "
        "WHERE kind = 'write_off' AND state = 'proposed'"
    )
    op.execute("""
ALTER TABLE clawback_entry DROP CONSTRAINT bank_reference, DROP CONSTRAINT refund, DROP CONSTRAINT receipt,
    DROP CONSTRAINT amount, DROP CONSTRAINT entry_kind, DROP COLUMN payee,
    ADD CONSTRAINT entry_kind CHECK (kind IN ('receipt', 'write_off', 'reversal')),
    ADD CONSTRAINT amount CHECK (amount > 0),
    ADD CONSTRAINT receipt CHECK ((kind = 'receipt') = (num_nonnulls(bank_reference, payer) = 2))
""")
    op.execute(f"""
ALTER TABLE clawback DROP CONSTRAINT held_amount, DROP CONSTRAINT offset_amount, DROP CONSTRAINT clawback_state,
    DROP CONSTRAINT amount, DROP COLUMN held_amount, DROP COLUMN withdrawn_amount,
    ADD CONSTRAINT amount CHECK (amount > 0 AND least(offset_amount, received_amount, written_off_amount) >= 0
        AND {_PARTS} <= amount),
    ADD CONSTRAINT clawback_state CHECK ({_STATES})),
    ADD CONSTRAINT offset_amount CHECK ((state IN ('offset', 'settled')) = ({_PARTS} = amount)
        AND (state <> 'offset' OR offset_amount = amount))
""")
