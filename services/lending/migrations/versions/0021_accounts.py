"""Accounts: what a repayment pays is derived, may be held, and is taken back by two persons."""

from alembic import op

revision = "0021_accounts"
down_revision = "0020_reminders"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE installment ADD COLUMN signed BOOLEAN DEFAULT true NOT NULL",
    """
ALTER TABLE loan ADD COLUMN held NUMERIC(18, 2) DEFAULT 0.00 NOT NULL,
  ADD COLUMN refund_missing NUMERIC(18, 2) DEFAULT 0.00 NOT NULL,
  ADD COLUMN last_value_on DATE,
  ADD COLUMN last_rank SMALLINT DEFAULT 0 NOT NULL,
  ADD COLUMN last_reference TEXT COLLATE "C" DEFAULT '' NOT NULL,
  ADD CONSTRAINT held_parts CHECK (held >= 0 AND refund_missing >= 0)
""",
    """
UPDATE loan l SET last_rank = 9,
  last_value_on = greatest(l.booked_until, (SELECT max(paid_on) FROM repayment r WHERE r.loan_id = l.id))
""",
    """
ALTER TABLE loan ALTER COLUMN last_value_on SET NOT NULL, DROP CONSTRAINT dates, DROP COLUMN booked_until,
  ADD CONSTRAINT dates CHECK (matures_on > disbursed_on AND last_value_on >= disbursed_on)
""",
    """
ALTER TABLE repayment ADD COLUMN held NUMERIC(18, 2) DEFAULT 0.00 NOT NULL,
  ADD COLUMN refunded NUMERIC(18, 2) DEFAULT 0.00 NOT NULL,
  ADD COLUMN reversed_on DATE,
  DROP CONSTRAINT amount, DROP CONSTRAINT parts,
  ADD CONSTRAINT amount CHECK (amount > 0 AND amount = penalty + interest + principal + held + refunded
    OR reversed_on IS NOT NULL AND penalty = 0 AND interest = 0 AND principal = 0 AND held = 0 AND refunded = 0),
  ADD CONSTRAINT parts CHECK (penalty >= 0 AND interest >= 0 AND principal >= 0 AND held >= 0 AND refunded >= 0
    AND principal_outstanding >= 0)
""",
    """
CREATE FUNCTION refuse_other_receipts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what the bank received stays; reverse it instead' USING ERRCODE = 'restrict_violation';
END
$$
""",
    "DROP TRIGGER penalty_accrual_only_grows ON penalty_accrual",
    "DROP TRIGGER repayment_part_only_grows ON repayment_part",
    "DROP TRIGGER repayment_only_grows ON repayment",
    """
CREATE FUNCTION refuse_after_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.state = 'proposed' THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% is decided once and never rewritten', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$
""",
    """
CREATE TRIGGER repayment_never_changes BEFORE UPDATE OF id, loan_id, bank_code, bank_reference, kind, paid_on, amount,
  recorded_by, recorded_at OR DELETE OR TRUNCATE ON repayment
FOR EACH STATEMENT EXECUTE FUNCTION refuse_other_receipts()
""",
    """
ALTER TABLE repayment_file ADD COLUMN held NUMERIC(18, 2) DEFAULT 0.00 NOT NULL,
  DROP CONSTRAINT amount_recorded,
  ADD CONSTRAINT amount_recorded CHECK (amount_recorded = penalty + interest + principal + held)
""",
    """
CREATE TABLE repayment_reversal (
    id UUID NOT NULL,
    repayment_id UUID NOT NULL,
    loan_id UUID NOT NULL,
    cause TEXT NOT NULL,
    reason TEXT NOT NULL,
    proposed_on DATE NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    state TEXT DEFAULT 'proposed' NOT NULL,
    decided_on DATE,
    decided_by TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    decision_reason TEXT,
    CONSTRAINT pk_repayment_reversal PRIMARY KEY (id),
    CONSTRAINT cause CHECK (cause IN ('wrong_loan', 'wrong_amount', 'wrong_day', 'returned', 'doubled', 'other')),
    CONSTRAINT reason CHECK (reason <> ''),
    CONSTRAINT state CHECK (state IN ('proposed', 'confirmed', 'refused', 'withdrawn')),
    CONSTRAINT decided CHECK ((state = 'proposed') = (decided_by IS NULL) AND num_nulls(decided_on, decided_by,
      decided_at) IN (0, 3)),
    CONSTRAINT two_persons CHECK (state NOT IN ('confirmed', 'refused') OR decided_by <> proposed_by),
    CONSTRAINT decided_on CHECK (decided_on >= proposed_on),
    CONSTRAINT fk_repayment_reversal_repayment_id_repayment FOREIGN KEY(repayment_id) REFERENCES repayment (id)
)
""",
    """
CREATE UNIQUE INDEX uq_repayment_reversal_open ON repayment_reversal (repayment_id)
WHERE state IN ('proposed', 'confirmed')
""",
    "CREATE INDEX ix_repayment_reversal_loan_id ON repayment_reversal (loan_id)",
    """
CREATE TABLE refund (
    id UUID NOT NULL,
    loan_id UUID NOT NULL,
    bank_code TEXT NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    payee TEXT NOT NULL,
    account_reference TEXT NOT NULL,
    reason TEXT NOT NULL,
    proposed_on DATE NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    state TEXT DEFAULT 'proposed' NOT NULL,
    bank_reference TEXT,
    decided_on DATE,
    decided_by TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    decision_reason TEXT,
    CONSTRAINT pk_refund PRIMARY KEY (id),
    CONSTRAINT amount CHECK (amount > 0),
    CONSTRAINT payee CHECK (payee IN ('borrower', 'heir', 'guarantor', 'insurer', 'entity', 'other')),
    CONSTRAINT reason CHECK (reason <> ''),
    CONSTRAINT state CHECK (state IN ('proposed', 'confirmed', 'refused', 'withdrawn')),
    CONSTRAINT decided CHECK ((state = 'proposed') = (decided_by IS NULL) AND num_nulls(decided_on, decided_by,
      decided_at) IN (0, 3)),
    CONSTRAINT paid CHECK ((state = 'confirmed') = (bank_reference IS NOT NULL)),
    CONSTRAINT two_persons CHECK (state NOT IN ('confirmed', 'refused') OR decided_by <> proposed_by),
    CONSTRAINT decided_on CHECK (decided_on >= proposed_on),
    CONSTRAINT fk_refund_loan_id_loan FOREIGN KEY(loan_id) REFERENCES loan (id)
)
""",
    "CREATE INDEX ix_refund_loan_id ON refund (loan_id)",
    "CREATE UNIQUE INDEX uq_refund_open ON refund (loan_id) WHERE state = 'proposed'",
    """
CREATE TRIGGER repayment_reversal_is_decided_once BEFORE UPDATE OR DELETE ON repayment_reversal
FOR EACH ROW EXECUTE FUNCTION refuse_after_decision()
""",
    """
CREATE TRIGGER refund_is_decided_once BEFORE UPDATE OR DELETE ON refund
FOR EACH ROW EXECUTE FUNCTION refuse_after_decision()
""",
    """
ALTER TABLE bank_reference DROP CONSTRAINT entry,
  ADD CONSTRAINT entry CHECK (entry IN ('disbursement', 'repayment', 'prepayment', 'recovery', 'refund'))
""",
)
UNDO: tuple[str, ...] = (
    """
ALTER TABLE bank_reference DROP CONSTRAINT entry,
  ADD CONSTRAINT entry CHECK (entry IN ('disbursement', 'repayment', 'prepayment', 'recovery'))
""",
    "DROP TABLE refund",
    "DROP TABLE repayment_reversal",
    """
ALTER TABLE repayment_file DROP CONSTRAINT amount_recorded, DROP COLUMN held,
  ADD CONSTRAINT amount_recorded CHECK (amount_recorded = penalty + interest + principal)
""",
    "DROP TRIGGER repayment_never_changes ON repayment",
    "DROP FUNCTION refuse_other_receipts()",
    "DROP FUNCTION refuse_after_decision()",
    *(
        f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        for table in ("penalty_accrual", "repayment_part", "repayment")
    ),
    """
ALTER TABLE repayment DROP CONSTRAINT amount, DROP CONSTRAINT parts, DROP COLUMN held, DROP COLUMN refunded,
  DROP COLUMN reversed_on,
  ADD CONSTRAINT amount CHECK (amount > 0 AND amount = penalty + interest + principal),
  ADD CONSTRAINT parts CHECK (penalty >= 0 AND interest >= 0 AND principal >= 0 AND principal_outstanding >= 0)
""",
    "ALTER TABLE loan ADD COLUMN booked_until DATE",
    "UPDATE loan SET booked_until = last_value_on",
    """
ALTER TABLE loan ALTER COLUMN booked_until SET NOT NULL, DROP CONSTRAINT dates, DROP CONSTRAINT held_parts,
  DROP COLUMN held, DROP COLUMN refund_missing, DROP COLUMN last_value_on, DROP COLUMN last_rank,
  DROP COLUMN last_reference,
  ADD CONSTRAINT dates CHECK (matures_on > disbursed_on AND booked_until >= disbursed_on)
""",
    "ALTER TABLE installment DROP COLUMN signed",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back."""
    for statement in UNDO:
        op.execute(statement)
