"""Subsidy: transfers that come back after they were confirmed as paid (退汇)."""

from alembic import op

revision = "0015_returned_transfers"
down_revision = "0014_account_rates"
branch_labels = None
depends_on = None

UP: tuple[str, ...] = (
    """
ALTER TABLE return_file ADD COLUMN returned INTEGER DEFAULT '0' NOT NULL,
    ADD COLUMN amount_returned NUMERIC(18, 2) DEFAULT '0' NOT NULL,
    DROP CONSTRAINT lines,
    ADD CONSTRAINT lines CHECK (lines = paid + rejected + returned + already_recorded + refused)
""",
    """
ALTER TABLE payment_instruction DROP CONSTRAINT instruction_state,
    ADD CONSTRAINT instruction_state CHECK (state IN ('sent', 'paid', 'rejected', 'returned'))
""",
    "DROP INDEX uq_payment_instruction_live",
    """
CREATE UNIQUE INDEX uq_payment_instruction_live ON payment_instruction (batch_id, household_id)
    WHERE state IN ('sent', 'paid')
""",
    """
CREATE TABLE returned_transfer (
    id UUID NOT NULL,
    instruction_id UUID NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    returned_on DATE NOT NULL,
    reason TEXT NOT NULL,
    return_file_id UUID,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    withdrawn_on DATE,
    withdrawn_by TEXT,
    withdrawal_reason TEXT,
    withdrawn_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_returned_transfer PRIMARY KEY (id),
    CONSTRAINT fk_returned_transfer_instruction_id_payment_instruction FOREIGN KEY(instruction_id)
        REFERENCES payment_instruction (id),
    CONSTRAINT fk_returned_transfer_return_file_id_return_file FOREIGN KEY(return_file_id) REFERENCES return_file (id),
    CONSTRAINT amount CHECK (amount > 0),
    CONSTRAINT whole CHECK (num_nonnulls(withdrawn_on, withdrawn_by, withdrawal_reason, withdrawn_at) IN (0, 4)),
    CONSTRAINT withdrawn CHECK (withdrawn_by <> recorded_by AND withdrawn_on >= returned_on)
)
""",
    """
CREATE UNIQUE INDEX uq_returned_transfer_holds ON returned_transfer (instruction_id)
    WHERE withdrawn_on IS NULL
""",
    "CREATE INDEX ix_returned_transfer_return_file_id ON returned_transfer (return_file_id)",
    # A notice stays as it was, but that it was wrong can be added once.
    """
CREATE FUNCTION keep_returned_transfers() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE added text[] := ARRAY['withdrawn_on', 'withdrawn_by', 'withdrawal_reason', 'withdrawn_at'];
BEGIN
  IF EXISTS (SELECT FROM was WHERE withdrawn_on IS NOT NULL)
     OR EXISTS (SELECT to_jsonb(w) - added FROM was w EXCEPT SELECT to_jsonb(i) - added FROM is_now i) THEN
    RAISE EXCEPTION 'a returned transfer stays as it was recorded' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$
""",
    """
CREATE TRIGGER returned_transfer_changed AFTER UPDATE ON returned_transfer
    REFERENCING OLD TABLE AS was NEW TABLE AS is_now FOR EACH STATEMENT EXECUTE FUNCTION keep_returned_transfers()
""",
    """
CREATE TRIGGER returned_transfer_stays BEFORE DELETE OR TRUNCATE ON returned_transfer
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
    # Settled once; what was paid can come back, and be paid after all where the notice was wrong.
    """
CREATE OR REPLACE FUNCTION keep_instructions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE settled text[] := ARRAY['state', 'settled_on', 'return_file_id', 'reason'];
BEGIN
  IF EXISTS (SELECT to_jsonb(w) - settled FROM was w EXCEPT SELECT to_jsonb(i) - settled FROM is_now i)
     OR EXISTS (SELECT FROM was w JOIN is_now i USING (id) WHERE w.state <> 'sent'
       AND ((w.state, i.state) NOT IN (('paid', 'returned'), ('returned', 'paid'))
         OR (w.settled_on, w.return_file_id, w.reason) IS DISTINCT FROM (i.settled_on, i.return_file_id, i.reason)))
  THEN
    RAISE EXCEPTION 'an instruction settles once and keeps what was sent to the bank'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$
""",
)
DOWN: tuple[str, ...] = (
    "DROP TABLE returned_transfer",
    "DROP FUNCTION keep_returned_transfers()",
    """
CREATE OR REPLACE FUNCTION keep_instructions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM was WHERE state <> 'sent')
     OR EXISTS (SELECT id, run_id, batch_id, household_id, holder_name_sealed, bank_code, account_sealed,
                  account_version, amount FROM was
                EXCEPT SELECT id, run_id, batch_id, household_id, holder_name_sealed, bank_code, account_sealed,
                  account_version, amount FROM is_now)
  THEN
    RAISE EXCEPTION 'an instruction settles once and keeps what was sent to the bank'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$
""",
    "DROP INDEX uq_payment_instruction_live",
    """
CREATE UNIQUE INDEX uq_payment_instruction_live ON payment_instruction (batch_id, household_id)
    WHERE state <> 'rejected'
""",
    """
ALTER TABLE payment_instruction DROP CONSTRAINT instruction_state,
    ADD CONSTRAINT instruction_state CHECK (state IN ('sent', 'paid', 'rejected'))
""",
    """
ALTER TABLE return_file DROP CONSTRAINT lines, DROP COLUMN returned, DROP COLUMN amount_returned,
    ADD CONSTRAINT lines CHECK (lines = paid + rejected + already_recorded + refused)
""",
)


def upgrade() -> None:
    """Apply."""
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    """Take back; refused once a transfer has come back, since that would be forgotten."""
    for statement in DOWN:
        op.execute(statement)
