"""Change who answers for a project; its lead is never vacant."""

from typing import Final
from uuid import UUID

from services.subsidy.projects.actions.recording import lock_project
from services.subsidy.projects.queries import get_project
from services.subsidy.projects.refusals import PersonInPost, PersonNotInPost
from services.subsidy.projects.schemas import ProjectDetail, ProjectHandOverIn
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection

_IN_POST: Final = """
SELECT post, person, from_on FROM project_post
WHERE project_id = $1 AND until_on IS NULL AND person = ANY ($2::text[])
"""
_LEAVE: Final = """
UPDATE project_post SET until_on = $3, hand_over = $4 WHERE project_id = $1 AND person = $2 AND until_on IS NULL
"""
_COME: Final = """
INSERT INTO project_post (id, project_id, post, person, from_on, recorded_by) VALUES (uuid7(), $1, $2, $3, $4, $5)
"""


async def hand_over_post(
    conn: Connection, officer: Principal, project_id: UUID, body: ProjectHandOverIn
) -> ProjectDetail:
    """Let one person take over another's post, with the day and what was handed over (ZJ-10(a)).

    Raises:
        ProjectUnknown, DateBeforeStep.
        PersonNotInPost: who leaves does not answer for the project.
        PersonInPost: who comes has a post in it already.
    """
    project = await lock_project(conn, officer, Right.PROJECTS_RUN, project_id)
    posts = {row["person"]: row for row in await conn.fetch(_IN_POST, project_id, [body.leaves, body.comes])}
    if body.leaves not in posts:
        raise PersonNotInPost(body.leaves)
    if body.comes in posts:
        raise PersonInPost(body.comes)
    left = posts[body.leaves]
    ensure_not_before("on", body.on, "from_on", left["from_on"])
    await conn.execute(_LEAVE, project_id, body.leaves, body.on, body.hand_over)
    await conn.execute(_COME, project_id, left["post"], body.comes, body.on, officer.subject)
    return await get_project(conn, [project["region_code"]], project_id)
