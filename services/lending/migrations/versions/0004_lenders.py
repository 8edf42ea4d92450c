"""Lenders and branches; the way a loan is used, who borrows, legacy loans, and one account for one household."""

from alembic import op

revision = "0004_lenders"
down_revision = "0003_packs"
branch_labels = None
depends_on = None

_LENDERS = (
    """
CREATE TABLE lender (
    county_code TEXT NOT NULL CONSTRAINT county_code CHECK (county_code ~ '^[0-9]{6}$'),
    code TEXT NOT NULL CONSTRAINT code CHECK (code ~ '^[A-Za-z0-9-]{2,20}$'),
    name TEXT NOT NULL,
    kind TEXT NOT NULL CONSTRAINT kind CHECK (kind IN ('state_owned', 'joint_stock', 'postal_savings',
        'rural_credit_cooperative', 'city_commercial', 'rural_commercial', 'rural_cooperative', 'village')),
    registered_by TEXT NOT NULL,
    registered_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_lender PRIMARY KEY (county_code, code)
)
""",
    """
CREATE TABLE bank_branch (
    id UUID NOT NULL,
    county_code TEXT NOT NULL,
    bank_code TEXT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    region_code TEXT NOT NULL CONSTRAINT region_code CHECK (region_code ~ '^([0-9]{9}|[0-9]{12})$'),
    address TEXT NOT NULL,
    registered_by TEXT NOT NULL,
    registered_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    closed_on DATE,
    closed_by TEXT,
    CONSTRAINT closed_on CHECK ((closed_on IS NULL) = (closed_by IS NULL)),
    CONSTRAINT in_its_county CHECK (region_code ^@ county_code),
    CONSTRAINT pk_bank_branch PRIMARY KEY (id),
    CONSTRAINT uq_bank_branch_county_code_bank_code_code UNIQUE (county_code, bank_code, code),
    CONSTRAINT fk_bank_branch_county_code_bank_code_lender FOREIGN KEY(county_code, bank_code)
        REFERENCES lender (county_code, code)
)
""",
    "CREATE INDEX ix_bank_branch_region_code ON bank_branch (region_code text_pattern_ops)",
    "CREATE TRIGGER lender_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON lender "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
)
# A loan that was granted before the platform came has its application only as a record of what it is.
_APPLICATION = """
ALTER TABLE application
    ADD COLUMN source TEXT NOT NULL DEFAULT 'filed' CONSTRAINT source CHECK (source IN ('filed', 'legacy_loan')),
    ADD COLUMN mode TEXT NOT NULL DEFAULT 'direct'
        CONSTRAINT mode CHECK (mode IN ('direct', 'indirect', 'enterprise_use')),
    ADD COLUMN entity_id UUID,
    ADD COLUMN borrower_member_id UUID,
    ADD COLUMN branch_id UUID,
    ADD CONSTRAINT entity_id CHECK (entity_id IS NULL OR mode <> 'direct'),
    ADD CONSTRAINT fk_application_branch_id_bank_branch FOREIGN KEY(branch_id) REFERENCES bank_branch (id),
    DROP CONSTRAINT approved_on,
    DROP CONSTRAINT handed_over_on,
    ADD CONSTRAINT approved_on CHECK (state NOT IN ('approved', 'handed_over', 'disbursed')
        OR approved_on IS NOT NULL OR source = 'legacy_loan'),
    ADD CONSTRAINT handed_over_on CHECK (state NOT IN ('handed_over', 'disbursed')
        OR (handed_over_on >= approved_on AND disbursement_due_on IS NOT NULL) OR source = 'legacy_loan'),
    ADD CONSTRAINT legacy_loan CHECK (source <> 'legacy_loan' OR state = 'disbursed')
"""
_LOAN = """
ALTER TABLE loan
    ADD COLUMN mode TEXT NOT NULL DEFAULT 'direct'
        CONSTRAINT mode CHECK (mode IN ('direct', 'indirect', 'enterprise_use')),
    ADD COLUMN entity_id UUID,
    ADD COLUMN borrower_member_id UUID,
    ADD COLUMN branch_id UUID,
    ADD COLUMN granted_under TEXT NOT NULL DEFAULT 'current'
        CONSTRAINT granted_under CHECK (granted_under IN ('current', 'legacy_amount', 'legacy_mode')),
    ADD CONSTRAINT entity_id CHECK (entity_id IS NULL OR mode <> 'direct')
"""
_RECORDS = (
    """
CREATE TABLE legacy_loan (
    loan_id UUID NOT NULL,
    granted_under TEXT NOT NULL CONSTRAINT granted_under CHECK (granted_under IN ('legacy_amount', 'legacy_mode')),
    guarantor TEXT,
    onboarded_on DATE NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_legacy_loan PRIMARY KEY (loan_id),
    CONSTRAINT fk_legacy_loan_loan_id_loan FOREIGN KEY(loan_id) REFERENCES loan (id)
)
""",
    """
CREATE TABLE payee_account (
    bank_code TEXT NOT NULL,
    account_reference TEXT NOT NULL,
    household_id UUID NOT NULL,
    since_on DATE NOT NULL,
    CONSTRAINT pk_payee_account PRIMARY KEY (bank_code, account_reference)
)
""",
    "ALTER TABLE disbursement ADD COLUMN account_reference TEXT",
    "CREATE TRIGGER legacy_loan_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON legacy_loan "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    "CREATE TRIGGER payee_account_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON payee_account "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
)
STATEMENTS: tuple[str, ...] = (*_LENDERS, _APPLICATION, _LOAN, *_RECORDS)
UNDO: tuple[str, ...] = (
    "ALTER TABLE disbursement DROP COLUMN account_reference",
    "DROP TABLE payee_account",
    "DROP TABLE legacy_loan",
    """
ALTER TABLE loan DROP CONSTRAINT entity_id, DROP COLUMN granted_under, DROP COLUMN branch_id,
    DROP COLUMN borrower_member_id, DROP COLUMN entity_id, DROP COLUMN mode
""",
    """
ALTER TABLE application DROP CONSTRAINT legacy_loan, DROP CONSTRAINT handed_over_on, DROP CONSTRAINT approved_on,
    DROP CONSTRAINT entity_id, DROP COLUMN branch_id, DROP COLUMN borrower_member_id, DROP COLUMN entity_id,
    DROP COLUMN mode, DROP COLUMN source,
    ADD CONSTRAINT approved_on CHECK (state NOT IN ('approved', 'handed_over', 'disbursed') OR approved_on IS NOT NULL),
    ADD CONSTRAINT handed_over_on CHECK (state NOT IN ('handed_over', 'disbursed')
        OR (handed_over_on >= approved_on AND disbursement_due_on IS NOT NULL))
""",
    "DROP TABLE bank_branch",
    "DROP TABLE lender",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back."""
    for statement in UNDO:
        op.execute(statement)
