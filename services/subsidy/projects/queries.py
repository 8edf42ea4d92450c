"""Named reads of projects."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.subsidy.projects.refusals import ProjectUnknown
from services.subsidy.projects.rules.life import ProjectStep, StepOutcome
from services.subsidy.projects.rules.proofs import WORDS, ProjectFile, proofs
from services.subsidy.projects.schemas import (
    ProjectDetail,
    ProjectMoneyOut,
    ProjectOut,
    ProjectPostOut,
    ProjectStepOut,
    ProofOut,
)
from services.subsidy.proposals.queries import list_reversals
from services.subsidy.proposals.schemas import ReversalOut, Subject
from shared.db import Connection

STEPS_MAX: Final = 1000  # of one project's file, far above what any project takes

_PROJECTS: Final = """
SELECT p.*, l.person AS leader, m.amount, m.committed, m.paid FROM project p
JOIN project_post l ON l.project_id = p.id AND l.post = 'leader' AND l.until_on IS NULL
CROSS JOIN LATERAL (SELECT sum(amount) AS amount, sum(committed) AS committed, sum(paid) AS paid
  FROM project_money WHERE project_id = p.id) m
WHERE EXISTS (SELECT FROM unnest($1::text[]) AS g (region) WHERE p.region_code ^@ g.region OR g.region ^@ p.region_code)
  AND ($2::uuid IS NULL OR p.id = $2) AND ($3::text IS NULL OR p.county_code = $3)
  AND ($4::text IS NULL OR p.state = $4) AND ($5::text IS NULL OR p.kind = $5) AND ($6::uuid IS NULL OR p.id > $6)
ORDER BY p.id LIMIT $7
"""
_STEPS: Final = "SELECT * FROM project_step WHERE project_id = $1 ORDER BY number"
_MONEY: Final = "SELECT * FROM project_money WHERE project_id = $1 ORDER BY programme_id"
_INSPECTED: Final = """
SELECT count(*) AS found, count(*) FILTER (WHERE state = 'closed') AS settled FROM project_finding WHERE project_id = $1
"""
_POSTS: Final = "SELECT * FROM project_post WHERE project_id = $1 ORDER BY from_on, id"


async def list_projects(
    conn: Connection,
    regions: Sequence[str],
    *,
    county_code: str | None,
    state: str | None,
    kind: str | None,
    after: UUID | None,
    limit: int,
) -> list[ProjectOut]:
    """Return up to `limit` projects in, or around, these regions, in the order of their planning."""
    rows = await conn.fetch(_PROJECTS, list(regions), None, county_code, state, kind, after, limit)
    return [ProjectOut(**row) for row in rows]


async def get_project(conn: Connection, regions: Sequence[str], project_id: UUID) -> ProjectDetail:
    """Return one project's whole file.

    Raises:
        ProjectUnknown: it does not exist in these regions.
    """
    row = await conn.fetchrow(_PROJECTS, list(regions), project_id, None, None, None, None, 1)
    if row is None:
        raise ProjectUnknown(project_id)
    steps = await conn.fetch(_STEPS, project_id)
    return ProjectDetail(
        money=[ProjectMoneyOut(**each) for each in await conn.fetch(_MONEY, project_id)],
        steps=[ProjectStepOut(**each) for each in steps],
        step_reversals=await _struck(conn, project_id),
        posts=[ProjectPostOut(**each) for each in await conn.fetch(_POSTS, project_id)],
        proofs=_shown(row["committed"] + row["paid"], steps, await conn.fetchrow(_INSPECTED, project_id)),
        **dict(row),
    )


async def _struck(conn: Connection, project_id: UUID) -> list[ReversalOut]:
    every: dict[str, Any] = {"state": None, "after": None, "limit": STEPS_MAX}
    return await list_reversals(conn, [""], [Subject.PROJECT_STEP], subject_id=project_id, **every)


def _shown(money: Decimal, steps: Sequence[Any], findings: Any) -> list[ProofOut]:
    counting = [each for each in steps if not each["struck"]]
    file = ProjectFile(
        taken=[(ProjectStep(each["step"]), StepOutcome(each["outcome"])) for each in counting],
        money=money,
        inspections=findings["found"],
        settled=findings["settled"],
    )
    return [
        ProofOut(code=code, zh=WORDS[code].zh, en=WORDS[code].en, present=present)
        for code, present in proofs(file).items()
    ]
