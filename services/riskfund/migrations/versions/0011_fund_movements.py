"""Interest of a fund's account, money back to the county, and reversals: booked by the decision of two persons."""

from alembic import op

revision = "0011_fund_movements"
down_revision = "0010_guarantors"
branch_labels = None
depends_on = None

_UP = (
    """
ALTER TABLE ledger_account
  DROP CONSTRAINT code,
  DROP CONSTRAINT credit_accounts,
  ADD CONSTRAINT code CHECK (
    code IN ('fund_cash', 'fund_capital', 'compensation_paid', 'recovery_income', 'interest_income')),
  ADD CONSTRAINT credit_accounts CHECK (
    code NOT IN ('fund_capital', 'recovery_income', 'interest_income') OR balance <= 0)
""",
    "INSERT INTO ledger_account (fund_id, code) SELECT id, 'interest_income' FROM fund",
    """
ALTER TABLE journal_entry
  DROP CONSTRAINT kind,
  ADD CONSTRAINT kind CHECK (
    kind IN ('contribution', 'compensation', 'recovery', 'interest', 'withdrawal', 'reversal'))
""",
    """
CREATE TABLE fund_movement (
    id UUID NOT NULL,
    fund_id UUID NOT NULL,
    kind TEXT NOT NULL,
    contribution_id UUID,
    amount NUMERIC(18, 2) NOT NULL,
    moved_on DATE NOT NULL,
    bank_reference TEXT NOT NULL,
    reason TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_in_name_of TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    state TEXT DEFAULT 'proposed' NOT NULL,
    decided_on DATE,
    decided_by TEXT,
    decided_in_name_of TEXT,
    decision_reason TEXT,
    entry_id UUID,
    CONSTRAINT pk_fund_movement PRIMARY KEY (id),
    CONSTRAINT kind CHECK (kind IN ('interest', 'withdrawal', 'reversal')),
    CONSTRAINT contribution_id CHECK ((kind = 'reversal') = (contribution_id IS NOT NULL)),
    CONSTRAINT amount CHECK (amount > 0),
    CONSTRAINT state CHECK (state IN ('proposed', 'booked', 'refused')),
    CONSTRAINT decided CHECK (num_nulls(decided_on, decided_by, decided_in_name_of, decision_reason)
        = CASE WHEN state = 'proposed' THEN 4 ELSE 0 END),
    CONSTRAINT booked CHECK ((state = 'booked') = (entry_id IS NOT NULL)),
    CONSTRAINT two_persons CHECK (decided_by <> proposed_by),
    CONSTRAINT fk_fund_movement_fund_id_fund FOREIGN KEY(fund_id) REFERENCES fund (id),
    CONSTRAINT fk_fund_movement_contribution_id_contribution FOREIGN KEY(contribution_id) REFERENCES contribution (id),
    CONSTRAINT uq_fund_movement_entry_id UNIQUE (entry_id),
    CONSTRAINT fk_fund_movement_entry_id_journal_entry FOREIGN KEY(entry_id) REFERENCES journal_entry (id)
)
""",
    "CREATE INDEX ix_fund_movement_fund_id ON fund_movement (fund_id)",
)
_DOWN = (
    "DROP TABLE fund_movement",
    """
ALTER TABLE journal_entry
  DROP CONSTRAINT kind,
  ADD CONSTRAINT kind CHECK (kind IN ('contribution', 'compensation', 'recovery', 'reversal'))
""",
    "DELETE FROM ledger_account WHERE code = 'interest_income'",
    """
ALTER TABLE ledger_account
  DROP CONSTRAINT code,
  DROP CONSTRAINT credit_accounts,
  ADD CONSTRAINT code CHECK (code IN ('fund_cash', 'fund_capital', 'compensation_paid', 'recovery_income')),
  ADD CONSTRAINT credit_accounts CHECK (code NOT IN ('fund_capital', 'recovery_income') OR balance <= 0)
""",
)


def upgrade() -> None:
    """Apply the statements; every fund of before has an account of interest with nothing on it."""
    for statement in _UP:
        op.execute(statement)


def downgrade() -> None:
    """Drop them in reverse order; a fund on which interest was booked keeps it from going back."""
    for statement in _DOWN:
        op.execute(statement)
