"""Why this room refuses."""

from datetime import date

from shared.errors import Invalid


class DateNotReached(Invalid):
    """A job cannot look at a day that has not come."""

    code = "date-not-reached"
    title = "业务日期未到 Date not reached"

    def __init__(self, as_of: date) -> None:
        super().__init__(f"{as_of} has not come yet; run the job for today or an earlier day.", as_of=as_of.isoformat())
