"""Subsidy: a programme promises money once a second officer confirmed it; so does the document of its budget."""

from alembic import op

revision = "0036_programmes_by_two"
down_revision = "0035_reversals"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply; programmes of before go on, and documents that one officer named wait for the second."""
    op.execute("""
ALTER TABLE programme ADD COLUMN state TEXT DEFAULT 'confirmed' NOT NULL,
    ADD COLUMN decided_by TEXT,
    ADD COLUMN decided_on DATE,
    ADD COLUMN by_one BOOLEAN DEFAULT true NOT NULL,
    DROP CONSTRAINT uq_programme_county_code_year_name
""")
    op.execute("""
ALTER TABLE programme ALTER COLUMN state SET DEFAULT 'proposed', ALTER COLUMN by_one SET DEFAULT false,
    ADD CONSTRAINT state CHECK (state IN ('proposed', 'confirmed', 'refused')),
    ADD CONSTRAINT decided CHECK (num_nonnulls(decided_by, decided_on) IN (0, 2)
        AND (state = 'proposed' OR by_one) = (decided_by IS NULL)),
    ADD CONSTRAINT two_persons CHECK (decided_by <> created_by),
    ADD CONSTRAINT unconfirmed CHECK (state = 'confirmed'
        OR greatest(committed, paid, carried_in, carried_out) = 0)
""")
    op.execute("CREATE UNIQUE INDEX uq_programme_name ON programme (county_code, year, name) WHERE state <> 'refused'")
    op.execute("DROP TRIGGER programme_document_stays ON programme_document")
    op.execute("""
ALTER TABLE programme_document ADD COLUMN state TEXT DEFAULT 'proposed' NOT NULL,
    ADD COLUMN confirmed_by TEXT,
    ADD COLUMN confirmed_on DATE,
    ADD CONSTRAINT state CHECK (state IN ('proposed', 'confirmed', 'refused')),
    ADD CONSTRAINT confirmed CHECK (num_nonnulls(confirmed_by, confirmed_on) IN (0, 2)
        AND (state = 'proposed') = (confirmed_by IS NULL)),
    ADD CONSTRAINT two_persons CHECK (confirmed_by <> recorded_by)
""")
    op.execute(
        "CREATE TRIGGER programme_document_stays BEFORE DELETE OR TRUNCATE ON programme_document "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )


def downgrade() -> None:
    """Take back; refused where a name was taken again after a refusal."""
    op.execute("""
ALTER TABLE programme_document DROP COLUMN state, DROP COLUMN confirmed_by, DROP COLUMN confirmed_on
""")
    op.execute("DROP TRIGGER programme_document_stays ON programme_document")
    op.execute(
        "CREATE TRIGGER programme_document_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON programme_document "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
    )
    op.execute("DROP INDEX uq_programme_name")
    op.execute("""
ALTER TABLE programme DROP CONSTRAINT unconfirmed, DROP COLUMN state, DROP COLUMN decided_by, DROP COLUMN decided_on,
    DROP COLUMN by_one, ADD CONSTRAINT uq_programme_county_code_year_name UNIQUE (county_code, year, name)
""")
