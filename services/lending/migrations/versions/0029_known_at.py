"""Lending: each posting, and what ends it, is stamped under its loan's lock, so that what was known can be asked."""

from alembic import op

revision = "0029_known_at"
down_revision = "0028_checks_and_news"
branch_labels = None
depends_on = None

STAMPED = ("disbursement.recorded_at", "repayment.recorded_at", "loan_rate.recorded_at", "recovery.recorded_at",
           "default_confirmation.confirmed_at")  # fmt: skip


def _stamped_by(clock: str) -> tuple[str, ...]:
    places = (each.split(".") for each in STAMPED)
    return tuple(f"ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT {clock}" for table, column in places)


STATEMENTS = (
    *_stamped_by("clock_timestamp()"),
    "ALTER TABLE repayment ADD COLUMN reversed_at TIMESTAMP WITH TIME ZONE",
    """
UPDATE repayment r SET reversed_at = coalesce(
  (SELECT v.decided_at FROM repayment_reversal v WHERE v.repayment_id = r.id AND v.state = 'confirmed'), r.recorded_at)
WHERE r.reversed_on IS NOT NULL
""",
    "ALTER TABLE repayment ADD CONSTRAINT reversed CHECK ((reversed_on IS NULL) = (reversed_at IS NULL))",
    "ALTER TABLE default_report ADD COLUMN withdrawn_at TIMESTAMP WITH TIME ZONE",
    """
UPDATE default_report r SET withdrawn_at = coalesce(
  (SELECT w.decided_at FROM default_withdrawal w WHERE w.report_id = r.id AND w.state = 'confirmed'), r.reported_at)
WHERE r.withdrawn_on IS NOT NULL
""",
    "ALTER TABLE default_report ADD CONSTRAINT withdrawn CHECK ((withdrawn_on IS NULL) = (withdrawn_at IS NULL))",
    "ALTER TABLE loan_rate ADD COLUMN replaced_at TIMESTAMP WITH TIME ZONE",
    """
UPDATE loan_rate o SET replaced_at = coalesce(
  (SELECT min(n.recorded_at) FROM loan_rate n WHERE n.loan_id = o.loan_id AND n.recorded_at > o.recorded_at),
  o.recorded_at)
WHERE o.replaced_on IS NOT NULL
""",
    "ALTER TABLE loan_rate ADD CONSTRAINT replaced CHECK ((replaced_on IS NULL) = (replaced_at IS NULL))",
    "ALTER TABLE loan ADD COLUMN compensated_at TIMESTAMP WITH TIME ZONE",
    "UPDATE loan SET compensated_at = compensated_on::timestamp AT TIME ZONE 'Asia/Shanghai'",
    "ALTER TABLE rest_day ADD COLUMN known_at TIMESTAMP WITH TIME ZONE DEFAULT '-infinity' NOT NULL",
    "ALTER TABLE rest_day ALTER COLUMN known_at SET DEFAULT now()",
)
UNDO = (
    "ALTER TABLE rest_day DROP COLUMN known_at",
    "ALTER TABLE loan DROP COLUMN compensated_at",
    "ALTER TABLE loan_rate DROP COLUMN replaced_at",
    "ALTER TABLE default_report DROP COLUMN withdrawn_at",
    "ALTER TABLE repayment DROP COLUMN reversed_at",
    *_stamped_by("now()"),
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back."""
    for statement in UNDO:
        op.execute(statement)
