"""In whose name an officer takes a step of a whole county, by the pack in force there on the day of the act."""

from datetime import date

from shared.access import Principal
from shared.db import Connection
from shared.offices import Step, acting_for
from shared.policy.copies import find_current_pack
from shared.policy.vocabulary import Office


async def acting_in(conn: Connection, officer: Principal, step: Step, county_code: str, on: date) -> Office:
    """Return the office in whose name the officer takes the step; without a pack the table of rights decides alone.

    Raises:
        OtherOffice: the county's pack in force names another office.
        ActsInTheCounty: the officer has the right above the county only (SX-7, NX-15).
    """
    found = await find_current_pack(conn, county_code, on)
    return acting_for(officer, step, county_code, found.pack if found else None)
