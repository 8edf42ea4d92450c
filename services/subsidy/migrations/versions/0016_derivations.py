"""Subsidy: a line keeps what its amount was worked out from, so that it can be derived again (SX-5, DZ-7)."""

from alembic import op

revision = "0016_derivations"
down_revision = "0015_returned_transfers"
branch_labels = None
depends_on = None

FIGURES = (
    *(("covered", "NUMERIC(18, 2)"), ("before_stop", "INTEGER"), ("before_listing", "INTEGER")),
    *(("subsidised_days", "DATEMULTIRANGE"), ("principal_kept", "NUMERIC(18, 2)"), ("rate_borne", "NUMERIC")),
    *(("rate_kept", "NUMERIC"), ("share_days", "NUMERIC")),
)


def upgrade() -> None:
    """Add the figures; lines prepared before have none."""
    added = ", ".join(f"ADD COLUMN {name} {kind}" for name, kind in FIGURES)
    names = ", ".join(name for name, _ in FIGURES)
    op.execute(
        f"ALTER TABLE subsidy_line {added}, ADD CONSTRAINT figures CHECK (num_nonnulls({names}) IN (0, {len(FIGURES)}))"
    )


def downgrade() -> None:
    """Forget them."""
    op.execute(f"ALTER TABLE subsidy_line {', '.join(f'DROP COLUMN {name}' for name, _ in FIGURES)}")
