"""Claims, insurance and recoveries."""

from alembic import op

revision = "0002_claims"
down_revision = "0001_funds"
branch_labels = None
depends_on = None

TABLES = (
    """
CREATE TABLE claim (
    id UUID NOT NULL,
    loan_id UUID NOT NULL,
    default_id UUID NOT NULL,
    fund_id UUID NOT NULL,
    pack_id UUID NOT NULL,
    county_code TEXT NOT NULL,
    village_code TEXT NOT NULL,
    bank_code TEXT NOT NULL,
    cause TEXT NOT NULL,
    filed_on DATE NOT NULL,
    filed_by TEXT NOT NULL,
    pursued_from DATE,
    state TEXT NOT NULL,
    principal NUMERIC(18, 2) NOT NULL,
    interest NUMERIC(18, 2) NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    interest_repaid_before NUMERIC(18, 2) NOT NULL,
    insurance_amount NUMERIC(18, 2) DEFAULT 0.00 NOT NULL,
    fund_share NUMERIC(9, 8) NOT NULL,
    bank_share NUMERIC(9, 8) NOT NULL,
    fund_amount NUMERIC(18, 2),
    bank_amount NUMERIC(18, 2),
    approved_on DATE,
    paid_on DATE,
    version INTEGER DEFAULT 0 NOT NULL,
    filed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_claim PRIMARY KEY (id),
    CONSTRAINT state CHECK (state IN ('awaiting_insurer', 'deciding', 'approved', 'paid', 'refused')),
    CONSTRAINT amount CHECK (principal > 0 AND interest >= 0 AND amount = principal + interest),
    CONSTRAINT insurance_amount CHECK (insurance_amount >= 0 AND insurance_amount <= amount),
    CONSTRAINT shares CHECK (fund_share >= 0 AND bank_share >= 0 AND fund_share + bank_share = 1),
    CONSTRAINT parts_add_up CHECK (num_nulls(fund_amount, bank_amount, approved_on) IN (0, 3) AND fund_amount >= 0
        AND bank_amount >= 0 AND insurance_amount + fund_amount + bank_amount = amount),
    CONSTRAINT approved_on CHECK (state NOT IN ('approved', 'paid') OR approved_on IS NOT NULL),
    CONSTRAINT paid_on CHECK ((state = 'paid') = (paid_on IS NOT NULL)),
    CONSTRAINT fk_claim_loan_id_covered_loan FOREIGN KEY(loan_id) REFERENCES covered_loan (loan_id),
    CONSTRAINT fk_claim_default_id_loan_default FOREIGN KEY(default_id) REFERENCES loan_default (id),
    CONSTRAINT fk_claim_fund_id_fund FOREIGN KEY(fund_id) REFERENCES fund (id),
    CONSTRAINT fk_claim_pack_id_policy_pack FOREIGN KEY(pack_id) REFERENCES policy_pack (pack_id)
)
""",
    """
CREATE INDEX ix_claim_loan_id ON claim (loan_id)
""",
    """
CREATE INDEX ix_claim_village_code ON claim (village_code text_pattern_ops)
""",
    """
CREATE UNIQUE INDEX one_claim_per_default ON claim (default_id) WHERE state <> 'refused'
""",
    """
CREATE TABLE claim_decision (
    claim_id UUID NOT NULL,
    person TEXT NOT NULL,
    decision TEXT NOT NULL,
    decided_on DATE NOT NULL,
    reason TEXT NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_claim_decision PRIMARY KEY (claim_id, person),
    CONSTRAINT decision CHECK (decision IN ('approve', 'refuse')),
    CONSTRAINT fk_claim_decision_claim_id_claim FOREIGN KEY(claim_id) REFERENCES claim (id)
)
""",
    """
CREATE TABLE claim_payment (
    claim_id UUID NOT NULL,
    entry_id UUID,
    amount NUMERIC(18, 2) NOT NULL,
    paid_on DATE NOT NULL,
    bank_reference TEXT NOT NULL,
    paid_by TEXT NOT NULL,
    paid_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_claim_payment PRIMARY KEY (claim_id),
    CONSTRAINT amount CHECK (amount >= 0 AND (amount > 0) = (entry_id IS NOT NULL)),
    CONSTRAINT fk_claim_payment_claim_id_claim FOREIGN KEY(claim_id) REFERENCES claim (id),
    CONSTRAINT uq_claim_payment_entry_id UNIQUE (entry_id),
    CONSTRAINT fk_claim_payment_entry_id_journal_entry FOREIGN KEY(entry_id) REFERENCES journal_entry (id)
)
""",
    """
CREATE TABLE insurance_policy (
    id UUID NOT NULL,
    loan_id UUID NOT NULL,
    insurer_code TEXT NOT NULL,
    kind TEXT NOT NULL,
    policy_number TEXT NOT NULL,
    sum_insured NUMERIC(18, 2) NOT NULL,
    valid_from DATE NOT NULL,
    valid_until DATE NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_insurance_policy PRIMARY KEY (id),
    CONSTRAINT uq_insurance_policy_loan_id_insurer_code_policy_number UNIQUE (loan_id, insurer_code, policy_number),
    CONSTRAINT sum_insured CHECK (sum_insured > 0),
    CONSTRAINT valid_until CHECK (valid_until > valid_from),
    CONSTRAINT fk_insurance_policy_loan_id_covered_loan FOREIGN KEY(loan_id) REFERENCES covered_loan (loan_id)
)
""",
    """
CREATE TABLE insurance_request (
    id UUID NOT NULL,
    claim_id UUID NOT NULL,
    policy_id UUID NOT NULL,
    insurer_code TEXT NOT NULL,
    policy_number TEXT NOT NULL,
    kind TEXT NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    requested_on DATE NOT NULL,
    answer_due_on DATE NOT NULL,
    accepted BOOLEAN,
    amount_paid NUMERIC(18, 2),
    answered_on DATE,
    reference TEXT,
    answered_by TEXT,
    CONSTRAINT pk_insurance_request PRIMARY KEY (id),
    CONSTRAINT uq_insurance_request_claim_id_policy_id UNIQUE (claim_id, policy_id),
    CONSTRAINT uq_insurance_request_insurer_code_reference UNIQUE (insurer_code, reference),
    CONSTRAINT asked CHECK (amount > 0 AND answer_due_on >= requested_on),
    CONSTRAINT answered CHECK (num_nulls(accepted, amount_paid, answered_on, reference, answered_by) IN (0, 5)),
    CONSTRAINT amount_paid CHECK (amount_paid >= 0 AND amount_paid <= amount),
    CONSTRAINT accepted CHECK (accepted = (amount_paid > 0)),
    CONSTRAINT answered_on CHECK (answered_on >= requested_on),
    CONSTRAINT fk_insurance_request_claim_id_claim FOREIGN KEY(claim_id) REFERENCES claim (id),
    CONSTRAINT fk_insurance_request_policy_id_insurance_policy FOREIGN KEY(policy_id) REFERENCES insurance_policy (id)
)
""",
    """
CREATE INDEX ix_insurance_request_insurer_code ON insurance_request (insurer_code)
""",
    """
CREATE TABLE recovery (
    id UUID NOT NULL,
    claim_id UUID NOT NULL,
    loan_id UUID NOT NULL,
    county_code TEXT NOT NULL,
    village_code TEXT NOT NULL,
    bank_code TEXT NOT NULL,
    bank_reference TEXT NOT NULL,
    recovered_on DATE NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    principal NUMERIC(18, 2) NOT NULL,
    interest NUMERIC(18, 2) NOT NULL,
    fund_share NUMERIC(18, 2) NOT NULL,
    bank_share NUMERIC(18, 2) NOT NULL,
    due_on DATE NOT NULL,
    state TEXT NOT NULL,
    CONSTRAINT pk_recovery PRIMARY KEY (id),
    CONSTRAINT amount CHECK (amount > 0 AND amount = principal + interest AND principal >= 0 AND interest >= 0),
    CONSTRAINT shares CHECK (fund_share >= 0 AND bank_share >= 0 AND fund_share + bank_share = amount),
    CONSTRAINT state CHECK (state IN ('open', 'returned', 'nothing_due')),
    CONSTRAINT nothing_due CHECK ((state = 'nothing_due') = (fund_share = 0)),
    CONSTRAINT due_on CHECK (due_on >= recovered_on),
    CONSTRAINT fk_recovery_claim_id_claim FOREIGN KEY(claim_id) REFERENCES claim (id),
    CONSTRAINT fk_recovery_loan_id_covered_loan FOREIGN KEY(loan_id) REFERENCES covered_loan (loan_id)
)
""",
    """
CREATE INDEX ix_recovery_claim_id ON recovery (claim_id)
""",
    """
CREATE INDEX ix_recovery_open ON recovery (due_on) WHERE state = 'open'
""",
    """
CREATE TABLE recovery_return (
    recovery_id UUID NOT NULL,
    entry_id UUID NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    returned_on DATE NOT NULL,
    bank_reference TEXT NOT NULL,
    is_late BOOLEAN NOT NULL,
    returned_by TEXT NOT NULL,
    returned_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_recovery_return PRIMARY KEY (recovery_id),
    CONSTRAINT amount CHECK (amount > 0),
    CONSTRAINT fk_recovery_return_recovery_id_recovery FOREIGN KEY(recovery_id) REFERENCES recovery (id),
    CONSTRAINT uq_recovery_return_entry_id UNIQUE (entry_id),
    CONSTRAINT fk_recovery_return_entry_id_journal_entry FOREIGN KEY(entry_id) REFERENCES journal_entry (id)
)
""",
)
ONLY_GROWING = ("claim_decision", "claim_payment", "recovery_return")


def only_grows(table: str) -> str:
    """Return the trigger that refuses to change what stands in a table."""
    return (
        f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def upgrade() -> None:
    """Create the tables and their guards."""
    for statement in (*TABLES, *map(only_grows, ONLY_GROWING)):
        op.execute(statement)


def downgrade() -> None:
    """Drop everything again."""
    for table in (
        "recovery_return",
        "recovery",
        "insurance_request",
        "insurance_policy",
        "claim_payment",
        "claim_decision",
        "claim",
    ):
        op.drop_table(table)
