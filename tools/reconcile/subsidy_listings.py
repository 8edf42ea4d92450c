"""Which days households stood on the blacklist, as the subsidy service knew it at an instant (LG-22)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from tools.reconcile.world import World

# The entries as registry published them; each counts from the instant at which subsidy knew it.
_ENTRIES = """
SELECT event_id::text, data->>'household_id', data->>'listing_id', (data->>'listed_on')::date,
  coalesce(data->>'ends_on', data->>'cleared_on')::date,
  coalesce((data->>'overturned')::boolean, false) OR data->>'cause' = 'appeal_accepted'
FROM outbox WHERE event_name IN ('household-listed', 'household-unlisted') AND data->>'list_name' = 'blacklist'
ORDER BY event_name, aggregate_id, aggregate_version
"""
_KNOWN_AT = """
SELECT event_id::text, applied_at FROM inbox
WHERE consumer = 'subsidy-registry' AND event_name IN ('household-listed', 'household-unlisted') AND state = 'applied'
"""
Spells = tuple[tuple[date, date], ...]  # each from a day, until another


@dataclass(frozen=True, slots=True)
class Entry:
    """What one event says of an entry; `until` is the first day on which it holds no more."""

    listing_id: str
    listed_on: date | None  # None: the event clears it
    until: date | None
    never_held: bool
    known_at: datetime


async def blacklisted(world: World) -> dict[str, list[Entry]]:
    """Return what was published of each household's entries on the blacklist, entries before their clearing."""
    known_at = await world["subsidy"].map(_KNOWN_AT)
    found: dict[str, list[Entry]] = {}
    async for event_id, household_id, listing_id, listed_on, until, never_held in world["registry"].each(_ENTRIES):
        if event_id in known_at:
            entry = Entry(listing_id, listed_on, until, never_held, known_at[event_id])
            found.setdefault(household_id, []).append(entry)
    return found


def spells(entries: Iterable[Entry], at: datetime | None) -> Spells:
    """Return the days of each entry as known at an instant, None: now; an entry that was wrong holds on no day."""
    begun: dict[str, date] = {}
    ended: dict[str, date | None] = {}
    for each in (entry for entry in entries if at is None or entry.known_at <= at):
        if each.listed_on is not None:
            begun[each.listing_id] = each.listed_on
        ended[each.listing_id] = date.min if each.never_held else each.until
    held = ((since, ended[listing_id] or date.max) for listing_id, since in begun.items())
    return tuple(sorted((since, until) for since, until in held if since < until))
