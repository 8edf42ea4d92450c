"""Provinces' bases with their two signatures."""

from alembic import op

revision = "0024_bases"
down_revision = "0023_own_choice"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.execute("""
CREATE TABLE policy_base (
    id UUID NOT NULL,
    region_code TEXT NOT NULL CONSTRAINT region_code CHECK (region_code ~ '^[0-9]{2}$'),
    code TEXT NOT NULL,
    version INTEGER NOT NULL CONSTRAINT version CHECK (version >= 1),
    effective_from DATE NOT NULL,
    supersedes INTEGER CONSTRAINT supersedes_earlier CHECK (supersedes < version),
    state TEXT NOT NULL CONSTRAINT state CHECK (state IN ('submitted', 'confirmed')),
    content JSONB NOT NULL,
    content_hash TEXT NOT NULL,
    source_text TEXT NOT NULL,
    submitted_by TEXT NOT NULL,
    submitted_at TIMESTAMPTZ NOT NULL DEFAULT now(),
    confirmed_by TEXT,
    confirmed_at TIMESTAMPTZ,
    CONSTRAINT pk_policy_base PRIMARY KEY (id),
    CONSTRAINT uq_policy_base_code_version UNIQUE (code, version),
    CONSTRAINT confirmed_by_someone CHECK ((state = 'confirmed') = (confirmed_by IS NOT NULL)),
    CONSTRAINT confirmed_at_some_time CHECK ((state = 'confirmed') = (confirmed_at IS NOT NULL)),
    CONSTRAINT maker_is_not_checker CHECK (confirmed_by <> submitted_by)
)
""")


def downgrade() -> None:
    """Drop it."""
    op.execute("DROP TABLE policy_base")
