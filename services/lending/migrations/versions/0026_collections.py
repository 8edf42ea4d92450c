"""Lending: who pressed for repayment, and repayment plans."""

from alembic import op

revision = "0026_collections"
down_revision = "0025_cover_expiry"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
CREATE TABLE collection_record (
    id UUID NOT NULL,
    loan_id UUID NOT NULL,
    office TEXT NOT NULL,
    person TEXT NOT NULL,
    pressed_on DATE NOT NULL,
    result TEXT NOT NULL,
    promised_on DATE,
    note TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    withdrawn_on DATE,
    withdraw_reason TEXT,
    withdrawn_by TEXT,
    CONSTRAINT pk_collection_record PRIMARY KEY (id),
    CONSTRAINT office CHECK (office IN ('village_committee', 'first_secretary', 'work_team', 'helper', 'township')),
    CONSTRAINT said CHECK (person <> '' AND note <> ''),
    CONSTRAINT result CHECK (result IN ('promised', 'paying', 'unable', 'unwilling', 'not_reached')),
    CONSTRAINT promise CHECK ((result = 'promised') = (promised_on IS NOT NULL) AND promised_on >= pressed_on),
    CONSTRAINT withdrawn_is_whole CHECK (num_nonnulls(withdrawn_on, withdraw_reason, withdrawn_by) IN (0, 3)),
    CONSTRAINT maker_is_not_checker CHECK (withdrawn_by <> recorded_by),
    CONSTRAINT withdrawn_on CHECK (withdrawn_on >= pressed_on),
    CONSTRAINT fk_collection_record_loan_id_loan FOREIGN KEY(loan_id) REFERENCES loan (id)
)
""",
    """
CREATE INDEX ix_collection_record_loan_id ON collection_record (loan_id)
""",
    """
CREATE TABLE repayment_plan (
    id UUID NOT NULL,
    loan_id UUID NOT NULL,
    bank_code TEXT NOT NULL,
    agreed_on DATE NOT NULL,
    arrears NUMERIC(18, 2) NOT NULL,
    office TEXT NOT NULL,
    person TEXT NOT NULL,
    paper_reference TEXT NOT NULL,
    note TEXT NOT NULL,
    drawn_by TEXT NOT NULL,
    drawn_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    state TEXT DEFAULT 'drawn' NOT NULL,
    signed_on DATE,
    signed_by TEXT,
    reason TEXT,
    replaced_on DATE,
    CONSTRAINT pk_repayment_plan PRIMARY KEY (id),
    CONSTRAINT arrears CHECK (arrears > 0),
    CONSTRAINT office CHECK (office IN ('village_committee', 'first_secretary', 'work_team', 'helper', 'township')),
    CONSTRAINT said CHECK (person <> '' AND paper_reference <> '' AND note <> ''),
    CONSTRAINT state CHECK (state IN ('drawn', 'signed', 'refused', 'withdrawn', 'replaced')),
    CONSTRAINT decided CHECK ((state = 'drawn') = (signed_by IS NULL)
        AND num_nulls(signed_on, signed_by) IN (0, 2)),
    CONSTRAINT two_persons CHECK (state = 'withdrawn' OR signed_by <> drawn_by),
    CONSTRAINT in_order CHECK (signed_on >= agreed_on AND replaced_on >= agreed_on),
    CONSTRAINT replaced CHECK ((state = 'replaced') = (replaced_on IS NOT NULL)),
    CONSTRAINT fk_repayment_plan_loan_id_loan FOREIGN KEY(loan_id) REFERENCES loan (id)
)
""",
    """
CREATE INDEX ix_repayment_plan_loan_id ON repayment_plan (loan_id)
""",
    """
CREATE UNIQUE INDEX uq_repayment_plan_drawn ON repayment_plan (loan_id) WHERE state = 'drawn'
""",
    """
CREATE UNIQUE INDEX uq_repayment_plan_signed ON repayment_plan (loan_id) WHERE state = 'signed'
""",
    """
CREATE TABLE plan_installment (
    plan_id UUID NOT NULL,
    number INTEGER NOT NULL,
    due_on DATE NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    CONSTRAINT pk_plan_installment PRIMARY KEY (plan_id, number),
    CONSTRAINT amount CHECK (number >= 1 AND amount > 0),
    CONSTRAINT fk_plan_installment_plan_id_repayment_plan FOREIGN KEY(plan_id) REFERENCES repayment_plan (id)
)
""",
)


def upgrade() -> None:
    """Apply."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Forget who pressed for repayment, and the plans."""
    for table in ("plan_installment", "repayment_plan", "collection_record"):
        op.execute(f"DROP TABLE {table}")
