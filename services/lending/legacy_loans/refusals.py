"""Why a bank's legacy loans are not taken as a whole."""

from datetime import date

from shared.errors import Invalid


class OnboardedInTheFuture(Invalid):
    """The day has not come yet."""

    code = "onboarded-in-the-future"
    title = "登记日晚于今天 Onboarded in the future"

    def __init__(self, onboarded_on: date) -> None:
        super().__init__(
            f"{onboarded_on} has not come yet; give the day on which the loans are onboarded.",
            onboarded_on=onboarded_on.isoformat(),
        )
