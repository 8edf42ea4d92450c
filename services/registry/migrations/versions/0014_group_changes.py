"""Registry: the villagers' group of a household is changed by request like everything else about it."""

from alembic import op

revision = "0014_group_changes"
down_revision = "0013_known_set_wise"
branch_labels = None
depends_on = None

_FIRST = "'member_added', 'member_corrected', 'member_left', 'head_changed', 'contact_changed', 'residence_changed'"
_REST = "'household_split', 'households_merged', 'household_moved', 'household_ended'"


def _kinds(words: str) -> str:
    return f"ALTER TABLE change_request DROP CONSTRAINT kind, ADD CONSTRAINT kind CHECK (kind IN ({words}))"


def upgrade() -> None:
    """Allow the new kind."""
    op.execute(_kinds(f"{_FIRST}, 'group_changed', {_REST}"))


def downgrade() -> None:
    """Refuse it again; fails while there is one."""
    op.execute(_kinds(f"{_FIRST}, {_REST}"))
