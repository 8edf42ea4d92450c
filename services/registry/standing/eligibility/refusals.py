"""Why this room refuses."""

from uuid import UUID

from shared.errors import NotFound


class ScreeningUnknown(NotFound):
    """No such screening in the officer's region."""

    code = "eligibility-screening-unknown"
    title = "资格普查不存在 Eligibility screening unknown"

    def __init__(self, screening_id: UUID) -> None:
        super().__init__(
            f"There is no eligibility screening {screening_id} of your region; list your screenings to find it.",
            screening_id=str(screening_id),
        )
