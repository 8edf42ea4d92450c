"""Tables every service's database has besides its own: outbox, inbox, idempotency keys, job runs."""

from sqlalchemy import (
    Column,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB

from shared.inbox import inbox_tables
from shared.outbox import outbox_table

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def service_metadata() -> MetaData:
    """Return metadata that already holds the common tables."""
    metadata = MetaData(naming_convention=NAMING)
    outbox_table(metadata)
    inbox_tables(metadata)
    Table(
        "idempotency_key",
        metadata,
        Column("principal", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("request_hash", LargeBinary, nullable=False),
        Column("http_status", Integer, nullable=False),
        Column("answer", Text, nullable=False),
        Column("stored_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        PrimaryKeyConstraint("principal", "key"),
    )
    Table(
        "job_run",
        metadata,
        Column("job", Text, nullable=False),
        Column("scope", Text, nullable=False),
        Column("business_date", Date, nullable=False),
        Column("result", JSONB, nullable=False),
        Column("finished_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        PrimaryKeyConstraint("job", "scope", "business_date"),
    )
    return metadata
