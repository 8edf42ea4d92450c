"""Write a step of a project: its row, the project's state, and the event."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.subsidy.projects.refusals import ProjectUnknown
from services.subsidy.projects.rules.life import ProjectState, ProjectStep, StepOutcome
from shared import outbox
from shared.access import Principal, Right
from shared.db import Connection
from shared.events.subsidy import ProjectStepTaken

LOCK: Final = "SELECT * FROM project WHERE id = $1 AND region_code ^@ ANY ($2::text[]) FOR UPDATE"
_RECORD: Final = """
INSERT INTO project_step (project_id, number, step, outcome, happened_on, state_before, state_after, note, documents,
  progress_percent, quality_in_order, amount, entity_code, entity_name, recorded_by, office)
VALUES ($1, (SELECT coalesce(max(number), 0) + 1 FROM project_step WHERE project_id = $1), $2, $3, $4, $5, $6, $7, $8,
  $9, $10, $11, $12, $13, $14, $15)
"""
_MOVE: Final = "UPDATE project SET state = $2, version = $3 WHERE id = $1"


@dataclass(frozen=True, slots=True)
class Taken:
    """A step as it was taken; `amount` in yuan."""

    step: ProjectStep
    outcome: StepOutcome
    on: date
    note: str
    documents: tuple[str, ...]
    progress_percent: int | None = None
    quality_in_order: bool | None = None
    amount: Decimal | None = None
    entity_code: str | None = None
    entity_name: str | None = None


async def lock_project(conn: Connection, officer: Principal, right: Right, project_id: UUID) -> dict[str, Any]:
    """Return a project of the officer's region, locked.

    Raises:
        ProjectUnknown: there is none.
    """
    row = await conn.fetchrow(LOCK, project_id, officer.regions_for(right))
    if row is None:
        raise ProjectUnknown(project_id)
    return dict(row)


async def record_step(
    conn: Connection,
    officer: Principal,
    right: Right,
    project: Mapping[str, Any],
    taken: Taken,
    before: ProjectState | None,
    after: ProjectState,
) -> None:
    """Record a step with its day, office and person, move the project, and publish it (ZJ-9)."""
    await conn.execute(
        _RECORD,
        *(project["id"], str(taken.step), str(taken.outcome), taken.on, before, str(after), taken.note),
        *(list(taken.documents), taken.progress_percent, taken.quality_in_order, taken.amount, taken.entity_code),
        *(taken.entity_name, officer.subject),
        officer.roles_for(right, project["region_code"])[0],
    )
    version = project["version"] + 1
    await conn.execute(_MOVE, project["id"], str(after), version)
    event = ProjectStepTaken(
        project_id=project["id"],
        county_code=project["county_code"],
        step=str(taken.step),
        outcome=str(taken.outcome),
        state=str(after),
        happened_on=taken.on,
    )
    await outbox.record(
        conn,
        event,
        aggregate_id=project["id"],
        aggregate_version=version,
        region_code=project["region_code"],
    )
