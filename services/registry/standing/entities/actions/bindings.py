"""Bind households to implementing entities by help agreements, within the assessed capacity, and end them (SX-4)."""

from dataclasses import replace
from datetime import date
from uuid import UUID

from asyncpg import Record

from services.registry.policy.packs.queries import get_pack_in_force
from services.registry.register.households.refusals import HouseholdsUnknown
from services.registry.standing.eligibility.pack_rules import borrowing_rules
from services.registry.standing.eligibility.rules.facts import BorrowingRules
from services.registry.standing.entities import queries
from services.registry.standing.entities.facts import entity_facts
from services.registry.standing.entities.refusals import (
    AgreementNumberUsed,
    BindingEnded,
    BindingRefused,
    BindingUnknown,
    EntityUnknown,
)
from services.registry.standing.entities.rules.binding import (
    Bound,
    HouseholdToBind,
    barriers,
    entity_barriers,
    not_chosen,
)
from services.registry.standing.entities.schemas import BindingIn, BindingOut, BindingTerminationIn
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.ids import new_id
from shared.rules.reasons import Reason

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
SELECT e.name AS entity_name, b.agreement_number, b.valid_from
FROM entity_household b JOIN implementing_entity e ON e.id = b.entity_id
WHERE b.household_id = $1 AND (b.valid_until IS NULL OR b.valid_until > $2) ORDER BY b.valid_from, b.id LIMIT 1
"""
_NUMBER_USED = "SELECT EXISTS (SELECT FROM entity_household WHERE entity_id = $1 AND agreement_number = $2)"
_BIND = """
INSERT INTO entity_household (id, entity_id, household_id, mode, agreement_number, amount, valid_from, bound_by, choice)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
_OF_COUNTY = "SELECT id FROM implementing_entity WHERE county_code = $1 AND registered_on <= $2 ORDER BY id"
_LOCK_BINDING = """
SELECT b.id, b.valid_from, b.valid_until, h.village_code
FROM entity_household b JOIN household h ON h.id = b.household_id WHERE b.id = $1 FOR UPDATE OF b
"""
_END = """
UPDATE entity_household SET valid_until = $2, end_reason = $3, ended_by = $4, ended_at = now()
WHERE id = $1 AND valid_until IS NULL
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
        body.valid_from,
        officer.subject,
        body.choice.model_dump(mode="json") if body.choice else None,
    )
    return await queries.get_binding(conn, binding_id, body.valid_from)


async def end_binding(conn: Connection, officer: Principal, binding_id: UUID, body: BindingTerminationIn) -> BindingOut:
    """End an agreement from a day on; its place becomes free, and the agreement stays on file.

    Raises:
        BindingUnknown, BindingEnded, DateBeforeStep
    """
    found = await conn.fetchrow(_LOCK_BINDING, binding_id)
    if found is None or not found["village_code"].startswith(tuple(officer.regions_for(Right.ENTITIES_BIND))):
        raise BindingUnknown(binding_id)
    if found["valid_until"] is not None:
        raise BindingEnded(binding_id, found["valid_until"])
    ensure_not_before("valid_until", body.valid_until, "valid_from", found["valid_from"])
    await conn.execute(_END, binding_id, body.valid_until, body.reason, officer.subject)
    return await queries.get_binding(conn, binding_id, body.valid_until)


async def _ensure_nothing_against(conn: Connection, body: BindingIn, household: Record) -> None:
    rules = borrowing_rules(await get_pack_in_force(conn, household["village_code"], body.valid_from))
    lists = await conn.fetch(_LISTS, body.household_id, body.entity_id, body.valid_from)
    known = (await entity_facts(conn, [body.entity_id], body.valid_from))[body.entity_id]
    entity = replace(known, lists=_names(lists, body.entity_id))
    asked = HouseholdToBind(
        lists=_names(lists, body.household_id),
        ended_on=household["ended_on"],
        bound=await _bound(conn, body.household_id, body.valid_from),
    )
    unchosen = await _against_choice(conn, body, household["county_code"], rules)
    reasons = (*unchosen, *barriers(asked, entity, body.mode, body.amount, rules, body.valid_from))
    if reasons:
        raise BindingRefused(reasons)


async def _against_choice(
    conn: Connection, body: BindingIn, county_code: str, rules: BorrowingRules
) -> tuple[Reason, ...]:
    """Return why the household has not chosen the entity in full knowledge, where the county asks for that (SX-10)."""
    if not rules.entities.choice_required:
        return ()
    choice, offered = body.choice, frozenset[UUID]()
    if choice is not None:
        ids = [row["id"] for row in await conn.fetch(_OF_COUNTY, county_code, choice.shown_on)]
        known = await entity_facts(conn, ids, choice.shown_on)
        offered = frozenset(each for each, facts in known.items() if not entity_barriers(facts, rules, choice.shown_on))
    shown = frozenset(choice.shown_entity_ids) if choice else frozenset()
    chosen_on = choice.chosen_on if choice else None
    reason = not_chosen(body.entity_id, chosen_on, shown, offered, rules.clauses["choice_required"], body.valid_from)
    return () if reason is None else (reason,)


async def _bound(conn: Connection, household_id: UUID, valid_from: date) -> Bound | None:
    row = await conn.fetchrow(_BOUND, household_id, valid_from)
    return Bound(**row) if row else None


def _names(lists: list[Record], subject_id: UUID) -> tuple[str, ...]:
    return tuple(row["list_name"] for row in lists if row["subject_id"] == subject_id)


_END_WITH_HOUSEHOLD = """
UPDATE entity_household SET valid_until = greatest(valid_from, $2), end_reason = 'household ended', ended_by = $3,
  ended_at = now()
WHERE household_id = $1 AND valid_until IS NULL
"""


async def end_with_household(conn: Connection, household_id: UUID, ended_on: date, ended_by: str) -> None:
    """End the help agreement of a household that ends, so that its place in the entity's capacity is free (SX-4)."""
    await conn.execute(_END_WITH_HOUSEHOLD, household_id, ended_on, ended_by)
