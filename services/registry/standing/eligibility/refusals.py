"""Why this room refuses."""

from uuid import UUID

from shared.errors import NotFound


class ScreeningUnknown(NotFound):
    """No such screening in the officer's region."""

    code = "eligibility-screening-unknown"
    title = "资格普查不存在 Eligibility screening unknown"

    def __init__(self, screening_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有资格普查 {screening_id}，请在本辖区普查列表中查找。",
            en=f"There is no eligibility screening {screening_id} of your region; list your region's screenings to "
            "find it.",
            screening_id=str(screening_id),
        )
