"""Subsidy: a line stands in a batch and names the loan of its part, looked at once for all lines of a statement."""

from alembic import op

revision = "0037_line_owners"
down_revision = "0036_programmes_by_two"
branch_labels = None
depends_on = None

# In place of a key for each line, which for a large county takes as long as everything else. The keys of a part and of
# a claw-back stay, and so their loan cannot go; a batch never goes.
OWNED = (
    """
CREATE FUNCTION keep_lines_owned() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM (SELECT DISTINCT batch_id FROM added) a LEFT JOIN subsidy_batch b ON b.id = a.batch_id
             WHERE b.id IS NULL) THEN
    RAISE EXCEPTION 'a line stands in a batch' USING ERRCODE = 'foreign_key_violation';
  END IF;
  IF EXISTS (
    SELECT 1 FROM added a
    LEFT JOIN interest_payment p ON p.repayment_id = a.repayment_id AND p.installment_number = a.installment_number
      AND p.loan_version = a.part_version
    LEFT JOIN clawback c ON c.id = a.clawback_id
    WHERE a.loan_id IS DISTINCT FROM coalesce(p.loan_id, c.loan_id)) THEN
    RAISE EXCEPTION 'a line names the loan of its part' USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END $$
""",
    """
CREATE TRIGGER subsidy_line_owned AFTER INSERT ON subsidy_line
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION keep_lines_owned()
""",
    """
CREATE TRIGGER subsidy_batch_stays BEFORE DELETE OR TRUNCATE ON subsidy_batch
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
    "ALTER TABLE subsidy_line DROP CONSTRAINT fk_subsidy_line_batch_id_subsidy_batch",
    "ALTER TABLE subsidy_line DROP CONSTRAINT fk_subsidy_line_loan_id_subsidy_account",
)
KEYS = (
    """
ALTER TABLE subsidy_line ADD CONSTRAINT fk_subsidy_line_batch_id_subsidy_batch
    FOREIGN KEY (batch_id) REFERENCES subsidy_batch (id)
""",
    """
ALTER TABLE subsidy_line ADD CONSTRAINT fk_subsidy_line_loan_id_subsidy_account
    FOREIGN KEY (loan_id) REFERENCES subsidy_account (loan_id)
""",
    "DROP TRIGGER subsidy_batch_stays ON subsidy_batch",
    "DROP TRIGGER subsidy_line_owned ON subsidy_line",
    "DROP FUNCTION keep_lines_owned()",
)


def upgrade() -> None:
    """Look at all lines of a statement at once."""
    for statement in OWNED:
        op.execute(statement)


def downgrade() -> None:
    """Go back to a key for each line."""
    for statement in KEYS:
        op.execute(statement)
