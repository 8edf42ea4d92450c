"""The inbox: what a service has received, in the same transaction as what it did about it.

A service declares, in its `consumers.py`, which events of which owner it handles:

    SUBSCRIPTIONS = (
        Subscription("riskfund", "lending", {LoanDisbursed: disbursements.add_exposure}, ordered=True),
    )

A handler receives a batch: `async def add_exposure(conn, received: Sequence[Received[LoanDisbursed]]) -> None`,
all of one event type, at most one event per aggregate, inside the transaction that also writes the inbox rows.
It writes with set-based SQL and never acknowledges, commits or retries: it raises, and the batch is tried again in
halves until only the event at fault is left, which is tried again later and parked in the end.
"""

from collections.abc import Awaitable, Callable, Mapping, Set
from dataclasses import dataclass
from typing import TypeAlias

from shared.events.base import Event

# Any, because one mapping holds handlers of many event types; each is called with its own key's type only.
Handler: TypeAlias = Callable[..., Awaitable[None]]


class WrongSubscription(TypeError):
    """A subscription names an event of another owner."""


@dataclass(frozen=True)
class Subscription:
    """What `service` does with the events of `owner`.

    `handlers` maps event types to batch handlers; inside a batch they run in the order of the mapping. Events without
    a handler are only noted. `ordered=True` applies each aggregate's events by version, 1, 2, 3 …, and holds back
    what comes early; `ordered=False` only refuses to apply one event twice; `ordered={"loan"}` orders the aggregates
    of these types, whose events are numbered without a gap, and no others.
    """

    service: str
    owner: str
    handlers: Mapping[type[Event], Handler]
    ordered: bool | Set[str] = True

    def __post_init__(self) -> None:
        """Refuse handlers for events that this owner's stream never carries."""
        for event in self.handlers:
            if event.event_type.owner != self.owner:
                raise WrongSubscription(f"{event.__name__} belongs to {event.event_type.owner}, not to {self.owner}")

    def is_ordered(self, event: type[Event]) -> bool:
        """Return whether events of this type are applied by their aggregate's version."""
        return self.ordered if isinstance(self.ordered, bool) else event.event_type.aggregate in self.ordered

    @property
    def consumer(self) -> str:
        """Return the name of the durable consumer and the key of its inbox rows."""
        return consumer_name(self.service, self.owner)


def consumer_name(service: str, owner: str) -> str:
    """Return the durable consumer's name of one service on one owner's stream."""
    return f"{service}-{owner}"
