"""Gateway: which official codes became which."""

from alembic import op

revision = "0002_regions"
down_revision = "0001_accounts"
branch_labels = None
depends_on = None

STATEMENTS: tuple[str, ...] = (
    # Codes compare by their bytes, so that a beginning is a range of the index whatever the database's language is.
    """
CREATE TABLE region_succession (
    change_id UUID NOT NULL,
    effective_on DATE NOT NULL,
    from_code TEXT COLLATE "C" NOT NULL CONSTRAINT from_shape CHECK (from_code ~ '^[0-9]{2,12}$'),
    to_code TEXT COLLATE "C" NOT NULL CONSTRAINT to_shape CHECK (to_code ~ '^[0-9]{2,12}$'),
    successor_count INTEGER NOT NULL CONSTRAINT has_a_successor CHECK (successor_count > 0),
    predecessor_count INTEGER NOT NULL CONSTRAINT has_a_predecessor CHECK (predecessor_count > 0),
    CONSTRAINT pk_region_succession PRIMARY KEY (change_id, from_code, to_code),
    CONSTRAINT same_level CHECK (length(from_code) = length(to_code))
)
""",
    "CREATE INDEX region_succession_from ON region_succession (from_code, to_code)",
    "CREATE INDEX region_succession_to ON region_succession (to_code, from_code)",
    """
CREATE TRIGGER region_succession_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON region_succession
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
)
UNDO = ("DROP TABLE region_succession",)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    for statement in UNDO:
        op.execute(statement)
