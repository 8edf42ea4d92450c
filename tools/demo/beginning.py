"""Before anything happens: what is asked for, the county's offices, its plan and its drawn households."""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Self

import httpx

from shared.offices import Step, offices_of
from shared.policy.pack import PolicyPack
from tools.demo.choosing import Versions, versions_of
from tools.demo.county import County
from tools.demo.officers import create_offices
from tools.demo.outline import Outline, outline_of
from tools.demo.places import Places, places_of
from tools.demo.plan import DemoPlan
from tools.demo.population import draw_population
from tools.demo.progress import Clock


@dataclass(frozen=True, slots=True)
class Asked:
    """What a demonstration is made of: the pack's versions, the outline of its county, its regions, the scale."""

    versions: Versions
    outline: Outline
    places: Places
    plan: DemoPlan

    @classmethod
    def of(
        cls,
        scale: Decimal | str,
        county: str | None = None,
        pack_file: Path | None = None,
        regions_file: Path | None = None,
    ) -> Self:
        """Read everything that is asked for.

        Raises:
            DemoRefused, PackRefused, FileRefused, RegionFileInvalid: it cannot be shown, and why.
        """
        versions = versions_of(county, pack_file)
        starts_on = outline_of(versions.asked).days.starts_on  # by then a later version may be in force
        outline = outline_of(versions.on(starts_on))
        places = places_of(versions.asked.header.regions, regions_file)
        return cls(versions, outline, places, DemoPlan.at(scale, outline))

    @property
    def pack(self) -> PolicyPack:
        """Return the version in force on the first day."""
        return self.versions.on(self.outline.days.starts_on)


async def county_at(http: httpx.AsyncClient, asked: Asked, accounts_file: Path, clock: Clock, folder: Path) -> County:
    """Create the accounts of everyone who acts in the county and draw its households."""
    outline, plan = asked.outline, asked.plan
    townships = asked.places.taking_part(plan.scale, outline.townships)
    villages = [village for township in townships for village in township.villages]
    population = draw_population(plan, outline.county_code, asked.pack.rating_scheme(), villages)
    named = {office for each in asked.versions.files for step in Step for office in offices_of(each.pack, step) or ()}
    guaranteed = any(each.pack.compensation_rule().guarantor_share for each in asked.versions.files)
    offices = await create_offices(
        http, outline.county_code, townships, outline.bank_weights, named, accounts_file, with_guarantor=guaranteed
    )
    return County(offices, asked.versions, asked.pack, asked.places, plan, population, clock, folder)
