"""Change an account's exposure and reservations: its row's totals and the day's movement, under the row's lock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from shared.db import Connection
from shared.money import ZERO


@dataclass(frozen=True, slots=True)
class Movement:
    """What changed in one account on one business date, in yuan."""

    fund_id: UUID
    moved_on: date
    fund: Decimal = ZERO
    exposure: Decimal = ZERO
    reserved: Decimal = ZERO


_LOCK = """
SELECT county_code FROM fund WHERE county_code = ANY($1::text[]) ORDER BY county_code, bank_code NULLS FIRST FOR UPDATE
"""
_MOVE = """
WITH moved AS (
  SELECT fund_id, moved_on, sum(fund) AS fund, sum(exposure) AS exposure, sum(reserved) AS reserved
  FROM unnest($1::uuid[], $2::date[], $3::numeric[], $4::numeric[], $5::numeric[])
         AS m (fund_id, moved_on, fund, exposure, reserved)
  GROUP BY fund_id, moved_on
), totals AS (
  UPDATE fund f SET exposure_total = f.exposure_total + t.exposure, reserved_total = f.reserved_total + t.reserved
  FROM (SELECT fund_id, sum(exposure) AS exposure, sum(reserved) AS reserved FROM moved GROUP BY fund_id) t
  WHERE f.id = t.fund_id
)
INSERT INTO cover_movement AS known (fund_id, moved_on, fund_change, exposure_change, reserved_change)
SELECT fund_id, moved_on, fund, exposure, reserved FROM moved ORDER BY fund_id, moved_on
ON CONFLICT (fund_id, moved_on) DO UPDATE
  SET fund_change = known.fund_change + excluded.fund_change,
      exposure_change = known.exposure_change + excluded.exposure_change,
      reserved_change = known.reserved_change + excluded.reserved_change
"""


async def lock_funds(conn: Connection, county_codes: Iterable[str]) -> set[str]:
    """Lock all accounts of these counties, in one order; return the counties that have one."""
    rows = await conn.fetch(_LOCK, sorted(set(county_codes)))
    return {row["county_code"] for row in rows}


async def move(conn: Connection, movements: Sequence[Movement]) -> None:
    """Apply movements to the locked accounts' totals and days."""
    if movements:
        await conn.execute(
            _MOVE,
            [movement.fund_id for movement in movements],
            [movement.moved_on for movement in movements],
            [movement.fund for movement in movements],
            [movement.exposure for movement in movements],
            [movement.reserved for movement in movements],
        )
