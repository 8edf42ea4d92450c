"""Why a record of where a notice hangs is refused."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from shared.errors import NotFound, Refused


class NoticeNotThere(Refused):
    """The notice shows no household of the region, or hangs at another level."""

    code = "public-notice-not-there"
    title = "公示不在此区划 Not a place of the notice"
    clause = "LG-12"

    def __init__(self, region_code: str, regions: Sequence[str]) -> None:
        super().__init__(
            zh=f"该公示不应张贴于 {region_code}，应张贴于：{'、'.join(regions)}。",
            en=f"The notice does not hang in {region_code}; it hangs in: {', '.join(regions)}.",
            region_code=region_code,
            regions=list(regions),
        )


class HangingUnknown(NotFound):
    """No such record in the caller's regions."""

    code = "hanging-unknown"
    title = "没有该张贴记录 Hanging unknown"

    def __init__(self, hanging_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有张贴记录 {hanging_id}，请核对编号。",
            en=f"There is no record {hanging_id} of where a notice hangs in your regions; check the number.",
            hanging_id=str(hanging_id),
        )


class HangingWithdrawn(Refused):
    """A record is withdrawn once."""

    code = "hanging-withdrawn"
    title = "张贴记录已撤回 Hanging withdrawn"

    def __init__(self, withdrawn_on: date, withdrawn_by: str) -> None:
        super().__init__(
            zh=f"该张贴记录已由 {withdrawn_by} 于 {withdrawn_on} 撤回；请另行登记正确的张贴情况。",
            en=f"{withdrawn_by} withdrew this on {withdrawn_on} already; record where the notice hangs anew.",
            withdrawn_on=withdrawn_on.isoformat(),
            withdrawn_by=withdrawn_by,
        )
