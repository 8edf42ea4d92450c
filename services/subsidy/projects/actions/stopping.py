"""End a violating project, or move it to another place or entity."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from services.subsidy.projects.actions.money import free_rest
from services.subsidy.projects.actions.recording import Taken, record_step
from services.subsidy.projects.rules.life import ProjectState, ProjectStep, StepOutcome
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection

_LAST_ON: Final = "SELECT max(happened_on) FROM project_step WHERE project_id = $1 AND NOT struck"
_MOVE: Final = """
UPDATE project SET region_code = coalesce($2, region_code), entity_code = coalesce($3, entity_code),
  entity_name = coalesce($4, entity_name) WHERE id = $1
"""


async def stop_project(conn: Connection, officer: Principal, project: dict[str, Any], on: date, reason: str) -> None:
    """Stop a project and free what is committed to it (ZJ-3(b))."""
    ensure_not_before("decided_on", on, "last_step_on", await conn.fetchval(_LAST_ON, project["id"]))
    await free_rest(conn, project["id"])
    stopped = Taken(ProjectStep.STOP, StepOutcome.DONE, on, reason, (reason,))
    before = ProjectState(project["state"])
    await record_step(conn, officer, Right.PROJECTS_APPROVE, project, stopped, before, ProjectState.STOPPED)


async def move_project(
    conn: Connection, project_id: UUID, region_code: str | None, entity_code: str | None, entity_name: str | None
) -> None:
    """Move a project to another place of its county, or to another entity; what is None stays (调项, ZJ-3(b))."""
    await conn.execute(_MOVE, project_id, region_code, entity_code, entity_name)
