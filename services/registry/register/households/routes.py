"""Households over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.registry.access import (
    AssignHelpers,
    CorrectAccounts,
    MarkHouseholds,
    ReadHouseholds,
    RecordFamilyDebts,
    RevealAccounts,
    RevealNames,
)
from services.registry.register.households import lookups, members, profile, queries
from services.registry.register.households.actions import (
    accounts,
    exclusions,
    family_debts,
    helper_assignments,
    statuses,
)
from services.registry.register.households.schemas import (
    AccountCorrectionIn,
    AccountLookupsIn,
    AccountLookupsOut,
    AccountOut,
    ExclusionOut,
    ExclusionsIn,
    ExclusionsOut,
    FamilyDebtIn,
    FamilyDebtOut,
    HelperAssignmentOut,
    HelperAssignmentsIn,
    HelperAssignmentsOut,
    HouseholdDetail,
    HouseholdLookupsIn,
    HouseholdLookupsOut,
    HouseholdOut,
    HouseholdProfileOut,
    MemberOut,
    NameLookupsIn,
    NameLookupsOut,
    StatusChangesIn,
    StatusChangesOut,
    TerminationIn,
)
from shared.policy.vocabulary import PovertyState
from shared.regions import RegionCode
from shared.web.bodies import Day
from shared.web.edge import Cipher, Read, Today
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["农户 Households"])


@router.get("/households", status_code=200, response_model=PageOf[HouseholdOut])
async def list_households(
    officer: ReadHouseholds,
    cipher: Cipher,
    conn: Read,
    page: Page,
    region_code: RegionCode,
    state: PovertyState | None = None,
    household_number: Annotated[str | None, Query(max_length=40)] = None,
) -> Any:
    """List households of a region in the order of registration; names masked."""
    found = await queries.list_households(
        conn,
        officer,
        cipher,
        region=region_code,
        state=state,
        number=household_number,
        after=page.after_as(UUID),
        limit=page.limit + 1,
    )
    return page_of(found, page.limit, "id")


@router.get("/households/{household_id}", status_code=200, response_model=HouseholdDetail)
async def show_household(
    household_id: UUID, officer: ReadHouseholds, cipher: Cipher, conn: Read, today: Today
) -> HouseholdDetail:
    """Show everything on file about one household (一户一档); personal data masked."""
    return await queries.get_household(conn, officer, cipher, household_id, today)


@router.get("/households/{household_id}/members", status_code=200, response_model=list[MemberOut])
async def list_members(
    household_id: UUID, officer: ReadHouseholds, cipher: Cipher, conn: Read, today: Today, as_of: Day | None = None
) -> list[MemberOut]:
    """List who was a member on a day, the head first; names and numbers masked, age on that day."""
    await members.ensure_seen(conn, officer, household_id)
    return await members.members_on(conn, cipher, household_id, as_of or today)


@router.get("/households/{household_id}/profile", status_code=200, response_model=HouseholdProfileOut)
async def show_household_profile(
    household_id: UUID, officer: ReadHouseholds, cipher: Cipher, conn: Read, today: Today, as_of: Day | None = None
) -> HouseholdProfileOut:
    """Show how a household stood on a day: village, poverty state, exclusions, helper and members."""
    return await profile.get_profile(conn, officer, cipher, household_id, as_of or today)


@router.post("/household-status-changes", status_code=201, response_model=StatusChangesOut)
async def mark_households(body: StatusChangesIn, officer: MarkHouseholds, write: Write) -> Response:
    """Mark households lifted, stably lifted, monitored … from a day on; an event is recorded for each."""
    return await write(lambda tx: statuses.mark_households(tx, officer, body))


@router.post("/exclusions", status_code=201, response_model=ExclusionsOut)
async def mark_excluded(body: ExclusionsIn, officer: MarkHouseholds, write: Write) -> Response:
    """Mark households as excluded from borrowing, of a kind that their county's pack names (FJ-6)."""
    return await write(lambda tx: exclusions.mark_excluded(tx, officer, body))


@router.post("/exclusions/{exclusion_id}/removals", status_code=201, response_model=ExclusionOut)
async def lift_exclusion(exclusion_id: UUID, body: TerminationIn, officer: MarkHouseholds, write: Write) -> Response:
    """Lift an exclusion; it no longer holds from `valid_until` on, and stays on file."""
    return await write(lambda tx: exclusions.lift_exclusion(tx, officer, exclusion_id, body))


@router.post("/helper-assignments", status_code=201, response_model=HelperAssignmentsOut)
async def assign_helpers(body: HelperAssignmentsIn, officer: AssignHelpers, write: Write) -> Response:
    """Assign helpers to a township's households from a day on; former helpers are replaced on that day."""
    return await write(lambda tx: helper_assignments.assign_helpers(tx, officer, body))


@router.get("/helper-assignments", status_code=200, response_model=PageOf[HelperAssignmentOut])
async def list_helper_assignments(
    officer: ReadHouseholds,
    conn: Read,
    page: Page,
    region_code: RegionCode,
    as_of: Day | None = None,
    helper: Annotated[str | None, Query(max_length=120)] = None,
) -> Any:
    """List who helps which household of a region; with `as_of` only whoever helped on that day."""
    found = await helper_assignments.list_assignments(
        conn, officer, region=region_code, helper=helper, as_of=as_of, after=page.after_as(UUID), limit=page.limit + 1
    )
    return page_of(found, page.limit, "id")


@router.post("/helper-assignments/{assignment_id}/terminations", status_code=201, response_model=HelperAssignmentOut)
async def end_helper_assignment(
    assignment_id: UUID, body: TerminationIn, officer: AssignHelpers, write: Write
) -> Response:
    """End an assignment without a successor."""
    return await write(lambda tx: helper_assignments.end_assignment(tx, officer, assignment_id, body))


@router.post("/households/{household_id}/family-debts", status_code=201, response_model=FamilyDebtOut)
async def record_family_debt(
    household_id: UUID, body: FamilyDebtIn, officer: RecordFamilyDebts, write: Write
) -> Response:
    """Record a production loan or credit limit of a member other than the head (MS-2)."""
    return await write(lambda tx: family_debts.record_debt(tx, officer, household_id, body))


@router.post(
    "/households/{household_id}/family-debts/{debt_id}/terminations", status_code=201, response_model=FamilyDebtOut
)
async def end_family_debt(
    household_id: UUID, debt_id: UUID, body: TerminationIn, officer: RecordFamilyDebts, write: Write
) -> Response:
    """Note that a family debt is repaid or its credit limit closed."""
    return await write(lambda tx: family_debts.end_debt(tx, officer, household_id, debt_id, body))


@router.post("/account-corrections", status_code=201, response_model=AccountOut)
async def correct_account(
    body: AccountCorrectionIn, officer: CorrectAccounts, cipher: Cipher, write: Write
) -> Response:
    """Put a household's bank account right; the old one stays on file as no longer valid."""
    return await write(lambda tx: accounts.correct_account(tx, officer, cipher, body))


@router.post("/household-lookups", status_code=200, response_model=HouseholdLookupsOut)
async def look_up_households(body: HouseholdLookupsIn, caller: ReadHouseholds, conn: Read) -> HouseholdLookupsOut:
    """Answer which households are meant by numbers or ids, in order; nothing is judged and nothing stored.

    A service names the regions of the officer for whom it asks; a household outside them is null, as an invented one.
    """
    return await lookups.find_households(conn, caller, body)


@router.post("/household-name-lookups", status_code=200, response_model=NameLookupsOut)
async def look_up_household_names(
    body: NameLookupsIn, caller: RevealNames, cipher: Cipher, conn: Read
) -> NameLookupsOut:
    """Answer with the heads' names in clear; for the service that writes public notices, never for people (LG-12)."""
    return await lookups.reveal_names(conn, caller, cipher, body)


@router.post("/account-lookups", status_code=200, response_model=AccountLookupsOut)
async def look_up_accounts(
    body: AccountLookupsIn, caller: RevealAccounts, cipher: Cipher, conn: Read
) -> AccountLookupsOut:
    """Answer with accounts in clear; for services that pay, never for people."""
    return await accounts.reveal_accounts(conn, caller, cipher, body.household_ids)
