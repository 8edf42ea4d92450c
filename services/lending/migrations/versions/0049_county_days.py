"""Lending: days of rest and of work of a county's own, and since when they are known.

Misuses that were put right, or followed by another one, before their end was kept get it here; what was repaid, with
the loan's next posting.
"""

from alembic import op

revision = "0049_county_days"
down_revision = "0048_misused_classes"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
UPDATE installment i SET misused_until = e.ended_on
FROM misuse m JOIN misuse_termination e ON e.misuse_id = m.id AND e.state = 'confirmed'
WHERE i.of_misuse AND i.misused_until IS NULL AND m.state = 'confirmed'
  AND (m.loan_id, m.from_on) = (i.loan_id, i.due_on)
  AND NOT EXISTS (SELECT FROM misuse_reversal v WHERE v.misuse_id = m.id AND v.state = 'confirmed')
""",
    """
UPDATE installment i SET misused_until = later.due_on
FROM (SELECT n.loan_id, n.number, min(n.due_on) OVER (PARTITION BY n.loan_id ORDER BY n.number
    ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS due_on FROM installment n WHERE n.of_misuse) later
WHERE i.of_misuse AND i.misused_until IS NULL AND (later.loan_id, later.number) = (i.loan_id, i.number)
  AND later.due_on IS NOT NULL
""",
    """
ALTER TABLE rest_day ADD COLUMN region_code TEXT DEFAULT '' NOT NULL,
  DROP CONSTRAINT pk_rest_day, ADD CONSTRAINT pk_rest_day PRIMARY KEY (region_code, day),
  DROP CONSTRAINT next_workday,
  ADD CONSTRAINT next_workday CHECK (next_workday > day OR (next_workday = day AND region_code <> ''))
""",
    """
ALTER TABLE former_rest_day ADD COLUMN region_code TEXT DEFAULT '' NOT NULL,
  DROP CONSTRAINT pk_former_rest_day, ADD CONSTRAINT pk_former_rest_day PRIMARY KEY (region_code, day, known_at)
""",
    """
CREATE TABLE county_days (
    id UUID NOT NULL,
    county_code TEXT NOT NULL,
    kind TEXT NOT NULL,
    days DATE[] NOT NULL,
    document TEXT NOT NULL,
    reason TEXT NOT NULL,
    proposed_on DATE NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    state TEXT DEFAULT 'proposed' NOT NULL,
    decided_on DATE,
    decided_by TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    decision_reason TEXT,
    CONSTRAINT pk_county_days PRIMARY KEY (id),
    CONSTRAINT kind CHECK (kind IN ('rest', 'work', 'as_national')),
    CONSTRAINT days CHECK (cardinality(days) BETWEEN 1 AND 31),
    CONSTRAINT document CHECK (document <> ''),
    CONSTRAINT reason CHECK (reason <> ''),
    CONSTRAINT state CHECK (state IN ('proposed', 'confirmed', 'refused', 'withdrawn')),
    CONSTRAINT decided CHECK ((state = 'proposed') = (decided_by IS NULL)
      AND num_nulls(decided_on, decided_by, decided_at) IN (0, 3)),
    CONSTRAINT two_persons CHECK (state NOT IN ('confirmed', 'refused') OR decided_by <> proposed_by),
    CONSTRAINT decided_on CHECK (decided_on >= proposed_on)
)
""",
    """
CREATE INDEX ix_county_days_county_code ON county_days (county_code, decided_at)
""",
    """
CREATE TRIGGER county_days_is_decided_once BEFORE UPDATE OR DELETE ON county_days
FOR EACH ROW EXECUTE FUNCTION refuse_after_decision()
""",
)
UNDO: tuple[str, ...] = (
    "DROP TABLE county_days",
    "DELETE FROM former_rest_day WHERE region_code <> ''",
    "DELETE FROM rest_day WHERE region_code <> ''",
    "ALTER TABLE former_rest_day DROP COLUMN region_code",
    "ALTER TABLE former_rest_day ADD CONSTRAINT pk_former_rest_day PRIMARY KEY (day, known_at)",
    "ALTER TABLE rest_day DROP COLUMN region_code, ADD CONSTRAINT pk_rest_day PRIMARY KEY (day)",
    "ALTER TABLE rest_day ADD CONSTRAINT next_workday CHECK (next_workday > day)",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back."""
    for statement in UNDO:
        op.execute(statement)
