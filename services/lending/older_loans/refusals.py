"""Why a bank's older loans are not taken as a whole."""

from datetime import date

from shared.errors import Invalid


class TakenOverInTheFuture(Invalid):
    """The day has not come yet."""

    code = "taken-over-in-the-future"
    title = "登记日晚于今天 Taken over in the future"

    def __init__(self, taken_over_on: date) -> None:
        super().__init__(
            f"{taken_over_on} has not come yet; give the day on which the loans are taken over.",
            taken_over_on=taken_over_on.isoformat(),
        )
