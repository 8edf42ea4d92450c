"""Why a testimony is refused."""

from uuid import UUID

from shared.errors import NotFound


class TestimonyUnknown(NotFound):
    """No such testimony in the caller's regions."""

    code = "testimony-unknown"
    title = "没有该村级证明 Testimony unknown"

    def __init__(self, testimony_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有村级证明 {testimony_id}，请核对编号。",
            en=f"There is no testimony {testimony_id} in your regions; check the number.",
            testimony_id=str(testimony_id),
        )
