"""Enter a programme's figures by one officer's word and another's (DZ-2, DZ-6)."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from services.subsidy.targets.refusals import FigureDecided, FigureProposed, FigureUnknown
from services.subsidy.targets.schemas import FigureDecisionIn, FigureIn, FigureOut
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id

_RECORD: Final = """
INSERT INTO programme_figure (id, programme_id, kind, counted_on, amount, out_of, counted_by, document, state,
  recorded_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'proposed', $9)
ON CONFLICT (programme_id, kind, counted_on) WHERE state = 'proposed' DO NOTHING RETURNING *
"""
_LOCK: Final = """
SELECT f.* FROM programme_figure f JOIN programme p ON p.id = f.programme_id
WHERE f.id = $1 AND p.county_code ^@ ANY ($2::text[]) FOR UPDATE OF f
"""
_DECIDE: Final = """
UPDATE programme_figure SET state = $2, decided_by = $3, decided_on = $4, decided_at = clock_timestamp()
WHERE id = $1 RETURNING *
"""


async def record_figure(
    conn: Connection, officer: Principal, programme: Mapping[str, Any], body: FigureIn
) -> FigureOut:
    """Enter a figure of a programme; it counts once another officer has confirmed it.

    Raises:
        DateBeforeStep: it was counted before the programme began.
        FigureProposed: the same figure waits for its second officer.
    """
    ensure_not_before("counted_on", body.counted_on, "starts_on", programme["starts_on"])
    counted = (body.kind, body.counted_on, body.amount, body.out_of, body.counted_by, body.document)
    row: Any = await conn.fetchrow(_RECORD, new_id(), programme["id"], *counted, officer.subject)
    if row is None:
        raise FigureProposed(body.kind, body.counted_on)
    return FigureOut(**row)


async def decide_figure(conn: Connection, officer: Principal, figure_id: UUID, body: FigureDecisionIn) -> FigureOut:
    """Let a figure count, or drop it; by another officer than the one who entered it.

    Raises:
        FigureUnknown, FigureDecided, MakerIsChecker, DateBeforeStep.
    """
    row = await conn.fetchrow(_LOCK, figure_id, officer.regions_for(Right.SUBSIDIES_REVIEW))
    if row is None:
        raise FigureUnknown(figure_id)
    if row["state"] != "proposed":
        raise FigureDecided(figure_id, row["state"])
    if row["recorded_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("decided_on", body.decided_on, "counted_on", row["counted_on"])
    state = "confirmed" if body.decision == "approve" else "refused"
    decided: Any = await conn.fetchrow(_DECIDE, figure_id, state, officer.subject, body.decided_on)
    return FigureOut(**decided)
