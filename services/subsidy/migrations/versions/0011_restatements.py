"""Parts are kept version by version; supplements, reductions and claw-backs settle what changed."""

from alembic import op

revision = "0011_restatements"
down_revision = "0010_held_payments"
branch_labels = None
depends_on = None

WITHHELD = "not_covered, stopped, beyond_years, listed, above_principal, above_cap, beyond_share"
EXPLAINED = f"{WITHHELD}, granted_before"
PARTS = (
    "ALTER TABLE subsidy_line DROP CONSTRAINT fk_subsidy_line_repayment_id_installment_number_interes_1675",
    """
ALTER TABLE interest_payment ADD COLUMN superseded_by INTEGER,
    DROP CONSTRAINT pk_interest_payment,
    ADD CONSTRAINT pk_interest_payment PRIMARY KEY (repayment_id, installment_number, loan_version),
    ADD CONSTRAINT superseded_by CHECK (superseded_by > loan_version)
""",
    """
CREATE UNIQUE INDEX uq_interest_payment_counts ON interest_payment (repayment_id, installment_number)
    WHERE superseded_by IS NULL
""",
    "DROP TRIGGER interest_payment_only_grows ON interest_payment",
    "DROP TRIGGER penalty_payment_only_grows ON penalty_payment",
    "ALTER TABLE penalty_payment ADD COLUMN superseded_by INTEGER, ADD COLUMN loan_version INTEGER",
    """
UPDATE penalty_payment p SET loan_version = coalesce(
    (SELECT min(i.loan_version) FROM interest_payment i WHERE i.repayment_id = p.repayment_id), 1)
""",
    """
ALTER TABLE penalty_payment ALTER COLUMN loan_version SET NOT NULL,
    DROP CONSTRAINT pk_penalty_payment,
    ADD CONSTRAINT pk_penalty_payment PRIMARY KEY (repayment_id, loan_version),
    ADD CONSTRAINT superseded_by CHECK (superseded_by > loan_version)
""",
    "CREATE UNIQUE INDEX uq_penalty_payment_counts ON penalty_payment (repayment_id) WHERE superseded_by IS NULL",
    # What was published stays as it was published; only that it counts no more is noted, once.
    """
CREATE FUNCTION keep_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM was WHERE superseded_by IS NOT NULL)
     OR EXISTS (SELECT to_jsonb(w) - 'superseded_by' FROM was w
                EXCEPT SELECT to_jsonb(i) - 'superseded_by' FROM is_now i)
  THEN
    RAISE EXCEPTION '% keeps what was published: record a new row instead', TG_TABLE_NAME
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$
""",
    *(
        statement
        for table in ("interest_payment", "penalty_payment")
        for statement in (
            f"""
CREATE TRIGGER {table}_superseded AFTER UPDATE ON {table}
    REFERENCING OLD TABLE AS was NEW TABLE AS is_now FOR EACH STATEMENT EXECUTE FUNCTION keep_published()
""",
            f"""
CREATE TRIGGER {table}_stays BEFORE DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
        )
    ),
)
LINES = (
    """
ALTER TABLE subsidy_line ADD COLUMN part_version INTEGER,
    ADD COLUMN granted_before NUMERIC(18, 2) DEFAULT '0' NOT NULL
""",
    "ALTER TABLE subsidy_line DISABLE TRIGGER subsidy_line_changed",
    """
UPDATE subsidy_line l SET part_version = p.loan_version FROM interest_payment p
WHERE p.repayment_id = l.repayment_id AND p.installment_number = l.installment_number
""",
    "ALTER TABLE subsidy_line ENABLE TRIGGER subsidy_line_changed",
    f"""
ALTER TABLE subsidy_line DROP CONSTRAINT kind, DROP CONSTRAINT interest_line, DROP CONSTRAINT amount,
    DROP CONSTRAINT withheld, DROP CONSTRAINT every_fen_of_interest_explained,
    ADD CONSTRAINT kind CHECK (kind IN ('interest', 'supplement', 'clawback')),
    ADD CONSTRAINT interest_line CHECK ((kind <> 'clawback')
        = (num_nonnulls(repayment_id, installment_number, part_version) = 3 AND clawback_id IS NULL)),
    ADD CONSTRAINT amount CHECK (CASE kind WHEN 'interest' THEN amount >= 0
        WHEN 'supplement' THEN amount > 0 AND interest = 0 ELSE amount < 0 AND interest = 0 END),
    ADD CONSTRAINT withheld CHECK (least({EXPLAINED}) >= 0),
    ADD CONSTRAINT every_fen_of_interest_explained
        CHECK (kind <> 'interest' OR interest = amount + {EXPLAINED.replace(",", " +")}),
    ADD CONSTRAINT fk_subsidy_line_part_interest_payment FOREIGN KEY (repayment_id, installment_number, part_version)
        REFERENCES interest_payment (repayment_id, installment_number, loan_version)
""",
    "DROP INDEX uq_subsidy_line_live",
    """
CREATE UNIQUE INDEX uq_subsidy_line_live ON subsidy_line (repayment_id, installment_number)
    WHERE live AND kind = 'interest'
""",
)
SETTLING = (
    """
ALTER TABLE subsidy_batch ADD COLUMN amount_reduced NUMERIC(18, 2) DEFAULT '0' NOT NULL,
    DROP CONSTRAINT amount_paid, DROP CONSTRAINT settled,
    ADD CONSTRAINT amount_paid CHECK (least(amount_paid, amount_reduced) >= 0
        AND amount_paid + amount_reduced <= amount),
    ADD CONSTRAINT settled CHECK (state <> 'settled'
        OR (settled_on IS NOT NULL AND amount_paid + amount_reduced = amount))
""",
    # Claw-backs so far were proposed for lines that were listed as overpaid: they follow from the facts.
    "ALTER TABLE clawback ADD COLUMN by_facts NUMERIC(18, 2) DEFAULT '0' NOT NULL",
    "UPDATE clawback SET by_facts = amount",
    "ALTER TABLE clawback ADD CONSTRAINT by_facts CHECK (by_facts >= 0 AND by_facts <= amount)",
    "DROP INDEX uq_clawback_line_id",
    "CREATE INDEX ix_clawback_line_id ON clawback (line_id)",
    "CREATE INDEX ix_clawback_loan_id ON clawback (loan_id)",
    """
CREATE TABLE payment_reduction (
    run_id UUID NOT NULL,
    line_id UUID NOT NULL,
    loan_id UUID NOT NULL,
    amount NUMERIC(18, 2) NOT NULL,
    CONSTRAINT pk_payment_reduction PRIMARY KEY (run_id, line_id),
    CONSTRAINT amount CHECK (amount > 0),
    CONSTRAINT fk_payment_reduction_run_id_payment_run FOREIGN KEY(run_id) REFERENCES payment_run (id)
        DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT fk_payment_reduction_line_id_subsidy_line FOREIGN KEY(line_id) REFERENCES subsidy_line (id),
    CONSTRAINT fk_payment_reduction_loan_id_subsidy_account FOREIGN KEY(loan_id) REFERENCES subsidy_account (loan_id)
)
""",
    "CREATE INDEX ix_payment_reduction_line_id ON payment_reduction (line_id)",
    "CREATE INDEX ix_payment_reduction_loan_id ON payment_reduction (loan_id)",
    """
CREATE TRIGGER payment_reduction_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON payment_reduction
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
)
BACK = (
    "DROP TABLE payment_reduction",
    "DROP INDEX ix_clawback_line_id",
    "DROP INDEX ix_clawback_loan_id",
    "CREATE UNIQUE INDEX uq_clawback_line_id ON clawback (line_id) WHERE state <> 'refused'",
    "ALTER TABLE clawback DROP COLUMN by_facts",
    """
ALTER TABLE subsidy_batch DROP CONSTRAINT amount_paid, DROP CONSTRAINT settled, DROP COLUMN amount_reduced,
    ADD CONSTRAINT amount_paid CHECK (amount_paid >= 0 AND amount_paid <= amount),
    ADD CONSTRAINT settled CHECK (state <> 'settled' OR (settled_on IS NOT NULL AND amount_paid = amount))
""",
    "DROP INDEX uq_subsidy_line_live",
    """
CREATE UNIQUE INDEX uq_subsidy_line_live ON subsidy_line (repayment_id, installment_number)
    WHERE live AND repayment_id IS NOT NULL
""",
    f"""
ALTER TABLE subsidy_line DROP CONSTRAINT kind, DROP CONSTRAINT interest_line, DROP CONSTRAINT amount,
    DROP CONSTRAINT withheld, DROP CONSTRAINT every_fen_of_interest_explained,
    DROP CONSTRAINT fk_subsidy_line_part_interest_payment, DROP COLUMN part_version, DROP COLUMN granted_before,
    ADD CONSTRAINT kind CHECK (kind IN ('interest', 'clawback')),
    ADD CONSTRAINT interest_line CHECK ((kind = 'interest')
        = (repayment_id IS NOT NULL AND installment_number IS NOT NULL AND clawback_id IS NULL)),
    ADD CONSTRAINT amount CHECK (CASE kind WHEN 'interest' THEN amount >= 0 ELSE amount < 0 AND interest = 0 END),
    ADD CONSTRAINT withheld CHECK (least({WITHHELD}) >= 0),
    ADD CONSTRAINT every_fen_of_interest_explained
        CHECK (kind <> 'interest' OR interest = amount + {WITHHELD.replace(",", " +")})
""",
    *(
        statement
        for table in ("interest_payment", "penalty_payment")
        for statement in (
            f"DROP TRIGGER {table}_superseded ON {table}",
            f"DROP TRIGGER {table}_stays ON {table}",
        )
    ),
    "DROP FUNCTION keep_published()",
    """
ALTER TABLE penalty_payment DROP CONSTRAINT pk_penalty_payment, DROP COLUMN superseded_by, DROP COLUMN loan_version,
    ADD CONSTRAINT pk_penalty_payment PRIMARY KEY (repayment_id)
""",
    """
ALTER TABLE interest_payment DROP CONSTRAINT pk_interest_payment, DROP COLUMN superseded_by,
    ADD CONSTRAINT pk_interest_payment PRIMARY KEY (repayment_id, installment_number)
""",
    """
ALTER TABLE subsidy_line ADD CONSTRAINT fk_subsidy_line_repayment_id_installment_number_interes_1675
    FOREIGN KEY (repayment_id, installment_number) REFERENCES interest_payment (repayment_id, installment_number)
""",
    *(
        f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        for table in ("interest_payment", "penalty_payment")
    ),
)


def upgrade() -> None:
    """Apply."""
    for statement in (*PARTS, *LINES, *SETTLING):
        op.execute(statement)


def downgrade() -> None:
    """Take back; refused once something was published anew or supplemented, since that would be forgotten."""
    for statement in BACK:
        op.execute(statement)
