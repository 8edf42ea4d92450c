"""Changes of the register over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Body, Response

from services.registry.access import DecideChanges, ProposeChanges, ReadHouseholds
from services.registry.register.changes import actions, queries
from services.registry.register.changes.schemas import (
    ChangeIn,
    ChangeKind,
    ChangeOut,
    ChangeState,
    DecisionIn,
    MemberAdded,
    MemberFacts,
    WithdrawalIn,
)
from shared.access import Right
from shared.regions import RegionCode
from shared.web.edge import Cipher, Read
from shared.web.pages import Page, PageOf, page_of
from shared.web.writes import Write

router = APIRouter(tags=["变更 Changes"])


@router.post("/change-requests", status_code=201, response_model=ChangeOut)
async def propose_change(
    body: Annotated[ChangeIn, Body()], officer: ProposeChanges, cipher: Cipher, write: Write
) -> Response:
    """Propose a change of the register; it is tried out at once, and holds when another officer approves it.

    Old and new values are kept; what stands against the change is said by name before anyone has to decide.
    """
    right = Right.CHANGES_PROPOSE
    return await write(lambda tx: actions.propose_change(tx, officer, cipher, body, right))


@router.post("/households/{household_id}/members", status_code=201, response_model=ChangeOut)
async def propose_member(
    household_id: UUID, body: MemberFacts, officer: ProposeChanges, cipher: Cipher, write: Write
) -> Response:
    """Propose to put a person on file as a member: a change request of the kind `member_added`."""
    given = {key: getattr(body, key) for key in body.model_fields_set}
    change = MemberAdded(kind="member_added", household_id=household_id, **given)
    right = Right.CHANGES_PROPOSE
    return await write(lambda tx: actions.propose_change(tx, officer, cipher, change, right))


@router.get("/change-requests", status_code=200, response_model=PageOf[ChangeOut])
async def list_changes(
    officer: ReadHouseholds,
    cipher: Cipher,
    conn: Read,
    page: Page,
    region_code: RegionCode,
    state: ChangeState | None = None,
    kind: ChangeKind | None = None,
    household_id: UUID | None = None,
) -> Any:
    """List the changes proposed in a region, old and new values side by side, personal data masked."""
    found = await queries.list_changes(
        conn,
        officer,
        cipher,
        region=region_code,
        state=state,
        kind=kind,
        household_id=household_id,
        after=page.after_as(UUID),
        limit=page.limit + 1,
    )
    return page_of(found, page.limit, "id")


@router.get("/change-requests/{change_id}", status_code=200, response_model=ChangeOut)
async def show_change(change_id: UUID, officer: ReadHouseholds, cipher: Cipher, conn: Read) -> ChangeOut:
    """Show one change with its old and new values, personal data masked."""
    return await queries.get_change(conn, officer, cipher, change_id)


@router.post("/change-requests/{change_id}/decisions", status_code=201, response_model=ChangeOut)
async def decide_change(
    change_id: UUID, body: DecisionIn, officer: DecideChanges, cipher: Cipher, write: Write
) -> Response:
    """Approve or reject a change that another officer proposed; approved, it is on file when this answers."""
    return await write(lambda tx: actions.decide_change(tx, officer, cipher, change_id, body))


@router.post("/change-requests/{change_id}/withdrawals", status_code=201, response_model=ChangeOut)
async def withdraw_change(
    change_id: UUID, body: WithdrawalIn, officer: ProposeChanges, cipher: Cipher, write: Write
) -> Response:
    """Take back one's own change before it is decided."""
    return await write(lambda tx: actions.withdraw_change(tx, officer, cipher, change_id, body))
