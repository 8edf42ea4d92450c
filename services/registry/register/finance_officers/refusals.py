"""Why something about village finance officers is refused."""

from datetime import date
from uuid import UUID

from shared.errors import Invalid, NotFound, Refused


class FinanceOfficerUnknown(NotFound):
    """No such appointment, or not in the caller's region."""

    code = "finance-officer-unknown"
    title = "村级金融服务专员不存在 Village finance officer unknown"

    def __init__(self, appointment_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有村级金融服务专员的配备记录 {appointment_id}，请在列表中查找。",
            en=f"There is no appointment {appointment_id} of a village finance officer in your region; list them to "
            "find the right one.",
            appointment_id=str(appointment_id),
        )


class OfficerNeedsVillage(Invalid):
    """Only a village that exists on the day has a finance officer."""

    code = "officer-needs-village"
    title = "须填写行政村 A village is needed"
    clause = "FJ-7"

    def __init__(self, code: str) -> None:
        super().__init__(
            zh=f"{code} 不是当日有效的村，村级金融服务专员按行政村配备，请更正代码。",
            en=f"{code} is no village that exists on that day; each village has a finance officer. Correct the code.",
            village_code=code,
        )


class LaterOfficerServes(Refused):
    """Somebody who was appointed on a later day, or that day, serves the village."""

    code = "later-officer-serves"
    title = "已有更晚配备的专员 Later officer serves"

    def __init__(self, officer_name: str, appointed_on: date) -> None:
        super().__init__(
            zh=f"{officer_name}自 {appointed_on} 起任该村金融服务专员；如记录有误，请先由他人终止该记录。",
            en=f"{officer_name} serves the village since {appointed_on}; if that is wrong, have that record ended "
            "first.",
            officer_name=officer_name,
            appointed_on=appointed_on.isoformat(),
        )


class OfficerServesNoMore(Refused):
    """The appointment ended before."""

    code = "officer-serves-no-more"
    title = "专员已离任 Officer serves no more"

    def __init__(self, ended_on: date) -> None:
        super().__init__(
            zh=f"该专员已于 {ended_on} 离任，无需再次办理。",
            en=f"This officer serves no more since {ended_on}; there is nothing left to end.",
            ended_on=ended_on.isoformat(),
        )
