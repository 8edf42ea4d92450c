"""Gateway: sign-ins are counted before their secret is checked."""

from alembic import op

revision = "0004_sign_in_attempts"
down_revision = "0003_grantable_roles"
branch_labels = None
depends_on = None

STATEMENTS = (
    """
CREATE TABLE sign_in_attempt (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    username TEXT NOT NULL,
    source TEXT NOT NULL,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    is_failed BOOLEAN DEFAULT false NOT NULL,
    CONSTRAINT pk_sign_in_attempt PRIMARY KEY (id)
)
""",
    "CREATE INDEX sign_in_attempt_of_account ON sign_in_attempt (username, at)",
    "CREATE INDEX sign_in_attempt_at ON sign_in_attempt (at)",
    "DROP INDEX access_log_failures",
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("CREATE INDEX access_log_failures ON access_log (username, at) WHERE what = 'sign-in-failed'")
    op.execute("DROP TABLE sign_in_attempt")
