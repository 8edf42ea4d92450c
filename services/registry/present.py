"""What officers enter has happened: no day that they give as done lies after today."""

from datetime import date

from shared.errors import Invalid


class DayNotYetCome(Invalid):
    """Something is entered as done on a day that has not come."""

    code = "day-not-yet-come"
    title = "日期晚于今天 Day not yet come"

    def __init__(self, field: str, on: date, today: date) -> None:
        super().__init__(
            f"{field} is {on}, after today ({today}); enter it on that day or correct the day. "
            f"{field} 填为 {on},晚于今天({today}),请到当日再办理或更正日期。",
            field=field,
            on=on.isoformat(),
            today=today.isoformat(),
        )


def ensure_come(today: date, **days: date) -> None:
    """Refuse the first day after today, by the name of its field.

    Raises:
        DayNotYetCome: that day has not come.
    """
    for field, on in days.items():
        if on > today:
            raise DayNotYetCome(field, on, today)
