"""A split: some members form a household of their own (分户); the debts and the history stay where they are."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from asyncpg import Record

from services.registry.register.changes.case import (
    Case,
    active_members,
    announce,
    chosen,
    ensure_may_lead,
    head_among,
    leave,
)
from services.registry.register.changes.refusals import HeadStays, HouseholdNumberTaken, NotAVillage, OutsideCounty
from services.registry.register.changes.rules import ensure_each_related, ensure_one_head
from services.registry.register.changes.schemas import HouseholdSplitIn
from services.registry.register.changes.values import Values, as_value
from services.registry.register.households.actions import life, membership
from services.registry.register.households.vocabulary import Labour, LeftReason
from services.registry.register.regions.queries import ensure_in_force
from shared import outbox
from shared.events.registry import HouseholdSplit, HouseholdStatusChanged
from shared.ids import new_id
from shared.languages import Sentence
from shared.outbox import RecordedEvent
from shared.regions import county_of

# The new household stands on the register as the old one stood that day, and as it was marked since.
_STATES = """
SELECT state, greatest(effective_from, $2) AS effective_from FROM household_state_change
WHERE household_id = $1 AND (effective_from > $2 OR id = (
  SELECT id FROM household_state_change WHERE household_id = $1 AND effective_from <= $2
  ORDER BY effective_from DESC, id DESC LIMIT 1))
ORDER BY household_state_change.effective_from, id
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
        OutsideCounty, NotAVillage, RegionUnknown, RegionEnded, RegionsNotInForce: no village of the county.
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
    await _ensure_village(case, change.village_code, change.effective_on)
    new_household_id = await _register(case, change, going[new_head], len(going))
    await leave(case, members, list(going), change.effective_on, LeftReason.SPLIT)
    related = [(each.member_id, str(each.relation)) for each in change.members]
    await membership.join(case.conn, new_household_id, related, change.effective_on)
    await membership.recount(case.conn, new_household_id)
    await membership.recount(case.conn, case.household_id, -len(going), -_labourers(going))
    split = (change.effective_on, _why(case), case.officer.subject, list(going))
    await life.carry_over(case.conn, case.household_id, new_household_id, *split)
    event = HouseholdSplit(
        household_id=case.household_id,
        new_household_id=new_household_id,
        village_code=case.household["village_code"],
        effective_on=change.effective_on,
    )
    await announce(case.conn, case.household_id, event)
    return new_household_id


def _labourers(members: Mapping[UUID, Record]) -> int:
    return sum(each["labour"] in (Labour.ABLE, Labour.PARTLY) for each in members.values())


async def _ensure_village(case: Case, village_code: str, on: date) -> None:
    if county_of(village_code) != case.household["county_code"]:
        raise OutsideCounty(Sentence(f"村 {village_code}", f"Village {village_code}"), case.household["county_code"])
    if (await ensure_in_force(case.conn, village_code, on)).level != "village":
        raise NotAVillage(village_code, Sentence("村", "a village"))


async def _register(case: Case, change: HouseholdSplitIn, head: Record, member_count: int) -> UUID:
    """Put the new household on the register with the states it takes over, with an event for each."""
    new_household_id, old = new_id(), case.household
    states = await case.conn.fetch(_STATES, case.household_id, change.effective_on)
    new = life.SplitOff(
        id=new_household_id,
        county_code=old["county_code"],
        number=change.new_household_number,
        village_code=change.village_code,
        registered_on=change.effective_on,
        states=states,
        member_count=member_count,
        civil_capacity=head["civil_capacity"] or "full",
        able_to_work=head["labour"] != Labour.UNABLE,
        credit_record=change.credit_record,
        split_from_id=case.household_id,
        group_name=old["group_name"] if change.village_code == old["village_code"] else None,
    )
    if not await life.register_split(case.conn, new, _why(case), case.officer.subject):
        raise HouseholdNumberTaken(change.new_household_number)
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


def _why(case: Case) -> str:
    return f"split from household {case.household['number']}"
