"""Documents of households, their versions, and every look at them; the content itself is in the document store."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.registry.metadata import metadata

_NOW = text("now()")
_MEDIA_TYPES = "('image/jpeg', 'image/png', 'image/webp', 'image/heic', 'application/pdf')"

document = Table(
    "document",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("household_id", Uuid, ForeignKey("household.id"), nullable=False),
    # A code of the pack's approval.documents, or one of the file's own kinds (LG-43).
    Column("kind", Text, CheckConstraint("kind ~ '^[a-z0-9][a-z0-9_-]{0,63}$'", name="kind"), nullable=False),
    Column("title", Text, CheckConstraint("title <> ''", name="title_given")),
    Column("added_by", Text, nullable=False),
    Column("added_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    UniqueConstraint("id", "household_id"),
    Index("document_of_household", "household_id", "id"),
)

document_version = Table(
    "document_version",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("document_id", Uuid, nullable=False),
    Column("household_id", Uuid, nullable=False),
    Column("version", Integer, CheckConstraint("version >= 1", name="version"), nullable=False),
    Column(
        "content_sha256",
        LargeBinary,
        CheckConstraint("octet_length(content_sha256) = 32", name="content_sha256"),
        nullable=False,
    ),
    Column("media_type", Text, CheckConstraint(f"media_type IN {_MEDIA_TYPES}", name="media_type"), nullable=False),
    Column("size_bytes", Integer, CheckConstraint("size_bytes > 0", name="size_bytes"), nullable=False),
    Column("width", Integer, CheckConstraint("width > 0", name="width")),
    Column("height", Integer, CheckConstraint("height > 0", name="height")),
    Column("page_count", Integer, CheckConstraint("page_count > 0", name="page_count")),
    Column("scanned", Boolean, nullable=False),
    Column("added_by", Text, nullable=False),
    Column("added_roles", ARRAY(Text), nullable=False),
    Column("added_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    Column("withdrawal_reason", Text),
    Column("withdrawn_by", Text),
    Column("withdrawn_at", DateTime(timezone=True)),
    UniqueConstraint("document_id", "version"),
    ForeignKeyConstraint(["document_id", "household_id"], ["document.id", "document.household_id"]),
    CheckConstraint(
        "CASE media_type WHEN 'application/pdf' THEN num_nulls(width, height) = 2 AND page_count IS NOT NULL "
        "ELSE num_nulls(width, height) = 0 AND page_count IS NULL END",
        name="measured_by_its_type",
    ),
    CheckConstraint("num_nulls(withdrawal_reason, withdrawn_by, withdrawn_at) IN (0, 3)", name="withdrawal_is_whole"),
    CheckConstraint("withdrawn_by <> added_by", name="maker_is_not_checker"),
    # The same content is in a household's dossier once.
    Index(
        "document_version_one_content",
        "household_id",
        "content_sha256",
        unique=True,
        postgresql_where=text("withdrawn_at IS NULL"),
    ),
    Index("document_version_content", "content_sha256"),
)

# Every look at a document, by whom and in which role; it only grows (LG-44).
document_view = Table(
    "document_view",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("document_id", Uuid, nullable=False),
    Column("version", Integer, nullable=False),
    Column("access", Text, CheckConstraint("access IN ('details', 'content')", name="access"), nullable=False),
    Column("viewed_by", Text, nullable=False),
    Column("roles", ARRAY(Text), CheckConstraint("cardinality(roles) > 0", name="roles"), nullable=False),
    Column("viewed_at", DateTime(timezone=True), nullable=False, server_default=_NOW),
    ForeignKeyConstraint(["document_id", "version"], ["document_version.document_id", "document_version.version"]),
    Index("document_view_of_document", "document_id", "id"),
)
