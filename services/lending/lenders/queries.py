"""Named reads of lenders and branches."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.lending.lenders.refusals import (
    BranchUnknown,
    LenderNotRegistered,
    LenderUnknown,
    ResponsibilityUnknown,
)
from services.lending.lenders.responsible_sql import BANKS_OF_VILLAGES, REGIONS_BY_BANK, responsible_bank
from services.lending.lenders.schemas import (
    BranchOut,
    LenderOut,
    NearBranch,
    ResponsibilityOut,
    ResponsibilityState,
    ResponsibleBankOut,
)
from shared.db import Connection
from shared.policy.vocabulary import LenderKind
from shared.web.pages import PageRequest

_COLUMNS = "county_code, code, name, kind, registered_by, code || '/' || county_code AS place"
# $1 the county or null, $2 the day.
_LENDERS = f"""
SELECT {_COLUMNS}, coalesce(c.townships, 0) AS responsible_townships, coalesce(c.villages, 0) AS responsible_villages
FROM lender LEFT JOIN (
  SELECT county_code AS held_in, bank_code, count(*) FILTER (WHERE length(region_code) = 9) AS townships,
    count(*) FILTER (WHERE length(region_code) = 12) AS villages
  FROM ({REGIONS_BY_BANK}) held GROUP BY county_code, bank_code) c
  ON (held_in, bank_code) = (county_code, code)
WHERE $1::text IS NULL OR county_code = $1
"""  # noqa: S608 - our own texts
_LENDER = "SELECT 1 FROM lender WHERE county_code = $1 AND code = $2"


async def is_lender(conn: Connection, county_code: str, bank_code: str) -> bool:
    """Return whether a bank is registered in a county."""
    return await conn.fetchval(_LENDER, county_code, bank_code) is not None


async def ensure_registered(conn: Connection, bank_code: str, county_code: str) -> None:
    """Refuse a bank that is no registered lender of the county. Raises: LenderNotRegistered. Clause: SX-2."""
    if not await is_lender(conn, county_code, bank_code):
        raise LenderNotRegistered(bank_code, county_code)


async def get_lender(conn: Connection, county_code: str, code: str, on: date) -> LenderOut:
    """Return one bank of a county with what it answers for on a day. Raises: LenderUnknown."""
    row = await conn.fetchrow(f"SELECT * FROM ({_LENDERS}) known WHERE code = $3", county_code, on, code)  # noqa: S608
    if row is None:
        raise LenderUnknown(code)
    return LenderOut.model_validate(dict(row))


async def list_lenders(
    conn: Connection, page: PageRequest, county_code: str | None, kind: LenderKind | None, on: date
) -> list[LenderOut]:
    """Return up to one row more than a page of banks, by code, with what each answers for on a day."""
    rows = await conn.fetch(
        f"SELECT * FROM ({_LENDERS}) known WHERE ($3::text IS NULL OR kind = $3) "  # noqa: S608 - our own texts
        'AND ($4::text IS NULL OR place COLLATE "C" > $4) ORDER BY place COLLATE "C" LIMIT $5',
        county_code,
        on,
        kind and str(kind),
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
_NEAR = f"""
SELECT * FROM (
  SELECT b.id, b.bank_code, b.code, b.name, b.region_code, b.address, b.closed_on, l.name AS bank_name, l.kind,
    CASE WHEN b.region_code = $1 THEN 'village' WHEN b.region_code ^@ left($1, 9) THEN 'township'
         ELSE 'county' END AS nearness,
    coalesce(b.bank_code = {responsible_bank("$1", "$2")}, false) AS is_responsible,
    CASE WHEN b.region_code = $1 THEN '1' WHEN b.region_code ^@ left($1, 9) THEN '2' ELSE '3' END
      || '/' || b.bank_code || '/' || b.code AS place
  FROM bank_branch b JOIN lender l ON l.county_code = b.county_code AND l.code = b.bank_code
  WHERE b.county_code = left($1, 6) AND (b.closed_on IS NULL OR b.closed_on > $2)
    AND ($3::text[] IS NULL OR b.bank_code = ANY ($3)) AND ($4::text[] IS NULL OR l.kind = ANY ($4))) near
WHERE $5::text IS NULL OR place COLLATE "C" > $5
ORDER BY place COLLATE "C" LIMIT $6
"""  # noqa: S608 - our own texts


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


_RESPONSIBILITY = """
SELECT r.id, r.county_code, r.bank_code, r.from_on, r.reason, r.state, r.proposed_on, r.proposed_by, r.decided_on,
  r.decided_by, r.decision_reason,
  ARRAY(SELECT g.region_code FROM responsibility_region g WHERE g.responsibility_id = r.id ORDER BY g.region_code)
    AS region_codes
FROM responsibility r
"""


async def get_responsibility(conn: Connection, responsibility_id: UUID) -> ResponsibilityOut:
    """Return one naming of a responsible bank. Raises: ResponsibilityUnknown."""
    row = await conn.fetchrow(f"{_RESPONSIBILITY} WHERE r.id = $1", responsibility_id)
    if row is None:
        raise ResponsibilityUnknown(responsibility_id)
    return ResponsibilityOut.model_validate(dict(row))


async def list_responsibilities(
    conn: Connection,
    page: PageRequest,
    *,
    region_code: str | None,
    bank_code: str | None,
    state: ResponsibilityState | None,
) -> list[ResponsibilityOut]:
    """Return up to one row more than a page of namings, oldest first; of a region also those of what holds it."""
    rows = await conn.fetch(
        f"{_RESPONSIBILITY} WHERE ($1::text IS NULL OR EXISTS (SELECT FROM responsibility_region g "
        "WHERE g.responsibility_id = r.id AND (g.region_code ^@ $1 OR $1 ^@ g.region_code))) "
        "AND ($2::text IS NULL OR r.bank_code = $2) AND ($3::text IS NULL OR r.state = $3) "
        "AND ($4::uuid IS NULL OR r.id > $4) ORDER BY r.id LIMIT $5",
        region_code,
        bank_code,
        state and str(state),
        page.after_as(UUID),
        page.limit + 1,
    )
    return [ResponsibilityOut.model_validate(dict(row)) for row in rows]


_BANK_NAME = "SELECT name AS bank_name, kind FROM lender WHERE county_code = left($1, 6) AND code = $2"
BRANCHES_SHOWN = 20  # the nearest ones


async def responsible_bank_of(conn: Connection, village_code: str, on: date) -> ResponsibleBankOut:
    """Return whom a village's households go to on a day: its responsible bank with the branches nearest to it.

    Where no bank is named the branches are those of all banks.
    """
    [(_, bank_code)] = await conn.fetch(BANKS_OF_VILLAGES, [village_code], on)
    bank = await conn.fetchrow(_BANK_NAME, village_code, bank_code)
    banks = None if bank_code is None else [bank_code]
    rows = await conn.fetch(_NEAR, village_code, on, banks, None, None, BRANCHES_SHOWN)
    return ResponsibleBankOut.model_validate(
        {
            "village_code": village_code,
            "as_of": on,
            "bank_code": bank_code,
            **(dict(bank) if bank else {"bank_name": None, "kind": None}),
            "branches": [dict(row) for row in rows],
        }
    )
