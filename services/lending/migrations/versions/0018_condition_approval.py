"""An application that misses a condition may wait for another office's approval."""

from alembic import op

revision = "0018_condition_approval"
down_revision = "0017_responsible_banks"
branch_labels = None
depends_on = None

_STATES = (
    "'filed', 'village_public_notice', 'township_review', 'township_public_notice', 'county_review', "
    "'county_public_notice', 'joint_review', {more}'approved', 'handed_over', 'disbursed', 'refused', 'withdrawn'"
)
_STAGES = "'village', 'township', 'county_centre', 'joint_review'{more}"


def _checked(states: str, stages: str) -> None:
    op.execute("ALTER TABLE application DROP CONSTRAINT state")
    op.execute(f"ALTER TABLE application ADD CONSTRAINT state CHECK (state IN ({states}))")
    op.execute("ALTER TABLE decision DROP CONSTRAINT stage")
    op.execute(f"ALTER TABLE decision ADD CONSTRAINT stage CHECK (stage IN ({stages}))")


def upgrade() -> None:
    """Apply."""
    _checked(_STATES.format(more="'condition_approval', "), _STAGES.format(more=", 'condition_approval'"))


def downgrade() -> None:
    """Take back."""
    _checked(_STATES.format(more=""), _STAGES.format(more=""))
