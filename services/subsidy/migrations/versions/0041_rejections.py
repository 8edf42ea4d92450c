"""Subsidy: a transfer recorded as rejected that had been paid is corrected by two; what was paid twice is owed back."""

from alembic import op

revision = "0041_rejections"
down_revision = "0040_outbox_by_version"
branch_labels = None
depends_on = None

_SUBJECTS = (
    "'project_step', 'project_measure', 'project_receipt', 'grant_standard', 'grant_list', 'household_grant', "
    "'principal_receipt', 'dividend_payment', 'lease_entry', 'lease_service', 'security'"
)
# Settled once. What was paid can come back, and be paid after all where the notice was wrong; what was rejected can
# prove to have been paid, by two persons' word.
_KEPT = """
CREATE OR REPLACE FUNCTION keep_instructions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE settled CONSTANT text[] := ARRAY['state', 'settled_on', 'return_file_id', 'reason'];
BEGIN
  IF EXISTS (SELECT to_jsonb(w) - settled FROM was w EXCEPT SELECT to_jsonb(i) - settled FROM is_now i)
     OR EXISTS (SELECT FROM was w JOIN is_now i USING (id) WHERE w.state <> 'sent'
       AND ((w.state, i.state) NOT IN (('paid', 'returned'), ('returned', 'paid'))
         OR (w.settled_on, w.return_file_id, w.reason) IS DISTINCT FROM (i.settled_on, i.return_file_id, i.reason))
       AND NOT (w.state = 'rejected' AND i.state IN ('paid', 'doubled')
         AND w.return_file_id IS NOT DISTINCT FROM i.return_file_id AND EXISTS (
           SELECT FROM reversal r WHERE r.subject = 'rejected_transfer' AND r.subject_id = i.id
             AND r.state = 'confirmed' AND r.happened_on = i.settled_on)))
  THEN
    RAISE EXCEPTION 'an instruction settles once and keeps what was sent to the bank'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$
"""
UP: tuple[str, ...] = (
    _KEPT,
    f"""
ALTER TABLE reversal DROP CONSTRAINT subject, DROP CONSTRAINT reference,
    ADD CONSTRAINT subject CHECK (subject IN ({_SUBJECTS}, 'rejected_transfer')),
    ADD CONSTRAINT reference CHECK (subject NOT IN ('security', 'rejected_transfer') OR reference IS NOT NULL)
""",
    """
ALTER TABLE payment_instruction DROP CONSTRAINT instruction_state,
    ADD CONSTRAINT instruction_state CHECK (state IN ('sent', 'paid', 'rejected', 'returned', 'doubled'))
""",
    """
ALTER TABLE payment_hold ADD COLUMN reversal_id UUID CONSTRAINT fk_payment_hold_reversal_id_reversal
        REFERENCES reversal (id),
    ADD CONSTRAINT cause CHECK (num_nonnulls(listing_id, reversal_id) <= 1)
""",
    """
ALTER TABLE clawback ADD COLUMN instruction_id UUID CONSTRAINT fk_clawback_instruction_id_payment_instruction
        REFERENCES payment_instruction (id),
    ADD CONSTRAINT uq_clawback_instruction_id UNIQUE (instruction_id),
    DROP CONSTRAINT origin,
    ADD CONSTRAINT origin CHECK (
        num_nonnulls(line_id, loan_id) = 2 AND num_nonnulls(grant_id, programme_id, instruction_id) = 0
        OR num_nonnulls(line_id, loan_id, instruction_id) = 0 AND num_nonnulls(grant_id, programme_id) = 2
            AND offset_amount = 0
        OR num_nonnulls(line_id, loan_id, grant_id, programme_id) = 0 AND instruction_id IS NOT NULL
            AND offset_amount = 0)
""",
)
DOWN: tuple[str, ...] = (
    """
CREATE OR REPLACE FUNCTION keep_instructions() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE settled text[] := ARRAY['state', 'settled_on', 'return_file_id', 'reason'];
BEGIN
  IF EXISTS (SELECT to_jsonb(w) - settled FROM was w EXCEPT SELECT to_jsonb(i) - settled FROM is_now i)
     OR EXISTS (SELECT FROM was w JOIN is_now i USING (id) WHERE w.state <> 'sent'
       AND ((w.state, i.state) NOT IN (('paid', 'returned'), ('returned', 'paid'))
         OR (w.settled_on, w.return_file_id, w.reason) IS DISTINCT FROM (i.settled_on, i.return_file_id, i.reason)))
  THEN
    RAISE EXCEPTION 'an instruction settles once and keeps what was sent to the bank'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$
""",
    """
ALTER TABLE clawback DROP CONSTRAINT origin, DROP COLUMN instruction_id,
    ADD CONSTRAINT origin CHECK (
        num_nonnulls(line_id, loan_id) = 2 AND num_nonnulls(grant_id, programme_id) = 0
        OR num_nonnulls(line_id, loan_id) = 0 AND num_nonnulls(grant_id, programme_id) = 2 AND offset_amount = 0)
""",
    "ALTER TABLE payment_hold DROP CONSTRAINT cause, DROP COLUMN reversal_id",
    """
ALTER TABLE payment_instruction DROP CONSTRAINT instruction_state,
    ADD CONSTRAINT instruction_state CHECK (state IN ('sent', 'paid', 'rejected', 'returned'))
""",
    f"""
ALTER TABLE reversal DROP CONSTRAINT subject, DROP CONSTRAINT reference,
    ADD CONSTRAINT subject CHECK (subject IN ({_SUBJECTS})),
    ADD CONSTRAINT reference CHECK (subject <> 'security' OR reference IS NOT NULL)
""",
)


def upgrade() -> None:
    """Apply."""
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    """Take back."""
    for statement in DOWN:
        op.execute(statement)
