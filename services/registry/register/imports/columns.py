"""Which columns a county's sheets have."""

from datetime import date

from services.registry.policy.packs.queries import find_pack_in_force
from services.registry.register.imports.pieces import MEMBERS
from shared.db import Connection
from shared.households_sheet import HOUSEHOLD_COLUMNS, MEMBER_COLUMNS, SheetColumn, household_columns


async def columns_of(conn: Connection, kind: str, county_code: str, on: date) -> tuple[SheetColumn, ...]:
    """Return the sheet's columns under the county's pack; without a pack the fixed ones."""
    if kind == MEMBERS:
        return MEMBER_COLUMNS
    found = await find_pack_in_force(conn, county_code, on)
    if found is None:
        return HOUSEHOLD_COLUMNS
    return household_columns(found.pack.rating_scheme(), found.pack.eligibility_rules().state_words or ())
