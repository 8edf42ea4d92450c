"""Register lenders and their branches, and close branches (SX-2)."""

from datetime import date
from uuid import UUID

from services.lending.lenders import queries
from services.lending.lenders.refusals import (
    BranchClosed,
    BranchRegistered,
    BranchUnknown,
    LenderCountyMissing,
    LenderRegistered,
    LenderUnknown,
)
from services.lending.lenders.schemas import BranchClosureIn, BranchIn, BranchOut, LenderIn, LenderOut
from shared.access import Principal, Right
from shared.db import Connection
from shared.ids import new_id
from shared.regions import county_of

COUNTY_DIGITS = 6


async def register_lender(conn: Connection, officer: Principal, body: LenderIn, on: date) -> LenderOut:
    """Register a bank in a county under its code; registering the very same again answers it as it stands.

    Raises: LenderCountyMissing, OutsideRegion; LenderRegistered: the code stands for another name or kind there.
    Clause: SX-2.
    """
    county_code = body.county_code or _own_county(officer)
    officer.ensure_region(Right.LENDERS_REGISTER, county_code)
    await conn.execute(
        "INSERT INTO lender (county_code, code, name, kind, registered_by) VALUES ($1, $2, $3, $4, $5) "
        "ON CONFLICT (county_code, code) DO NOTHING",
        county_code,
        body.code,
        body.name,
        str(body.kind),
        officer.subject,
    )
    known = await queries.get_lender(conn, county_code, body.code, on)
    if (known.name, known.kind) != (body.name, body.kind):
        raise LenderRegistered({"code": known.code, "name": known.name, "kind": str(known.kind)})
    return known


def _own_county(officer: Principal) -> str:
    counties = {county_of(region) for region in officer.regions_for(Right.LENDERS_REGISTER)}
    only = counties.pop() if len(counties) == 1 else ""
    if len(only) != COUNTY_DIGITS:
        raise LenderCountyMissing
    return only


async def register_branch(conn: Connection, officer: Principal, bank_code: str, body: BranchIn) -> BranchOut:
    """Register a branch of a bank in one of the officer's regions.

    Raises: OutsideRegion, LenderUnknown, BranchRegistered. Clause: SX-2.
    """
    officer.ensure_region(Right.LENDERS_REGISTER, body.region_code)
    county_code = county_of(body.region_code)
    if not await queries.is_lender(conn, county_code, bank_code):
        raise LenderUnknown(bank_code)
    branch_id = await conn.fetchval(
        "INSERT INTO bank_branch (id, county_code, bank_code, code, name, region_code, address, registered_by) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (county_code, bank_code, code) DO NOTHING RETURNING id",
        new_id(),
        county_code,
        bank_code,
        body.code,
        body.name,
        body.region_code,
        body.address,
        officer.subject,
    )
    if branch_id is None:
        raise BranchRegistered(bank_code, body.code)
    return await queries.get_branch(conn, branch_id)


async def close_branch(conn: Connection, officer: Principal, branch_id: UUID, body: BranchClosureIn) -> BranchOut:
    """Close a branch: from that day it takes no applications.

    Raises: BranchUnknown, BranchClosed.
    """
    row = await conn.fetchrow(
        "SELECT closed_on FROM bank_branch WHERE id = $1 AND region_code ^@ ANY ($2::text[]) FOR UPDATE",
        branch_id,
        officer.regions_for(Right.LENDERS_REGISTER),
    )
    if row is None:
        raise BranchUnknown(branch_id)
    if row["closed_on"] is not None:
        raise BranchClosed(row["closed_on"])
    await conn.execute(
        "UPDATE bank_branch SET closed_on = $2, closed_by = $3 WHERE id = $1 AND closed_on IS NULL",
        branch_id,
        body.closed_on,
        officer.subject,
    )
    return await queries.get_branch(conn, branch_id)
