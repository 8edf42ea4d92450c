"""Open a programme, name the document its money stands in, and enter its figures."""

from datetime import date
from typing import Final
from uuid import UUID

from services.subsidy.programmes.actions.bounds import ensure_planned, pack_of
from services.subsidy.programmes.queries import get_programme, programme_row
from services.subsidy.programmes.refusals import ProgrammeExists, SourcesDiffer
from services.subsidy.programmes.rules.plan import Plan, filled, planned_for
from services.subsidy.programmes.schemas import BudgetDocumentIn, ProgrammeIn, ProgrammeOut
from services.subsidy.targets import actions as figures
from services.subsidy.targets.schemas import FigureIn, FigureOut
from shared.access import Principal, Right
from shared.db import Connection
from shared.ids import new_id
from shared.money import ZERO

_OPEN: Final = """
INSERT INTO programme (id, county_code, year, name, regions, fund_sources, starts_on, ends_on, budget, created_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (county_code, year, name) DO NOTHING RETURNING id
"""
_SET_TARGETS: Final = """
INSERT INTO programme_target (programme_id, code, value) SELECT $1, * FROM unnest($2::text[], $3::numeric[])
"""
_SET_SOURCES: Final = """
INSERT INTO programme_source (programme_id, fund_source, amount, document)
SELECT $1, * FROM unnest($2::text[], $3::numeric[], $4::text[])
"""
_NAME_DOCUMENT: Final = """
INSERT INTO programme_document (id, programme_id, document, decided_on, recorded_by) VALUES ($1, $2, $3, $4, $5)
"""


async def open_programme(conn: Connection, officer: Principal, body: ProgrammeIn, today: date) -> ProgrammeOut:
    """Open a year's programme with its budget and targets; what is not stated is as the county's pack plans it (DZ-2).

    Raises:
        ProgrammeIncomplete: neither the request nor the pack says it.
        SourcesDiffer: the sources do not make the budget.
        BudgetAbovePlan: the budgets of the year go beyond what the county's document gives (JN-6).
        ProgrammeExists: the county has one of that name in that year.
    """
    officer.ensure_region(Right.PROGRAMMES_MANAGE, body.county_code)
    pack = await pack_of(conn, body.county_code, body.year)
    names = tuple(source.fund_source for source in body.sources) or tuple(body.fund_sources or ()) or None
    targets = tuple((target.code, target.value) for target in body.targets)
    plan = filled(Plan(body.starts_on, body.ends_on, body.budget, names, targets), planned_for(pack, body.year))
    budget = plan.budget or ZERO
    if body.sources and (total := sum((source.amount for source in body.sources), ZERO)) != budget:
        raise SourcesDiffer(total, budget)
    await ensure_planned(conn, pack, body.county_code, body.year, budget)
    regions = list(body.regions) or [body.county_code]
    named = (body.county_code, body.year, body.name, regions, list(plan.fund_sources or ()))
    values = (*named, plan.starts_on, plan.ends_on, budget, officer.subject)
    programme_id = await conn.fetchval(_OPEN, new_id(), *values)
    if programme_id is None:
        raise ProgrammeExists(body.county_code, body.year, body.name)
    await _set_targets(conn, programme_id, plan, body)
    if body.budget_document is not None:
        await conn.execute(_NAME_DOCUMENT, new_id(), programme_id, body.budget_document, today, officer.subject)
    return await get_programme(conn, [body.county_code], programme_id, today)


async def _set_targets(conn: Connection, programme_id: UUID, plan: Plan, body: ProgrammeIn) -> None:
    codes, values = zip(*plan.targets or (), strict=True) if plan.targets else ((), ())
    await conn.execute(_SET_TARGETS, programme_id, list(codes), list(values))
    names = [source.fund_source for source in body.sources]
    amounts, documents = [source.amount for source in body.sources], [source.document for source in body.sources]
    await conn.execute(_SET_SOURCES, programme_id, names, amounts, documents)


async def name_budget_document(
    conn: Connection, officer: Principal, programme_id: UUID, body: BudgetDocumentIn, today: date
) -> ProgrammeOut:
    """Name the document of the budget in which a programme's money stands; the last one named holds (XX-4).

    Raises:
        ProgrammeUnknown: it does not exist in the officer's region.
    """
    regions = officer.regions_for(Right.PROGRAMMES_MANAGE)
    await programme_row(conn, regions, programme_id)
    await conn.execute(_NAME_DOCUMENT, new_id(), programme_id, body.document, body.decided_on, officer.subject)
    return await get_programme(conn, regions, programme_id, today)


async def record_figure(conn: Connection, officer: Principal, programme_id: UUID, body: FigureIn) -> FigureOut:
    """Enter a figure of a programme in the officer's region.

    Raises:
        ProgrammeUnknown, DateBeforeStep, FigureProposed.
    """
    programme = await programme_row(conn, officer.regions_for(Right.SUBSIDIES_REVIEW), programme_id)
    return await figures.record_figure(conn, officer, programme, body)
