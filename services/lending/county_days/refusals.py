"""Why a step of a county's own days is refused."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from shared.errors import NotFound, Refused


class CountyDaysUnknown(NotFound):
    """No such days in the officer's counties."""

    code = "county-days-unknown"
    title = "地方休息日不存在 County days unknown"

    def __init__(self, county_days_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有地方休息日 {county_days_id}，请在地方休息日清单中查找。",
            en=f"No days {county_days_id} of a county are known in your regions; look them up in the list.",
            county_days_id=str(county_days_id),
        )


class CountyDaysOnFile(Refused):
    """One of the days waits for its second person."""

    code = "county-days-on-file"
    title = "已有待复核的地方休息日 County days on file"

    def __init__(self, county_days_id: UUID, day: date) -> None:
        super().__init__(
            zh=f"{day} 已在待复核的地方休息日 {county_days_id} 中，请先由他人确认、驳回，或由提出人撤回。",
            en=f"{day} stands in the days {county_days_id}, which wait; confirm, refuse or withdraw those first.",
            county_days_id=str(county_days_id),
            day=day.isoformat(),
        )


class CountyDaysChangeNothing(Refused):
    """The county rests and works on these days as it is said to."""

    code = "county-days-change-nothing"
    title = "休息日没有变化 County days change nothing"

    def __init__(self, county_code: str, days: Sequence[date]) -> None:
        named = ", ".join(map(str, days))
        super().__init__(
            zh=f"{county_code} 在 {named} 已经如此安排，无需登记；请核对日期和类别。",
            en=f"{county_code} does so on {named} already; check the days and whether they are of rest or of work.",
            county_code=county_code,
            days=[day.isoformat() for day in days],
        )
