"""A guarantor's share of losses and recoveries, and the transfers between it and the bank.

Recoveries of before keep their parts; what they gave the bank beyond its loss stays in its part.
"""

from alembic import op

revision = "0010_guarantors"
down_revision = "0009_accounts"
branch_labels = None
depends_on = None

_UP = (
    """
ALTER TABLE claim
  ADD COLUMN guarantor_code TEXT,
  ADD COLUMN guarantor_share NUMERIC(9, 8) DEFAULT 0 NOT NULL,
  ADD COLUMN guarantor_amount NUMERIC(18, 2),
  ADD COLUMN guarantor_due_on DATE
""",
    "UPDATE claim SET guarantor_amount = 0.00 WHERE approved_on IS NOT NULL",
    """
ALTER TABLE claim
  DROP CONSTRAINT shares,
  DROP CONSTRAINT parts_add_up,
  ADD CONSTRAINT shares CHECK (least(fund_share, bank_share, guarantor_share) >= 0
    AND fund_share + bank_share + guarantor_share = 1),
  ADD CONSTRAINT parts_add_up CHECK (num_nulls(fund_amount, bank_amount, guarantor_amount, approved_on) IN (0, 4)
    AND least(fund_amount, bank_amount, guarantor_amount) >= 0
    AND insurance_amount + fund_amount + bank_amount + guarantor_amount = amount),
  ADD CONSTRAINT guarantor CHECK ((guarantor_share > 0) = (guarantor_code IS NOT NULL)),
  ADD CONSTRAINT guarantor_due_on CHECK ((guarantor_amount > 0) = (guarantor_due_on IS NOT NULL))
""",
    "CREATE INDEX ix_claim_guarantor_code ON claim (guarantor_code)",
    """
ALTER TABLE recovery
  ADD COLUMN guarantor_share NUMERIC(18, 2) DEFAULT 0.00 NOT NULL,
  ADD COLUMN beyond_loss NUMERIC(18, 2) DEFAULT 0.00 NOT NULL,
  DROP CONSTRAINT shares,
  ADD CONSTRAINT shares CHECK (least(fund_share, bank_share, guarantor_share, beyond_loss) >= 0
    AND fund_share + bank_share + guarantor_share + beyond_loss = amount)
""",
    """
CREATE TABLE guarantor_transfer (
    id UUID NOT NULL,
    claim_id UUID NOT NULL,
    bank_code TEXT NOT NULL,
    direction TEXT NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    transferred_on DATE NOT NULL,
    bank_reference TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    withdrawn_on DATE,
    withdrawn_by TEXT,
    withdrawal_reason TEXT,
    CONSTRAINT pk_guarantor_transfer PRIMARY KEY (id),
    CONSTRAINT direction CHECK (direction IN ('to_bank', 'to_guarantor')),
    CONSTRAINT amount CHECK (amount > 0),
    CONSTRAINT withdrawn CHECK (num_nulls(withdrawn_on, withdrawn_by, withdrawal_reason) IN (0, 3)),
    CONSTRAINT two_persons CHECK (withdrawn_by <> recorded_by),
    CONSTRAINT fk_guarantor_transfer_claim_id_claim FOREIGN KEY(claim_id) REFERENCES claim (id)
)
""",
    "CREATE INDEX ix_guarantor_transfer_claim_id ON guarantor_transfer (claim_id)",
    """
CREATE UNIQUE INDEX one_transfer_per_reference ON guarantor_transfer (bank_code, bank_reference)
WHERE withdrawn_on IS NULL
""",
    """
CREATE FUNCTION keep_guarantor_transfer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.withdrawn_on IS NOT NULL
     OR (NEW.id, NEW.claim_id, NEW.bank_code, NEW.direction, NEW.amount, NEW.transferred_on, NEW.bank_reference,
         NEW.recorded_by, NEW.recorded_at)
        IS DISTINCT FROM
        (OLD.id, OLD.claim_id, OLD.bank_code, OLD.direction, OLD.amount, OLD.transferred_on, OLD.bank_reference,
         OLD.recorded_by, OLD.recorded_at) THEN
    RAISE EXCEPTION 'guarantor_transfer only grows: a transfer is withdrawn once and never changed';
  END IF;
  RETURN NEW;
END
$$
""",
    """
CREATE TRIGGER guarantor_transfer_stays BEFORE UPDATE OR DELETE ON guarantor_transfer
FOR EACH ROW EXECUTE FUNCTION keep_guarantor_transfer()
""",
)
_DOWN = (
    "DROP TABLE guarantor_transfer",
    "DROP FUNCTION keep_guarantor_transfer",
    """
ALTER TABLE recovery
  DROP CONSTRAINT shares,
  DROP COLUMN guarantor_share,
  DROP COLUMN beyond_loss,
  ADD CONSTRAINT shares CHECK (fund_share >= 0 AND bank_share >= 0 AND fund_share + bank_share = amount)
""",
    """
ALTER TABLE claim
  DROP CONSTRAINT guarantor,
  DROP CONSTRAINT guarantor_due_on,
  DROP CONSTRAINT shares,
  DROP CONSTRAINT parts_add_up,
  DROP COLUMN guarantor_code,
  DROP COLUMN guarantor_share,
  DROP COLUMN guarantor_amount,
  DROP COLUMN guarantor_due_on,
  ADD CONSTRAINT shares CHECK (fund_share >= 0 AND bank_share >= 0 AND fund_share + bank_share = 1),
  ADD CONSTRAINT parts_add_up CHECK (num_nulls(fund_amount, bank_amount, approved_on) IN (0, 3) AND fund_amount >= 0
    AND bank_amount >= 0 AND insurance_amount + fund_amount + bank_amount = amount)
""",
)


def upgrade() -> None:
    """Apply the statements; claims of before have no guarantor."""
    for statement in _UP:
        op.execute(statement)


def downgrade() -> None:
    """Drop them in reverse order; claims that a guarantor shares do not fit any more and stop it."""
    for statement in _DOWN:
        op.execute(statement)
