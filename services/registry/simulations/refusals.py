"""Why a simulation is not run or not shown."""

from datetime import date
from uuid import UUID

from shared.errors import Invalid, NotFound


class SimulationUnknown(NotFound):
    """No such simulation in the officer's region."""

    code = "pack-simulation-unknown"
    title = "政策模拟不存在 Pack simulation unknown"

    def __init__(self, simulation_id: UUID) -> None:
        super().__init__(
            f"There is no simulation {simulation_id} of your region; list the pack's simulations to find it.",
            simulation_id=str(simulation_id),
        )


class PeriodEmpty(Invalid):
    """The period ends before it begins."""

    code = "simulation-period-empty"
    title = "模拟期间为空 Simulation period empty"

    def __init__(self, from_on: date, until_on: date) -> None:
        super().__init__(
            f"The period from {from_on} until {until_on} (excluded) has no day; let until_on be later than from_on.",
            from_on=from_on.isoformat(),
            until_on=until_on.isoformat(),
        )


class RegionOfAnotherCounty(Invalid):
    """The region does not lie in the pack's county."""

    code = "simulation-region-elsewhere"
    title = "地区不属于政策包所在县 Region of another county"

    def __init__(self, region_code: str, county_code: str) -> None:
        super().__init__(
            f"The region {region_code} does not lie in the pack's county {county_code}; name a part of that county, "
            "or leave it out for all of it.",
            region_code=region_code,
            county_code=county_code,
        )
