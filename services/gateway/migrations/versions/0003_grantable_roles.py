"""Gateway: the platform's own role belongs to no account."""

from alembic import op

revision = "0003_grantable_roles"
down_revision = "0002_regions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE account_grant ADD CONSTRAINT role_of_an_account CHECK (role <> 'service')")


def downgrade() -> None:
    op.execute("ALTER TABLE account_grant DROP CONSTRAINT role_of_an_account")
