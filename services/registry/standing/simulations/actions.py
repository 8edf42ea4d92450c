"""Judge a period's applications again under another pack, and keep what was found; nothing else changes."""

from typing import Any, Final
from uuid import UUID

from services.registry.policy.packs.queries import get_pack, pack_by_id
from services.registry.standing.eligibility.judgement_sql import rules_row
from services.registry.standing.eligibility.pack_rules import rules_of
from services.registry.standing.simulations import queries
from services.registry.standing.simulations.comparison_sql import SIMULATE, grades_given, steps_given
from services.registry.standing.simulations.refusals import PeriodEmpty, RegionOfAnotherCounty
from services.registry.standing.simulations.schemas import SimulationIn, SimulationOut
from shared.access import Principal, Right
from shared.db import Connection
from shared.ids import new_id
from shared.policy.pack import PolicyPack
from shared.regions import is_within

# The county's own campaign that was final last in the period, or before it.
_CAMPAIGN: Final = """
SELECT id, pack_id FROM rating_campaign
WHERE county_code = $1 AND bank_code IS NULL AND state = 'final' AND finalised_on < $2
ORDER BY finalised_on DESC, id DESC LIMIT 1
"""
# PostgreSQL takes the rows of kept JSON for few; comparing each application with each household would take minutes.
_JOIN_BY_HASH: Final = "SET LOCAL enable_nestloop = off"


async def simulate_pack(conn: Connection, officer: Principal, pack_id: UUID, body: SimulationIn) -> SimulationOut:
    """Say what a pack, confirmed or only submitted, would have changed for the applications of a period.

    Raises:
        PackUnknown: there is no such pack.
        PeriodEmpty, RegionOfAnotherCounty
        OutsideRegion: the officer has no such right there.
    """
    found = await get_pack(conn, pack_id)
    region_code = body.region_code or found.county_code
    if body.period_until <= body.period_from:
        raise PeriodEmpty(body.period_from, body.period_until)
    if not is_within(region_code, found.county_code):
        raise RegionOfAnotherCounty(region_code, found.county_code)
    officer.ensure_region(Right.PACKS_SIMULATE, region_code)
    pack = await pack_by_id(conn, pack_id)
    simulation_id = new_id()
    await conn.execute(_JOIN_BY_HASH)
    await conn.execute(
        SIMULATE,
        [rules_row(str(pack_id), rules_of(pack))],
        found.county_code,
        region_code,
        body.period_from,
        body.period_until,
        simulation_id,
        pack_id,
        officer.subject,
        *await _rescoring(conn, pack, found.county_code, body),
        pack.lending.amount_max.value,
        list(pack.header.regions),
        pack.header.code,
    )
    return await queries.get_simulation(conn, officer, simulation_id)


async def _rescoring(
    conn: Connection, pack: PolicyPack, county_code: str, body: SimulationIn
) -> tuple[UUID | None, list[Any], list[Any], list[Any]]:
    """Return the campaign to score again, or None, the pack's steps and grades, and the grades it was scored by."""
    campaign = await conn.fetchrow(_CAMPAIGN, county_code, body.period_until)
    scheme = pack.rating_scheme()
    if campaign is None:
        return None, steps_given(scheme), grades_given(scheme), []
    before = (await pack_by_id(conn, campaign["pack_id"])).rating_scheme()
    return campaign["id"], steps_given(scheme), grades_given(scheme), grades_given(before)
