"""Registry: what a pack version needs besides its text."""

from alembic import op

revision = "0003_packs"
down_revision = "0002_regions"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    "ALTER TABLE policy_pack ADD COLUMN regions JSONB GENERATED ALWAYS AS (content #> '{header,regions}') STORED",
    "ALTER TABLE policy_pack ADD COLUMN supersedes INTEGER",
    "ALTER TABLE policy_pack ADD CONSTRAINT supersedes_earlier CHECK (supersedes < pack_version)",
    "ALTER TABLE policy_pack ADD COLUMN examples JSONB DEFAULT '[]'::jsonb NOT NULL",
    "ALTER TABLE policy_pack ADD COLUMN examples_hash TEXT DEFAULT ''::text NOT NULL",
    # Parts of one county may have packs of their own, each with its own numbers.
    "ALTER TABLE policy_pack DROP CONSTRAINT uq_policy_pack_county_code_pack_version",
    "ALTER TABLE policy_pack ADD CONSTRAINT uq_policy_pack_code_pack_version UNIQUE (code, pack_version)",
    "DROP INDEX policy_pack_in_force",
    "CREATE INDEX policy_pack_in_force ON policy_pack (county_code, code, effective_from DESC, pack_version DESC) "
    "WHERE state = 'confirmed'",
    """
CREATE FUNCTION policy_pack_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' OR OLD.state = 'confirmed'
     -- generated columns are not computed yet when this runs
     OR to_jsonb(NEW) - '{state,confirmed_by,confirmed_at,regions}'::text[]
        IS DISTINCT FROM to_jsonb(OLD) - '{state,confirmed_by,confirmed_at,regions}'::text[] THEN
    RAISE EXCEPTION 'a policy pack is confirmed once and never changes: submit a new version instead'
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$
""",
    "CREATE TRIGGER policy_pack_never_changes BEFORE UPDATE OR DELETE ON policy_pack "
    "FOR EACH ROW EXECUTE FUNCTION policy_pack_kept()",
)
UNDO: tuple[str, ...] = (
    "DROP TRIGGER policy_pack_never_changes ON policy_pack",
    "DROP FUNCTION policy_pack_kept()",
    "DROP INDEX policy_pack_in_force",
    "CREATE INDEX policy_pack_in_force ON policy_pack (county_code, effective_from DESC, pack_version DESC) "
    "WHERE state = 'confirmed'",
    "ALTER TABLE policy_pack DROP CONSTRAINT uq_policy_pack_code_pack_version",
    "ALTER TABLE policy_pack ADD CONSTRAINT uq_policy_pack_county_code_pack_version UNIQUE (county_code, pack_version)",
    "ALTER TABLE policy_pack DROP COLUMN examples_hash",
    "ALTER TABLE policy_pack DROP COLUMN examples",
    "ALTER TABLE policy_pack DROP COLUMN supersedes",
    "ALTER TABLE policy_pack DROP COLUMN regions",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back, last first."""
    for statement in UNDO:
        op.execute(statement)
