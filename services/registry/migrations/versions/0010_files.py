"""Registry: the household dossier and its documents."""

from alembic import op

revision = "0010_files"
down_revision = "0009_entities"
branch_labels = None
depends_on = None

_DOCUMENT = (
    """
CREATE TABLE document (
    id UUID NOT NULL,
    household_id UUID NOT NULL,
    kind TEXT NOT NULL CONSTRAINT kind CHECK (kind ~ '^[a-z0-9][a-z0-9_-]{0,63}$'),
    title TEXT CONSTRAINT title_given CHECK (title <> ''),
    added_by TEXT NOT NULL,
    added_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_document PRIMARY KEY (id),
    CONSTRAINT uq_document_id UNIQUE (id, household_id),
    CONSTRAINT fk_document_household_id_household FOREIGN KEY(household_id) REFERENCES household (id)
)
""",
    "CREATE INDEX document_of_household ON document (household_id, id)",
    """
CREATE TABLE document_version (
    id UUID NOT NULL,
    document_id UUID NOT NULL,
    household_id UUID NOT NULL,
    version INTEGER NOT NULL CONSTRAINT version CHECK (version >= 1),
    content_sha256 BYTEA NOT NULL CONSTRAINT content_sha256 CHECK (octet_length(content_sha256) = 32),
    media_type TEXT NOT NULL CONSTRAINT media_type
        CHECK (media_type IN ('image/jpeg', 'image/png', 'image/webp', 'image/heic', 'application/pdf')),
    size_bytes INTEGER NOT NULL CONSTRAINT size_bytes CHECK (size_bytes > 0),
    width INTEGER CONSTRAINT width CHECK (width > 0),
    height INTEGER CONSTRAINT height CHECK (height > 0),
    page_count INTEGER CONSTRAINT page_count CHECK (page_count > 0),
    scanned BOOLEAN NOT NULL,
    added_by TEXT NOT NULL,
    added_roles TEXT[] NOT NULL,
    added_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    withdrawal_reason TEXT,
    withdrawn_by TEXT,
    withdrawn_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_document_version PRIMARY KEY (id),
    CONSTRAINT uq_document_version_document_id UNIQUE (document_id, version),
    CONSTRAINT fk_document_version_document_id_document FOREIGN KEY(document_id, household_id)
        REFERENCES document (id, household_id),
    CONSTRAINT measured_by_its_type CHECK (CASE media_type
        WHEN 'application/pdf' THEN num_nulls(width, height) = 2 AND page_count IS NOT NULL
        ELSE num_nulls(width, height) = 0 AND page_count IS NULL END),
    CONSTRAINT withdrawal_is_whole CHECK (num_nulls(withdrawal_reason, withdrawn_by, withdrawn_at) IN (0, 3)),
    CONSTRAINT maker_is_not_checker CHECK (withdrawn_by <> added_by)
)
""",
    """
CREATE UNIQUE INDEX document_version_one_content ON document_version (household_id, content_sha256)
    WHERE withdrawn_at IS NULL
""",
    "CREATE INDEX document_version_content ON document_version (content_sha256)",
    """
CREATE TABLE document_view (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    document_id UUID NOT NULL,
    version INTEGER NOT NULL,
    access TEXT NOT NULL CONSTRAINT access CHECK (access IN ('details', 'content')),
    viewed_by TEXT NOT NULL,
    roles TEXT[] NOT NULL CONSTRAINT roles CHECK (cardinality(roles) > 0),
    viewed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_document_view PRIMARY KEY (id),
    CONSTRAINT fk_document_view_document_id_document_version FOREIGN KEY(document_id, version)
        REFERENCES document_version (document_id, version)
)
""",
    "CREATE INDEX document_view_of_document ON document_view (document_id, id)",
)
# What was put on file stays as it was: a version is only withdrawn, once; documents and views only grow.
_KEPT = (
    """
CREATE FUNCTION refuse_all_but_withdrawing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.withdrawn_at IS NULL
     AND to_jsonb(OLD) - ARRAY['withdrawal_reason', 'withdrawn_by', 'withdrawn_at']
       = to_jsonb(NEW) - ARRAY['withdrawal_reason', 'withdrawn_by', 'withdrawn_at'] THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION '% is withdrawn once and never rewritten', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END
$$
""",
    """
CREATE TRIGGER document_version_is_only_withdrawn BEFORE UPDATE OR DELETE ON document_version
FOR EACH ROW EXECUTE FUNCTION refuse_all_but_withdrawing()
""",
    *(
        f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        for table in ("document", "document_view")
    ),
)
STATEMENTS: tuple[str, ...] = (*_DOCUMENT, *_KEPT)
UNDO: tuple[str, ...] = (
    "DROP TABLE document_view",
    "DROP TABLE document_version",
    "DROP TABLE document",
    "DROP FUNCTION refuse_all_but_withdrawing()",
)


def upgrade() -> None:
    """Apply the statements."""
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    """Take them back, last first."""
    for statement in UNDO:
        op.execute(statement)
