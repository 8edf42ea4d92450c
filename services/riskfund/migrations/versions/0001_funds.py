"""Packs, funds with their ledger, cover; and the common tables."""

from alembic import op

from shared import common_schema

revision = "0001_funds"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
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
CREATE TABLE fund (
    id UUID NOT NULL,
    county_code TEXT NOT NULL,
    name TEXT NOT NULL,
    account_bank TEXT NOT NULL,
    opened_on DATE NOT NULL,
    opened_by TEXT NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    reserved_total NUMERIC(18, 2) DEFAULT 0.00 NOT NULL,
    exposure_total NUMERIC(18, 2) DEFAULT 0.00 NOT NULL,
    version INTEGER DEFAULT 0 NOT NULL,
    CONSTRAINT pk_fund PRIMARY KEY (id),
    CONSTRAINT county_code CHECK (county_code ~ '^[0-9]{6}$'),
    CONSTRAINT totals CHECK (reserved_total >= 0 AND exposure_total >= 0),
    CONSTRAINT uq_fund_county_code UNIQUE (county_code)
)
""",
    """
CREATE TABLE ledger_account (
    fund_id UUID NOT NULL,
    code TEXT NOT NULL,
    balance NUMERIC(18, 2) DEFAULT 0.00 NOT NULL,
    CONSTRAINT pk_ledger_account PRIMARY KEY (fund_id, code),
    CONSTRAINT code CHECK (code IN ('fund_cash', 'fund_capital', 'compensation_paid', 'recovery_income')),
    CONSTRAINT debit_accounts CHECK (code NOT IN ('fund_cash', 'compensation_paid') OR balance >= 0),
    CONSTRAINT credit_accounts CHECK (code NOT IN ('fund_capital', 'recovery_income') OR balance <= 0),
    CONSTRAINT fk_ledger_account_fund_id_fund FOREIGN KEY(fund_id) REFERENCES fund (id)
)
""",
    """
CREATE TABLE journal_entry (
    id UUID NOT NULL,
    number BIGINT GENERATED ALWAYS AS IDENTITY,
    fund_id UUID NOT NULL,
    kind TEXT NOT NULL,
    entered_on DATE NOT NULL,
    entered_by TEXT NOT NULL,
    reference TEXT NOT NULL,
    reverses UUID,
    entered_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_journal_entry PRIMARY KEY (id),
    CONSTRAINT uq_journal_entry_fund_id_kind_reference UNIQUE (fund_id, kind, reference),
    CONSTRAINT kind CHECK (kind IN ('contribution', 'compensation', 'recovery', 'reversal')),
    CONSTRAINT reverses CHECK ((kind = 'reversal') = (reverses IS NOT NULL)),
    CONSTRAINT uq_journal_entry_number UNIQUE (number),
    CONSTRAINT fk_journal_entry_fund_id_fund FOREIGN KEY(fund_id) REFERENCES fund (id),
    CONSTRAINT uq_journal_entry_reverses UNIQUE (reverses),
    CONSTRAINT fk_journal_entry_reverses_journal_entry FOREIGN KEY(reverses) REFERENCES journal_entry (id)
)
""",
    """
CREATE TABLE posting (
    entry_id UUID NOT NULL,
    fund_id UUID NOT NULL,
    account TEXT NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    balance_after NUMERIC(18, 2) NOT NULL,
    CONSTRAINT pk_posting PRIMARY KEY (entry_id, account),
    CONSTRAINT fk_posting_fund_id_account_ledger_account FOREIGN KEY(fund_id, account) REFERENCES ledger_account
        (fund_id, code),
    CONSTRAINT amount CHECK (amount <> 0),
    CONSTRAINT fk_posting_entry_id_journal_entry FOREIGN KEY(entry_id) REFERENCES journal_entry (id)
)
""",
    """
CREATE TABLE contribution (
    id UUID NOT NULL,
    fund_id UUID NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    received_on DATE NOT NULL,
    source TEXT NOT NULL,
    bank_reference TEXT NOT NULL,
    entry_id UUID NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_contribution PRIMARY KEY (id),
    CONSTRAINT uq_contribution_fund_id_bank_reference UNIQUE (fund_id, bank_reference),
    CONSTRAINT amount CHECK (amount > 0),
    CONSTRAINT fk_contribution_fund_id_fund FOREIGN KEY(fund_id) REFERENCES fund (id),
    CONSTRAINT uq_contribution_entry_id UNIQUE (entry_id),
    CONSTRAINT fk_contribution_entry_id_journal_entry FOREIGN KEY(entry_id) REFERENCES journal_entry (id)
)
""",
    """
CREATE TABLE cover_reservation (
    id UUID NOT NULL,
    fund_id UUID NOT NULL,
    application_id UUID NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    reserved_on DATE NOT NULL,
    expires_on DATE NOT NULL,
    state TEXT DEFAULT 'live' NOT NULL,
    ended_on DATE,
    loan_id UUID,
    reserved_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_cover_reservation PRIMARY KEY (id),
    CONSTRAINT amount CHECK (amount > 0),
    CONSTRAINT expires_on CHECK (expires_on >= reserved_on),
    CONSTRAINT state CHECK (state IN ('live', 'used', 'released', 'expired')),
    CONSTRAINT ended_on CHECK ((state = 'live') = (ended_on IS NULL)),
    CONSTRAINT loan_id CHECK ((state = 'used') = (loan_id IS NOT NULL)),
    CONSTRAINT fk_cover_reservation_fund_id_fund FOREIGN KEY(fund_id) REFERENCES fund (id)
)
""",
    """
CREATE INDEX ix_cover_reservation_live ON cover_reservation (expires_on) WHERE state = 'live'
""",
    """
CREATE UNIQUE INDEX one_reservation_per_application ON cover_reservation (application_id) WHERE state IN ('live',
        'used')
""",
    """
CREATE TABLE covered_loan (
    loan_id UUID NOT NULL,
    application_id UUID NOT NULL,
    household_id UUID NOT NULL,
    county_code TEXT NOT NULL,
    village_code TEXT NOT NULL,
    bank_code TEXT NOT NULL,
    contract_number TEXT NOT NULL,
    pack_version INTEGER NOT NULL,
    principal NUMERIC(18, 2) NOT NULL,
    outstanding NUMERIC(18, 2) NOT NULL,
    interest_repaid NUMERIC(18, 2) DEFAULT 0.00 NOT NULL,
    disbursed_on DATE NOT NULL,
    matures_on DATE NOT NULL,
    state TEXT DEFAULT 'active' NOT NULL,
    closed_on DATE,
    CONSTRAINT pk_covered_loan PRIMARY KEY (loan_id),
    CONSTRAINT outstanding CHECK (principal > 0 AND outstanding >= 0 AND outstanding <= principal),
    CONSTRAINT interest_repaid CHECK (interest_repaid >= 0),
    CONSTRAINT state CHECK (state IN ('active', 'defaulted', 'compensated', 'closed')),
    CONSTRAINT closed_on CHECK ((state = 'closed') = (closed_on IS NOT NULL)),
    CONSTRAINT ended_covers_nothing CHECK (state NOT IN ('compensated', 'closed') OR outstanding = 0),
    CONSTRAINT uq_covered_loan_application_id UNIQUE (application_id)
)
 WITH (fillfactor = 80)
""",
    """
CREATE INDEX ix_covered_loan_village_code ON covered_loan (village_code text_pattern_ops)
""",
    """
CREATE TABLE loan_default (
    id UUID NOT NULL,
    loan_id UUID NOT NULL,
    cause TEXT NOT NULL,
    malicious BOOLEAN NOT NULL,
    confirmed_on DATE NOT NULL,
    overdue_from DATE NOT NULL,
    matures_on DATE NOT NULL,
    days_past_due INTEGER NOT NULL,
    principal_outstanding NUMERIC(18, 2) NOT NULL,
    interest_overdue NUMERIC(18, 2) NOT NULL,
    penalty_overdue NUMERIC(18, 2) NOT NULL,
    interest_repaid_before NUMERIC(18, 2) NOT NULL,
    CONSTRAINT pk_loan_default PRIMARY KEY (id),
    CONSTRAINT figures CHECK (principal_outstanding > 0 AND interest_overdue >= 0 AND penalty_overdue >= 0 AND
        interest_repaid_before >= 0),
    CONSTRAINT fk_loan_default_loan_id_covered_loan FOREIGN KEY(loan_id) REFERENCES covered_loan (loan_id)
)
""",
    """
CREATE INDEX ix_loan_default_loan_id ON loan_default (loan_id)
""",
    """
CREATE TABLE cover_movement (
    fund_id UUID NOT NULL,
    moved_on DATE NOT NULL,
    fund_change NUMERIC(18, 2) NOT NULL,
    exposure_change NUMERIC(18, 2) NOT NULL,
    reserved_change NUMERIC(18, 2) NOT NULL,
    CONSTRAINT pk_cover_movement PRIMARY KEY (fund_id, moved_on),
    CONSTRAINT fk_cover_movement_fund_id_fund FOREIGN KEY(fund_id) REFERENCES fund (id)
)
""",
    """
CREATE TABLE cover_exception (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    loan_id UUID NOT NULL,
    county_code TEXT NOT NULL,
    village_code TEXT NOT NULL,
    kind TEXT NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    noticed_on DATE NOT NULL,
    CONSTRAINT pk_cover_exception PRIMARY KEY (id),
    CONSTRAINT kind CHECK (kind IN ('disbursed-without-reservation', 'disbursed-above-reservation',
        'county-without-fund', 'repaid-after-compensation', 'outstanding-differs')),
    CONSTRAINT fk_cover_exception_loan_id_covered_loan FOREIGN KEY(loan_id) REFERENCES covered_loan (loan_id)
)
""",
    """
CREATE INDEX ix_cover_exception_village_code ON cover_exception (village_code text_pattern_ops)
""",
)
# Ledgers and decisions are evidence: rows are added, never changed.
ONLY_GROWING = ("journal_entry", "posting", "contribution", "cover_exception")
GUARDS = (
    """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% only grows', TG_TABLE_NAME; END $$
""",
    # F1: every entry has at least two postings and they add up to zero, checked when the transaction commits.
    """
CREATE FUNCTION ensure_entry_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE entry uuid := CASE TG_TABLE_NAME WHEN 'posting' THEN (to_jsonb(NEW) ->> 'entry_id')::uuid
                                         ELSE (to_jsonb(NEW) ->> 'id')::uuid END;
        lines bigint; total numeric;
BEGIN
  SELECT count(*), coalesce(sum(amount), 0) INTO lines, total FROM posting WHERE entry_id = entry;
  IF lines < 2 OR total <> 0 THEN
    RAISE EXCEPTION 'entry % has % postings that add up to %', entry, lines, total USING ERRCODE = 'check_violation';
  END IF;
  RETURN NULL;
END $$
""",
    """
CREATE CONSTRAINT TRIGGER posting_balances AFTER INSERT ON posting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ensure_entry_balances()
""",
    """
CREATE CONSTRAINT TRIGGER journal_entry_balances AFTER INSERT ON journal_entry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ensure_entry_balances()
""",
    # F4: a reservation ends exactly once.
    """
CREATE FUNCTION refuse_second_end() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'reservation % has ended', OLD.id USING ERRCODE = 'check_violation'; END $$
""",
    """
CREATE TRIGGER reservation_ends_once BEFORE UPDATE ON cover_reservation
    FOR EACH ROW WHEN (OLD.state <> 'live') EXECUTE FUNCTION refuse_second_end()
""",
    """
CREATE TRIGGER reservation_stays BEFORE DELETE OR TRUNCATE ON cover_reservation
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
)


def only_grows(table: str) -> str:
    """Return the trigger that refuses to change what stands in a table."""
    return (
        f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def upgrade() -> None:
    """Create the tables, their guards and the common tables."""
    for statement in (*common_schema.FIRST, *TABLES, *GUARDS, *map(only_grows, ONLY_GROWING)):
        op.execute(statement)


def downgrade() -> None:
    """Drop everything again."""
    own = (
        "cover_exception",
        "cover_movement",
        "loan_default",
        "covered_loan",
        "cover_reservation",
        "contribution",
        "posting",
        "journal_entry",
        "ledger_account",
        "fund",
        "policy_pack",
    )
    for table in (*own, *reversed(common_schema.FIRST_TABLES)):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_change(), ensure_entry_balances(), refuse_second_end(), uuid7()")
