"""Changes of members: put on file, corrected, left; another head."""

from collections.abc import Mapping
from datetime import date
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
from services.registry.register.households.actions import membership
from services.registry.register.households.actions.accounts import retire_account
from services.registry.register.households.sealed import NAME_CONTEXT, RESIDENT_ID_CONTEXT
from services.registry.register.households.vocabulary import EndReason, Labour, LeftReason
from shared.access import Right
from shared.events.registry import HouseholdHeadChanged
from shared.languages import Sentence
from shared.resident_id import born_on, ensure_living, normalised, sex

HeadCause = Literal["death", "left", "agreed"]
_LABOURERS: Final = (Labour.ABLE, Labour.PARTLY)
# Only plain details of a member; who is head and who has left have kinds of their own.
_PLAIN: Final = (
    "relation",
    "civil_capacity",
    "labour",
    "education",
    "at_school",
    "migrant_worker",
    "health",
)
_HOLDER = """
SELECT m.id AS member_id, m.household_id, h.number, h.village_code
FROM member m JOIN household h ON h.id = m.household_id
WHERE m.resident_id_index = $1 AND m.left_on IS NULL
"""


async def nothing_before(case: Case, change: MemberAdded) -> Values:
    """Return no old values: a person who joins was not on file here."""
    return {}


async def add_member(case: Case, change: MemberAdded) -> None:
    """Put a person on file as a member.

    Raises:
        ResidentIdInvalid: the number is none (GB 11643), or says a birth after the day on which the person joins.
        PersonInHousehold, PersonElsewhere: the person is an active member somewhere.
        TooManyMembers: the household is no single family.
    """
    number = ensure_living(change.resident_id, change.effective_on)
    index = case.cipher.index(number)
    added = await membership.add(
        case.conn,
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
        _joined_on(case, change, born_on(number)),
    )
    if added is None:
        await _refuse_person(case, index)
    await ensure_room(case.conn, case.household_id, 0)
    more = 0 if change.cause == "recorded" else 1
    await membership.recount(case.conn, case.household_id, more, more if change.labour in _LABOURERS else 0)


def _joined_on(case: Case, change: MemberAdded, born: date) -> date:
    """Return since when a person is a member: who is only recorded belongs to it since it is on file, or its birth."""
    if change.cause != "recorded":
        return change.effective_on
    registered_on: date = case.household["registered_on"]
    return max(registered_on, born)


async def details_before(case: Case, change: MemberCorrected) -> Values:
    """Return what is on file of the details that are to be corrected."""
    member = chosen(await active_members(case), change.member_id)
    asked = change.model_fields_set
    values: Values = {key: as_value(member[key]) for key in _PLAIN if key in asked}
    if "name" in asked:
        values["name"] = case.cipher.decrypt(member["name_sealed"], NAME_CONTEXT)
    if "resident_id" in asked:
        values["resident_id"] = case.cipher.decrypt(member["resident_id_sealed"], RESIDENT_ID_CONTEXT)
    return values


async def correct_member(case: Case, change: MemberCorrected) -> None:
    """Put details of a member right; under another name or number the traces for duplicates are made anew.

    Raises:
        MembersUnknown: it is no active member.
        HeadHasNoRelation: a relation is given for the head.
        NothingToChange: every value is on file already.
        ResidentIdInvalid, PersonInHousehold, PersonElsewhere: as for a person who joins.
    """
    member = chosen(await active_members(case), change.member_id)
    if member["is_head"] and change.relation is not None:
        raise HeadHasNoRelation
    number = ensure_living(change.resident_id, change.effective_on) if change.resident_id else None
    before = await details_before(case, change)
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
    await _write_details(case, change, sealed)
    was, now = member["labour"] in _LABOURERS, (change.labour or member["labour"]) in _LABOURERS
    await membership.recount(case.conn, case.household_id, 0, int(now) - int(was))


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
        await _hand_over(case, staying, change.new_head)
        await _announce_head(case, change, "death" if reason is LeftReason.DEATH else "left")
    await membership.recount(case.conn, case.household_id, -1, -1 if member["labour"] in _LABOURERS else 0)


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
    await ensure_owes_nothing(case, Sentence("贷款结清后方可变更户主", "the head may change when the loans are closed"))
    await ensure_not_listed(case)
    await _hand_over(case, members, change.new_head)
    await _announce_head(case, change, "agreed")
    await membership.recount(case.conn, case.household_id)


async def _ensure_head_may_leave(case: Case, change: MemberLeft, staying: Mapping[UUID, Record]) -> None:
    if change.left_reason != "death":
        await ensure_owes_nothing(
            case,
            Sentence(
                "贷款结清前，请登记户主的常住地（residence_changed）",
                "record where the head lives (`residence_changed`) until the loans are closed",
            ),
        )
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


async def _hand_over(case: Case, members: Mapping[UUID, Record], new_head: NewHead) -> None:
    """Make a member the head and relate everyone else to the new head; the account on file was the former head's."""
    chosen(members, new_head.member_id)
    await ensure_may_lead(case, new_head.member_id)
    others = [each.member_id for each in new_head.relations]
    ensure_each_related(others, [each for each in members if each != new_head.member_id])
    related = [(each.member_id, str(each.relation)) for each in new_head.relations]
    await membership.hand_over(case.conn, case.household_id, new_head.member_id, related, new_head.credit_record)
    await retire_account(case.conn, case.household_id)


async def _announce_head(case: Case, change: MemberLeft | HeadChanged, cause: HeadCause) -> None:
    event = HouseholdHeadChanged(
        household_id=case.household_id,
        village_code=case.household["village_code"],
        cause=cause,
        effective_on=change.effective_on,
    )
    await announce(case.conn, case.household_id, event)


async def _write_details(case: Case, change: MemberCorrected, sealed: tuple[object, ...]) -> None:
    """Write the details; the database refuses the number of a person who is active elsewhere."""
    plain = [getattr(change, key) for key in _PLAIN]
    try:
        await membership.correct(case.conn, change.member_id, *plain, *sealed)
    except asyncpg.UniqueViolationError:
        await _refuse_person(case, case.cipher.index(normalised(change.resident_id or "")))


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
