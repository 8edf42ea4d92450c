"""Subsidy: budgets are adjusted by two persons, programmes end and pass on what they have left; budget documents."""

from alembic import op

revision = "0032_programme_ends"
down_revision = "0031_clawback_plans"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; what one officer added before stays as it was and is marked so."""
    op.execute("""
ALTER TABLE programme ADD COLUMN carried_in NUMERIC(18, 2) DEFAULT '0' NOT NULL,
    ADD COLUMN carried_out NUMERIC(18, 2) DEFAULT '0' NOT NULL,
    ADD COLUMN closed_on DATE,
    DROP CONSTRAINT signs, DROP CONSTRAINT within_budget,
    ADD CONSTRAINT signs CHECK (least(budget, committed, paid, returned, carried_in, carried_out) >= 0),
    ADD CONSTRAINT within_budget CHECK (committed + paid + carried_out <= budget + carried_in + returned)
""")
    op.execute("""
CREATE TABLE programme_document (
    id UUID NOT NULL,
    programme_id UUID NOT NULL,
    document TEXT NOT NULL,
    decided_on DATE NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_programme_document PRIMARY KEY (id),
    CONSTRAINT fk_programme_document_programme_id_programme FOREIGN KEY(programme_id) REFERENCES programme (id)
)
""")
    op.execute("CREATE INDEX ix_programme_document_programme_id ON programme_document (programme_id)")
    op.execute("""
ALTER TABLE programme_supplement ADD COLUMN kind TEXT DEFAULT 'raise' NOT NULL,
    ADD COLUMN from_source TEXT,
    ADD COLUMN reverses UUID,
    ADD COLUMN state TEXT DEFAULT 'confirmed' NOT NULL,
    ADD COLUMN confirmed_by TEXT,
    ADD COLUMN confirmed_on DATE,
    ADD COLUMN by_one BOOLEAN DEFAULT true NOT NULL
""")
    op.execute("""
ALTER TABLE programme_supplement ALTER COLUMN kind DROP DEFAULT, ALTER COLUMN state DROP DEFAULT,
    ALTER COLUMN by_one SET DEFAULT false,
    ADD CONSTRAINT kind CHECK (kind IN ('raise', 'lower', 'move')),
    ADD CONSTRAINT from_source CHECK ((kind = 'move') = (from_source IS NOT NULL) AND from_source <> fund_source),
    ADD CONSTRAINT state CHECK (state IN ('proposed', 'confirmed', 'refused', 'withdrawn')),
    ADD CONSTRAINT confirmed_whole CHECK (num_nonnulls(confirmed_by, confirmed_on) IN (0, 2)),
    ADD CONSTRAINT confirmed CHECK ((state = 'proposed' OR by_one) = (confirmed_by IS NULL)),
    ADD CONSTRAINT two_persons CHECK (state = 'withdrawn' OR confirmed_by <> recorded_by),
    ADD CONSTRAINT fk_programme_supplement_reverses_programme_supplement FOREIGN KEY(reverses)
        REFERENCES programme_supplement (id)
""")
    op.execute("DROP TRIGGER programme_supplement_only_grows ON programme_supplement")
    op.execute("CREATE INDEX ix_programme_supplement_programme_id ON programme_supplement (programme_id)")
    op.execute("""
CREATE UNIQUE INDEX uq_programme_supplement_reverses ON programme_supplement (reverses)
    WHERE state IN ('proposed', 'confirmed')
""")
    op.execute("""
CREATE TABLE programme_closing (
    id UUID NOT NULL,
    programme_id UUID NOT NULL,
    kind TEXT NOT NULL,
    into_id UUID,
    amount NUMERIC(18, 2),
    reverses UUID,
    reason TEXT NOT NULL,
    state TEXT DEFAULT 'proposed' NOT NULL,
    proposed_by TEXT NOT NULL,
    proposed_on DATE NOT NULL,
    proposed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    decided_by TEXT,
    decided_on DATE,
    CONSTRAINT pk_programme_closing PRIMARY KEY (id),
    CONSTRAINT kind CHECK (kind IN ('close', 'reopen', 'carry_over', 'carry_back')),
    CONSTRAINT carried CHECK ((kind IN ('carry_over', 'carry_back')) = (num_nonnulls(into_id, amount) = 2)
        AND num_nonnulls(into_id, amount) IN (0, 2) AND amount > 0),
    CONSTRAINT reverses CHECK ((kind = 'carry_back') = (reverses IS NOT NULL)),
    CONSTRAINT state CHECK (state IN ('proposed', 'confirmed', 'refused')),
    CONSTRAINT decided CHECK (num_nonnulls(decided_by, decided_on) IN (0, 2)
        AND (state = 'proposed') = (decided_by IS NULL)),
    CONSTRAINT two_persons CHECK (decided_by <> proposed_by AND decided_on >= proposed_on),
    CONSTRAINT fk_programme_closing_programme_id_programme FOREIGN KEY(programme_id) REFERENCES programme (id),
    CONSTRAINT fk_programme_closing_into_id_programme FOREIGN KEY(into_id) REFERENCES programme (id),
    CONSTRAINT fk_programme_closing_reverses_programme_closing FOREIGN KEY(reverses) REFERENCES programme_closing (id)
)
""")
    for index in (
        "INDEX ix_programme_closing_programme_id ON programme_closing (programme_id)",
        "INDEX ix_programme_closing_into_id ON programme_closing (into_id) WHERE into_id IS NOT NULL",
        "UNIQUE INDEX uq_programme_closing_proposed ON programme_closing (programme_id) WHERE state = 'proposed'",
        "UNIQUE INDEX uq_programme_closing_reverses ON programme_closing (reverses) WHERE state <> 'refused'",
    ):
        op.execute(f"CREATE {index}")
    op.execute(
        "CREATE TRIGGER programme_document_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON programme_document "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    for table in ("programme_supplement", "programme_closing"):
        op.execute(
            f"CREATE TRIGGER {table}_stays BEFORE DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )


def downgrade() -> None:
    """Take back; refused once money was carried over, since that would be forgotten."""
    op.drop_table("programme_closing")
    op.drop_table("programme_document")
    op.execute("DROP TRIGGER programme_supplement_stays ON programme_supplement")
    op.execute("DROP INDEX ix_programme_supplement_programme_id")
    op.execute("DELETE FROM programme_supplement WHERE state <> 'confirmed'")
    op.execute("""
ALTER TABLE programme_supplement DROP CONSTRAINT kind, DROP CONSTRAINT from_source, DROP CONSTRAINT state,
    DROP CONSTRAINT confirmed_whole, DROP CONSTRAINT confirmed, DROP CONSTRAINT two_persons,
    DROP COLUMN reverses, DROP COLUMN kind, DROP COLUMN from_source, DROP COLUMN state, DROP COLUMN confirmed_by,
    DROP COLUMN confirmed_on, DROP COLUMN by_one
""")
    op.execute(
        "CREATE TRIGGER programme_supplement_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON programme_supplement "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute("""
ALTER TABLE programme DROP CONSTRAINT signs, DROP CONSTRAINT within_budget,
    ADD CONSTRAINT signs CHECK (least(budget, committed, paid, returned) >= 0),
    ADD CONSTRAINT within_budget CHECK (committed + paid <= budget + returned),
    DROP COLUMN carried_in, DROP COLUMN carried_out, DROP COLUMN closed_on
""")
