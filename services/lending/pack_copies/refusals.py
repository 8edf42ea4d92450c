"""Why this room refuses."""

from datetime import date

from shared.errors import Refused


class ReferenceRateMissing(Refused):
    """The series has no published rate for that day."""

    code = "reference-rate-missing"
    title = "没有公布的基准利率 No published reference rate"

    def __init__(self, basis: str, on: date, column: str) -> None:
        super().__init__(
            zh=f"{on} 及之前没有已公布的 {basis}（{column}）利率，请先公布基准利率，再重新提交。",
            en=f"No rate of {basis} ({column}) published on or before {on} is known; "
            "publish the reference rate and send the request again.",
            basis=basis,
            on=on.isoformat(),
            column=column,
        )
