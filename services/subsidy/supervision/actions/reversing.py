"""Lower or end a take-back of a project's money, and reverse its receipts, by two persons (ZJ-3(b))."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from services.subsidy.projects.actions.money import pay_again
from services.subsidy.proposals.actions import Wrong, propose
from services.subsidy.proposals.schemas import ReversalIn, ReversalOut, Subject
from services.subsidy.supervision.actions.measures import lock_measure
from services.subsidy.supervision.queries import get_measure
from services.subsidy.supervision.refusals import MeasureInWrongState, MeasureNotLowered, ProjectReceiptUnknown
from services.subsidy.supervision.schemas import ProjectMeasureOut, ProjectMeasureReversalIn
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection

_WAIVE: Final = "UPDATE project_measure SET waived = amount - $2 WHERE id = $1"
_OF_RECEIPT: Final = "SELECT measure_id FROM project_receipt WHERE id = $1"
_RECEIPT: Final = "SELECT * FROM project_receipt WHERE id = $1 AND reversed_on IS NULL FOR UPDATE"
_REVERSE: Final = "UPDATE project_receipt SET reversed_on = $2 WHERE id = $1"
_PARTS: Final = """
SELECT programme_id, amount FROM project_receipt_part WHERE receipt_id = $1 ORDER BY programme_id
"""


async def propose_lowering(
    conn: Connection, officer: Principal, measure_id: UUID, body: ProjectMeasureReversalIn
) -> ReversalOut:
    """Propose to lower a take-back; lowered to what came in it ends.

    Raises:
        MeasureUnknown, ProjectUnknown, MeasureInWrongState, MeasureNotLowered, DateBeforeStep, ReversalProposed.
    """
    project, row = await lock_measure(conn, officer, Right.PROJECTS_CORRECT, measure_id)
    await _ensure_lower(conn, project, row, body.amount)
    ensure_not_before("proposed_on", body.proposed_on, "decided_on", row["decided_on"])
    wrong = Wrong(Subject.PROJECT_MEASURE, measure_id, project["region_code"], amount=body.amount)
    return await propose(conn, officer, wrong, body)


async def lower(conn: Connection, project: dict[str, Any], row: dict[str, Any], amount: Any) -> None:
    """Lower a take-back to an amount in yuan.

    Raises:
        MeasureInWrongState, MeasureNotLowered: more came in meanwhile.
    """
    await _ensure_lower(conn, project, row, amount)
    await conn.execute(_WAIVE, row["id"], amount)


async def _ensure_lower(conn: Connection, project: dict[str, Any], row: dict[str, Any], amount: Any) -> None:
    if row["state"] != "approved" or row["kind"] != "take_back":
        raise MeasureInWrongState(row["state"])
    measure: ProjectMeasureOut = await get_measure(conn, [project["region_code"]], row["id"])
    if not measure.received <= amount < measure.received + measure.owed:
        raise MeasureNotLowered(amount, measure.received, measure.received + measure.owed)


async def lock_receipt(
    conn: Connection, officer: Principal, right: Right, receipt_id: UUID
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the project of a receipt that counts, and the receipt, both locked.

    Raises:
        ProjectReceiptUnknown, ProjectUnknown.
    """
    measure_id = await conn.fetchval(_OF_RECEIPT, receipt_id)
    if measure_id is None:
        raise ProjectReceiptUnknown(receipt_id)
    project, _ = await lock_measure(conn, officer, right, measure_id)
    receipt = await conn.fetchrow(_RECEIPT, receipt_id)
    if receipt is None:
        raise ProjectReceiptUnknown(receipt_id)
    return project, dict(receipt)


async def propose_receipt_reversal(
    conn: Connection, officer: Principal, receipt_id: UUID, body: ReversalIn
) -> ReversalOut:
    """Propose to reverse a receipt that was booked wrongly.

    Raises:
        ProjectReceiptUnknown, ProjectUnknown, DateBeforeStep, ReversalProposed.
    """
    project, receipt = await lock_receipt(conn, officer, Right.PROJECTS_CORRECT, receipt_id)
    ensure_not_before("proposed_on", body.proposed_on, "received_on", receipt["received_on"])
    wrong = Wrong(Subject.PROJECT_RECEIPT, receipt_id, project["region_code"], amount=receipt["amount"])
    return await propose(conn, officer, wrong, body)


async def reverse_receipt(conn: Connection, project: dict[str, Any], receipt: dict[str, Any], on: date) -> None:
    """Reverse a receipt: it is owed again, and the programmes to which it went have paid it as before.

    Raises:
        BudgetExceeded: a programme has promised to others what had come in.
    """
    await conn.execute(_REVERSE, receipt["id"], on)
    for part in await conn.fetch(_PARTS, receipt["id"]):
        await pay_again(conn, project["id"], part["programme_id"], part["amount"])
