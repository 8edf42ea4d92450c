"""Registry: what a registered household costs — histories keyed as they are read, two references checked set-wise."""

from alembic import op

revision = "0011_imports_speed"
down_revision = "0010_files"
branch_labels = None
depends_on = None

# One index instead of two: a household's history in its order; the identity alone was never looked up.
_HISTORIES = tuple(
    statement
    for table, day in (("household_state_change", "effective_from"), ("household_village", "valid_from"))
    for statement in (
        f"ALTER TABLE {table} DROP CONSTRAINT pk_{table}, "
        f"ADD CONSTRAINT pk_{table} PRIMARY KEY (household_id, {day}, id)",
        f"DROP INDEX {table}_history",
    )
)
# A foreign key asks for each row; thousands of households name the same import and a few hundred villages, so the
# same is asked once for each different value of a statement. What they name is never deleted or renamed.
_SET_WISE = (
    "ALTER TABLE household DROP CONSTRAINT fk_household_import_id_household_import",
    """
CREATE FUNCTION refuse_unknown_import() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
  IF EXISTS (SELECT FROM (SELECT DISTINCT import_id FROM added WHERE import_id IS NOT NULL) a
             LEFT JOIN LATERAL (SELECT id FROM household_import WHERE id = a.import_id LIMIT 1) known ON true
             WHERE known.id IS NULL) THEN
    RAISE EXCEPTION 'household.import_id names no import' USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END
$$
""",
    "CREATE TRIGGER household_import_known AFTER INSERT ON household REFERENCING NEW TABLE AS added "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_unknown_import()",
    "CREATE TRIGGER household_keeps_its_import BEFORE UPDATE OF import_id ON household "
    "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    "ALTER TABLE household_village DROP CONSTRAINT fk_household_village_village_code_region",
    """
CREATE FUNCTION refuse_unknown_village() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
  IF EXISTS (SELECT FROM (SELECT DISTINCT village_code FROM added) a
             LEFT JOIN LATERAL (SELECT code FROM region WHERE code = a.village_code LIMIT 1) known ON true
             WHERE known.code IS NULL) THEN
    RAISE EXCEPTION 'household_village.village_code names no region' USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END
$$
""",
    "CREATE TRIGGER household_village_known AFTER INSERT ON household_village REFERENCING NEW TABLE AS added "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_unknown_village()",
    "CREATE TRIGGER region_stays BEFORE DELETE OR UPDATE OF code ON region "
    "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
)
STATEMENTS: tuple[str, ...] = (*_HISTORIES, *_SET_WISE)
UNDO: tuple[str, ...] = (
    "DROP TRIGGER region_stays ON region",
    "DROP TRIGGER household_village_known ON household_village",
    "DROP FUNCTION refuse_unknown_village()",
    "ALTER TABLE household_village ADD CONSTRAINT fk_household_village_village_code_region "
    "FOREIGN KEY(village_code) REFERENCES region (code)",
    "DROP TRIGGER household_keeps_its_import ON household",
    "DROP TRIGGER household_import_known ON household",
    "DROP FUNCTION refuse_unknown_import()",
    "ALTER TABLE household ADD CONSTRAINT fk_household_import_id_household_import "
    "FOREIGN KEY(import_id) REFERENCES household_import (id)",
    *(
        statement
        for table, day in (("household_village", "valid_from"), ("household_state_change", "effective_from"))
        for statement in (
            f"CREATE INDEX {table}_history ON {table} (household_id, {day} DESC, id DESC)",
            f"ALTER TABLE {table} DROP CONSTRAINT pk_{table}, ADD CONSTRAINT pk_{table} PRIMARY KEY (id)",
        )
    ),
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back, last first."""
    for statement in UNDO:
        op.execute(statement)
