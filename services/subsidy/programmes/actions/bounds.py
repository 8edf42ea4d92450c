"""What a county's document lets a year's budgets come to, one change of them at a time (JN-6)."""

from datetime import date
from decimal import Decimal
from typing import Final

from services.subsidy.programmes.rules.plan import ensure_within_plan
from shared.db import Connection
from shared.policy.copies import find_current_pack
from shared.policy.pack import PolicyPack

_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('programmes/' || $1, 0))"
_BUDGETS: Final = """
SELECT coalesce(sum(budget), 0.00) FROM programme WHERE county_code = $1 AND year = $2 AND state <> 'refused'
"""


async def pack_of(conn: Connection, county_code: str, year: int) -> PolicyPack | None:
    """Return the pack by which a county plans a year; None without one."""
    found = await find_current_pack(conn, county_code, date(year, 12, 31))
    return found.pack if found else None


async def ensure_planned(conn: Connection, pack: PolicyPack | None, county_code: str, year: int, more: Decimal) -> None:
    """Count a year's budgets and what is to be added, in yuan; others of the county wait until this one is done.

    Raises:
        BudgetAbovePlan: they go beyond what the county's document gives (JN-6).
    """
    await conn.execute(_LOCK, county_code)
    ensure_within_plan(pack, year, await conn.fetchval(_BUDGETS, county_code, year) + more)
