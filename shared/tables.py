"""Tables every service's database has besides its own: outbox, inbox, idempotency keys, job runs.

Only migrations and schema tests import the tables; a running service speaks SQL and never loads SQLAlchemy.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


_UNPUBLISHED = text("published_at IS NULL AND refused_reason IS NULL")


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


def outbox_table(metadata: MetaData) -> Table:
    """Return the service's outbox table; call it once in the service's `tables.py`."""
    return Table(
        "outbox",
        metadata,
        Column("position", BigInteger, Identity(always=True), primary_key=True),
        Column("event_id", Uuid, nullable=False),
        Column("event_name", Text, nullable=False),
        Column("schema_version", Integer, nullable=False),
        Column("aggregate_type", Text, nullable=False),
        Column("aggregate_id", Uuid, nullable=False),
        Column("aggregate_version", Integer, nullable=False),
        Column("region_code", Text, nullable=False),
        Column("data", JSONB, nullable=False),
        Column("traceparent", Text),
        Column("occurred_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
        Column("published_at", DateTime(timezone=True)),
        Column("stream_sequence", BigInteger),
        # Set by the relay on a row it cannot publish; the aggregate waits until an operator releases it.
        Column("refused_reason", Text),
        CheckConstraint("aggregate_version >= 1", name="aggregate_version"),
        CheckConstraint("region_code ~ '^[0-9]{2,12}$'", name="region_code"),
        UniqueConstraint("event_id", name="outbox_event_id_key"),
        UniqueConstraint("aggregate_id", "aggregate_version", name="outbox_aggregate_version_key"),
        Index("outbox_unpublished", "position", postgresql_where=_UNPUBLISHED),
        Index("outbox_refused", "aggregate_id", postgresql_where=text("refused_reason IS NOT NULL")),
    )


def inbox_tables(metadata: MetaData) -> tuple[Table, Table, Table]:
    """Return `inbox`, `inbox_position` and `parked_message`; call it once in the service's `tables.py`."""
    return _inbox(metadata), _inbox_position(metadata), _parked_message(metadata)


def _inbox(metadata: MetaData) -> Table:
    return Table(
        "inbox",
        metadata,
        Column("consumer", Text, nullable=False),
        Column("event_id", Uuid, nullable=False),
        Column("event_name", Text, nullable=False),
        Column("aggregate_id", Uuid, nullable=False),
        Column("aggregate_version", Integer, nullable=False),
        Column("stream_sequence", BigInteger, nullable=False),
        Column("state", Text, nullable=False),
        Column("body", JSONB),  # the whole envelope, only while the event waits
        Column("attempts", Integer, nullable=False, server_default=text("0")),
        Column("failure", Text),
        Column("retry_at", DateTime(timezone=True)),
        Column("received_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
        Column("applied_at", DateTime(timezone=True)),
        PrimaryKeyConstraint("consumer", "event_id"),
        CheckConstraint("state IN ('applied', 'held', 'retrying')", name="state"),
        CheckConstraint("(state = 'applied') = (applied_at IS NOT NULL)", name="applied_at"),
        CheckConstraint("(state = 'applied') = (body IS NULL)", name="body"),
        Index(
            "inbox_waiting",
            "consumer",
            "aggregate_id",
            "aggregate_version",
            unique=True,
            postgresql_where=text("state <> 'applied'"),
        ),
    )


def _inbox_position(metadata: MetaData) -> Table:
    return Table(
        "inbox_position",
        metadata,
        Column("consumer", Text, nullable=False),
        Column("aggregate_id", Uuid, nullable=False),
        Column("version", Integer, nullable=False),
        PrimaryKeyConstraint("consumer", "aggregate_id"),
    )


def _parked_message(metadata: MetaData) -> Table:
    return Table(
        "parked_message",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("consumer", Text, nullable=False),
        Column("stream_sequence", BigInteger, nullable=False),
        Column("event_id", Uuid),
        Column("subject", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("body", LargeBinary, nullable=False),
        Column("body_digest", Text, nullable=False),
        Column("parked_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
        Column("replay_requested_at", DateTime(timezone=True)),
        Column("replayed_at", DateTime(timezone=True)),
        # A message that is delivered again after its acknowledgement was lost is parked once.
        UniqueConstraint("consumer", "subject", "body_digest", name="parked_message_body_key"),
        Index(
            "parked_message_to_replay",
            "consumer",
            "id",
            postgresql_where=text("replay_requested_at IS NOT NULL AND replayed_at IS NULL"),
        ),
    )


def policy_pack_table(metadata: MetaData) -> Table:
    """Return the table of kept packs; each row is written once, from one event."""
    return Table(
        "policy_pack",
        metadata,
        Column("pack_id", Uuid, primary_key=True),
        Column("county_code", Text, nullable=False),
        Column("pack_version", Integer, nullable=False),
        Column("effective_from", Date, nullable=False),
        Column("content_hash", Text, nullable=False),
        Column("content", JSONB, nullable=False),
        Column("code", Text, Computed("content #>> '{header,code}'", persisted=True)),
        Column("regions", JSONB, Computed("content #> '{header,regions}'", persisted=True)),  # where it holds
        UniqueConstraint("county_code", "code", "pack_version"),
        CheckConstraint("pack_version >= 1", name="pack_version"),
        Index("ix_policy_pack_in_force", "county_code", "effective_from", "pack_version"),
    )


def pack_correction_table(metadata: MetaData) -> Table:
    """Return the table of kept corrections of packs; each row is written once, from one event."""
    return Table(
        "pack_correction",
        metadata,
        Column("correction_id", Uuid, primary_key=True),
        Column("pack_id", Uuid, nullable=False),  # no reference: the pack may arrive later
        Column("number", Integer, CheckConstraint("number >= 1", name="number"), nullable=False),
        Column("follows_pack_id", Uuid, nullable=False),
        Column("keys", ARRAY(Text), CheckConstraint("cardinality(keys) > 0", name="keys"), nullable=False),
        Column("effective_from", Date, nullable=False),
        UniqueConstraint("pack_id", "number"),
    )
