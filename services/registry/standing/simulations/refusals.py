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

    def __init__(self, period_from: date, period_until: date) -> None:
        super().__init__(
            f"The period from {period_from} until {period_until} (excluded) has no day; let period_until be later "
            f"than period_from.",
            period_from=period_from.isoformat(),
            period_until=period_until.isoformat(),
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
