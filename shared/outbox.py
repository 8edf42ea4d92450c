"""The outbox: events recorded in the business transaction, published afterwards by the relay, never deleted.

One event: `await outbox.record(conn, LoanDisbursed(...), aggregate_id=..., aggregate_version=..., region_code=...)`.

Many events: one `INSERT … SELECT` built at import by `bulk_insert`, usually behind a CTE that changes the rows:

    RECORD = outbox.bulk_insert(
        RepaymentRecorded, source="posted p", aggregate_id="p.loan_id", aggregate_version="p.version",
        region_code="p.region_code", data={"loan_id": "p.loan_id", "amount": "p.amount::text", ...})
    await conn.execute(f"WITH posted AS (UPDATE … RETURNING …) {RECORD}", ...)

`data` must name exactly the event's fields, and money goes in as text, or the relay refuses the row.

`aggregate_version` counts the aggregate's events: 1, 2, 3 … without a gap, whoever records them. Keep the count in the
aggregate's row, under the lock that changes it: a version that also counts other changes leaves gaps, and ordered
consumers would wait at the first for ever. `UNIQUE (aggregate_id, aggregate_version)` refuses the other mistake.
The relay publishes by version, so the order in which one statement inserts an aggregate's events does not matter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import structlog

from shared.db import Connection, Database
from shared.events.base import Event
from shared.ids import new_id

COLUMNS: Final = (
    "event_id, event_name, schema_version, aggregate_type, aggregate_id, aggregate_version, region_code, "
    "data, traceparent"
)


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """One event with the place it belongs to: aggregate, version, region."""

    event: Event
    aggregate_id: UUID
    aggregate_version: int
    region_code: str
    event_id: UUID = field(default_factory=new_id)


_RECORD: Final = f"""
INSERT INTO outbox ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8::text::jsonb, $9)
"""  # noqa: S608 - only our own column list is interpolated
_RECORD_MANY: Final = f"""
INSERT INTO outbox ({COLUMNS})
SELECT event_id, event_name, schema_version, aggregate_type, aggregate_id, aggregate_version, region_code,
       data::jsonb, $9
FROM unnest($1::uuid[], $2::text[], $3::int[], $4::text[], $5::uuid[], $6::int[], $7::text[], $8::text[])
  AS event (event_id, event_name, schema_version, aggregate_type, aggregate_id, aggregate_version, region_code, data)
"""  # noqa: S608 - only our own column list is interpolated


async def record(
    conn: Connection,
    event: Event,
    *,
    aggregate_id: UUID,
    aggregate_version: int,
    region_code: str,
    event_id: UUID | None = None,
) -> UUID:
    """Record one event in the caller's transaction and return its event id."""
    kind, identifier = event.event_type, event_id or new_id()
    await conn.execute(
        _RECORD,
        identifier,
        kind.name,
        kind.version,
        kind.aggregate,
        aggregate_id,
        aggregate_version,
        region_code,
        event.model_dump_json(),
        current_traceparent(),
    )
    return identifier


async def record_many(conn: Connection, events: Sequence[RecordedEvent]) -> None:
    """Record events in the caller's transaction with one statement, keeping their order."""
    if not events:
        return
    kinds = [event.event.event_type for event in events]
    await conn.execute(
        _RECORD_MANY,
        [event.event_id for event in events],
        [kind.name for kind in kinds],
        [kind.version for kind in kinds],
        [kind.aggregate for kind in kinds],
        [event.aggregate_id for event in events],
        [event.aggregate_version for event in events],
        [event.region_code for event in events],
        [event.event.model_dump_json() for event in events],
        current_traceparent(),
    )


class WrongFields(TypeError):
    """The data of a bulk insert does not name exactly the event's fields."""


def bulk_insert(
    event: type[Event],
    *,
    source: str,
    aggregate_id: str,
    aggregate_version: str,
    region_code: str,
    data: Mapping[str, str],
    traceparent: str = "NULL",
    event_id: str = "uuid7()",
) -> str:
    """Return `INSERT INTO outbox … SELECT … FROM source`, one event for each row of `source`.

    All values are SQL expressions over `source` (a FROM clause, usually a CTE and its alias); call it with literals
    at import, never with a user's input. `data` maps each field of the event to its expression; money and
    percentages as `::text`.

    Raises:
        WrongFields: when a field without default is missing or one is unknown.
    """
    fields = event.model_fields
    missing = {name for name, info in fields.items() if info.is_required()} - data.keys()
    unknown = data.keys() - fields.keys()
    if missing or unknown:
        raise WrongFields(f"{event.__name__}: missing {sorted(missing)}, unknown {sorted(unknown)}")
    kind = event.event_type
    pairs = ", ".join(f"'{name}', {expression}" for name, expression in data.items())
    return (
        f"INSERT INTO outbox ({COLUMNS}) SELECT {event_id}, '{kind.name}', {kind.version}, '{kind.aggregate}', "  # noqa: S608 - literals of our own code
        f"{aggregate_id}, {aggregate_version}, {region_code}, jsonb_build_object({pairs}), {traceparent} FROM {source}"
    )


def current_traceparent() -> str | None:
    """Return the W3C traceparent of the request or message being handled, for the event it causes."""
    trace_id = structlog.contextvars.get_contextvars().get("trace_id")
    return f"00-{trace_id}-{trace_id[:16]}-01" if trace_id else None


def wake(database: Database) -> None:
    """Wake this process's relay because something was committed: a hint, the relay polls anyway."""
    database.committed.set()
