"""Several services beside each other: what one publishes reaches the others, in its order, as often as asked."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from shared.events.base import find_event
from shared.events.envelope import encode, subject_of
from shared.events.received import Received
from shared.testing.service import ServiceUnderTest

_PUBLISHED: Final = """
SELECT position, event_id, event_name, schema_version, aggregate_id, aggregate_version, region_code, data::text AS data
FROM outbox WHERE position > $1 ORDER BY position
"""


@dataclass
class Carried:
    """Services without a network, and how much of each one's outbox the others have heard."""

    services: tuple[ServiceUnderTest, ...]
    heard: dict[str, int] = field(default_factory=dict)

    async def carry(self) -> None:
        """Carry events until nobody has anything new to say."""
        while any([await self._carry_from(source) for source in self.services]):
            pass

    async def _carry_from(self, source: ServiceUnderTest) -> bool:
        rows = await source.database.pool.fetch(_PUBLISHED, self.heard.get(source.name, 0))
        if not rows:
            return False
        self.heard[source.name] = rows[-1]["position"]
        messages = [_message(row) for row in rows]
        for service in self.services:
            if any(each.owner == source.name for each in service.app.state.subscriptions):
                await service.deliver_all(messages)
        return True


def _message(row: Any) -> Received[Any]:
    kind = find_event(row["event_name"], row["schema_version"])
    assert kind is not None, row["event_name"]
    now = datetime.now(UTC)
    named = {key: row[key] for key in ("event_id", "aggregate_id", "aggregate_version", "region_code")}
    body = encode(kind.event_type, **named, occurred_at=now, traceparent=None, data=row["data"])
    return Received(
        **named,
        event=kind.model_validate_json(row["data"]),
        occurred_at=now,
        traceparent=None,
        stream_sequence=row["position"],
        subject=subject_of(kind.event_type, row["region_code"]),
        body=body,
    )
