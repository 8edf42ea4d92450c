"""Take a standard, an approved list or a household's grant back by two persons; what was paid is owed (ZJ-6, DY-7)."""

from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.subsidy.clawbacks.actions.granting import owe_grant, taken_of_grants
from services.subsidy.grants.actions.paying import COUNT_EVENT
from services.subsidy.grants.refusals import (
    GrantListInWrongState,
    GrantListPaid,
    GrantListUnknown,
    GrantStandardDecided,
    GrantStandardInUse,
    GrantStandardUnknown,
    GrantTakenBackWhole,
    GrantUnderWay,
    GrantUnknown,
)
from services.subsidy.grants.schemas import GrantReversalIn
from services.subsidy.projects.actions.money import ensure_takeable, free_rest, granted_by
from services.subsidy.projects.actions.recording import lock_project
from services.subsidy.projects.rules.life import ProjectState
from services.subsidy.projects.rules.money import drawn
from services.subsidy.proposals.actions import Wrong, propose
from services.subsidy.proposals.schemas import ReversalIn, ReversalOut, Subject
from shared import outbox
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.events.subsidy import GrantsTakenBack
from shared.money import ZERO

_STANDARD: Final = "SELECT * FROM grant_standard WHERE id = $1 AND county_code ^@ ANY ($2::text[]) FOR UPDATE"
_USED_BY: Final = """
SELECT DISTINCT list_id FROM household_grant WHERE standard_id = $1 AND state IN ('proposed', 'approved')
ORDER BY list_id
"""
_WITHDRAW_STANDARD: Final = "UPDATE grant_standard SET state = 'withdrawn' WHERE id = $1"
_PROJECT_OF_LIST: Final = "SELECT project_id FROM grant_list WHERE id = $1"
_LIST: Final = "SELECT * FROM grant_list WHERE id = $1 FOR UPDATE"
_BEGUN: Final = """
SELECT count(*) FILTER (WHERE t.state = 'sent')::int AS sent,
  (SELECT count(*)::int FROM household_grant g WHERE g.list_id = $1 AND g.state IN ('paid', 'taken_back')) AS paid
FROM grant_transfer t WHERE t.list_id = $1
"""
_WITHDRAW_GRANTS: Final = """
UPDATE household_grant SET state = 'withdrawn' WHERE list_id = $1 AND state = 'approved'
  AND ($2::uuid IS NULL OR id = $2) RETURNING amount
"""
_WITHDRAW_LIST: Final = """
UPDATE grant_list l SET state = 'withdrawn' WHERE l.id = $1
  AND NOT EXISTS (SELECT FROM household_grant WHERE list_id = l.id AND state IN ('approved', 'paid', 'taken_back'))
"""
_PLACE_OF_GRANT: Final = "SELECT list_id, project_id FROM household_grant WHERE id = $1"
_GRANT: Final = """
SELECT g.*, l.version, (SELECT max(t.settled_on) FROM grant_transfer t WHERE t.grant_id = g.id AND t.state = 'paid')
  AS paid_on, EXISTS (SELECT FROM grant_transfer t WHERE t.grant_id = g.id AND t.state = 'sent') AS under_way,
  l.decided_on
FROM household_grant g JOIN grant_list l ON l.id = g.list_id
WHERE g.id = $1 AND g.state IN ('approved', 'paid') FOR UPDATE
"""
_TAKE_BACK: Final = """
UPDATE household_grant SET taken_back = taken_back + $2,
  state = CASE WHEN taken_back + $2 = amount THEN 'taken_back' ELSE state END WHERE id = $1
"""


async def lock_standard(conn: Connection, officer: Principal, right: Right, standard_id: UUID) -> dict[str, Any]:
    """Return a confirmed standard that no unpaid list follows, locked.

    Raises:
        GrantStandardUnknown, GrantStandardDecided, GrantStandardInUse.
    """
    row = await conn.fetchrow(_STANDARD, standard_id, officer.regions_for(right))
    if row is None:
        raise GrantStandardUnknown(standard_id)
    if row["state"] != "confirmed":
        raise GrantStandardDecided(row["state"])
    used_by = [each["list_id"] for each in await conn.fetch(_USED_BY, standard_id)]
    if used_by:
        raise GrantStandardInUse(used_by)
    return dict(row)


async def propose_standard_reversal(
    conn: Connection, officer: Principal, standard_id: UUID, body: ReversalIn
) -> ReversalOut:
    """Propose to take a confirmed standard back (DY-7(a)).

    Raises:
        GrantStandardUnknown, GrantStandardDecided, GrantStandardInUse, DateBeforeStep, ReversalProposed.
    """
    row = await lock_standard(conn, officer, Right.PROJECTS_CORRECT, standard_id)
    ensure_not_before("proposed_on", body.proposed_on, "decided_on", row["decided_on"])
    return await propose(conn, officer, Wrong(Subject.GRANT_STANDARD, standard_id, row["county_code"]), body)


async def withdraw_standard(conn: Connection, standard: dict[str, Any]) -> None:
    """Take a locked standard back: its code is free, and what was paid by it stays on file."""
    await conn.execute(_WITHDRAW_STANDARD, standard["id"])


async def lock_list(
    conn: Connection, officer: Principal, right: Right, list_id: UUID
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the project of an approved list of which nothing was sent, and the list, both locked.

    Raises:
        GrantListUnknown, ProjectUnknown, GrantListInWrongState, GrantListPaid.
    """
    project_id = await conn.fetchval(_PROJECT_OF_LIST, list_id)
    if project_id is None:
        raise GrantListUnknown(list_id)
    project = await lock_project(conn, officer, right, project_id)
    row: Any = await conn.fetchrow(_LIST, list_id)
    if row["state"] != "approved":
        raise GrantListInWrongState(row["state"])
    begun: Any = await conn.fetchrow(_BEGUN, list_id)
    if begun["sent"] or begun["paid"]:
        raise GrantListPaid(begun["sent"], begun["paid"])
    return project, dict(row)


async def propose_list_reversal(conn: Connection, officer: Principal, list_id: UUID, body: ReversalIn) -> ReversalOut:
    """Propose to take an approved list back before any of it is sent.

    Raises:
        GrantListUnknown, ProjectUnknown, GrantListInWrongState, GrantListPaid, DateBeforeStep, ReversalProposed.
    """
    project, row = await lock_list(conn, officer, Right.PROJECTS_CORRECT, list_id)
    ensure_not_before("proposed_on", body.proposed_on, "decided_on", row["decided_on"])
    return await propose(conn, officer, Wrong(Subject.GRANT_LIST, list_id, project["region_code"]), body)


async def withdraw_list(conn: Connection, project: dict[str, Any], row: dict[str, Any], on: date) -> None:
    """Take a locked list back: its grants are void, and its households can be proposed anew."""
    await _withdraw(conn, project, row["id"], None, on)


async def lock_grant(
    conn: Connection, officer: Principal, right: Right, grant_id: UUID
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the project of an approved or paid grant that is not under way, and the grant, both locked.

    Raises:
        GrantUnknown, ProjectUnknown, GrantUnderWay.
    """
    place = await conn.fetchrow(_PLACE_OF_GRANT, grant_id)
    if place is None:
        raise GrantUnknown(grant_id)
    project = await lock_project(conn, officer, right, place["project_id"])
    await conn.execute(_LIST, place["list_id"])
    row = await conn.fetchrow(_GRANT, grant_id)
    if row is None:
        raise GrantUnknown(grant_id)
    if row["under_way"]:
        raise GrantUnderWay(grant_id)
    return project, dict(row)


async def propose_grant_reversal(
    conn: Connection, officer: Principal, grant_id: UUID, body: GrantReversalIn
) -> ReversalOut:
    """Propose to take one household's grant back, of a paid one also a part.

    Raises:
        GrantUnknown, ProjectUnknown, GrantUnderWay, GrantTakenBackWhole, AboveWhatWasPaid, DateBeforeStep,
        ReversalProposed.
    """
    project, grant = await lock_grant(conn, officer, Right.PROJECTS_CORRECT, grant_id)
    since = "settled_on" if grant["paid_on"] else "decided_on"
    ensure_not_before("proposed_on", body.proposed_on, since, grant["paid_on"] or grant["decided_on"])
    await _ensure_amount(conn, grant, body.amount)
    wrong = Wrong(Subject.HOUSEHOLD_GRANT, grant_id, project["region_code"], amount=body.amount)
    return await propose(conn, officer, wrong, body)


async def take_grant_back(
    conn: Connection, project: dict[str, Any], grant: dict[str, Any], proposed: dict[str, Any], by: str, on: date
) -> None:
    """Take a locked grant back: unpaid it is void, paid its household owes it, or the part that was proposed.

    Raises:
        GrantTakenBackWhole, AboveWhatWasPaid: things changed since it was proposed.
    """
    amount = await _ensure_amount(conn, grant, proposed["amount"])
    if grant["state"] == "approved":
        await _withdraw(conn, project, grant["list_id"], grant["id"], on)
        return
    paid_by = await granted_by(conn, project["id"], await taken_of_grants(conn, project["id"]))
    await owe_grant(conn, grant, drawn(amount, paid_by), proposed, by, on)
    await conn.execute(_TAKE_BACK, grant["id"], amount)
    await _record(conn, project, grant["list_id"], (1, ZERO, amount), on)


async def _ensure_amount(conn: Connection, grant: dict[str, Any], asked: Decimal | None) -> Decimal:
    left: Decimal = grant["amount"] - grant["taken_back"]
    amount = left if asked is None else asked
    if amount > left or (grant["state"] == "approved" and asked is not None):
        raise GrantTakenBackWhole(amount, left)
    if grant["state"] == "paid":
        await ensure_takeable(conn, grant["project_id"], amount)
    return amount


async def _withdraw(conn: Connection, project: dict[str, Any], list_id: UUID, grant_id: UUID | None, on: date) -> None:
    void = [row["amount"] for row in await conn.fetch(_WITHDRAW_GRANTS, list_id, grant_id)]
    await conn.execute(_WITHDRAW_LIST, list_id)
    if project["state"] in (ProjectState.STOPPED, ProjectState.REIMBURSED):
        await free_rest(conn, project["id"])
    await _record(conn, project, list_id, (len(void), sum(void, ZERO), ZERO), on)


async def _record(
    conn: Connection, project: dict[str, Any], list_id: UUID, taken: tuple[int, Decimal, Decimal], on: date
) -> None:
    households, amount_void, amount_owed = taken
    version = await conn.fetchval(COUNT_EVENT, list_id)
    event = GrantsTakenBack(
        grant_list_id=list_id,
        project_id=project["id"],
        county_code=project["county_code"],
        households=households,
        amount_void=amount_void,
        amount_owed=amount_owed,
        taken_back_on=on,
    )
    place = {"aggregate_id": list_id, "aggregate_version": version, "region_code": project["region_code"]}
    await outbox.record(conn, event, **place)
