"""Events, effects and tables that exist only in these tests."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import MetaData
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from shared import outbox
from shared.db import Connection, Database
from shared.events.base import Event, Money
from shared.events.envelope import decode, encode, subject_of
from shared.events.received import Received
from shared.ids import UUID7_FUNCTION, new_id
from shared.inbox import Subscription
from shared.tables import inbox_tables, outbox_table

COUNTY = "500236"


class CounterAdvanced(Event, owner="lending", name="counter-advanced", version=1, aggregate="counter"):
    """A counter took one step."""

    counter_id: UUID
    step: int
    amount: Money


class CounterClosed(Event, owner="lending", name="counter-closed", version=1, aggregate="counter"):
    """A counter came to its end; nobody handles this."""

    counter_id: UUID


EFFECTS = """
CREATE TABLE effect (
  place bigint GENERATED ALWAYS AS IDENTITY, counter_id uuid NOT NULL, step int NOT NULL, amount numeric(18,2) NOT NULL
);
CREATE TABLE counter (id uuid PRIMARY KEY, version int NOT NULL);
CREATE TABLE poisoned (counter_id uuid NOT NULL, step int NOT NULL);
"""


def schema() -> str:
    """Return the DDL of a test service's database."""
    metadata = MetaData()
    outbox_table(metadata)
    inbox_tables(metadata)
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call] # SQLAlchemy does not type its dialects' makers
    statements = []
    for table in metadata.sorted_tables:
        statements.append(str(CreateTable(table).compile(dialect=dialect)))
        statements += [str(CreateIndex(index).compile(dialect=dialect)) for index in table.indexes]
    return ";".join([UUID7_FUNCTION, *statements, EFFECTS])


async def note_steps(conn: Connection, received: Sequence[Received[CounterAdvanced]]) -> None:
    """Write one effect per event with one statement; refuse poisoned steps as a real rule would."""
    ids = [each.event.counter_id for each in received]
    steps = [each.event.step for each in received]
    bad = await conn.fetchval(
        "SELECT count(*) FROM poisoned JOIN unnest($1::uuid[], $2::int[]) AS e (c, s) ON counter_id = c AND step = s",
        ids,
        steps,
    )
    if bad:
        raise ValueError(f"{bad} poisoned")
    await conn.execute(
        "INSERT INTO effect (counter_id, step, amount) SELECT * FROM unnest($1::uuid[], $2::int[], $3::numeric[])",
        ids,
        steps,
        [each.event.amount for each in received],
    )


def subscription(ordered: bool = True, service: str = "riskfund") -> Subscription:
    """Return what the consuming test service does."""
    return Subscription(service, "lending", {CounterAdvanced: note_steps}, ordered=ordered)


async def advance(conn: Connection, counter_id: UUID) -> int:
    """Take one step as a business transaction would: lock, change, record."""
    version = await conn.fetchval(
        "INSERT INTO counter VALUES ($1, 1) ON CONFLICT (id) DO UPDATE SET version = counter.version + 1 "
        "RETURNING version",
        counter_id,
    )
    event = CounterAdvanced(counter_id=counter_id, step=version, amount=Decimal(version))
    await outbox.record(conn, event, aggregate_id=counter_id, aggregate_version=version, region_code=COUNTY)
    return int(version)


RECORD_MANY = outbox.bulk_insert(
    CounterAdvanced,
    source="(SELECT $1::uuid[] AS ids, generate_series(1, $2::int) AS step) s, unnest(s.ids) AS id",
    aggregate_id="id",
    aggregate_version="step",
    region_code=f"'{COUNTY}'",
    data={"counter_id": "id", "step": "step", "amount": "step::numeric(18,2)::text"},
)


async def effects(database: Database) -> dict[UUID, list[int]]:
    """Return the steps of each counter in the order in which they took effect."""
    async with database.connection() as conn:
        rows = await conn.fetch("SELECT counter_id, array_agg(step ORDER BY place) AS steps FROM effect GROUP BY 1")
    return {row["counter_id"]: list(row["steps"]) for row in rows}


async def count(database: Database, table: str) -> int:
    """Return the number of rows, of a table or of `table WHERE …`."""
    async with database.connection() as conn:
        return int(await conn.fetchval(f"SELECT count(*) FROM {table}"))


async def arrived(database: Database, expected: int) -> bool:
    """Return whether that many effects were written."""
    return await count(database, "effect") >= expected


async def until(condition: Callable[[], Awaitable[Any]], seconds: float = 20.0) -> None:
    """Wait until the condition holds."""
    give_up_at = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < give_up_at, "did not happen in time"
        await asyncio.sleep(0.02)


def received(counter_id: UUID, step: int, sequence: int = 0, event_id: UUID | None = None) -> Received[Event]:
    """Return one event as a consumer would see it."""
    return decode(*message(counter_id, step, event_id=event_id), sequence or step)


def message(counter_id: UUID, step: int, *, event_id: UUID | None = None) -> tuple[str, bytes]:
    """Return subject and body of one message."""
    event = CounterAdvanced(counter_id=counter_id, step=step, amount=Decimal(step))
    body = encode(
        CounterAdvanced.event_type,
        event_id=event_id or new_id(),
        aggregate_id=counter_id,
        aggregate_version=step,
        region_code=COUNTY,
        occurred_at=datetime.now(UTC),
        traceparent=None,
        data=event.model_dump_json(),
    )
    return subject_of(CounterAdvanced.event_type, COUNTY), body
