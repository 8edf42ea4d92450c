"""Households over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.registry.access import CorrectAccounts, MarkHouseholds, ReadHouseholds, RevealAccounts
from services.registry.edge import Cipher, InRegion, Read
from services.registry.households import accounts, queries, statuses
from services.registry.households.schemas import (
    AccountCorrectionIn,
    AccountLookupsIn,
    AccountLookupsOut,
    AccountOut,
    HouseholdFile,
    HouseholdOut,
    StatusChangesIn,
    StatusChangesOut,
)
from shared.policy.vocabulary import PovertyState
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["农户 Households"])


@router.get("/households", status_code=200, response_model=PageOf[HouseholdOut])
async def list_households(
    officer: ReadHouseholds,
    cipher: Cipher,
    conn: Read,
    page: Page,
    region: InRegion,
    state: PovertyState | None = None,
    number: Annotated[str | None, Query(max_length=40, description="household number")] = None,
) -> Any:
    """List households of a region in the order of registration; names masked."""
    found = await queries.list_households(
        conn,
        officer,
        cipher,
        region=region,
        state=state,
        number=number,
        after=page.after_as(UUID),
        limit=page.limit + 1,
    )
    return page_of(found, page.limit, "id")


@router.get("/households/{household_id}", status_code=200, response_model=HouseholdFile)
async def show_household(household_id: UUID, officer: ReadHouseholds, cipher: Cipher, conn: Read) -> HouseholdFile:
    """Show everything on file about one household (一户一档); personal data masked."""
    return await queries.get_household(conn, officer, cipher, household_id)


@router.post("/household-status-changes", status_code=201, response_model=StatusChangesOut)
async def mark_households(body: StatusChangesIn, officer: MarkHouseholds, write: Write) -> Response:
    """Mark households lifted, stably lifted, monitored … from a day on; every service is told."""
    return await write(lambda tx: statuses.mark_households(tx, officer, body))


@router.post("/account-corrections", status_code=201, response_model=AccountOut)
async def correct_account(
    body: AccountCorrectionIn, officer: CorrectAccounts, cipher: Cipher, write: Write
) -> Response:
    """Put a household's bank account right; the old one stays on file as no longer valid."""
    return await write(lambda tx: accounts.correct_account(tx, officer, cipher, body))


@router.post("/account-lookups", status_code=200, response_model=AccountLookupsOut)
async def look_up_accounts(
    body: AccountLookupsIn, caller: RevealAccounts, cipher: Cipher, conn: Read
) -> AccountLookupsOut:
    """Answer with accounts in clear; for services that pay, never for people."""
    return await accounts.reveal_accounts(conn, caller, cipher, body.household_ids)
