"""Open a programme and name the document its money stands in, each by two persons, and enter its figures."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from services.subsidy.programmes.actions.bounds import ensure_planned, pack_of
from services.subsidy.programmes.queries import get_programme, programme_row
from services.subsidy.programmes.refusals import (
    BudgetDocumentDecided,
    BudgetDocumentUnknown,
    ProgrammeDecided,
    ProgrammeExists,
    SourcesDiffer,
)
from services.subsidy.programmes.rules.plan import Plan, filled, planned_for
from services.subsidy.programmes.schemas import (
    BudgetDocumentDecisionIn,
    BudgetDocumentIn,
    BudgetDocumentOut,
    ProgrammeDecisionIn,
    ProgrammeIn,
    ProgrammeOut,
)
from services.subsidy.targets import actions as figures
from services.subsidy.targets.schemas import FigureIn, FigureOut
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id
from shared.money import ZERO

_OPEN: Final = """
INSERT INTO programme (id, county_code, year, name, regions, fund_sources, starts_on, ends_on, budget, created_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT (county_code, year, name) WHERE state <> 'refused' DO NOTHING RETURNING id
"""
_SET_TARGETS: Final = """
INSERT INTO programme_target (programme_id, code, value) SELECT $1, * FROM unnest($2::text[], $3::numeric[])
"""
_SET_SOURCES: Final = """
INSERT INTO programme_source (programme_id, fund_source, amount, document)
SELECT $1, * FROM unnest($2::text[], $3::numeric[], $4::text[])
"""
_NAME_DOCUMENT: Final = """
INSERT INTO programme_document (id, programme_id, document, decided_on, recorded_by)
VALUES ($1, $2, $3, $4, $5) RETURNING *
"""
_LOCK: Final = "SELECT * FROM programme WHERE id = $1 AND county_code ^@ ANY ($2::text[]) FOR UPDATE"
_DECIDE: Final = "UPDATE programme SET state = $2, decided_by = $3, decided_on = $4 WHERE id = $1"
_DECIDE_ITS_DOCUMENT: Final = """
UPDATE programme_document SET state = $2, confirmed_by = $3, confirmed_on = $4
WHERE programme_id = $1 AND state = 'proposed' AND recorded_by <> $3
"""
_LOCK_DOCUMENT: Final = """
SELECT d.* FROM programme_document d JOIN programme p ON p.id = d.programme_id
WHERE d.id = $1 AND p.county_code ^@ ANY ($2::text[]) FOR UPDATE OF d
"""
_DECIDE_DOCUMENT: Final = """
UPDATE programme_document SET state = $2, confirmed_by = $3, confirmed_on = $4 WHERE id = $1 RETURNING *
"""


async def open_programme(conn: Connection, officer: Principal, body: ProgrammeIn, today: date) -> ProgrammeOut:
    """Propose a year's programme with its budget and targets; what is not stated is as the county's pack plans it.

    It promises nothing before a second officer confirms it (DZ-2).

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
        await conn.fetchrow(_NAME_DOCUMENT, new_id(), programme_id, body.budget_document, today, officer.subject)
    return await get_programme(conn, [body.county_code], programme_id, today)


async def _set_targets(conn: Connection, programme_id: UUID, plan: Plan, body: ProgrammeIn) -> None:
    codes, values = zip(*plan.targets or (), strict=True) if plan.targets else ((), ())
    await conn.execute(_SET_TARGETS, programme_id, list(codes), list(values))
    names = [source.fund_source for source in body.sources]
    amounts, documents = [source.amount for source in body.sources], [source.document for source in body.sources]
    await conn.execute(_SET_SOURCES, programme_id, names, amounts, documents)


async def decide_programme(
    conn: Connection, officer: Principal, programme_id: UUID, body: ProgrammeDecisionIn, today: date
) -> ProgrammeOut:
    """Let an opened programme promise its money, or refuse it; another officer than the one who opened it.

    Raises:
        ProgrammeUnknown, ProgrammeDecided, MakerIsChecker.
        BudgetAbovePlan: the county's document gives less by now (JN-6).
    """
    regions = officer.regions_for(Right.PROGRAMMES_MANAGE)
    found = await programme_row(conn, regions, programme_id)
    if body.decision == "approve":  # the county's year first, then the programme: the order of every change
        county, year = found["county_code"], found["year"]
        await ensure_planned(conn, await pack_of(conn, county, year), county, year, ZERO)
    programme: Any = await conn.fetchrow(_LOCK, programme_id, regions)
    if programme["state"] != "proposed":
        raise ProgrammeDecided(programme_id, programme["state"])
    if programme["created_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    state = "confirmed" if body.decision == "approve" else "refused"
    await conn.execute(_DECIDE, programme_id, state, officer.subject, body.decided_on)
    await conn.execute(_DECIDE_ITS_DOCUMENT, programme_id, state, officer.subject, body.decided_on)
    return await get_programme(conn, regions, programme_id, today)


async def decide_budget_document(
    conn: Connection, officer: Principal, document_id: UUID, body: BudgetDocumentDecisionIn
) -> BudgetDocumentOut:
    """Let a named document hold, or drop it; another officer than the one who named it.

    Raises:
        BudgetDocumentUnknown, BudgetDocumentDecided, MakerIsChecker, DateBeforeStep.
    """
    row: Any = await conn.fetchrow(_LOCK_DOCUMENT, document_id, officer.regions_for(Right.PROGRAMMES_MANAGE))
    if row is None:
        raise BudgetDocumentUnknown(document_id)
    if row["state"] != "proposed":
        raise BudgetDocumentDecided(document_id, row["state"])
    if row["recorded_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("confirmed_on", body.confirmed_on, "decided_on", row["decided_on"])
    state = "confirmed" if body.decision == "approve" else "refused"
    decided: Any = await conn.fetchrow(_DECIDE_DOCUMENT, document_id, state, officer.subject, body.confirmed_on)
    return BudgetDocumentOut(**decided)


async def name_budget_document(
    conn: Connection, officer: Principal, programme_id: UUID, body: BudgetDocumentIn
) -> BudgetDocumentOut:
    """Name the document of the budget in which a programme's money stands; it holds once another confirms it (XX-4).

    Raises:
        ProgrammeUnknown: it does not exist in the officer's region.
    """
    regions = officer.regions_for(Right.PROGRAMMES_MANAGE)
    await programme_row(conn, regions, programme_id)
    named = (body.document, body.decided_on, officer.subject)
    row: Any = await conn.fetchrow(_NAME_DOCUMENT, new_id(), programme_id, *named)
    return BudgetDocumentOut(**row)


async def record_figure(conn: Connection, officer: Principal, programme_id: UUID, body: FigureIn) -> FigureOut:
    """Enter a figure of a programme in the officer's region.

    Raises:
        ProgrammeUnknown, DateBeforeStep, FigureProposed.
    """
    programme = await programme_row(conn, officer.regions_for(Right.SUBSIDIES_REVIEW), programme_id)
    return await figures.record_figure(conn, officer, programme, body)
