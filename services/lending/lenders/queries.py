"""Named reads of lenders and branches."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.lending.lenders.refusals import BranchUnknown, LenderNotRegistered, LenderUnknown
from services.lending.lenders.schemas import BranchOut, LenderOut, NearBranch
from shared.db import Connection
from shared.policy.vocabulary import LenderKind
from shared.web.pages import PageRequest

_COLUMNS = "county_code, code, name, kind, registered_by, code || '/' || county_code AS place"
_LENDER = f"SELECT {_COLUMNS} FROM lender WHERE county_code = $1 AND code = $2"  # noqa: S608 - our own text


async def ensure_registered(conn: Connection, bank_code: str, county_code: str) -> None:
    """Refuse a bank that is no registered lender of the county. Raises: LenderNotRegistered. Clause: SX-2."""
    if await conn.fetchrow(_LENDER, county_code, bank_code) is None:
        raise LenderNotRegistered(bank_code, county_code)


async def get_lender(conn: Connection, county_code: str, code: str) -> LenderOut:
    """Return one bank of a county. Raises: LenderUnknown."""
    row = await conn.fetchrow(_LENDER, county_code, code)
    if row is None:
        raise LenderUnknown(code)
    return LenderOut.model_validate(dict(row))


async def list_lenders(
    conn: Connection, page: PageRequest, county_code: str | None, kind: LenderKind | None
) -> list[LenderOut]:
    """Return up to one row more than a page of banks, by code."""
    rows = await conn.fetch(
        f"SELECT * FROM (SELECT {_COLUMNS} FROM lender WHERE ($1::text IS NULL OR kind = $1) "  # noqa: S608
        "AND ($2::text IS NULL OR county_code = $2)) known "
        'WHERE $3::text IS NULL OR place COLLATE "C" > $3 ORDER BY place COLLATE "C" LIMIT $4',
        kind and str(kind),
        county_code,
        page.after,
        page.limit + 1,
    )
    return [LenderOut.model_validate(dict(row)) for row in rows]


_BRANCH = "SELECT id, bank_code, code, name, region_code, address, closed_on FROM bank_branch"


async def get_branch(conn: Connection, branch_id: UUID) -> BranchOut:
    """Return one branch. Raises: BranchUnknown."""
    row = await conn.fetchrow(f"{_BRANCH} WHERE id = $1", branch_id)
    if row is None:
        raise BranchUnknown(branch_id)
    return BranchOut.model_validate(dict(row))


async def list_branches(conn: Connection, bank_code: str, page: PageRequest) -> list[BranchOut]:
    """Return up to one row more than a page of a bank's branches, the closed ones too.

    Raises: LenderUnknown.
    """
    if await conn.fetchval("SELECT 1 FROM lender WHERE code = $1 LIMIT 1", bank_code) is None:
        raise LenderUnknown(bank_code)
    rows = await conn.fetch(
        f"{_BRANCH} WHERE bank_code = $1 AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3",
        bank_code,
        page.after_as(UUID),
        page.limit + 1,
    )
    return [BranchOut.model_validate(dict(row)) for row in rows]


# The place is written so that its order is that of nearness, then of the codes.
_NEAR = """
SELECT * FROM (
  SELECT b.id, b.bank_code, b.code, b.name, b.region_code, b.address, b.closed_on, l.name AS bank_name, l.kind,
    CASE WHEN b.region_code = $1 THEN 'village' WHEN b.region_code ^@ left($1, 9) THEN 'township'
         ELSE 'county' END AS nearness,
    CASE WHEN b.region_code = $1 THEN '1' WHEN b.region_code ^@ left($1, 9) THEN '2' ELSE '3' END
      || '/' || b.bank_code || '/' || b.code AS place
  FROM bank_branch b JOIN lender l ON l.county_code = b.county_code AND l.code = b.bank_code
  WHERE b.county_code = left($1, 6) AND (b.closed_on IS NULL OR b.closed_on > $2)
    AND ($3::text[] IS NULL OR b.bank_code = ANY ($3)) AND ($4::text[] IS NULL OR l.kind = ANY ($4))) near
WHERE $5::text IS NULL OR place COLLATE "C" > $5
ORDER BY place COLLATE "C" LIMIT $6
"""


async def near_branches(
    conn: Connection,
    village_code: str,
    on: date,
    page: PageRequest,
    *,
    banks: Sequence[str] | None,
    kinds: Sequence[str] | None,
) -> list[NearBranch]:
    """Return up to one row more than a page of the branches open in a village's county, nearest first (SX-2)."""
    rows = await conn.fetch(_NEAR, village_code, on, banks, kinds, page.after, page.limit + 1)
    return [NearBranch.model_validate(dict(row)) for row in rows]
