"""Registry: imports that run in the background."""

from alembic import op

revision = "0005_imports"
down_revision = "0004_members"
branch_labels = None
depends_on = None

_IMPORT = (
    """
ALTER TABLE household_import
    ADD COLUMN kind TEXT NOT NULL DEFAULT 'households' CONSTRAINT kind CHECK (kind IN ('households', 'members')),
    ADD COLUMN state TEXT NOT NULL DEFAULT 'finished'
        CONSTRAINT state CHECK (state IN ('queued', 'reading', 'registering', 'finished', 'failed')),
    ADD COLUMN form TEXT NOT NULL DEFAULT 'xlsx' CONSTRAINT form CHECK (form IN ('xlsx', 'csv')),
    ADD COLUMN byte_count INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN scopes TEXT[] NOT NULL DEFAULT '{}',
    ADD COLUMN rows_expected INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN rows_read INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN rows_per_piece INTEGER NOT NULL DEFAULT 1
        CONSTRAINT rows_per_piece CHECK (rows_per_piece >= 1),
    ADD COLUMN attempt_count INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN worker UUID,
    ADD COLUMN lease_until TIMESTAMP WITH TIME ZONE,
    ADD COLUMN started_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN finished_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN failure JSONB,
    ADD COLUMN traceparent TEXT
""",
    "UPDATE household_import SET started_at = imported_at, finished_at = imported_at, rows_read = row_count, "
    "rows_expected = row_count",
    """
ALTER TABLE household_import
    ALTER COLUMN kind DROP DEFAULT,
    ALTER COLUMN state DROP DEFAULT,
    ALTER COLUMN form DROP DEFAULT,
    ALTER COLUMN byte_count DROP DEFAULT,
    ALTER COLUMN scopes DROP DEFAULT,
    ALTER COLUMN rows_expected DROP DEFAULT,
    ALTER COLUMN rows_read DROP DEFAULT,
    ALTER COLUMN rows_per_piece DROP DEFAULT,
    ALTER COLUMN attempt_count DROP DEFAULT,
    ADD CONSTRAINT worker_while_open CHECK ((worker IS NOT NULL) = (state IN ('reading', 'registering'))),
    ADD CONSTRAINT lease_of_worker CHECK ((lease_until IS NOT NULL) = (worker IS NOT NULL)),
    ADD CONSTRAINT finished_at_some_time CHECK ((finished_at IS NOT NULL) = (state IN ('finished', 'failed'))),
    ADD CONSTRAINT failed_for_a_reason CHECK ((failure IS NOT NULL) = (state = 'failed'))
""",
    """
CREATE INDEX household_import_open ON household_import (imported_at)
    WHERE state IN ('queued', 'reading', 'registering')
""",
    "CREATE INDEX household_import_county ON household_import (county_code, id)",
    # The upload, sealed, until every row of it is dealt with.
    """
CREATE TABLE household_import_part (
    import_id UUID NOT NULL,
    part INTEGER NOT NULL,
    content_sealed BYTEA NOT NULL,
    CONSTRAINT pk_household_import_part PRIMARY KEY (import_id, part),
    CONSTRAINT fk_household_import_part_import_id_household_import FOREIGN KEY(import_id)
        REFERENCES household_import (id)
)
""",
    # Sealed bytes do not compress: PostgreSQL need not try.
    "ALTER TABLE household_import_part ALTER COLUMN content_sealed SET STORAGE EXTERNAL",
    # Each piece of a file is registered once, whoever reads the file again after a crash.
    """
CREATE TABLE household_import_piece (
    import_id UUID NOT NULL,
    place INTEGER NOT NULL,
    row_count INTEGER NOT NULL,
    registered_count INTEGER NOT NULL,
    already_registered_count INTEGER NOT NULL,
    rejected_count INTEGER NOT NULL,
    worker UUID NOT NULL,
    registered_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_household_import_piece PRIMARY KEY (import_id, place),
    CONSTRAINT every_row_accounted_for
        CHECK (row_count = registered_count + already_registered_count + rejected_count),
    CONSTRAINT fk_household_import_piece_import_id_household_import FOREIGN KEY(import_id)
        REFERENCES household_import (id)
)
""",
)
# Full identity numbers leave with an export: who took which, and when.
_EXPORT = (
    """
CREATE TABLE household_export (
    id UUID NOT NULL,
    kind TEXT NOT NULL CONSTRAINT kind CHECK (kind IN ('households', 'members')),
    region_code TEXT NOT NULL,
    poverty_state TEXT,
    form TEXT NOT NULL CONSTRAINT form CHECK (form IN ('xlsx', 'csv')),
    row_count INTEGER NOT NULL CONSTRAINT row_count CHECK (row_count >= 0),
    exported_by TEXT NOT NULL,
    exported_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_household_export PRIMARY KEY (id)
)
""",
    "CREATE INDEX household_export_region ON household_export (region_code, id)",
)
# What was sent, by whom and when never changes; how far it is does, until it is done.
_FREE = "DROP TRIGGER household_import_only_grows ON household_import"
_KEPT = (
    """
CREATE FUNCTION refuse_change_of_import() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.state NOT IN ('finished', 'failed')
     AND (NEW.id, NEW.kind, NEW.county_code, NEW.file_sha256, NEW.collected_on, NEW.columns, NEW.columns_ignored,
          NEW.form, NEW.byte_count, NEW.scopes, NEW.rows_per_piece, NEW.imported_by, NEW.imported_at)
       IS NOT DISTINCT FROM
         (OLD.id, OLD.kind, OLD.county_code, OLD.file_sha256, OLD.collected_on, OLD.columns, OLD.columns_ignored,
          OLD.form, OLD.byte_count, OLD.scopes, OLD.rows_per_piece, OLD.imported_by, OLD.imported_at) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'household_import only grows: a new sheet is a new import' USING ERRCODE = 'restrict_violation';
END
$$
""",
    "CREATE TRIGGER household_import_only_goes_on BEFORE UPDATE OR DELETE ON household_import "
    "FOR EACH ROW EXECUTE FUNCTION refuse_change_of_import()",
    *(
        f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        for table in ("household_import_piece", "household_export")
    ),
)
STATEMENTS: tuple[str, ...] = (_FREE, *_IMPORT, *_EXPORT, *_KEPT)
# Imports that are not finished have no place in the older table: finish them, or the way back is closed and says so.
UNDO: tuple[str, ...] = (
    "DROP TRIGGER household_import_only_goes_on ON household_import",
    "DROP FUNCTION refuse_change_of_import()",
    "CREATE TRIGGER household_import_only_grows BEFORE UPDATE OR DELETE ON household_import "
    "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "DROP TABLE household_export",
    "DROP TABLE household_import_piece",
    "DROP TABLE household_import_part",
    "DROP INDEX household_import_county",
    "DROP INDEX household_import_open",
    """
ALTER TABLE household_import
    DROP CONSTRAINT worker_while_open, DROP CONSTRAINT lease_of_worker, DROP CONSTRAINT finished_at_some_time,
    DROP CONSTRAINT failed_for_a_reason, DROP COLUMN kind, DROP COLUMN state, DROP COLUMN form, DROP COLUMN byte_count,
    DROP COLUMN scopes, DROP COLUMN rows_expected, DROP COLUMN rows_read, DROP COLUMN rows_per_piece,
    DROP COLUMN attempt_count, DROP COLUMN worker, DROP COLUMN lease_until, DROP COLUMN started_at,
    DROP COLUMN finished_at, DROP COLUMN failure, DROP COLUMN traceparent
""",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back, last first."""
    for statement in UNDO:
        op.execute(statement)
