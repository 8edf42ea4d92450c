"""Open a programme and add money to it."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from services.subsidy.programmes.queries import get_programme, programme_row
from services.subsidy.programmes.refusals import BudgetExceeded, ProgrammeExists, ReturnedMoneyPromised, SourcesDiffer
from services.subsidy.programmes.rules.plan import Plan, ensure_within_plan, filled, planned_for
from services.subsidy.programmes.schemas import ProgrammeIn, ProgrammeOut, SupplementIn
from services.subsidy.targets import actions as figures
from services.subsidy.targets.schemas import FigureIn, FigureOut
from shared.access import Principal, Right
from shared.db import Connection
from shared.ids import new_id
from shared.money import ZERO
from shared.policy.copies import find_current_pack
from shared.policy.pack import PolicyPack

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('programmes/' || $1, 0))"
_BUDGETS = "SELECT coalesce(sum(budget), 0.00) FROM programme WHERE county_code = $1 AND year = $2"
_OPEN = """
INSERT INTO programme (id, county_code, year, name, regions, fund_sources, starts_on, ends_on, budget, created_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (county_code, year, name) DO NOTHING RETURNING id
"""
_SET_TARGETS = """
INSERT INTO programme_target (programme_id, code, value) SELECT $1, * FROM unnest($2::text[], $3::numeric[])
"""
_SET_SOURCES = """
INSERT INTO programme_source (programme_id, fund_source, amount, document)
SELECT $1, * FROM unnest($2::text[], $3::numeric[], $4::text[])
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
    pack = await _pack_of(conn, body.county_code, body.year)
    names = tuple(source.fund_source for source in body.sources) or tuple(body.fund_sources or ()) or None
    targets = tuple((target.code, target.value) for target in body.targets)
    plan = filled(Plan(body.starts_on, body.ends_on, body.budget, names, targets), planned_for(pack, body.year))
    budget = plan.budget or ZERO
    if body.sources and (total := sum((source.amount for source in body.sources), ZERO)) != budget:
        raise SourcesDiffer(total, budget)
    await _ensure_within_plan(conn, pack, body.county_code, body.year, budget)
    regions = list(body.regions) or [body.county_code]
    named = (body.county_code, body.year, body.name, regions, list(plan.fund_sources or ()))
    values = (*named, plan.starts_on, plan.ends_on, budget, officer.subject)
    programme_id = await conn.fetchval(_OPEN, new_id(), *values)
    if programme_id is None:
        raise ProgrammeExists(body.county_code, body.year, body.name)
    await _set_targets(conn, programme_id, plan, body)
    return await get_programme(conn, [body.county_code], programme_id, today)


async def _set_targets(conn: Connection, programme_id: UUID, plan: Plan, body: ProgrammeIn) -> None:
    codes, values = zip(*plan.targets or (), strict=True) if plan.targets else ((), ())
    await conn.execute(_SET_TARGETS, programme_id, list(codes), list(values))
    names = [source.fund_source for source in body.sources]
    amounts, documents = [source.amount for source in body.sources], [source.document for source in body.sources]
    await conn.execute(_SET_SOURCES, programme_id, names, amounts, documents)


async def _pack_of(conn: Connection, county_code: str, year: int) -> PolicyPack | None:
    found = await find_current_pack(conn, county_code, date(year, 12, 31))
    return found.pack if found else None


async def _ensure_within_plan(
    conn: Connection, pack: PolicyPack | None, county_code: str, year: int, more: Decimal
) -> None:
    """Count a year's budgets and what is to be added, one change of them at a time."""
    await conn.execute(_LOCK, county_code)
    ensure_within_plan(pack, year, await conn.fetchval(_BUDGETS, county_code, year) + more)


# Where the budget is split by source, what is added belongs to one of them: together they stay the budget.
_RAISE_SOURCE = """
INSERT INTO programme_source (programme_id, fund_source, amount, document)
SELECT $1, $2, $3, $4 WHERE EXISTS (SELECT FROM programme_source WHERE programme_id = $1)
ON CONFLICT (programme_id, fund_source) DO UPDATE SET amount = programme_source.amount + excluded.amount,
  document = programme_source.document || '; ' || excluded.document
"""
_RAISE = "UPDATE programme SET budget = budget + $2 WHERE id = $1"
_ADD = """
INSERT INTO programme_supplement (id, programme_id, amount, fund_source, decided_on, note, recorded_by)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""


async def supplement_programme(
    conn: Connection, officer: Principal, programme_id: UUID, body: SupplementIn, today: date
) -> ProgrammeOut:
    """Add money to a programme's budget.

    Raises:
        ProgrammeUnknown: it does not exist in the officer's region.
        BudgetAbovePlan: the budgets of the year go beyond what the county's document gives (JN-6).
    """
    regions = officer.regions_for(Right.PROGRAMMES_MANAGE)
    programme = await programme_row(conn, regions, programme_id)
    pack = await _pack_of(conn, programme["county_code"], programme["year"])
    await _ensure_within_plan(conn, pack, programme["county_code"], programme["year"], body.amount)
    await conn.execute(_RAISE, programme_id, body.amount)
    await conn.execute(_RAISE_SOURCE, programme_id, body.fund_source, body.amount, body.note)
    await conn.execute(
        _ADD, new_id(), programme_id, body.amount, body.fund_source, body.decided_on, body.note, officer.subject
    )
    return await get_programme(conn, regions, programme_id, today)


async def record_figure(conn: Connection, officer: Principal, programme_id: UUID, body: FigureIn) -> FigureOut:
    """Enter a figure of a programme in the officer's region.

    Raises:
        ProgrammeUnknown, DateBeforeStep, FigureProposed.
    """
    programme = await programme_row(conn, officer.regions_for(Right.SUBSIDIES_REVIEW), programme_id)
    return await figures.record_figure(conn, officer, programme, body)


_AVAILABLE = "SELECT budget + returned - committed - paid FROM programme WHERE id = $1 FOR UPDATE"
_COMMIT = "UPDATE programme SET committed = committed + $2 WHERE id = $1"
_RELEASE = "UPDATE programme SET committed = committed - $2 WHERE id = $1"
_UNBOOK_PAID = "UPDATE programme SET committed = committed + $2, paid = paid - $2 WHERE id = $1"
_BOOK_PAID = "UPDATE programme SET committed = committed - $2, paid = paid + $2 WHERE id = $1"


async def commit(conn: Connection, programme_id: UUID, amount: Decimal) -> None:
    """Commit money of a programme to an approved batch, in yuan.

    Raises:
        BudgetExceeded: the programme has less left than that.
    """
    available = await conn.fetchval(_AVAILABLE, programme_id)
    if amount > available:
        raise BudgetExceeded(amount, available)
    await conn.execute(_COMMIT, programme_id, amount)


async def release(conn: Connection, programme_id: UUID, amount: Decimal) -> None:
    """Free committed money that will not be paid, in yuan."""
    await conn.execute(_RELEASE, programme_id, amount)


async def book_paid(conn: Connection, programme_id: UUID, amount: Decimal) -> None:
    """Turn committed money that a bank confirmed as paid into paid money, in yuan."""
    await conn.execute(_BOOK_PAID, programme_id, amount)


async def unbook_paid(conn: Connection, programme_id: UUID, amount: Decimal) -> None:
    """Turn paid money that came back to be paid again into committed money, in yuan."""
    await conn.execute(_UNBOOK_PAID, programme_id, amount)


_RETURN = "UPDATE programme SET returned = returned + $2 WHERE id = $1"


async def take_back(conn: Connection, programme_id: UUID, amount: Decimal) -> None:
    """Add money that was paid and came back to what the programme may promise, in yuan; less than zero: it had not.

    Raises:
        ReturnedMoneyPromised: what is taken off again is promised to others.
    """
    available = await conn.fetchval(_AVAILABLE, programme_id)
    if amount + available < 0:
        raise ReturnedMoneyPromised(-amount, available)
    await conn.execute(_RETURN, programme_id, amount)
