"""What of a penalty is surcharge: of repayments, and of the figures of a confirmed default."""

from alembic import op

revision = "0033_surcharge"
down_revision = "0032_risks"
branch_labels = None
depends_on = None

_CUMULATIVE = """
UPDATE repayment r SET surcharge = n.surcharge FROM (
  SELECT repayment_id, sum(so_far - round(so_far / times, 2) - (before - round(before / times, 2))) AS surcharge
  FROM (
    SELECT p.repayment_id, greatest(l.penalty_multiplier, 1) AS times, sum(p.penalty) OVER of_due AS so_far,
      sum(p.penalty) OVER of_due - p.penalty AS before
    FROM repayment_part p JOIN repayment r ON r.id = p.repayment_id JOIN loan l ON l.id = r.loan_id
    WHERE p.penalty > 0
    WINDOW of_due AS (PARTITION BY r.loan_id, p.installment_number
      ORDER BY r.paid_on, r.kind = 'prepayment', r.bank_reference COLLATE "C")
  ) paid GROUP BY repayment_id
) n WHERE n.repayment_id = r.id
"""


def upgrade() -> None:
    """Apply."""
    op.execute("""
    ALTER TABLE repayment ADD COLUMN surcharge NUMERIC(18, 2) DEFAULT 0.00 NOT NULL,
      ADD CONSTRAINT surcharge CHECK (surcharge >= 0 AND surcharge <= penalty)
    """)
    op.execute(_CUMULATIVE)
    op.execute("""
    ALTER TABLE default_confirmation ADD COLUMN surcharge_overdue NUMERIC(18, 2),
      ADD CONSTRAINT surcharge CHECK (surcharge_overdue >= 0 AND surcharge_overdue <= penalty_overdue)
    """)


def downgrade() -> None:
    """Take back."""
    op.execute("ALTER TABLE default_confirmation DROP COLUMN surcharge_overdue")
    op.execute("ALTER TABLE repayment DROP COLUMN surcharge")
