"""The common tables as they were first released: frozen DDL for the services' first migrations.

A later change to a common table is a new constant here and a new version in every service.
"""

from typing import Final

from shared.ids import UUID7_FUNCTION

FIRST: Final = (
    UUID7_FUNCTION,
    """
CREATE TABLE idempotency_key (
    principal TEXT NOT NULL,
    key TEXT NOT NULL,
    request_hash BYTEA NOT NULL,
    http_status INTEGER NOT NULL,
    answer TEXT NOT NULL,
    stored_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_idempotency_key PRIMARY KEY (principal, key)
)
""",
    """
CREATE TABLE inbox (
    consumer TEXT NOT NULL,
    event_id UUID NOT NULL,
    event_name TEXT NOT NULL,
    aggregate_id UUID NOT NULL,
    aggregate_version INTEGER NOT NULL,
    stream_sequence BIGINT NOT NULL,
    state TEXT NOT NULL,
    body JSONB,
    attempts INTEGER DEFAULT 0 NOT NULL,
    failure TEXT,
    retry_at TIMESTAMP WITH TIME ZONE,
    received_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    applied_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_inbox PRIMARY KEY (consumer, event_id),
    CONSTRAINT state CHECK (state IN ('applied', 'held', 'retrying')),
    CONSTRAINT applied_at CHECK ((state = 'applied') = (applied_at IS NOT NULL)),
    CONSTRAINT body CHECK ((state = 'applied') = (body IS NULL))
)
""",
    """
CREATE UNIQUE INDEX inbox_waiting ON inbox (consumer, aggregate_id, aggregate_version) WHERE state <> 'applied'
""",
    """
CREATE TABLE inbox_position (
    consumer TEXT NOT NULL,
    aggregate_id UUID NOT NULL,
    version INTEGER NOT NULL,
    CONSTRAINT pk_inbox_position PRIMARY KEY (consumer, aggregate_id)
)
""",
    """
CREATE TABLE job_run (
    job TEXT NOT NULL,
    scope TEXT NOT NULL,
    business_date DATE NOT NULL,
    result JSONB NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_job_run PRIMARY KEY (job, scope, business_date)
)
""",
    """
CREATE TABLE outbox (
    position BIGINT GENERATED ALWAYS AS IDENTITY,
    tx XID8 DEFAULT pg_current_xact_id() NOT NULL,
    event_id UUID NOT NULL,
    event_name TEXT NOT NULL,
    schema_version INTEGER NOT NULL,
    aggregate_type TEXT NOT NULL,
    aggregate_id UUID NOT NULL,
    aggregate_version INTEGER NOT NULL,
    region_code TEXT NOT NULL,
    data JSONB NOT NULL,
    traceparent TEXT,
    occurred_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    published_at TIMESTAMP WITH TIME ZONE,
    stream_sequence BIGINT,
    refused_reason TEXT,
    CONSTRAINT pk_outbox PRIMARY KEY (position),
    CONSTRAINT aggregate_version CHECK (aggregate_version >= 1),
    CONSTRAINT region_code CHECK (region_code ~ '^[0-9]{2,12}$'),
    CONSTRAINT outbox_event_id_key UNIQUE (event_id),
    CONSTRAINT outbox_aggregate_version_key UNIQUE (aggregate_id, aggregate_version)
)
""",
    """
CREATE INDEX outbox_refused ON outbox (aggregate_id) WHERE refused_reason IS NOT NULL
""",
    """
CREATE INDEX outbox_unpublished ON outbox (tx, position)
    WHERE published_at IS NULL AND refused_reason IS NULL
""",
    """
CREATE TABLE parked_message (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    consumer TEXT NOT NULL,
    stream_sequence BIGINT NOT NULL,
    event_id UUID,
    subject TEXT NOT NULL,
    reason TEXT NOT NULL,
    body BYTEA NOT NULL,
    body_digest TEXT NOT NULL,
    parked_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    replay_requested_at TIMESTAMP WITH TIME ZONE,
    replayed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_parked_message PRIMARY KEY (id),
    CONSTRAINT parked_message_body_key UNIQUE (consumer, subject, body_digest)
)
""",
    """
CREATE INDEX parked_message_to_replay ON parked_message (consumer, id)
    WHERE replay_requested_at IS NOT NULL AND replayed_at IS NULL
""",
)
FIRST_TABLES: Final = ("idempotency_key", "inbox", "inbox_position", "job_run", "outbox", "parked_message")

OUTBOX_ORDER: Final = (
    "DROP INDEX outbox_unpublished",
    "ALTER TABLE outbox DROP COLUMN tx",
    "CREATE INDEX outbox_unpublished ON outbox (position) WHERE published_at IS NULL AND refused_reason IS NULL",
    """
CREATE INDEX outbox_unpublished_versions ON outbox (aggregate_id, aggregate_version)
    WHERE published_at IS NULL AND refused_reason IS NULL
""",
)
OUTBOX_ORDER_UNDONE: Final = (
    "DROP INDEX outbox_unpublished_versions",
    "DROP INDEX outbox_unpublished",
    "ALTER TABLE outbox ADD COLUMN tx XID8 DEFAULT pg_current_xact_id() NOT NULL",
    "CREATE INDEX outbox_unpublished ON outbox (tx, position) WHERE published_at IS NULL AND refused_reason IS NULL",
)

# Events are found by the key of their versions: this index was written with each of them and read for none.
OUTBOX_BY_VERSION: Final = "DROP INDEX outbox_unpublished_versions"
OUTBOX_BY_VERSION_UNDONE: Final = """
CREATE INDEX outbox_unpublished_versions ON outbox (aggregate_id, aggregate_version)
    WHERE published_at IS NULL AND refused_reason IS NULL
"""

PACK_CORRECTION: Final = """
CREATE TABLE pack_correction (
    correction_id UUID NOT NULL,
    pack_id UUID NOT NULL,
    number INTEGER NOT NULL,
    follows_pack_id UUID NOT NULL,
    keys TEXT[] NOT NULL,
    effective_from DATE NOT NULL,
    CONSTRAINT pk_pack_correction PRIMARY KEY (correction_id),
    CONSTRAINT uq_pack_correction_pack_id_number UNIQUE (pack_id, number),
    CONSTRAINT number CHECK (number >= 1),
    CONSTRAINT keys CHECK (cardinality(keys) > 0)
)
"""
