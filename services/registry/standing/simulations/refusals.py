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
            zh=f"您的辖区内没有政策模拟 {simulation_id}，请在该政策包的模拟列表中查找。",
            en=f"There is no simulation {simulation_id} of your region; list the pack's simulations to find it.",
            simulation_id=str(simulation_id),
        )


class PeriodEmpty(Invalid):
    """The period ends before it begins."""

    code = "simulation-period-empty"
    title = "模拟期间为空 Simulation period empty"

    def __init__(self, period_from: date, period_until: date) -> None:
        super().__init__(
            zh=f"自 {period_from} 至 {period_until}（不含）的期间没有一天，请使 period_until 晚于 period_from。",
            en=f"The period from {period_from} until {period_until} (excluded) has no day; let period_until be later "
            "than period_from.",
            period_from=period_from.isoformat(),
            period_until=period_until.isoformat(),
        )


class RegionOfAnotherCounty(Invalid):
    """The region does not lie in the pack's county."""

    code = "simulation-region-elsewhere"
    title = "地区不属于政策包所在县 Region of another county"

    def __init__(self, region_code: str, county_code: str) -> None:
        super().__init__(
            zh=f"区划 {region_code} 不在该政策包所属的县 {county_code}，请填写该县的一部分，或留空以包括全县。",
            en=f"The region {region_code} does not lie in the pack's county {county_code}; name a part of that "
            "county, or leave it out for all of it.",
            region_code=region_code,
            county_code=county_code,
        )
