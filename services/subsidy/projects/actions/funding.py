"""Which programmes fund a project: noted with its plan, looked at again before their money is promised."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.subsidy.projects.refusals import ProgrammeOfAnotherCounty
from services.subsidy.projects.rules.funding import Funding, ensure_fundable, ensure_running
from services.subsidy.projects.schemas import ProjectIn
from shared.db import Connection

_FUND: Final = """
INSERT INTO project_money (project_id, programme_id, fund_source, amount)
SELECT DISTINCT ON (p.id) $1, p.id, m.fund_source, m.amount
FROM unnest($3::uuid[], $4::text[], $5::numeric[]) AS m (programme_id, fund_source, amount)
JOIN programme p ON p.id = m.programme_id AND p.county_code = $2
"""
_FUNDED_BY: Final = """
SELECT p.name, p.regions, p.fund_sources, p.starts_on, p.ends_on, m.fund_source
FROM project_money m JOIN programme p ON p.id = m.programme_id WHERE m.project_id = $1 ORDER BY p.id
"""


async def fund_project(conn: Connection, project_id: UUID, county_code: str, body: ProjectIn) -> None:
    """Note what a planned project gets from which programme.

    Raises:
        ProgrammeOfAnotherCounty: a programme is not the county's, or is named twice.
        ProgrammeForOtherRegions, FundSourceNotOfProgramme, ProgrammeOfOtherDays: it pays for no such project.
    """
    programmes = [each.programme_id for each in body.money]
    sources, amounts = [each.fund_source for each in body.money], [each.amount for each in body.money]
    await conn.execute(_FUND, project_id, county_code, programmes, sources, amounts)
    funded = await conn.fetch(_FUNDED_BY, project_id)
    if len(funded) < len(body.money):
        raise ProgrammeOfAnotherCounty(county_code)
    for each in funded:
        ensure_fundable(_funding(each), body.region_code, each["fund_source"], body.planned_on)


async def ensure_funded(conn: Connection, project_id: UUID, on: date) -> None:
    """Refuse to promise money of a programme on a day that is not its own.

    Raises:
        ProgrammeOfOtherDays.
    """
    for each in await conn.fetch(_FUNDED_BY, project_id):
        ensure_running(_funding(each), on)


def _funding(row: Mapping[str, Any]) -> Funding:
    return Funding(row["name"], row["regions"], row["fund_sources"], row["starts_on"], row["ends_on"])
