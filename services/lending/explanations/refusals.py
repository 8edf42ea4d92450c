"""Why an explanation is refused."""

from datetime import date
from uuid import UUID

from shared.errors import NotFound, Refused
from shared.vocabulary.load import in_chinese


class NotRefused(Refused):
    """Only a refusal is explained."""

    code = "application-not-refused"
    title = "申请未被拒绝 Not refused"
    clause = "DZ-4"

    def __init__(self, state: str) -> None:
        super().__init__(
            zh=f"该申请当前为“{in_chinese(state)}”，并未被拒绝，无须告知原因。",
            en=f"The application is {state}, not refused; there is nothing to explain.",
            state=str(state),
        )


class ExplanationUnknown(NotFound):
    """No such explanation in the caller's regions."""

    code = "explanation-unknown"
    title = "没有该告知记录 Explanation unknown"

    def __init__(self, explanation_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有告知记录 {explanation_id}，请核对编号。",
            en=f"There is no explanation {explanation_id} in your regions; check the number.",
            explanation_id=str(explanation_id),
        )


class ExplanationWithdrawn(Refused):
    """An explanation is withdrawn once."""

    code = "explanation-withdrawn"
    title = "告知记录已撤回 Explanation withdrawn"

    def __init__(self, withdrawn_on: date, withdrawn_by: str) -> None:
        super().__init__(
            zh=f"该告知记录已由 {withdrawn_by} 于 {withdrawn_on} 撤回；请重新告知农户并另行记录。",
            en=f"{withdrawn_by} withdrew this on {withdrawn_on} already; tell the household again and record that.",
            withdrawn_on=withdrawn_on.isoformat(),
            withdrawn_by=withdrawn_by,
        )
