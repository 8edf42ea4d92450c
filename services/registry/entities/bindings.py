"""Bind households to implementing entities by help agreements, within the assessed capacity, and end them (SX-4)."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from asyncpg import Record

from services.registry.eligibility.pack_rules import borrowing_rules
from services.registry.entities import queries
from services.registry.entities.binding import Bound, HouseholdToBind, barriers
from services.registry.entities.facts import entity_facts
from services.registry.entities.refusals import (
    AgreementNumberUsed,
    BindingEnded,
    BindingRefused,
    BindingUnknown,
    EntityDayOutOfOrder,
    EntityUnknown,
)
from services.registry.entities.schemas import BindingEndingIn, BindingIn, BindingOut
from services.registry.households.statuses import HouseholdsUnknown
from services.registry.packs.queries import get_pack_in_force
from shared.access import Principal, Right
from shared.db import Connection
from shared.ids import new_id

# The entity first, then the household: who waits for the last place waits here.
_LOCK_ENTITY = "SELECT county_code FROM implementing_entity WHERE id = $1 FOR UPDATE"
_LOCK_HOUSEHOLD = "SELECT county_code, village_code, ended_on FROM household WHERE id = $1 FOR UPDATE"
# An entry that still holds counts even for an agreement that is dated before it.
_LISTS = """
SELECT DISTINCT coalesce(household_id, entity_id) AS subject_id, list_name FROM listing
WHERE (household_id = $1 OR entity_id = $2) AND (cleared_on IS NULL OR (listed_on <= $3 AND cleared_on > $3))
ORDER BY list_name
"""
_BOUND = """
SELECT e.name AS entity_name, b.agreement_number, b.from_on
FROM entity_household b JOIN implementing_entity e ON e.id = b.entity_id
WHERE b.household_id = $1 AND (b.until_on IS NULL OR b.until_on > $2) ORDER BY b.from_on, b.id LIMIT 1
"""
_NUMBER_USED = "SELECT EXISTS (SELECT FROM entity_household WHERE entity_id = $1 AND agreement_number = $2)"
_BIND = """
INSERT INTO entity_household (id, entity_id, household_id, mode, agreement_number, amount, from_on, bound_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_LOCK_BINDING = """
SELECT b.id, b.from_on, b.until_on, h.village_code
FROM entity_household b JOIN household h ON h.id = b.household_id WHERE b.id = $1 FOR UPDATE OF b
"""
_END = """
UPDATE entity_household SET until_on = $2, end_reason = $3, ended_by = $4, ended_at = now()
WHERE id = $1 AND until_on IS NULL
"""


async def bind_household(conn: Connection, officer: Principal, body: BindingIn) -> BindingOut:
    """Bind a household to an entity of its county, or refuse with every reason (SX-4, LG-22, LG-28).

    Raises:
        EntityUnknown, HouseholdsUnknown, AgreementNumberUsed, NoPackInForce, BindingRefused
    """
    county_code = await conn.fetchval(_LOCK_ENTITY, body.entity_id)
    household = await conn.fetchrow(_LOCK_HOUSEHOLD, body.household_id)
    scopes = tuple(officer.regions_for(Right.ENTITIES_BIND))
    if household is None or not household["village_code"].startswith(scopes):
        raise HouseholdsUnknown([body.household_id])
    if county_code != household["county_code"]:
        raise EntityUnknown(body.entity_id)
    if await conn.fetchval(_NUMBER_USED, body.entity_id, body.agreement_number):
        raise AgreementNumberUsed(body.agreement_number)
    await _ensure_nothing_against(conn, body, household)
    binding_id = new_id()
    await conn.execute(
        _BIND,
        binding_id,
        body.entity_id,
        body.household_id,
        body.mode,
        body.agreement_number,
        body.amount,
        body.from_on,
        officer.subject,
    )
    return await queries.get_binding(conn, binding_id, body.from_on)


async def end_binding(conn: Connection, officer: Principal, binding_id: UUID, body: BindingEndingIn) -> BindingOut:
    """End an agreement from a day on; its place becomes free, and the agreement stays on file.

    Raises:
        BindingUnknown, BindingEnded, EntityDayOutOfOrder
    """
    found = await conn.fetchrow(_LOCK_BINDING, binding_id)
    if found is None or not found["village_code"].startswith(tuple(officer.regions_for(Right.ENTITIES_BIND))):
        raise BindingUnknown(binding_id)
    if found["until_on"] is not None:
        raise BindingEnded(binding_id, found["until_on"])
    if body.until_on < found["from_on"]:
        raise EntityDayOutOfOrder("The end of the agreement", body.until_on, found["from_on"])
    await conn.execute(_END, binding_id, body.until_on, body.reason, officer.subject)
    return await queries.get_binding(conn, binding_id, body.until_on)


async def _ensure_nothing_against(conn: Connection, body: BindingIn, household: Record) -> None:
    rules = borrowing_rules(await get_pack_in_force(conn, household["village_code"], body.from_on))
    lists = await conn.fetch(_LISTS, body.household_id, body.entity_id, body.from_on)
    known = (await entity_facts(conn, [body.entity_id], body.from_on))[body.entity_id]
    entity = replace(known, lists=_names(lists, body.entity_id))
    asked = HouseholdToBind(
        lists=_names(lists, body.household_id),
        ended_on=household["ended_on"],
        bound=await _bound(conn, body.household_id, body.from_on),
    )
    reasons = barriers(asked, entity, body.mode, body.amount, rules, body.from_on)
    if reasons:
        raise BindingRefused(reasons)


async def _bound(conn: Connection, household_id: UUID, from_on: date) -> Bound | None:
    row = await conn.fetchrow(_BOUND, household_id, from_on)
    return Bound(**row) if row else None


def _names(lists: list[Record], subject_id: UUID) -> tuple[str, ...]:
    return tuple(row["list_name"] for row in lists if row["subject_id"] == subject_id)
