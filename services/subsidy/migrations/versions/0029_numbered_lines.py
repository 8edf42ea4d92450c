"""Subsidy: a part's lines are numbered, so that no two follow from the same knowledge, and stay within its interest."""

from alembic import op

revision = "0029_numbered_lines"
down_revision = "0028_grant_words"
branch_labels = None
depends_on = None

AFTER_PREPARATION = """
  IF EXISTS (SELECT 1 FROM added a JOIN subsidy_batch b ON b.id = a.batch_id
             WHERE b.state <> 'prepared' OR b.lines_hash <> '') THEN
    RAISE EXCEPTION 'a batch takes no lines after its preparation' USING ERRCODE = 'restrict_violation';
  END IF;
"""
# A first line never gives more than its interest: its own CHECK holds it.
BEYOND_INTEREST = """
  IF EXISTS (
    SELECT 1 FROM (
      SELECT DISTINCT repayment_id, installment_number, part_version FROM added WHERE kind = 'supplement') s
    JOIN interest_payment p ON p.repayment_id = s.repayment_id AND p.installment_number = s.installment_number
      AND p.loan_version = s.part_version
    WHERE p.amount < (
      SELECT sum(l.amount - (SELECT coalesce(sum(r.amount), 0) FROM payment_reduction r WHERE r.line_id = l.id)
        - (SELECT coalesce(sum(c.by_facts), 0) FROM clawback c WHERE c.line_id = l.id AND c.state <> 'refused'))
      FROM subsidy_line l WHERE l.repayment_id = s.repayment_id AND l.installment_number = s.installment_number
        AND l.live AND l.kind <> 'clawback'))
  THEN
    RAISE EXCEPTION 'the lines of a part give more than its interest' USING ERRCODE = 'check_violation';
  END IF;
"""
NUMBERED = (
    "ALTER TABLE subsidy_line ADD COLUMN number INTEGER",
    "ALTER TABLE subsidy_line DISABLE TRIGGER subsidy_line_changed",
    """
UPDATE subsidy_line l SET number = n.number FROM (
  SELECT id, CASE kind WHEN 'interest' THEN 1 ELSE 1 + row_number() OVER (
    PARTITION BY repayment_id, installment_number, kind ORDER BY id) END AS number
  FROM subsidy_line WHERE kind <> 'clawback') n
WHERE n.id = l.id
""",
    "ALTER TABLE subsidy_line ENABLE TRIGGER subsidy_line_changed",
    """
ALTER TABLE subsidy_line ADD CONSTRAINT number CHECK (CASE kind WHEN 'interest' THEN coalesce(number, 0) = 1
    WHEN 'supplement' THEN coalesce(number, 0) > 1 ELSE number IS NULL END)
""",
    "DROP INDEX uq_subsidy_line_live",
    """
CREATE UNIQUE INDEX uq_subsidy_line_live ON subsidy_line (repayment_id, installment_number, number)
    WHERE live AND kind <> 'clawback'
""",
)


def upgrade() -> None:
    """Number the lines and let the database refuse a second supplement and one too many."""
    for statement in NUMBERED:
        op.execute(statement)
    _keep_lines_added(AFTER_PREPARATION + BEYOND_INTEREST)


def downgrade() -> None:
    """Go back to one live line of interest for each part and supplements beside it."""
    _keep_lines_added(AFTER_PREPARATION)
    op.execute("DROP INDEX uq_subsidy_line_live")
    op.execute("ALTER TABLE subsidy_line DROP COLUMN number")
    op.execute("""
CREATE UNIQUE INDEX uq_subsidy_line_live ON subsidy_line (repayment_id, installment_number)
    WHERE live AND kind = 'interest'
""")


def _keep_lines_added(checks: str) -> None:
    op.execute(f"""
CREATE OR REPLACE FUNCTION keep_lines_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
{checks}
  RETURN NULL;
END $$
""")
