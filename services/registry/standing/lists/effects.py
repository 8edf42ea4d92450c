"""How households and implementing entities stand: what lists bar them from on a day, and why (FJ-12, LG-22)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from uuid import UUID

from asyncpg import Record

from services.registry.policy.packs.queries import get_packs_in_force
from services.registry.register.households.refusals import HouseholdsUnknown
from services.registry.standing.entities.refusals import EntityUnknown
from services.registry.standing.lists.pack_rules import list_effect_rules
from services.registry.standing.lists.refusals import SubjectNotOne
from services.registry.standing.lists.rules import Effect, ListEffectRules, entity_effects, household_effects
from services.registry.standing.lists.schemas import (
    BarOut,
    ListEffectEntryOut,
    ListEffectsAnswersOut,
    ListEffectsIn,
    ListEffectsOut,
)
from shared.access import Principal, Right
from shared.db import Connection

_HOUSEHOLDS = """
SELECT h.id, h.village_code AS region_code, trim_scale(coalesce(q.share_left, 1))::text AS share_left
FROM unnest($1::uuid[]) WITH ORDINALITY AS a (id, place)
JOIN household h ON h.id = a.id LEFT JOIN village_quota q ON q.village_code = h.village_code
WHERE h.village_code ^@ ANY ($2::text[]) ORDER BY a.place
"""
# An entity works for households of the whole county, so every officer of the county may ask about it.
_ENTITIES = """
SELECT e.id, e.region_code, NULL::text AS share_left
FROM unnest($1::uuid[]) WITH ORDINALITY AS a (id, place) JOIN implementing_entity e ON e.id = a.id
WHERE EXISTS (SELECT FROM unnest($2::text[]) AS scope WHERE e.region_code ^@ scope OR scope ^@ e.county_code)
ORDER BY a.place
"""
_ENTRIES = """
SELECT id, coalesce(household_id, entity_id) AS subject_id, list_name, cause, reason, listed_on, state
FROM listing
WHERE (household_id = ANY ($1::uuid[]) OR entity_id = ANY ($2::uuid[]))
  AND listed_on <= $3 AND (cleared_on IS NULL OR cleared_on > $3)
ORDER BY listed_on, id
"""


async def get_profile(
    conn: Connection, caller: Principal, household: UUID | None, entity: UUID | None, as_of: date
) -> ListEffectsOut:
    """Return how one household or one entity stands on a day.

    Raises:
        SubjectNotOne, HouseholdsUnknown, EntityUnknown, NoPackInForce
    """
    asked = ListEffectsIn.model_construct(  # a day of a query is any day, as in every other read
        as_of=as_of,
        household_ids=[household] if household else [],
        entity_ids=[entity] if entity else [],
    )
    if len(asked.household_ids) + len(asked.entity_ids) != 1:
        raise SubjectNotOne
    answer = await list_effects(conn, caller, asked)
    if answer.standings:
        return answer.standings[0]
    raise HouseholdsUnknown([household]) if household else EntityUnknown(answer.unknown[0])


async def list_effects(conn: Connection, caller: Principal, asked: ListEffectsIn) -> ListEffectsAnswersOut:
    """Return how many households and entities stand on a day: two reads for the subjects, one for their entries.

    Raises:
        NoPackInForce: a region has none for that day.
    """
    scopes = caller.regions_for(Right.LISTS_READ)
    household_ids, entity_ids = list(dict.fromkeys(asked.household_ids)), list(dict.fromkeys(asked.entity_ids))
    households = await conn.fetch(_HOUSEHOLDS, household_ids, scopes)
    entities = await conn.fetch(_ENTITIES, entity_ids, scopes)
    entries: dict[UUID, list[Record]] = defaultdict(list)
    for row in await conn.fetch(_ENTRIES, _ids(households), _ids(entities), asked.as_of):
        entries[row["subject_id"]].append(row)
    regions = {row["region_code"] for row in (*households, *entities)}
    packs = await get_packs_in_force(conn, regions, asked.as_of)
    rules = {region: list_effect_rules(found.pack) for region, found in packs.items()}
    standings = [_standing(row, entries[row["id"]], rules, is_entity=False) for row in households]
    standings += [_standing(row, entries[row["id"]], rules, is_entity=True) for row in entities]
    known = {*_ids(households), *_ids(entities)}
    unknown = [each for each in (*household_ids, *entity_ids) if each not in known]
    return ListEffectsAnswersOut(as_of=asked.as_of, standings=standings, unknown=unknown)


def _ids(rows: Sequence[Record]) -> list[UUID]:
    return [row["id"] for row in rows]


def _standing(
    row: Record, entries: Sequence[Record], rules: Mapping[str, ListEffectRules], *, is_entity: bool
) -> ListEffectsOut:
    held = rules[row["region_code"]]
    effects = entity_effects if is_entity else household_effects
    barred: dict[Effect, list[UUID]] = defaultdict(list)
    for entry in entries:
        for effect in effects(entry["list_name"], held):
            barred[effect].append(entry["id"])
    return ListEffectsOut(
        household_id=None if is_entity else row["id"],
        entity_id=row["id"] if is_entity else None,
        region_code=row["region_code"],
        clear=not entries,
        entries=[_entry(entry) for entry in entries],
        barred=[BarOut(**asdict(effect), listing_ids=ids) for effect, ids in barred.items()],
        village_share_left=row["share_left"],
    )


def _entry(row: Record) -> ListEffectEntryOut:
    return ListEffectEntryOut(
        id=row["id"],
        list_name=row["list_name"],
        cause=row["cause"],
        reason=row["reason"],
        listed_on=row["listed_on"],
        appealed=row["state"] == "appealed",
    )
