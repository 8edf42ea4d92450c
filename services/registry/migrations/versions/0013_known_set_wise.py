"""Registry: whose household a row is and in which village a household is are asked once for each statement.

A foreign key asks for each row, 2 to 3 µs each time, and locks the row that it finds. What these keys name is never
deleted and keeps its identity (`household_stays`, `region_stays`), so asking once when rows are added says the same.
The keys stay in the schema, NOT ENFORCED, as the statement of what points where.
"""

from alembic import op

revision = "0013_known_set_wise"
down_revision = "0012_lists_and_views"
branch_labels = None
depends_on = None

_OF_HOUSEHOLDS = ("member", "bank_account", "credit_survey", "household_state_change", "household_village")
_KNOWN_HOUSEHOLD = (
    """
CREATE FUNCTION refuse_unknown_household() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
  IF EXISTS (SELECT FROM added a
             LEFT JOIN LATERAL (SELECT id FROM household WHERE id = a.household_id LIMIT 1) known ON true
             WHERE known.id IS NULL) THEN
    RAISE EXCEPTION '%.household_id names no household', TG_TABLE_NAME USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END
$$
""",
    "CREATE TRIGGER household_stays BEFORE DELETE OR UPDATE OF id ON household "
    "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
    *(
        statement
        for table in _OF_HOUSEHOLDS
        for statement in (
            f"ALTER TABLE {table} ALTER CONSTRAINT fk_{table}_household_id_household NOT ENFORCED",
            f"CREATE TRIGGER {table}_of_known_household AFTER INSERT ON {table} REFERENCING NEW TABLE AS added "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_unknown_household()",
            f"CREATE TRIGGER {table}_keeps_its_household BEFORE UPDATE OF household_id ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        )
    ),
)
_KNOWN_VILLAGE = (
    "ALTER TABLE household ALTER CONSTRAINT fk_household_village_code_region NOT ENFORCED",
    """
CREATE OR REPLACE FUNCTION refuse_unknown_village() RETURNS trigger LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
  IF EXISTS (SELECT FROM (SELECT DISTINCT village_code FROM added) a
             LEFT JOIN LATERAL (SELECT code FROM region WHERE code = a.village_code LIMIT 1) known ON true
             WHERE known.code IS NULL) THEN
    RAISE EXCEPTION '%.village_code names no region', TG_TABLE_NAME USING ERRCODE = 'foreign_key_violation';
  END IF;
  RETURN NULL;
END
$$
""",
    "CREATE TRIGGER household_in_known_village AFTER INSERT ON household REFERENCING NEW TABLE AS added "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_unknown_village()",
    # A trigger for some columns sees no transition table, so every update of households is asked: they are few.
    "CREATE TRIGGER household_stays_in_known_village AFTER UPDATE ON household REFERENCING NEW TABLE AS added "
    "FOR EACH STATEMENT EXECUTE FUNCTION refuse_unknown_village()",
)
# A number is looked up by (county_code, number), with the counties skipped where none is named.
_ONE_INDEX_OF_NUMBERS = ("DROP INDEX household_number",)
STATEMENTS: tuple[str, ...] = (*_KNOWN_HOUSEHOLD, *_KNOWN_VILLAGE, *_ONE_INDEX_OF_NUMBERS)
UNDO: tuple[str, ...] = (
    "CREATE INDEX household_number ON household (number)",
    "DROP TRIGGER household_stays_in_known_village ON household",
    "DROP TRIGGER household_in_known_village ON household",
    "ALTER TABLE household ALTER CONSTRAINT fk_household_village_code_region ENFORCED",
    *(
        statement
        for table in _OF_HOUSEHOLDS
        for statement in (
            f"DROP TRIGGER {table}_keeps_its_household ON {table}",
            f"DROP TRIGGER {table}_of_known_household ON {table}",
            f"ALTER TABLE {table} ALTER CONSTRAINT fk_{table}_household_id_household ENFORCED",
        )
    ),
    "DROP TRIGGER household_stays ON household",
    "DROP FUNCTION refuse_unknown_household()",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back, last first."""
    for statement in UNDO:
        op.execute(statement)
