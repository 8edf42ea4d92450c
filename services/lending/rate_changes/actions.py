"""Let contracts follow what is published: each is replayed at the rates it has now, and that is published (LG-2)."""

from collections.abc import Sequence
from typing import Final

from services.lending.accounts.actions.restating import restate
from services.lending.pack_copies.actions import replicate_reference_rates
from services.lending.pack_copies.queries import publications
from services.lending.rate_changes.queries import affected, change_of
from shared.dates import CHINA
from shared.db import Connection
from shared.events.received import Received
from shared.events.subsidy import ReferenceRatePublished
from shared.scope import Scope

_EVERYWHERE: Final = Scope.within([""])


async def take_published_rates(conn: Connection, received: Sequence[Received[ReferenceRatePublished]]) -> None:
    """Store published rates, and restate every loan whose contract rested on what they correct or precede.

    Safe to run twice: a contract that follows its publication already is left alone. Clause: LG-2.
    """
    await replicate_reference_rates(conn, received)
    newest = max(received, key=lambda message: message.occurred_at)
    today = newest.occurred_at.astimezone(CHINA).date()
    since = min(message.event.effective_from for message in received)
    async for loans in affected(conn, _EVERYWHERE, await publications(conn), since, today, locked=True):
        changes = [change_of(found, newest.event.rate_id, today) for _, found in loans if found.rates is not None]
        await restate(conn, changes)
