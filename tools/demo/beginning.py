"""Before anything happens: the county's offices, its plan and its drawn households."""

from decimal import Decimal
from pathlib import Path

import httpx

from shared.policy.pack import PolicyPack
from tools.demo.county import County, townships_of
from tools.demo.officers import create_offices
from tools.demo.outline import outline_of
from tools.demo.plan import DemoPlan
from tools.demo.population import draw_population
from tools.demo.progress import Clock


async def county_at(
    http: httpx.AsyncClient, pack: PolicyPack, scale: Decimal, accounts_file: Path, clock: Clock, folder: Path
) -> County:
    """Create the accounts of everyone who acts in the pack's county and draw its households at the scale."""
    outline = outline_of(pack)
    plan, townships = DemoPlan.at(scale, outline), townships_of(outline.regions, scale, outline.townships)
    offices = await create_offices(http, outline.county_code, townships, outline.bank_weights, accounts_file)
    villages = [village for township in townships for village in township.villages]
    population = draw_population(plan, outline.county_code, pack.rating_scheme(), villages=villages)
    return County(offices, pack, plan, population, clock, folder)
