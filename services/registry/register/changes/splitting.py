"""A split: some members form a household of their own (分户); the debts and the history stay where they are."""

from collections.abc import Mapping
from uuid import UUID

from asyncpg import Record

from services.registry.register.changes.case import (
    Case,
    active_members,
    announce,
    chosen,
    ensure_may_lead,
    follow,
    head_among,
    join,
    leave,
)
from services.registry.register.changes.refusals import HeadStays, HouseholdNumberTaken, NotAVillage, OutsideCounty
from services.registry.register.changes.rules import ensure_each_related, ensure_one_head
from services.registry.register.changes.schemas import HouseholdSplitIn
from services.registry.register.changes.values import Values, as_value
from services.registry.register.households.vocabulary import Labour, LeftReason
from services.registry.register.regions.queries import get_region
from shared import outbox
from shared.events.registry import HouseholdSplit, HouseholdStatusChanged
from shared.ids import new_id
from shared.outbox import RecordedEvent
from shared.regions import county_of

_NEW_HOUSEHOLD = """
INSERT INTO household (id, county_code, number, village_code, version, poverty_state, state_from, registered_on,
  member_count, labourer_count, civil_capacity, able_to_work, credit_record, split_from_id, group_name)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11, $12, $13, $14)
ON CONFLICT (county_code, number) DO NOTHING RETURNING id
"""
# The new household stands on the register as the old one stood that day, and as it was marked since.
_STATES = """
SELECT state, greatest(effective_from, $2) AS effective_from FROM household_state_change
WHERE household_id = $1 AND (effective_from > $2 OR id = (
  SELECT id FROM household_state_change WHERE household_id = $1 AND effective_from <= $2
  ORDER BY effective_from DESC, id DESC LIMIT 1))
ORDER BY household_state_change.effective_from, id
"""
_STATE = """
INSERT INTO household_state_change (household_id, state, effective_from, reason, marked_by)
SELECT $1, s.state, s.effective_from, $4, $5
FROM unnest($2::text[], $3::date[]) WITH ORDINALITY AS s (state, effective_from, place) ORDER BY s.place
"""
_VILLAGE = """
INSERT INTO household_village (household_id, village_code, valid_from, cause, recorded_by) VALUES ($1, $2, $3,
  'split', $4)
"""
# Whoever was barred is barred in either household until the poverty office has looked at each.
_EXCLUSIONS = """
INSERT INTO household_exclusion (id, household_id, kind, valid_from, reason, marked_by)
SELECT uuid7(), $2, kind, greatest(valid_from, $3), $4, $5 FROM household_exclusion
WHERE household_id = $1 AND valid_until IS NULL
"""
# The debts of members who go are family debts of their new household, but for those of its head.
_DEBTS = """
WITH gone AS (
  UPDATE family_debt SET valid_until = greatest(valid_from, $3), end_reason = $4, ended_by = $5, ended_at = now()
  WHERE household_id = $1 AND member_id = ANY ($6::uuid[]) AND valid_until IS NULL
  RETURNING member_id, bank_code, kind, valid_from
)
INSERT INTO family_debt (id, household_id, member_id, bank_code, kind, valid_from, recorded_by)
SELECT uuid7(), $2, there.id, g.bank_code, g.kind, g.valid_from, $5
FROM gone g JOIN member was ON was.id = g.member_id
JOIN member there ON there.resident_id_index = was.resident_id_index AND there.household_id = $2
  AND there.left_on IS NULL AND NOT there.is_head
"""


async def members_before(case: Case, change: HouseholdSplitIn) -> Values:
    """Return how the members who go are related to the head they leave."""
    members = await active_members(case)
    return {
        f"members.{each.member_id}": as_value(chosen(members, each.member_id)["relation"]) for each in change.members
    }


async def split_household(case: Case, change: HouseholdSplitIn) -> UUID:
    """Make a household of some members and return its id; it has no loans, no rating and no account yet.

    Raises:
        MembersUnknown, HeadStays: someone named is not on file here, or is the head.
        OneHeadNeeded, HeadIsListed: the new household has no head who may lead it (LG-22).
        OutsideCounty, NotAVillage, RegionUnknown: the village is none of the county.
        HouseholdNumberTaken: the county uses the number.
    """
    members = await active_members(case)
    going = {each.member_id: chosen(members, each.member_id) for each in change.members}
    if (head := head_among(members)["id"]) in going:
        raise HeadStays(head)
    ensure_each_related([each.member_id for each in change.members], list(going))
    ensure_one_head([each.relation for each in change.members])
    new_head = next(each.member_id for each in change.members if each.relation == "head")
    await ensure_may_lead(case, new_head)
    await _ensure_village(case, change.village_code)
    new_household_id = await _register(case, change, going[new_head], len(going))
    await leave(case, members, list(going), change.effective_on, LeftReason.SPLIT)
    related = [(each.member_id, str(each.relation)) for each in change.members]
    await join(case, new_household_id, related, change.effective_on)
    await follow(case.conn, new_household_id)
    await follow(case.conn, case.household_id, -len(going), -_labourers(going))
    await _carry(case, change, new_household_id, list(going))
    split = HouseholdSplit(
        household_id=case.household_id,
        new_household_id=new_household_id,
        village_code=case.household["village_code"],
        effective_on=change.effective_on,
    )
    await announce(case.conn, case.household_id, split)
    return new_household_id


def _labourers(members: Mapping[UUID, Record]) -> int:
    return sum(each["labour"] in (Labour.ABLE, Labour.PARTLY) for each in members.values())


async def _ensure_village(case: Case, village_code: str) -> None:
    if county_of(village_code) != case.household["county_code"]:
        raise OutsideCounty(f"Village {village_code}", case.household["county_code"])
    if (await get_region(case.conn, village_code)).level != "village":
        raise NotAVillage(village_code, "a village")


async def _register(case: Case, change: HouseholdSplitIn, head: Record, member_count: int) -> UUID:
    """Put the new household on the register with the states it inherits, each recorded as an event."""
    new_household_id, old = new_id(), case.household
    states = await case.conn.fetch(_STATES, case.household_id, change.effective_on)
    made = await case.conn.fetchval(
        _NEW_HOUSEHOLD,
        new_household_id,
        old["county_code"],
        change.new_household_number,
        change.village_code,
        len(states),
        states[-1]["state"],
        states[-1]["effective_from"],
        change.effective_on,
        member_count,
        head["civil_capacity"] or "full",
        head["labour"] != Labour.UNABLE,
        change.credit_record,
        case.household_id,
        old["group_name"] if change.village_code == old["village_code"] else None,
    )
    if made is None:
        raise HouseholdNumberTaken(change.new_household_number)
    columns = [each["state"] for each in states], [each["effective_from"] for each in states]
    await case.conn.execute(_STATE, new_household_id, *columns, _why(case), case.officer.subject)
    placed = (new_household_id, change.village_code, change.effective_on, case.officer.subject)
    await case.conn.execute(_VILLAGE, *placed)
    events = [
        RecordedEvent(
            HouseholdStatusChanged(
                household_id=new_household_id,
                village_code=change.village_code,
                state=each["state"],
                effective_from=each["effective_from"],
            ),
            new_household_id,
            version,
            change.village_code,
        )
        for version, each in enumerate(states, start=1)
    ]
    await outbox.record_many(case.conn, events)
    return new_household_id


async def _carry(case: Case, change: HouseholdSplitIn, new_household_id: UUID, going: list[UUID]) -> None:
    common = (case.household_id, new_household_id, change.effective_on, _why(case), case.officer.subject)
    await case.conn.execute(_EXCLUSIONS, *common)
    await case.conn.execute(_DEBTS, *common, going)


def _why(case: Case) -> str:
    return f"split from household {case.household['number']}"
