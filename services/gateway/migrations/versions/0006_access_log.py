"""Gateway: the access log holds what is written, sign-ins and failures."""

from alembic import op

revision = "0006_access_log"
down_revision = "0005_outbox_order"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "ALTER TABLE access_log DROP COLUMN detail, DROP COLUMN http_status, "
        "ADD CONSTRAINT what_known CHECK (what IN ('signed-in', 'sign-in-failed'))"
    )


def downgrade() -> None:
    op.execute(
        "ALTER TABLE access_log DROP CONSTRAINT what_known, ADD COLUMN detail TEXT, ADD COLUMN http_status INTEGER"
    )
