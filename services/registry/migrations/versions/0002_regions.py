"""Registry: codes that change over time and search."""

from alembic import op

revision = "0002_regions"
down_revision = "0001_registry"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    "ALTER TABLE region ADD COLUMN valid_from DATE",
    "ALTER TABLE region ADD COLUMN valid_until DATE",
    "ALTER TABLE region ADD CONSTRAINT valid_for_some_time CHECK (valid_until > valid_from)",
    "CREATE INDEX region_by_name ON region (name text_pattern_ops, code)",
    """
CREATE TABLE region_former_name (
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    valid_until DATE NOT NULL,
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT fk_region_former_name_code_region FOREIGN KEY(code) REFERENCES region (code)
)
""",
    "CREATE INDEX region_former_name_of ON region_former_name (code, valid_until)",
    "CREATE INDEX region_former_name_words ON region_former_name (name text_pattern_ops)",
    """
CREATE TABLE region_change (
    id UUID NOT NULL,
    kind TEXT NOT NULL CONSTRAINT kind CHECK (kind IN ('rename', 'recode', 'merge', 'split')),
    effective_on DATE NOT NULL,
    document TEXT NOT NULL CONSTRAINT document_given CHECK (document <> ''),
    recorded_by TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_region_change PRIMARY KEY (id)
)
""",
    """
CREATE TABLE region_succession (
    change_id UUID NOT NULL,
    from_code TEXT NOT NULL,
    to_code TEXT NOT NULL,
    households_moved INTEGER NOT NULL,
    CONSTRAINT pk_region_succession PRIMARY KEY (change_id, from_code, to_code),
    CONSTRAINT fk_region_succession_change_id_region_change FOREIGN KEY(change_id) REFERENCES region_change (id),
    CONSTRAINT fk_region_succession_from_code_region FOREIGN KEY(from_code) REFERENCES region (code),
    CONSTRAINT fk_region_succession_to_code_region FOREIGN KEY(to_code) REFERENCES region (code)
)
""",
    "CREATE INDEX region_succession_from ON region_succession (from_code)",
    "CREATE INDEX region_succession_to ON region_succession (to_code)",
    *(
        f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        for table in ("region_former_name", "region_change", "region_succession")
    ),
)
UNDO: tuple[str, ...] = (
    "DROP TABLE region_succession",
    "DROP TABLE region_change",
    "DROP TABLE region_former_name",
    "DROP INDEX region_by_name",
    "ALTER TABLE region DROP CONSTRAINT valid_for_some_time",
    "ALTER TABLE region DROP COLUMN valid_until",
    "ALTER TABLE region DROP COLUMN valid_from",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back, last first."""
    for statement in UNDO:
        op.execute(statement)
