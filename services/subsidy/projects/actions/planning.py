"""Open a project's file with what the planning meeting resolved."""

from typing import Final

from services.subsidy.projects.actions.funding import fund_project
from services.subsidy.projects.actions.recording import Taken, record_step
from services.subsidy.projects.queries import get_project
from services.subsidy.projects.refusals import ProjectExists
from services.subsidy.projects.rules.life import ProjectState, ProjectStep, StepOutcome
from services.subsidy.projects.schemas import ProjectDetail, ProjectIn
from shared.access import Principal, Right
from shared.db import Connection
from shared.ids import new_id
from shared.regions import county_of

_OPEN: Final = """
INSERT INTO project (id, county_code, region_code, name, kind, industry, households_planned, policy_document, starts_on,
  ends_on, state, version)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'planned', 1)
ON CONFLICT (county_code, name) WHERE state NOT IN ('refused', 'withdrawn') DO NOTHING RETURNING id
"""
_APPOINT: Final = """
INSERT INTO project_post (id, project_id, post, person, from_on, recorded_by)
SELECT uuid7(), $1, CASE WHEN n = 1 THEN 'leader' ELSE 'member' END, person, $3, $4
FROM unnest($2::text[]) WITH ORDINALITY AS t (person, n)
"""


async def plan_project(conn: Connection, officer: Principal, body: ProjectIn) -> ProjectDetail:
    """Open a project's file: what the planning meeting resolved, its money, its leader and its team (ZJ-9, ZJ-10(a)).

    Raises:
        OutsideRegion: it lies in another place.
        ProjectExists: the county runs one of that name.
        ProgrammeOfAnotherCounty: its money comes from elsewhere.
        ProgrammeForOtherRegions, FundSourceNotOfProgramme, ProgrammeOfOtherDays: a programme pays for no such project.
    """
    officer.ensure_region(Right.PROJECTS_RUN, body.region_code)
    county_code, project_id = county_of(body.region_code), new_id()
    found = await conn.fetchval(
        _OPEN,
        *(project_id, county_code, body.region_code, body.name, body.kind, body.industry, body.households_planned),
        *(body.policy_document, body.starts_on, body.ends_on),
    )
    if found is None:
        raise ProjectExists(county_code, body.name)
    await fund_project(conn, project_id, county_code, body)
    await conn.execute(_APPOINT, project_id, [body.leader, *body.team], body.planned_on, officer.subject)
    meeting = Taken(ProjectStep.PLANNING, StepOutcome.DONE, body.planned_on, body.note, body.documents)
    opened = {"id": project_id, "county_code": county_code, "region_code": body.region_code, "version": 0}
    await record_step(conn, officer, Right.PROJECTS_RUN, opened, meeting, None, ProjectState.PLANNED)
    return await get_project(conn, [body.region_code], project_id)
