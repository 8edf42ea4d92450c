"""An event as a consumer receives it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from shared.events.base import Event

E_co = TypeVar("E_co", bound=Event, covariant=True)


@dataclass(frozen=True, slots=True)
class Received(Generic[E_co]):
    """One event as it arrived: the event, its place, and where in the stream it stood."""

    event: E_co
    event_id: UUID
    aggregate_id: UUID
    aggregate_version: int
    region_code: str
    occurred_at: datetime
    traceparent: str | None
    stream_sequence: int
    subject: str
    body: bytes = field(repr=False)
