"""Subsidy: an approved batch is returned, and what of a batch cannot be paid is closed, by two persons."""

from alembic import op

revision = "0021_batch_terminations"
down_revision = "0020_targets"
branch_labels = None
depends_on = None

UP: tuple[str, ...] = (
    """
CREATE TABLE batch_termination (
    id UUID NOT NULL,
    batch_id UUID NOT NULL,
    kind TEXT NOT NULL,
    reason TEXT NOT NULL,
    proposed_on DATE NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_as TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    decision TEXT,
    decided_on DATE,
    decided_by TEXT,
    decided_as TEXT,
    decided_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_batch_termination PRIMARY KEY (id),
    CONSTRAINT kind CHECK (kind IN ('return', 'close')),
    CONSTRAINT decision CHECK (decision IN ('approve', 'refuse')),
    CONSTRAINT decided_whole CHECK (num_nonnulls(decision, decided_on, decided_by, decided_as, decided_at) IN (0, 5)),
    CONSTRAINT second_person CHECK (decided_by <> proposed_by AND decided_on >= proposed_on),
    CONSTRAINT fk_batch_termination_batch_id_subsidy_batch FOREIGN KEY(batch_id) REFERENCES subsidy_batch (id)
)
""",
    "CREATE UNIQUE INDEX uq_batch_termination_open ON batch_termination (batch_id) WHERE decision IS NULL",
    "CREATE INDEX ix_batch_termination_batch_id ON batch_termination (batch_id)",
    # A proposal stays as it was made; what was decided is added once.
    """
CREATE FUNCTION keep_terminations() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE added text[] := ARRAY['decision', 'decided_on', 'decided_by', 'decided_as', 'decided_at'];
BEGIN
  IF EXISTS (SELECT FROM was WHERE decision IS NOT NULL)
     OR EXISTS (SELECT to_jsonb(w) - added FROM was w EXCEPT SELECT to_jsonb(i) - added FROM is_now i) THEN
    RAISE EXCEPTION 'a termination is decided once' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$
""",
    """
CREATE TRIGGER batch_termination_changed AFTER UPDATE ON batch_termination
    REFERENCING OLD TABLE AS was NEW TABLE AS is_now FOR EACH STATEMENT EXECUTE FUNCTION keep_terminations()
""",
    """
CREATE TRIGGER batch_termination_stays BEFORE DELETE OR TRUNCATE ON batch_termination
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
    """
ALTER TABLE payment_reduction ADD COLUMN id UUID, ADD COLUMN termination_id UUID,
    DROP CONSTRAINT pk_payment_reduction
""",
    "ALTER TABLE payment_reduction DISABLE TRIGGER payment_reduction_only_grows",
    "UPDATE payment_reduction SET id = uuid7()",
    "ALTER TABLE payment_reduction ENABLE TRIGGER payment_reduction_only_grows",
    """
ALTER TABLE payment_reduction ALTER COLUMN id SET NOT NULL, ALTER COLUMN run_id DROP NOT NULL,
    ADD CONSTRAINT pk_payment_reduction PRIMARY KEY (id),
    ADD CONSTRAINT cause CHECK (num_nonnulls(run_id, termination_id) = 1),
    ADD CONSTRAINT uq_payment_reduction_run_id_line_id UNIQUE (run_id, line_id),
    ADD CONSTRAINT uq_payment_reduction_termination_id_line_id UNIQUE (termination_id, line_id),
    ADD CONSTRAINT fk_payment_reduction_termination_id_batch_termination FOREIGN KEY(termination_id)
        REFERENCES batch_termination (id)
""",
)
DOWN: tuple[str, ...] = (
    """
ALTER TABLE payment_reduction DROP CONSTRAINT cause, DROP CONSTRAINT uq_payment_reduction_run_id_line_id,
    DROP CONSTRAINT uq_payment_reduction_termination_id_line_id, DROP CONSTRAINT pk_payment_reduction,
    DROP COLUMN termination_id, DROP COLUMN id, ADD CONSTRAINT pk_payment_reduction PRIMARY KEY (run_id, line_id)
""",
    "DROP TABLE batch_termination",
    "DROP FUNCTION keep_terminations()",
)


def upgrade() -> None:
    """Apply."""
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    """Take back; refused once something was closed, since that would be forgotten."""
    for statement in DOWN:
        op.execute(statement)
