"""Subsidy: who receives for the heirs of a household that died out; whose account an instruction names."""

from alembic import op

revision = "0039_payees"
down_revision = "0038_booked_once"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; earlier instructions went to the households' own accounts."""
    op.execute("""
CREATE TABLE subsidy_payee (
    id UUID NOT NULL,
    household_id UUID NOT NULL,
    village_code TEXT NOT NULL,
    version INTEGER NOT NULL,
    holder_name_sealed BYTEA NOT NULL,
    id_number_sealed BYTEA NOT NULL,
    bank_code TEXT NOT NULL,
    account_sealed BYTEA NOT NULL,
    account_tail TEXT NOT NULL,
    relation TEXT NOT NULL,
    document TEXT NOT NULL,
    state TEXT NOT NULL,
    proposed_on DATE NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    decided_by TEXT,
    decided_on DATE,
    CONSTRAINT pk_subsidy_payee PRIMARY KEY (id),
    CONSTRAINT payee_state CHECK (state IN ('proposed', 'in_force', 'refused', 'replaced')),
    CONSTRAINT decided CHECK ((state = 'proposed') = (num_nulls(decided_by, decided_on) = 2)),
    CONSTRAINT decided_whole CHECK (state = 'proposed' OR num_nonnulls(decided_by, decided_on) = 2),
    CONSTRAINT two_persons CHECK (decided_by <> proposed_by),
    CONSTRAINT version CHECK (version >= 1)
)
""")
    op.execute(
        "CREATE UNIQUE INDEX uq_subsidy_payee_state ON subsidy_payee (household_id, state) "
        "WHERE state IN ('proposed', 'in_force')"
    )
    op.execute("""
ALTER TABLE payment_instruction ADD COLUMN account_household_id UUID, ADD COLUMN payee_id UUID,
    ADD CONSTRAINT fk_payment_instruction_payee_id_subsidy_payee FOREIGN KEY(payee_id) REFERENCES subsidy_payee (id),
    ADD CONSTRAINT whose_account CHECK (num_nonnulls(account_household_id, payee_id) <= 1)
""")
    op.execute("ALTER TABLE payment_hold ALTER COLUMN listing_id DROP NOT NULL")
    # Batches of before granted interest whoever had paid it; what they granted stays granted.
    op.execute("ALTER TABLE subsidy_batch ADD COLUMN asks_who_paid BOOLEAN DEFAULT false NOT NULL")
    op.execute("ALTER TABLE subsidy_batch ALTER COLUMN asks_who_paid SET DEFAULT true")


def downgrade() -> None:
    """Take back; refused once a run held money for heirs, since nobody would know why."""
    op.execute("ALTER TABLE payment_hold ALTER COLUMN listing_id SET NOT NULL")
    op.execute("ALTER TABLE subsidy_batch DROP COLUMN asks_who_paid")
    op.execute(
        "ALTER TABLE payment_instruction DROP CONSTRAINT whose_account, DROP COLUMN payee_id, "
        "DROP COLUMN account_household_id"
    )
    op.execute("DROP TABLE subsidy_payee")
