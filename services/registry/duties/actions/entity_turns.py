"""What is owed about an implementing entity while it uses households' loans: a look at use and risk (SX-4)."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from services.registry.duties.actions.turns import Rules, turn_row, turns_of
from services.registry.duties.pack_rules import duties_of_entities
from shared.db import Connection
from shared.regions import county_of

_TOWNSHIP_DIGITS: Final = 9
_DAY: Final = timedelta(days=1)
# Agreements that touch or overlap are one stretch of days during which the entity uses loans.
_STRETCHES: Final = """
SELECT e.id, e.region_code, lower(s.days) AS begins_on, upper(s.days) AS ends_on,
       (SELECT max(d.opens_on) FROM duty d WHERE d.entity_id = e.id AND d.series = 'entity_follow_up') AS latest
FROM implementing_entity e
JOIN LATERAL (
  SELECT range_agg(daterange(valid_from, valid_until)) AS found FROM entity_household WHERE entity_id = e.id
) b ON true
CROSS JOIN LATERAL unnest(b.found) AS s (days)
WHERE e.county_code = $1 AND lower(s.days) <= $2
ORDER BY e.id, begins_on
"""
# Who uses no household's loan any more before a turn is due owes no look at it.
END_RELEASED: Final = """
WITH free AS (
  SELECT d.id, greatest(max(b.valid_until), d.opens_on) AS ended_on
  FROM duty d JOIN entity_household b ON b.entity_id = d.entity_id
  WHERE d.county_code = $1 AND d.ended_on IS NULL
    AND NOT EXISTS (SELECT FROM duty_record r WHERE r.duty_id = d.id AND r.withdrawn_on IS NULL)
  GROUP BY d.id HAVING bool_and(coalesce(b.valid_until <= least(d.due_on, $2), false))
), ended AS (
  UPDATE duty d SET ended_on = f.ended_on, end_cause = 'entity_released' FROM free f WHERE d.id = f.id RETURNING 1
)
SELECT count(*) FROM ended
"""


async def turns_of_entities(conn: Connection, county_code: str, rules: Rules, as_of: date) -> list[dict[str, Any]]:
    """Return every turn that has begun by the day for an entity that uses loans, and is not there yet."""
    return [row for each in await conn.fetch(_STRETCHES, county_code, as_of) for row in _of_stretch(each, rules, as_of)]


def _of_stretch(found: Any, rules: Rules, as_of: date) -> Iterator[dict[str, Any]]:
    region = found["region_code"]
    place = region[:_TOWNSHIP_DIGITS]
    held = rules.get(place) or rules.get(county_of(region), ())
    last_day = min(as_of, found["ends_on"] - _DAY) if found["ends_on"] else as_of
    for turns in turns_of([(day, pack.pack_id, duties_of_entities(pack.pack)) for day, pack in held]):
        for duty, pack_id, period in turns.through(found["begins_on"], last_day):
            if found["latest"] is None or period.opens_on > found["latest"]:
                yield turn_row(duty, pack_id, period, region) | {"entity_id": str(found["id"])}
