"""Risk fund: policies that insurers confirm, cancel and banks pledge; answers that come after the decision."""

from alembic import op

revision = "0019_policies"
down_revision = "0018_outbox_by_version"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    """
ALTER TABLE insurance_policy
    ADD COLUMN beneficiary TEXT DEFAULT 'bank' NOT NULL,
    ADD COLUMN premium NUMERIC(18, 2),
    ADD COLUMN premium_payer TEXT,
    ADD COLUMN premium_paid_on DATE,
    ADD COLUMN consented_on DATE,
    ADD COLUMN state TEXT DEFAULT 'recorded' NOT NULL,
    ADD COLUMN answered_on DATE,
    ADD COLUMN answered_by TEXT,
    ADD COLUMN answer_reason TEXT,
    ADD COLUMN cancelled_on DATE,
    ADD COLUMN cancelled_by TEXT,
    ADD COLUMN cancel_reason TEXT,
    ADD COLUMN version INTEGER DEFAULT 0 NOT NULL,
    DROP CONSTRAINT uq_insurance_policy_loan_id_insurer_code_policy_number,
    ADD CONSTRAINT beneficiary CHECK (beneficiary IN ('bank', 'household')),
    ADD CONSTRAINT premium CHECK (premium >= 0 AND premium <= sum_insured),
    ADD CONSTRAINT premium_payer CHECK (premium_payer IN ('county', 'household')),
    ADD CONSTRAINT premium_has_a_payer CHECK ((premium IS NULL) = (premium_payer IS NULL)),
    ADD CONSTRAINT premium_paid_on CHECK (premium_paid_on IS NULL OR premium IS NOT NULL),
    ADD CONSTRAINT state CHECK (state IN ('recorded', 'confirmed', 'refused', 'cancelled')),
    ADD CONSTRAINT answered CHECK (num_nulls(answered_on, answered_by) IN (0, 2)),
    ADD CONSTRAINT answered_state CHECK (CASE WHEN state = 'recorded' THEN answered_by IS NULL
        WHEN state = 'cancelled' THEN true ELSE answered_by IS NOT NULL END),
    ADD CONSTRAINT answer_reason CHECK ((state = 'refused') = (answer_reason IS NOT NULL)),
    ADD CONSTRAINT cancelled CHECK (num_nulls(cancelled_on, cancelled_by, cancel_reason)
        = CASE WHEN state = 'cancelled' THEN 0 ELSE 3 END),
    ADD CONSTRAINT two_persons CHECK (answered_by <> recorded_by)
""",
    "CREATE UNIQUE INDEX one_policy_on_a_loan ON insurance_policy (loan_id, insurer_code, policy_number) "
    "WHERE state IN ('recorded', 'confirmed')",
    "CREATE INDEX ix_insurance_policy_insurer_code ON insurance_policy (insurer_code)",
    """
CREATE TABLE policy_pledge (
    id UUID NOT NULL,
    policy_id UUID NOT NULL,
    insurer_code TEXT NOT NULL,
    policy_number TEXT NOT NULL,
    contract_reference TEXT NOT NULL,
    pledged_on DATE NOT NULL,
    pledged_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    released_on DATE,
    released_by TEXT,
    release_reason TEXT,
    CONSTRAINT pk_policy_pledge PRIMARY KEY (id),
    CONSTRAINT fk_policy_pledge_policy_id_insurance_policy FOREIGN KEY(policy_id) REFERENCES insurance_policy (id),
    CONSTRAINT released CHECK (num_nulls(released_on, released_by, release_reason) IN (0, 3)),
    CONSTRAINT released_on CHECK (released_on >= pledged_on),
    CONSTRAINT two_persons CHECK (released_by <> pledged_by)
)
""",
    "CREATE UNIQUE INDEX one_pledge_of_a_policy ON policy_pledge (insurer_code, policy_number) "
    "WHERE released_on IS NULL",
    "CREATE INDEX ix_policy_pledge_policy_id ON policy_pledge (policy_id)",
    """
ALTER TABLE insurance_request
    ADD COLUMN late BOOLEAN DEFAULT false NOT NULL,
    ADD CONSTRAINT late_answer CHECK (NOT late OR accepted IS NOT NULL)
""",
)
UNDO: tuple[str, ...] = (
    "ALTER TABLE insurance_request DROP CONSTRAINT late_answer, DROP COLUMN late",
    "DROP TABLE policy_pledge",
    "DROP INDEX ix_insurance_policy_insurer_code",
    "DROP INDEX one_policy_on_a_loan",
    """
ALTER TABLE insurance_policy
    DROP CONSTRAINT two_persons,
    DROP COLUMN version,
    DROP COLUMN cancel_reason,
    DROP COLUMN cancelled_by,
    DROP COLUMN cancelled_on,
    DROP COLUMN answer_reason,
    DROP COLUMN answered_by,
    DROP COLUMN answered_on,
    DROP COLUMN state,
    DROP COLUMN consented_on,
    DROP COLUMN premium_paid_on,
    DROP COLUMN premium_payer,
    DROP COLUMN premium,
    DROP COLUMN beneficiary,
    ADD CONSTRAINT uq_insurance_policy_loan_id_insurer_code_policy_number
        UNIQUE (loan_id, insurer_code, policy_number)
""",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back."""
    for statement in UNDO:
        op.execute(statement)
