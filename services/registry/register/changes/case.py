"""What every change works on: the locked household, who acts, and what all kinds share."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal
from uuid import UUID

from asyncpg import Record

from services.registry.register.changes.refusals import (
    EntriesOpen,
    HeadIsListed,
    LoansOpen,
    TooManyMembers,
)
from services.registry.register.changes.schemas import MEMBERS_PER_HOUSEHOLD_MAX
from services.registry.register.households.actions import life, membership
from services.registry.register.households.refusals import HouseholdHasEnded, MembersUnknown
from services.registry.register.households.vocabulary import EndReason, LeftReason
from shared import outbox
from shared.access import Principal
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.events.registry import (
    HouseholdEnded,
    HouseholdHeadChanged,
    HouseholdMerged,
    HouseholdMoved,
    HouseholdSplit,
)
from shared.languages import Sentence
from shared.pii import PiiCipher

_MEMBERS = """
SELECT id, is_head, relation, name_sealed, resident_id_sealed, resident_id_index, born_on, joined_on, sex,
       civil_capacity, labour, education, at_school, migrant_worker, health
FROM member WHERE household_id = $1 AND left_on IS NULL ORDER BY id
"""
_ON_FILE = "SELECT count(*) FROM member WHERE household_id = $1 AND left_on IS NULL"
_OPEN_LOANS = "SELECT count(*) FROM household_loan WHERE household_id = $1 AND closed_on IS NULL"
# A change is decided now, so what counts is whether an entry holds now; one may have ended by its own term.
_HOLDS_NOW = "coalesce(l.cleared_on > (now() AT TIME ZONE 'Asia/Shanghai')::date, true)"
_OPEN_ENTRIES = f"""
SELECT DISTINCT list_name FROM listing l WHERE household_id = $1 AND {_HOLDS_NOW} ORDER BY list_name
"""  # noqa: S608 - our own condition
# A head who has left, or leads another household on file, and whose household is still on a list.
_LISTED_HEAD = f"""
SELECT DISTINCT l.list_name FROM member asked
JOIN member m ON m.resident_id_index = asked.resident_id_index AND m.is_head AND m.household_id <> asked.household_id
JOIN listing l ON l.household_id = m.household_id AND {_HOLDS_NOW}
WHERE asked.id = $1 ORDER BY l.list_name
"""  # noqa: S608 - our own condition

Announced = HouseholdMoved | HouseholdSplit | HouseholdMerged | HouseholdEnded | HouseholdHeadChanged


@dataclass(frozen=True, slots=True)
class Case:
    """One change under way, in one transaction, with its households locked."""

    conn: Connection
    household: Record
    other: Record | None  # the household that takes over in a merge
    officer: Principal
    cipher: PiiCipher

    @property
    def household_id(self) -> UUID:
        """Return the id of the household that changes."""
        identifier: UUID = self.household["id"]
        return identifier


def ensure_on_register(household: Record) -> None:
    """Refuse to change a household that has ended.

    Raises:
        HouseholdHasEnded: with the day and the reason.
    """
    if household["ended_on"] is not None:
        raise HouseholdHasEnded(household["number"], household["ended_on"], household["end_reason"])


async def active_members(case: Case) -> dict[UUID, Record]:
    """Return the active members of the household by id."""
    return {row["id"]: row for row in await case.conn.fetch(_MEMBERS, case.household_id)}


def chosen(members: Mapping[UUID, Record], member_id: UUID) -> Record:
    """Return one active member.

    Raises:
        MembersUnknown: it is none of the household's active members.
    """
    if member_id not in members:
        raise MembersUnknown([member_id])
    return members[member_id]


def head_among(members: Mapping[UUID, Record]) -> Record:
    """Return the head; every household on the register has one."""
    return next(each for each in members.values() if each["is_head"])


async def leave(
    case: Case, members: Mapping[UUID, Record], leaving: Collection[UUID], on: date, reason: LeftReason
) -> None:
    """Let members leave the household; their rows stay.

    Raises:
        DateBeforeStep: one of them joined after that day.
    """
    for member_id in leaving:
        ensure_not_before("effective_on", on, "joined_on", members[member_id]["joined_on"])
    await membership.leave(case.conn, case.household_id, leaving, on, reason)


async def ensure_room(conn: Connection, household_id: UUID, more: int) -> None:
    """Refuse a household of more members than one request can relate to a new head.

    Raises:
        TooManyMembers: with their number.
    """
    count = await conn.fetchval(_ON_FILE, household_id) + more
    if count > MEMBERS_PER_HOUSEHOLD_MAX:
        raise TooManyMembers(count, MEMBERS_PER_HOUSEHOLD_MAX)


async def end_household(
    case: Case, members: Mapping[UUID, Record], reason: EndReason, left: LeftReason, on: date, into: UUID | None = None
) -> None:
    """Take the household off the register; its rows, counts and loans stay as they are."""
    await leave(case, members, list(members), on, left)
    await life.end(case.conn, case.household_id, on, reason, case.officer.subject, into)


async def announce(conn: Connection, household_id: UUID, event: Announced) -> None:
    """Record one event about a household under its next version."""
    version, village_code = await life.count_version(conn, household_id)
    await outbox.record(conn, event, aggregate_id=household_id, aggregate_version=version, region_code=village_code)


async def announce_end(case: Case, reason: Literal["moved_out", "died_out", "error"], on: date) -> None:
    """Record for every service that the household has ended."""
    ended = HouseholdEnded(
        household_id=case.household_id, village_code=case.household["village_code"], reason=reason, effective_on=on
    )
    await announce(case.conn, case.household_id, ended)


async def ensure_owes_nothing(case: Case, instead: Sentence) -> None:
    """Refuse while loans of the household are open (SX-1: the one who borrows is the one who repays).

    Raises:
        LoansOpen: with their number and what can be done instead.
    """
    count = await case.conn.fetchval(_OPEN_LOANS, case.household_id)
    if count:
        raise LoansOpen(case.household["number"], count, instead)


async def ensure_not_listed(case: Case) -> None:
    """Refuse while the household is on a list (LG-22).

    Raises:
        EntriesOpen: with the lists.
    """
    if lists := [row["list_name"] for row in await case.conn.fetch(_OPEN_ENTRIES, case.household_id)]:
        raise EntriesOpen(case.household["number"], lists)


async def ensure_may_lead(case: Case, member_id: UUID) -> None:
    """Refuse as head a person who was the head of another household that is on a list (LG-22).

    Raises:
        HeadIsListed: with the lists.
    """
    if lists := [row["list_name"] for row in await case.conn.fetch(_LISTED_HEAD, member_id)]:
        raise HeadIsListed(member_id, lists)
