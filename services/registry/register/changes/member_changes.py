"""Changes of members: put on file, corrected, left; another head."""

from collections.abc import Mapping
from typing import Final, Literal
from uuid import UUID

import asyncpg
from asyncpg import Record

from services.registry.register.changes.case import (
    Case,
    active_members,
    announce,
    announce_end,
    chosen,
    end_household,
    ensure_may_lead,
    ensure_not_listed,
    ensure_owes_nothing,
    ensure_room,
    follow,
    head_among,
    leave,
)
from services.registry.register.changes.refusals import (
    AlreadyHead,
    HeadHasNoRelation,
    MembersNotOnFile,
    NewHeadNotNeeded,
    NewHeadRequired,
    NothingToChange,
    PersonElsewhere,
    PersonInHousehold,
)
from services.registry.register.changes.rules import ensure_each_related
from services.registry.register.changes.schemas import HeadChanged, MemberAdded, MemberCorrected, MemberLeft, NewHead
from services.registry.register.changes.values import Values, as_value
from services.registry.register.households.sealed import NAME_CONTEXT, RESIDENT_ID_CONTEXT
from services.registry.register.households.vocabulary import EndReason, Labour, LeftReason, Relation
from shared.access import Right
from shared.events.registry import HouseholdHeadChanged
from shared.resident_id import born_on, ensure_valid, sex

HeadCause = Literal["death", "left", "agreed"]
_LABOURERS: Final = (Labour.ABLE, Labour.PARTLY)
# Only what the file of a member says; who is head and who has left have kinds of their own.
_PLAIN: Final = (
    "relation",
    "civil_capacity",
    "labour",
    "education",
    "at_school",
    "migrant_worker",
    "health",
)
_ADD = """
INSERT INTO member (id, household_id, is_head, relation, name_sealed, resident_id_sealed, resident_id_index, born_on,
  sex, civil_capacity, labour, education, at_school, migrant_worker, health, joined_on)
VALUES (uuid7(), $1, false, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
ON CONFLICT (resident_id_index) WHERE left_on IS NULL DO NOTHING RETURNING id
"""
_HOLDER = """
SELECT m.id AS member_id, m.household_id, h.number, h.village_code
FROM member m JOIN household h ON h.id = m.household_id
WHERE m.resident_id_index = $1 AND m.left_on IS NULL
"""
_CORRECT = """
UPDATE member SET relation = coalesce($2, relation), civil_capacity = coalesce($3, civil_capacity),
  labour = coalesce($4, labour), education = coalesce($5, education), at_school = coalesce($6, at_school),
  migrant_worker = coalesce($7, migrant_worker), health = coalesce($8, health),
  name_sealed = coalesce($9, name_sealed), resident_id_sealed = coalesce($10, resident_id_sealed),
  resident_id_index = coalesce($11, resident_id_index), born_on = coalesce($12, born_on), sex = coalesce($13, sex)
WHERE id = $1
"""
_FORGET_TRACES = "DELETE FROM member_trace WHERE member_id = $1"
_RELATE = """
UPDATE member m SET is_head = false, relation = r.relation
FROM unnest($2::uuid[], $3::text[]) AS r (member_id, relation)
WHERE m.household_id = $1 AND m.id = r.member_id AND m.left_on IS NULL
"""
_LEAD = "UPDATE member SET is_head = true, relation = 'head' WHERE id = $1 AND household_id = $2 AND left_on IS NULL"
_HEAD_RECORD = "UPDATE household SET credit_record = $2 WHERE id = $1"


async def nothing_before(case: Case, change: MemberAdded) -> Values:
    """Return no old values: a person who joins was not on file here."""
    return {}


async def add_member(case: Case, change: MemberAdded) -> None:
    """Put a person on file as a member.

    Raises:
        ResidentIdInvalid: the number is none (GB 11643).
        PersonInHousehold, PersonElsewhere: the person is an active member somewhere.
        TooManyMembers: the household is no single family.
    """
    number = ensure_valid(change.resident_id)
    index = case.cipher.index(number)
    added = await case.conn.fetchval(
        _ADD,
        case.household_id,
        change.relation,
        case.cipher.encrypt(change.name, NAME_CONTEXT),
        case.cipher.encrypt(number, RESIDENT_ID_CONTEXT),
        index,
        born_on(number),
        sex(number),
        change.civil_capacity,
        change.labour,
        change.education,
        change.at_school,
        change.migrant_worker,
        change.health,
        change.effective_on,
    )
    if added is None:
        await _refuse_person(case, index)
    await ensure_room(case.conn, case.household_id, 0)
    more = 0 if change.cause == "recorded" else 1
    await follow(case.conn, case.household_id, more, more if change.labour in _LABOURERS else 0)


async def events_before(case: Case, change: MemberCorrected) -> Values:
    """Return what is on file of the events that are to be corrected."""
    member = chosen(await active_members(case), change.member_id)
    asked = change.model_fields_set
    values: Values = {key: as_value(member[key]) for key in _PLAIN if key in asked}
    if "name" in asked:
        values["name"] = case.cipher.decrypt(member["name_sealed"], NAME_CONTEXT)
    if "resident_id" in asked:
        values["resident_id"] = case.cipher.decrypt(member["resident_id_sealed"], RESIDENT_ID_CONTEXT)
    return values


async def correct_member(case: Case, change: MemberCorrected) -> None:
    """Put events of a member right; under another name or number the traces for duplicates are made anew.

    Raises:
        MembersUnknown: it is no active member.
        HeadHasNoRelation: a relation is given for the head.
        NothingToChange: every value is on file already.
        ResidentIdInvalid, PersonInHousehold, PersonElsewhere: as for a person who joins.
    """
    member = chosen(await active_members(case), change.member_id)
    if member["is_head"] and change.relation is not None:
        raise HeadHasNoRelation
    number = ensure_valid(change.resident_id) if change.resident_id else None
    before = await events_before(case, change)
    after = {key: as_value(getattr(change, key)) for key in before} | ({"resident_id": number} if number else {})
    if all(after[key] in (None, before[key]) for key in before):
        raise NothingToChange
    seal = case.cipher.encrypt
    sealed = (
        seal(change.name, NAME_CONTEXT) if change.name else None,
        seal(number, RESIDENT_ID_CONTEXT) if number else None,
        case.cipher.index(number) if number else None,
        born_on(number) if number else None,
        sex(number) if number else None,
    )
    await _write_events(case, change, sealed)
    await case.conn.execute(_FORGET_TRACES, change.member_id)
    was, now = member["labour"] in _LABOURERS, (change.labour or member["labour"]) in _LABOURERS
    await follow(case.conn, case.household_id, 0, int(now) - int(was))


async def membership_before(case: Case, change: MemberLeft) -> Values:
    """Return how the leaving member is related, and who is head."""
    members = await active_members(case)
    return {
        "relation": as_value(chosen(members, change.member_id)["relation"]),
        "head": as_value(head_among(members)["id"]),
    }


async def let_leave(case: Case, change: MemberLeft) -> None:
    """Let a member leave; a head hands on to the next one, and the last one takes the household off the register.

    Raises:
        MembersUnknown: it is no active member.
        LoansOpen: a living head leaves while loans are open (SX-1).
        NewHeadRequired, NewHeadNotNeeded: the next head is missing, or named without need.
        MembersNotOnFile: the head leaves and it is unknown who stays.
    """
    members = await active_members(case)
    member = chosen(members, change.member_id)
    reason = LeftReason(change.left_reason)
    staying = {key: each for key, each in members.items() if key != change.member_id}
    if member["is_head"]:
        await _ensure_head_may_leave(case, change, staying)
    elif change.new_head is not None:
        raise NewHeadNotNeeded
    if not staying:
        await _close(case, members, change, reason)
        return
    await leave(case, members, [change.member_id], change.effective_on, reason)
    if change.new_head is not None:
        await _hand_on(case, staying, change.new_head)
        await _announce_head(case, change, "death" if reason is LeftReason.DEATH else "left")
    await follow(case.conn, case.household_id, -1, -1 if member["labour"] in _LABOURERS else 0)


async def head_before(case: Case, change: HeadChanged) -> Values:
    """Return who is head and how everyone is related."""
    members = await active_members(case)
    chosen(members, change.new_head.member_id)
    return {
        "new_head.member_id": as_value(head_among(members)["id"]),
        "new_head.credit_record": as_value(case.household["credit_record"]),
        **{
            f"new_head.relations.{each['id']}": as_value(each["relation"])
            for each in members.values()
            if each["id"] != change.new_head.member_id
        },
    }


async def change_head(case: Case, change: HeadChanged) -> None:
    """Make another member the head; the former one stays.

    Raises:
        MembersUnknown, AlreadyHead: the named member is not on file here, or is the head.
        LoansOpen, EntriesOpen: the head borrowed or is listed, and answers for it (SX-1, LG-22).
        RelationsIncomplete: a member's relation to the new head is missing.
        HeadIsListed: the new head was the head of another household that is on a list.
    """
    members = await active_members(case)
    if chosen(members, change.new_head.member_id)["is_head"]:
        raise AlreadyHead(change.new_head.member_id)
    await ensure_owes_nothing(case, "the head may change when the loans are closed")
    await ensure_not_listed(case)
    await _hand_on(case, members, change.new_head)
    await _announce_head(case, change, "agreed")
    await follow(case.conn, case.household_id)


async def _ensure_head_may_leave(case: Case, change: MemberLeft, staying: Mapping[UUID, Record]) -> None:
    if change.left_reason != "death":
        await ensure_owes_nothing(case, "record where the head lives (`residence_changed`) until the loans are closed")
    if staying and change.new_head is None:
        raise NewHeadRequired(len(staying))
    if not staying and change.new_head is not None:
        raise NewHeadNotNeeded
    stated = case.household["member_count"]
    if not staying and stated > 1:
        raise MembersNotOnFile(stated, 1)


async def _close(case: Case, members: Mapping[UUID, Record], change: MemberLeft, reason: LeftReason) -> None:
    if reason is LeftReason.DEATH:
        await end_household(case, members, EndReason.DIED_OUT, reason, change.effective_on)
        await announce_end(case, "died_out", change.effective_on)
        return
    await ensure_not_listed(case)
    ended = EndReason.ERROR if reason is LeftReason.ERROR else EndReason.MOVED_OUT
    await end_household(case, members, ended, reason, change.effective_on)
    await announce_end(case, "error" if ended is EndReason.ERROR else "moved_out", change.effective_on)


async def _hand_on(case: Case, members: Mapping[UUID, Record], new_head: NewHead) -> None:
    """Relate everyone to the new head; first nobody is the head, then the new one, as the unique index asks."""
    chosen(members, new_head.member_id)
    await ensure_may_lead(case, new_head.member_id)
    others = [each.member_id for each in new_head.relations]
    ensure_each_related(others, [each for each in members if each != new_head.member_id])
    relations = [each.relation for each in new_head.relations]
    await case.conn.execute(_RELATE, case.household_id, [*others, new_head.member_id], [*relations, Relation.OTHER])
    await case.conn.execute(_LEAD, new_head.member_id, case.household_id)
    await case.conn.execute(_HEAD_RECORD, case.household_id, new_head.credit_record)


async def _announce_head(case: Case, change: MemberLeft | HeadChanged, cause: HeadCause) -> None:
    event = HouseholdHeadChanged(
        household_id=case.household_id,
        village_code=case.household["village_code"],
        cause=cause,
        effective_on=change.effective_on,
    )
    await announce(case.conn, case.household_id, event)


async def _write_events(case: Case, change: MemberCorrected, sealed: tuple[object, ...]) -> None:
    """Write the events; the database refuses the number of a person who is active elsewhere."""
    plain = [getattr(change, key) for key in _PLAIN]
    try:
        async with case.conn.transaction():
            await case.conn.execute(_CORRECT, change.member_id, *plain, *sealed)
    except asyncpg.UniqueViolationError:
        await _refuse_person(case, case.cipher.index(ensure_valid(change.resident_id or "")))


async def _refuse_person(case: Case, index: bytes) -> None:
    """Say where the person is, as far as the officer may see it."""
    holder = await case.conn.fetchrow(_HOLDER, index)
    if holder is None:
        raise PersonElsewhere
    if holder["household_id"] == case.household_id:
        raise PersonInHousehold(holder["member_id"])
    if holder["village_code"].startswith(tuple(case.officer.regions_for(Right.HOUSEHOLDS_READ))):
        raise PersonElsewhere(holder["household_id"], holder["number"])
    raise PersonElsewhere
