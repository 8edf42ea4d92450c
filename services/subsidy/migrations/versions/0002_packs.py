"""Several packs in one county: each holds in its own regions and has its own numbers."""

from alembic import op

revision = "0002_packs"
down_revision = "0001_subsidy"
branch_labels = None
depends_on = None

STATEMENTS = (
    "ALTER TABLE policy_pack ADD COLUMN code TEXT GENERATED ALWAYS AS (content #>> '{header,code}') STORED",
    "ALTER TABLE policy_pack ADD COLUMN regions JSONB GENERATED ALWAYS AS (content #> '{header,regions}') STORED",
    "ALTER TABLE policy_pack DROP CONSTRAINT uq_policy_pack_county_code_pack_version",
    "ALTER TABLE policy_pack ADD CONSTRAINT uq_policy_pack_county_code_code_pack_version "
    "UNIQUE (county_code, code, pack_version)",
)
UNDO = (
    "ALTER TABLE policy_pack DROP CONSTRAINT uq_policy_pack_county_code_code_pack_version",
    "ALTER TABLE policy_pack ADD CONSTRAINT uq_policy_pack_county_code_pack_version UNIQUE (county_code, pack_version)",
    "ALTER TABLE policy_pack DROP COLUMN regions",
    "ALTER TABLE policy_pack DROP COLUMN code",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back."""
    for statement in UNDO:
        op.execute(statement)
