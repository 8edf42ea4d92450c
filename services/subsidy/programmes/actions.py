"""Open a programme and add money to it."""

from decimal import Decimal
from uuid import UUID

from services.subsidy.programmes.queries import get_programme
from services.subsidy.programmes.refusals import BudgetExceeded, ProgrammeExists, ProgrammeUnknown
from services.subsidy.programmes.schemas import ProgrammeIn, ProgrammeOut, SupplementIn
from shared.access import Principal, Right
from shared.db import Connection
from shared.ids import new_id

_OPEN = """
INSERT INTO programme (id, county_code, year, name, fund_sources, starts_on, ends_on, budget, created_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (county_code, year, name) DO NOTHING RETURNING id
"""
_SET_TARGETS = """
INSERT INTO programme_target (programme_id, code, value) SELECT $1, * FROM unnest($2::text[], $3::numeric[])
"""


async def open_programme(conn: Connection, officer: Principal, body: ProgrammeIn) -> ProgrammeOut:
    """Open a year's programme with its budget and targets (DZ-2).

    Raises:
        ProgrammeExists: the county has one of that name in that year.
    """
    officer.ensure_region(Right.PROGRAMMES_MANAGE, body.county_code)
    programme_id = await conn.fetchval(
        _OPEN,
        new_id(),
        body.county_code,
        body.year,
        body.name,
        body.fund_sources,
        body.starts_on,
        body.ends_on,
        body.budget,
        officer.subject,
    )
    if programme_id is None:
        raise ProgrammeExists(body.county_code, body.year, body.name)
    codes, values = [target.code for target in body.targets], [target.value for target in body.targets]
    await conn.execute(_SET_TARGETS, programme_id, codes, values)
    return await get_programme(conn, [body.county_code], programme_id)


_RAISE = "UPDATE programme SET budget = budget + $2 WHERE id = $1 AND county_code ^@ ANY ($3::text[]) RETURNING id"
_ADD = """
INSERT INTO programme_supplement (id, programme_id, amount, fund_source, decided_on, note, recorded_by)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""


async def supplement_programme(
    conn: Connection, officer: Principal, programme_id: UUID, body: SupplementIn
) -> ProgrammeOut:
    """Add money to a programme's budget.

    Raises:
        ProgrammeUnknown: it does not exist in the officer's region.
    """
    regions = officer.regions_for(Right.PROGRAMMES_MANAGE)
    if await conn.fetchval(_RAISE, programme_id, body.amount, regions) is None:
        raise ProgrammeUnknown(programme_id)
    await conn.execute(
        _ADD, new_id(), programme_id, body.amount, body.fund_source, body.decided_on, body.note, officer.subject
    )
    return await get_programme(conn, regions, programme_id)


_AVAILABLE = "SELECT budget - committed - paid FROM programme WHERE id = $1 FOR UPDATE"
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
