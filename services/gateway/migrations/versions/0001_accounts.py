"""Accounts, grants, refresh tokens, access log; and the common tables."""

from alembic import op

from shared import common_schema

revision = "0001_accounts"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    """
CREATE TABLE access_log (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    what TEXT NOT NULL,
    username TEXT NOT NULL,
    source TEXT NOT NULL,
    detail TEXT,
    http_status INTEGER,
    request_id TEXT NOT NULL,
    CONSTRAINT pk_access_log PRIMARY KEY (id)
)
""",
    """
CREATE INDEX access_log_failures ON access_log (username, at) WHERE what = 'sign-in-failed'
""",
    """
CREATE TABLE account (
    id UUID NOT NULL,
    kind TEXT NOT NULL CONSTRAINT kind_known CHECK (kind IN ('person', 'client')),
    username TEXT NOT NULL,
    display_name TEXT NOT NULL,
    organisation TEXT,
    secret_hash TEXT NOT NULL,
    state TEXT NOT NULL CONSTRAINT account_state_known CHECK (state IN ('active', 'disabled')),
    created_by TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_account PRIMARY KEY (id),
    CONSTRAINT uq_account_username UNIQUE (username)
)
""",
    """
CREATE TABLE account_grant (
    account_id UUID NOT NULL,
    role TEXT NOT NULL,
    region TEXT NOT NULL CONSTRAINT region_shape CHECK (region ~ '^[0-9]{0,12}$'),
    granted_by TEXT NOT NULL,
    granted_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT uq_account_grant_account_id_role_region UNIQUE (account_id, role, region),
    CONSTRAINT fk_account_grant_account_id_account FOREIGN KEY(account_id) REFERENCES account (id)
)
""",
    """
CREATE TABLE refresh_token (
    token_digest BYTEA NOT NULL,
    family UUID NOT NULL,
    account_id UUID NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_refresh_token PRIMARY KEY (token_digest),
    CONSTRAINT fk_refresh_token_account_id_account FOREIGN KEY(account_id) REFERENCES account (id)
)
""",
    """
CREATE INDEX ix_refresh_token_family ON refresh_token (family)
""",
)
# The log is evidence: rows are added, never changed.
APPEND_ONLY = (
    """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% only grows', TG_TABLE_NAME; END $$
""",
    """
CREATE TRIGGER access_log_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON access_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
)


def upgrade() -> None:
    for statement in (*common_schema.FIRST, *TABLES, *APPEND_ONLY):
        op.execute(statement)


def downgrade() -> None:
    for table in ("refresh_token", "account_grant", "account", "access_log", *reversed(common_schema.FIRST_TABLES)):
        op.drop_table(table)
    op.execute("DROP FUNCTION refuse_change(), uuid7()")
