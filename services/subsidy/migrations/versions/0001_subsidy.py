"""Create the subsidy service's tables, and the triggers that keep lines, instructions and rates as written."""

from alembic import op

from shared import common_schema

revision = "0001_subsidy"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    """
CREATE TABLE household_state (
    household_id UUID NOT NULL,
    version INTEGER NOT NULL,
    village_code TEXT NOT NULL,
    state TEXT NOT NULL,
    effective_from DATE NOT NULL,
    CONSTRAINT pk_household_state PRIMARY KEY (household_id, version)
)
""",
    """
CREATE TABLE policy_pack (
    pack_id UUID NOT NULL,
    county_code TEXT NOT NULL,
    pack_version INTEGER NOT NULL,
    effective_from DATE NOT NULL,
    content_hash TEXT NOT NULL,
    content JSONB NOT NULL,
    CONSTRAINT pk_policy_pack PRIMARY KEY (pack_id),
    CONSTRAINT uq_policy_pack_county_code_pack_version UNIQUE (county_code, pack_version),
    CONSTRAINT pack_version CHECK (pack_version >= 1)
)
""",
    """
CREATE INDEX ix_policy_pack_in_force ON policy_pack (county_code, effective_from, pack_version)
""",
    """
CREATE TABLE programme (
    id UUID NOT NULL,
    county_code TEXT NOT NULL,
    year INTEGER NOT NULL,
    name TEXT NOT NULL,
    fund_sources TEXT[] NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE NOT NULL,
    budget NUMERIC(18, 2) NOT NULL,
    committed NUMERIC(18, 2) DEFAULT '0' NOT NULL,
    paid NUMERIC(18, 2) DEFAULT '0' NOT NULL,
    created_by TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_programme PRIMARY KEY (id),
    CONSTRAINT uq_programme_county_code_year_name UNIQUE (county_code, year, name),
    CONSTRAINT period CHECK (ends_on >= starts_on),
    CONSTRAINT signs CHECK (budget >= 0 AND committed >= 0 AND paid >= 0),
    CONSTRAINT within_budget CHECK (committed + paid <= budget)
)
""",
    """
CREATE TABLE reference_rate (
    rate_id UUID NOT NULL,
    basis TEXT NOT NULL,
    effective_from DATE NOT NULL,
    up_to_1y NUMERIC(12, 8),
    over_1y_to_5y NUMERIC(12, 8),
    over_5y NUMERIC(12, 8),
    published_by TEXT NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_reference_rate PRIMARY KEY (rate_id),
    CONSTRAINT uq_reference_rate_basis_effective_from UNIQUE (basis, effective_from),
    CONSTRAINT basis CHECK (basis IN ('PBOC_BENCHMARK', 'LPR')),
    CONSTRAINT some_rate CHECK (num_nonnulls(up_to_1y, over_1y_to_5y, over_5y) > 0),
    CONSTRAINT positive CHECK (least(up_to_1y, over_1y_to_5y, over_5y) > 0)
)
""",
    """
CREATE TABLE subsidy_account (
    loan_id UUID NOT NULL,
    household_id UUID NOT NULL,
    county_code TEXT NOT NULL,
    village_code TEXT NOT NULL,
    bank_code TEXT NOT NULL,
    contract_number TEXT NOT NULL,
    principal NUMERIC(18, 2) NOT NULL,
    annual_rate NUMERIC(12, 8) NOT NULL,
    day_count TEXT NOT NULL,
    term_months INTEGER NOT NULL,
    disbursed_on DATE NOT NULL,
    matures_on DATE NOT NULL,
    loan_round INTEGER NOT NULL,
    pack_version INTEGER NOT NULL,
    closed_on DATE,
    CONSTRAINT pk_subsidy_account PRIMARY KEY (loan_id),
    CONSTRAINT signs CHECK (principal > 0 AND annual_rate >= 0 AND term_months > 0)
)
""",
    """
CREATE INDEX ix_subsidy_account_county_code ON subsidy_account (county_code)
""",
    """
CREATE INDEX ix_subsidy_account_household_id ON subsidy_account (household_id)
""",
    """
CREATE TABLE clawback (
    id UUID NOT NULL,
    line_id UUID NOT NULL,
    county_code TEXT NOT NULL,
    household_id UUID NOT NULL,
    loan_id UUID NOT NULL,
    village_code TEXT NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    offset_amount NUMERIC(18, 2) DEFAULT '0' NOT NULL,
    reason TEXT NOT NULL,
    decided_on DATE NOT NULL,
    due_on DATE NOT NULL,
    state TEXT NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    approved_by TEXT,
    approved_on DATE,
    CONSTRAINT pk_clawback PRIMARY KEY (id),
    CONSTRAINT amount CHECK (amount > 0 AND offset_amount >= 0 AND offset_amount <= amount),
    CONSTRAINT clawback_state CHECK (state IN ('proposed', 'approved', 'refused', 'offset')),
    CONSTRAINT offset_amount CHECK ((state = 'offset') = (offset_amount = amount)),
    CONSTRAINT approved CHECK ((state = 'proposed') = (approved_by IS NULL)),
    CONSTRAINT two_persons CHECK (approved_by <> proposed_by),
    CONSTRAINT fk_clawback_loan_id_subsidy_account FOREIGN KEY(loan_id) REFERENCES subsidy_account (loan_id)
)
""",
    """
CREATE INDEX ix_clawback_open ON clawback (county_code, household_id) WHERE state = 'approved'
""",
    """
CREATE UNIQUE INDEX uq_clawback_line_id ON clawback (line_id) WHERE state <> 'refused'
""",
    """
CREATE TABLE interest_payment (
    repayment_id UUID NOT NULL,
    installment_number INTEGER NOT NULL,
    loan_id UUID NOT NULL,
    loan_version INTEGER NOT NULL,
    bank_reference TEXT NOT NULL,
    kind TEXT NOT NULL,
    paid_on DATE NOT NULL,
    period_from DATE NOT NULL,
    period_until DATE NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    CONSTRAINT pk_interest_payment PRIMARY KEY (repayment_id, installment_number),
    CONSTRAINT kind CHECK (kind IN ('repayment', 'prepayment')),
    CONSTRAINT amount CHECK (amount > 0 AND period_until >= period_from),
    CONSTRAINT fk_interest_payment_loan_id_subsidy_account FOREIGN KEY(loan_id) REFERENCES subsidy_account (loan_id)
)
""",
    """
CREATE INDEX ix_interest_payment_loan_id ON interest_payment (loan_id, loan_version)
""",
    """
CREATE INDEX ix_interest_payment_paid_on ON interest_payment (paid_on)
""",
    """
CREATE TABLE penalty_payment (
    repayment_id UUID NOT NULL,
    loan_id UUID NOT NULL,
    bank_reference TEXT NOT NULL,
    paid_on DATE NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    CONSTRAINT pk_penalty_payment PRIMARY KEY (repayment_id),
    CONSTRAINT amount CHECK (amount > 0),
    CONSTRAINT fk_penalty_payment_loan_id_subsidy_account FOREIGN KEY(loan_id) REFERENCES subsidy_account (loan_id)
)
""",
    """
CREATE INDEX ix_penalty_payment_loan_id ON penalty_payment (loan_id)
""",
    """
CREATE TABLE programme_supplement (
    id UUID NOT NULL,
    programme_id UUID NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    fund_source TEXT NOT NULL,
    decided_on DATE NOT NULL,
    note TEXT NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_programme_supplement PRIMARY KEY (id),
    CONSTRAINT amount CHECK (amount > 0),
    CONSTRAINT fk_programme_supplement_programme_id_programme FOREIGN KEY(programme_id) REFERENCES programme (id)
)
""",
    """
CREATE TABLE programme_target (
    programme_id UUID NOT NULL,
    code TEXT NOT NULL,
    value NUMERIC(18, 2) NOT NULL,
    CONSTRAINT pk_programme_target PRIMARY KEY (programme_id, code),
    CONSTRAINT value CHECK (value >= 0),
    CONSTRAINT fk_programme_target_programme_id_programme FOREIGN KEY(programme_id) REFERENCES programme (id)
)
""",
    """
CREATE TABLE subsidy_batch (
    id UUID NOT NULL,
    county_code TEXT NOT NULL,
    programme_id UUID NOT NULL,
    period_from DATE NOT NULL,
    period_until DATE NOT NULL,
    prepared_on DATE NOT NULL,
    prepared_by TEXT NOT NULL,
    prepared_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    state TEXT NOT NULL,
    version INTEGER DEFAULT '0' NOT NULL,
    lines INTEGER DEFAULT '0' NOT NULL,
    households INTEGER DEFAULT '0' NOT NULL,
    interest NUMERIC(18, 2) DEFAULT '0' NOT NULL,
    amount NUMERIC(18, 2) DEFAULT '0' NOT NULL,
    lines_hash TEXT DEFAULT '' NOT NULL,
    amount_paid NUMERIC(18, 2) DEFAULT '0' NOT NULL,
    settled_on DATE,
    CONSTRAINT pk_subsidy_batch PRIMARY KEY (id),
    CONSTRAINT period CHECK (period_until > period_from),
    CONSTRAINT batch_state CHECK (state IN ('prepared', 'reviewed', 'approved', 'paying', 'settled', 'returned')),
    CONSTRAINT signs CHECK (lines >= 0 AND households >= 0 AND interest >= 0 AND amount >= 0),
    CONSTRAINT amount_paid CHECK (amount_paid >= 0 AND amount_paid <= amount),
    CONSTRAINT settled CHECK (state <> 'settled' OR (settled_on IS NOT NULL AND amount_paid = amount)),
    CONSTRAINT fk_subsidy_batch_programme_id_programme FOREIGN KEY(programme_id) REFERENCES programme (id)
)
""",
    """
CREATE INDEX ix_subsidy_batch_county_code ON subsidy_batch (county_code)
""",
    """
CREATE TABLE batch_decision (
    id UUID NOT NULL,
    batch_id UUID NOT NULL,
    step TEXT NOT NULL,
    decision TEXT NOT NULL,
    note TEXT NOT NULL,
    decided_on DATE NOT NULL,
    decided_by TEXT NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_batch_decision PRIMARY KEY (id),
    CONSTRAINT uq_batch_decision_batch_id_step UNIQUE (batch_id, step),
    CONSTRAINT uq_batch_decision_batch_id_decided_by UNIQUE (batch_id, decided_by),
    CONSTRAINT step CHECK (step IN ('review', 'approval')),
    CONSTRAINT decision CHECK (decision IN ('approve', 'return')),
    CONSTRAINT fk_batch_decision_batch_id_subsidy_batch FOREIGN KEY(batch_id) REFERENCES subsidy_batch (id)
)
""",
    """
CREATE TABLE payment_run (
    id UUID NOT NULL,
    batch_id UUID NOT NULL,
    number INTEGER NOT NULL,
    paid_on DATE NOT NULL,
    paying_bank TEXT,
    instructions INTEGER NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    without_account INTEGER NOT NULL,
    started_by TEXT NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_payment_run PRIMARY KEY (id),
    CONSTRAINT uq_payment_run_batch_id_number UNIQUE (batch_id, number),
    CONSTRAINT signs CHECK (number >= 1 AND instructions >= 0 AND amount >= 0 AND without_account >= 0),
    CONSTRAINT fk_payment_run_batch_id_subsidy_batch FOREIGN KEY(batch_id) REFERENCES subsidy_batch (id)
)
""",
    """
CREATE TABLE subsidy_line (
    id UUID NOT NULL,
    batch_id UUID NOT NULL,
    kind TEXT NOT NULL,
    loan_id UUID NOT NULL,
    household_id UUID NOT NULL,
    village_code TEXT NOT NULL,
    repayment_id UUID,
    installment_number INTEGER,
    clawback_id UUID,
    interest NUMERIC(18, 2) NOT NULL,
    not_covered NUMERIC(18, 2) DEFAULT '0' NOT NULL,
    stopped NUMERIC(18, 2) DEFAULT '0' NOT NULL,
    beyond_years NUMERIC(18, 2) DEFAULT '0' NOT NULL,
    above_principal NUMERIC(18, 2) DEFAULT '0' NOT NULL,
    above_cap NUMERIC(18, 2) DEFAULT '0' NOT NULL,
    beyond_share NUMERIC(18, 2) DEFAULT '0' NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    reasons TEXT[] NOT NULL,
    days INTEGER NOT NULL,
    eligible_days INTEGER NOT NULL,
    cap_rate NUMERIC(12, 8),
    live BOOLEAN DEFAULT true NOT NULL,
    CONSTRAINT pk_subsidy_line PRIMARY KEY (id),
    CONSTRAINT fk_subsidy_line_repayment_id_installment_number_interes_1675
        FOREIGN KEY(repayment_id, installment_number) REFERENCES interest_payment (repayment_id, installment_number),
    CONSTRAINT kind CHECK (kind IN ('interest', 'clawback')),
    CONSTRAINT interest_line
        CHECK ((kind = 'interest')
            = (repayment_id IS NOT NULL AND installment_number IS NOT NULL AND clawback_id IS NULL)),
    CONSTRAINT clawback_line CHECK ((kind = 'clawback') = (clawback_id IS NOT NULL AND repayment_id IS NULL)),
    CONSTRAINT amount CHECK (CASE kind WHEN 'interest' THEN amount >= 0 ELSE amount < 0 AND interest = 0 END),
    CONSTRAINT withheld
        CHECK (least(not_covered, stopped, beyond_years, above_principal, above_cap, beyond_share) >= 0),
    CONSTRAINT every_fen_of_interest_explained
        CHECK (kind <> 'interest'
            OR interest = amount + not_covered + stopped + beyond_years + above_principal + above_cap + beyond_share),
    CONSTRAINT eligible_days CHECK (eligible_days >= 0 AND eligible_days <= days),
    CONSTRAINT fk_subsidy_line_batch_id_subsidy_batch FOREIGN KEY(batch_id) REFERENCES subsidy_batch (id),
    CONSTRAINT fk_subsidy_line_loan_id_subsidy_account FOREIGN KEY(loan_id) REFERENCES subsidy_account (loan_id),
    CONSTRAINT fk_subsidy_line_clawback_id_clawback FOREIGN KEY(clawback_id) REFERENCES clawback (id)
)
""",
    """
CREATE INDEX ix_subsidy_line_batch_id ON subsidy_line (batch_id, household_id)
""",
    """
CREATE INDEX ix_subsidy_line_clawback_id ON subsidy_line (clawback_id) WHERE clawback_id IS NOT NULL
""",
    """
CREATE INDEX ix_subsidy_line_loan_id ON subsidy_line (loan_id)
""",
    """
CREATE UNIQUE INDEX uq_subsidy_line_live ON subsidy_line (repayment_id, installment_number)
    WHERE live AND repayment_id IS NOT NULL
""",
    """
CREATE TABLE return_file (
    id UUID NOT NULL,
    run_id UUID NOT NULL,
    sha256 BYTEA NOT NULL,
    lines INTEGER NOT NULL,
    total NUMERIC(18, 2) NOT NULL,
    paid INTEGER NOT NULL,
    amount_paid NUMERIC(18, 2) NOT NULL,
    rejected INTEGER NOT NULL,
    amount_rejected NUMERIC(18, 2) NOT NULL,
    already_recorded INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    received_by TEXT NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_return_file PRIMARY KEY (id),
    CONSTRAINT uq_return_file_run_id_sha256 UNIQUE (run_id, sha256),
    CONSTRAINT lines CHECK (lines = paid + rejected + already_recorded + refused),
    CONSTRAINT fk_return_file_run_id_payment_run FOREIGN KEY(run_id) REFERENCES payment_run (id)
)
""",
    """
CREATE TABLE payment_instruction (
    id UUID NOT NULL,
    run_id UUID NOT NULL,
    batch_id UUID NOT NULL,
    household_id UUID NOT NULL,
    holder_name_sealed BYTEA NOT NULL,
    bank_code TEXT NOT NULL,
    account_sealed BYTEA NOT NULL,
    account_version INTEGER NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    state TEXT NOT NULL,
    settled_on DATE,
    reason TEXT,
    return_file_id UUID,
    CONSTRAINT pk_payment_instruction PRIMARY KEY (id),
    CONSTRAINT amount CHECK (amount > 0),
    CONSTRAINT instruction_state CHECK (state IN ('sent', 'paid', 'rejected')),
    CONSTRAINT settled CHECK ((state = 'sent') = (settled_on IS NULL AND return_file_id IS NULL)),
    CONSTRAINT fk_payment_instruction_run_id_payment_run FOREIGN KEY(run_id) REFERENCES payment_run (id),
    CONSTRAINT fk_payment_instruction_batch_id_subsidy_batch FOREIGN KEY(batch_id) REFERENCES subsidy_batch (id),
    CONSTRAINT fk_payment_instruction_return_file_id_return_file FOREIGN KEY(return_file_id)
        REFERENCES return_file (id)
)
""",
    """
CREATE INDEX ix_payment_instruction_household_id ON payment_instruction (household_id)
""",
    """
CREATE INDEX ix_payment_instruction_run_id ON payment_instruction (run_id)
""",
    """
CREATE UNIQUE INDEX uq_payment_instruction_live ON payment_instruction (batch_id, household_id)
    WHERE state <> 'rejected'
""",
    """
CREATE TABLE return_file_refusal (
    file_id UUID NOT NULL,
    line_number INTEGER NOT NULL,
    instruction_id TEXT NOT NULL,
    code TEXT NOT NULL,
    reason TEXT NOT NULL,
    CONSTRAINT pk_return_file_refusal PRIMARY KEY (file_id, line_number),
    CONSTRAINT fk_return_file_refusal_file_id_return_file FOREIGN KEY(file_id) REFERENCES return_file (id)
)
""",
    """
ALTER TABLE clawback ADD CONSTRAINT fk_clawback_line_id_subsidy_line FOREIGN KEY(line_id) REFERENCES subsidy_line (id)
""",
)
OWN_TABLES = (
    "household_state",
    "policy_pack",
    "programme",
    "reference_rate",
    "subsidy_account",
    "clawback",
    "interest_payment",
    "penalty_payment",
    "programme_supplement",
    "programme_target",
    "subsidy_batch",
    "batch_decision",
    "payment_run",
    "subsidy_line",
    "return_file",
    "payment_instruction",
    "return_file_refusal",
)
# Records with an author and legal weight only grow; a correction is a new record.
GROWING = (
    "reference_rate",
    "interest_payment",
    "penalty_payment",
    "household_state",
    "programme_supplement",
    "batch_decision",
    "payment_run",
    "return_file",
    "return_file_refusal",
)
REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% only grows: record a new row instead', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""
# Lines are written while their batch is prepared; afterwards only a returned batch gives its parts free.
KEEP_LINES = (
    """
CREATE FUNCTION keep_lines_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM added a JOIN subsidy_batch b ON b.id = a.batch_id
             WHERE b.state <> 'prepared' OR b.lines_hash <> '') THEN
    RAISE EXCEPTION 'a batch takes no lines after its preparation' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$
""",
    """
CREATE FUNCTION keep_lines_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM (SELECT to_jsonb(w) - 'live' FROM was w EXCEPT SELECT to_jsonb(i) - 'live' FROM is_now i) d)
     OR EXISTS (SELECT 1 FROM is_now i JOIN subsidy_batch b ON b.id = i.batch_id WHERE i.live OR b.state <> 'returned')
  THEN
    RAISE EXCEPTION 'a line never changes; return the batch instead' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$
""",
    """
CREATE TRIGGER subsidy_line_added AFTER INSERT ON subsidy_line
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION keep_lines_added()
""",
    """
CREATE TRIGGER subsidy_line_changed AFTER UPDATE ON subsidy_line
    REFERENCING OLD TABLE AS was NEW TABLE AS is_now FOR EACH STATEMENT EXECUTE FUNCTION keep_lines_changed()
""",
    """
CREATE TRIGGER subsidy_line_stays BEFORE DELETE OR TRUNCATE ON subsidy_line
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
)
# An instruction ends once, as paid or rejected; everything that was sent to the bank stays as it was.
KEEP_INSTRUCTIONS = (
    """
CREATE FUNCTION keep_instructions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM was WHERE state <> 'sent')
     OR EXISTS (SELECT id, run_id, batch_id, household_id, holder_name_sealed, bank_code, account_sealed,
                  account_version, amount FROM was
                EXCEPT SELECT id, run_id, batch_id, household_id, holder_name_sealed, bank_code, account_sealed,
                  account_version, amount FROM is_now)
  THEN
    RAISE EXCEPTION 'an instruction settles once and keeps what was sent to the bank'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$
""",
    """
CREATE TRIGGER payment_instruction_settles AFTER UPDATE ON payment_instruction
    REFERENCING OLD TABLE AS was NEW TABLE AS is_now FOR EACH STATEMENT EXECUTE FUNCTION keep_instructions()
""",
    """
CREATE TRIGGER payment_instruction_stays BEFORE DELETE OR TRUNCATE ON payment_instruction
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
)


def upgrade() -> None:
    """Create everything."""
    for statement in (*common_schema.FIRST, *TABLES, REFUSE_CHANGE, *KEEP_LINES, *KEEP_INSTRUCTIONS):
        op.execute(statement)
    for table in GROWING:
        op.execute(
            f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    """Take everything back."""
    op.execute("ALTER TABLE clawback DROP CONSTRAINT fk_clawback_line_id_subsidy_line")
    for table in (*reversed(OWN_TABLES), *reversed(common_schema.FIRST_TABLES)):
        op.drop_table(table)
    op.execute("DROP FUNCTION keep_lines_added(), keep_lines_changed(), keep_instructions(), refuse_change(), uuid7()")
