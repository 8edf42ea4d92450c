"""Lending: what is stated with an application, two more ways to use a loan, and who explained a refusal."""

from alembic import op

revision = "0015_own_choice"
down_revision = "0014_pursuits"
branch_labels = None
depends_on = None

_MODES = "'direct', 'joint', 'indirect', 'equity', 'enterprise_use'"
_MODES_BEFORE = "'direct', 'indirect', 'enterprise_use'"
STATEMENTS: tuple[str, ...] = (
    "ALTER TABLE application ADD COLUMN statement JSONB",
    *(
        f"""
ALTER TABLE {table} DROP CONSTRAINT mode, DROP CONSTRAINT entity_id,
  ADD CONSTRAINT mode CHECK (mode IN ({_MODES})),
  ADD CONSTRAINT entity_id CHECK (entity_id IS NULL OR mode NOT IN ('direct', 'joint'))
"""
        for table in ("application", "loan")
    ),
    """
CREATE TABLE explanation (
    id UUID NOT NULL,
    application_id UUID NOT NULL,
    explained_on DATE NOT NULL,
    explained_by TEXT NOT NULL,
    explained_as TEXT NOT NULL,
    channel TEXT NOT NULL,
    words TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    withdrawn_on DATE,
    withdrawn_by TEXT,
    withdrawal_reason TEXT,
    CONSTRAINT pk_explanation PRIMARY KEY (id),
    CONSTRAINT channel CHECK (channel IN ('in_person', 'telephone', 'letter', 'message')),
    CONSTRAINT explained_as CHECK (explained_as IN ('bank', 'township')),
    CONSTRAINT words_given CHECK (words <> ''),
    CONSTRAINT withdrawn_by CHECK (withdrawn_by <> explained_by),
    CONSTRAINT withdrawn_on CHECK (withdrawn_on >= explained_on),
    CONSTRAINT withdrawal CHECK (num_nulls(withdrawn_on, withdrawn_by, withdrawal_reason) IN (0, 3)),
    CONSTRAINT fk_explanation_application_id_application FOREIGN KEY(application_id) REFERENCES application (id)
)
""",
    "CREATE INDEX ix_explanation_application_id ON explanation (application_id)",
    """
CREATE FUNCTION refuse_all_but_withdrawing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.withdrawn_on IS NULL
     AND to_jsonb(OLD) - ARRAY['withdrawn_on', 'withdrawn_by', 'withdrawal_reason']
       = to_jsonb(NEW) - ARRAY['withdrawn_on', 'withdrawn_by', 'withdrawal_reason'] THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% is withdrawn once and never rewritten', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$
""",
    """
CREATE TRIGGER explanation_is_only_withdrawn BEFORE UPDATE OR DELETE ON explanation
FOR EACH ROW EXECUTE FUNCTION refuse_all_but_withdrawing()
""",
)
UNDO: tuple[str, ...] = (
    "DROP TABLE explanation",
    "DROP FUNCTION refuse_all_but_withdrawing()",
    *(
        f"""
ALTER TABLE {table} DROP CONSTRAINT mode, DROP CONSTRAINT entity_id,
  ADD CONSTRAINT mode CHECK (mode IN ({_MODES_BEFORE})),
  ADD CONSTRAINT entity_id CHECK (entity_id IS NULL OR mode <> 'direct')
"""
        for table in ("application", "loan")
    ),
    "ALTER TABLE application DROP COLUMN statement",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back."""
    for statement in UNDO:
        op.execute(statement)
