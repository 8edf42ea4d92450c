"""Changes of whole households: contact, residence, move, merge and end."""

from typing import Final, Literal
from uuid import UUID

from asyncpg import Record

from services.registry.register.changes.case import (
    Case,
    active_members,
    announce,
    announce_end,
    end_household,
    ensure_not_listed,
    ensure_on_register,
    ensure_owes_nothing,
    ensure_room,
)
from services.registry.register.changes.refusals import (
    MergedIntoItself,
    NotAVillage,
    NothingToChange,
    OutsideCounty,
)
from services.registry.register.changes.rules import ensure_each_related
from services.registry.register.changes.schemas import (
    ContactChanged,
    GroupChanged,
    HouseholdEndedIn,
    HouseholdMovedIn,
    HouseholdsMergedIn,
    ResidenceChanged,
)
from services.registry.register.changes.values import Values, as_value
from services.registry.register.households.actions import life, membership
from services.registry.register.households.sealed import PHONE_CONTEXT
from services.registry.register.households.vocabulary import EndReason, LeftReason
from services.registry.register.regions.queries import ensure_in_force
from shared.dates import ensure_not_before
from shared.events.registry import HouseholdMerged, HouseholdMoved
from shared.languages import Sentence
from shared.regions import county_of

_COUNTY_LENGTH: Final = 6


async def phone_before(case: Case, change: ContactChanged) -> Values:
    """Return the telephone number on file."""
    sealed = case.household["phone_sealed"]
    return {"phone": case.cipher.decrypt(sealed, PHONE_CONTEXT) if sealed else None}


async def change_contact(case: Case, change: ContactChanged) -> None:
    """Put another telephone number on file.

    Raises:
        NothingToChange: it is on file already.
    """
    if (await phone_before(case, change))["phone"] == change.phone:
        raise NothingToChange
    await life.set_phone(case.conn, case.household_id, case.cipher.encrypt(change.phone, PHONE_CONTEXT))


async def residence_before(case: Case, change: ResidenceChanged) -> Values:
    """Return where the household lives."""
    return {"residence_code": as_value(case.household["residence_code"])}


async def change_residence(case: Case, change: ResidenceChanged) -> None:
    """Say where the household lives when that is not its village (MS-2).

    Raises:
        NothingToChange: it is on file so.
        NotAVillage: the region is larger than a county.
        RegionUnknown, RegionEnded, RegionsNotInForce: the code is not on file, or does not hold.
    """
    residence = None if change.residence_code == case.household["village_code"] else change.residence_code
    if residence == case.household["residence_code"]:
        raise NothingToChange
    if residence is not None:
        if len(residence) < _COUNTY_LENGTH:
            raise NotAVillage(residence, Sentence("县、乡镇或村", "a county, township or village"))
        await ensure_in_force(case.conn, residence, change.effective_on)
    await life.set_residence(case.conn, case.household_id, residence)


async def group_before(case: Case, change: GroupChanged) -> Values:
    """Return the villagers' group the household belongs to."""
    return {"group_name": as_value(case.household["group_name"])}


async def change_group(case: Case, change: GroupChanged) -> None:
    """Say which villagers' group (村民组) it belongs to; a campaign in progress keeps the one it read (ZJ-1).

    Raises:
        NothingToChange: it is on file so.
    """
    if change.group_name == case.household["group_name"]:
        raise NothingToChange
    await life.set_group(case.conn, case.household_id, change.group_name)


async def place_before(case: Case, change: HouseholdMovedIn) -> Values:
    """Return the village the household is registered in."""
    return {"village_code": as_value(case.household["village_code"])}


async def move_household(case: Case, change: HouseholdMovedIn) -> None:
    """Register the household in another village of its county, or end it here when it leaves the county.

    Raises:
        NothingToChange: it is registered there.
        RegionUnknown, RegionEnded, RegionsNotInForce, NotAVillage: the code is not that of a village that there is.
        LoansOpen, EntriesOpen: it owes here and would leave the county (SX-1, LG-22).
    """
    if change.village_code == case.household["village_code"]:
        raise NothingToChange
    if (await ensure_in_force(case.conn, change.village_code, change.effective_on)).level != "village":
        raise NotAVillage(change.village_code, Sentence("村", "a village"))
    if county_of(change.village_code) != case.household["county_code"]:
        await ensure_owes_nothing(
            case,
            Sentence(
                "贷款结清前，请登记该户的常住地（residence_changed）",
                "record where it lives (`residence_changed`) until the loans are closed",
            ),
        )
        await ensure_not_listed(case)
        members = await active_members(case)
        await end_household(case, members, EndReason.MOVED_OUT, LeftReason.MOVED_OUT, change.effective_on)
        await announce_end(case, "moved_out", change.effective_on)
        return
    placed = (case.household_id, change.village_code, change.effective_on, case.officer.subject)
    await life.move(case.conn, *placed)
    moved = HouseholdMoved(
        household_id=case.household_id,
        village_code_before=case.household["village_code"],
        village_code=change.village_code,
        effective_on=change.effective_on,
    )
    await announce(case.conn, case.household_id, moved)


async def both_before(case: Case, change: HouseholdsMergedIn) -> Values:
    """Return who is in the household that the other absorbs."""
    members = await active_members(case)
    return {f"relations.{each['id']}": as_value(each["relation"]) for each in members.values()}


async def merge_household(case: Case, change: HouseholdsMergedIn) -> None:
    """Merge a household without debts into another of its county; both dossiers stay.

    Exclusions and family debts pass to the household that absorbs it; ratings and credit limits do not.

    Raises:
        MergedIntoItself, OutsideCounty, HouseholdHasEnded: the other household cannot absorb it.
        LoansOpen, EntriesOpen: it owes, or is listed, and would disappear as the one who answers (SX-1, LG-22).
        RelationsIncomplete: a member's relation to the head who takes them in is missing.
        TooManyMembers: both together are no single family.
    """
    into = _absorbing(case, change.into_household_id)
    await ensure_owes_nothing(
        case,
        Sentence(
            "请先结清贷款，或将另一户并入本户", "close the loans first, or merge the other household into this one"
        ),
    )
    await ensure_not_listed(case)
    members = await active_members(case)
    ensure_each_related([each.member_id for each in change.relations], list(members))
    await ensure_room(case.conn, into["id"], len(members))
    ensure_not_before("effective_on", change.effective_on, "registered_on", into["registered_on"])
    await end_household(
        case, members, EndReason.MERGED, LeftReason.MERGED, change.effective_on, change.into_household_id
    )
    related = [(each.member_id, str(each.relation)) for each in change.relations]
    await membership.join(case.conn, into["id"], related, change.effective_on)
    await membership.recount(case.conn, into["id"], case.household["member_count"], case.household["labourer_count"])
    why = f"merged from household {case.household['number']}"
    await life.absorb(case.conn, case.household_id, into["id"], change.effective_on, why, case.officer.subject)
    merged = HouseholdMerged(
        household_id=case.household_id,
        into_household_id=into["id"],
        village_code=case.household["village_code"],
        effective_on=change.effective_on,
    )
    await announce(case.conn, case.household_id, merged)


async def register_before(case: Case, change: HouseholdEndedIn) -> Values:
    """Return how the household stands and who is in it."""
    members = await active_members(case)
    return {
        "poverty_state": as_value(case.household["poverty_state"]),
        **{f"members.{each['id']}": as_value(each["relation"]) for each in members.values()},
    }


async def close_household(case: Case, change: HouseholdEndedIn) -> None:
    """Take a household off the register; after a death what it owes stays owed (LG-21a).

    Raises:
        LoansOpen, EntriesOpen: it borrowed or is listed, so it was not put on file by mistake.
    """
    end: Literal["died_out", "error"] = change.end_reason
    if end == "error":
        await ensure_owes_nothing(
            case,
            Sentence(
                "有贷款的农户不属于误登，请选择其他销户原因",
                "a household that borrowed is no mistake, so choose another reason",
            ),
        )
        await ensure_not_listed(case)
    members = await active_members(case)
    left = LeftReason.DEATH if end == "died_out" else LeftReason.ERROR
    await end_household(case, members, EndReason(end), left, change.effective_on)
    await announce_end(case, end, change.effective_on)


def _absorbing(case: Case, into_household_id: UUID) -> Record:
    if into_household_id == case.household_id:
        raise MergedIntoItself
    assert case.other is not None
    if case.other["county_code"] != case.household["county_code"]:
        raise OutsideCounty(
            Sentence(f"农户 {case.other['number']}", f"Household {case.other['number']}"), case.household["county_code"]
        )
    ensure_on_register(case.other)
    return case.other
