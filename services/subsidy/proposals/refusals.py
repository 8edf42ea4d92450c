"""Why a step of a proposal is refused."""

from uuid import UUID

from shared.errors import NotFound, Refused
from shared.vocabulary.load import in_chinese


class ReversalUnknown(NotFound):
    """No such proposal among those that the caller decides."""

    code = "reversal-proposal-unknown"
    title = "撤销事项不存在 Proposal unknown"

    def __init__(self, reversal_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有撤销事项 {reversal_id}，请在待决定的撤销事项列表中查找。",
            en=f"There is no proposal {reversal_id} to take something back in your region; list them to find it.",
        )


class ReversalDecided(Refused):
    """It is decided once."""

    code = "reversal-proposal-decided"
    title = "撤销事项已决定 Decided already"

    def __init__(self, state: str) -> None:
        super().__init__(
            zh=f"该撤销事项{in_chinese(state, 'ReversalState')}，不能再决定；如仍有误，请重新提出。",
            en=f"The proposal is {state} and decided once; if something is still wrong, propose anew.",
            state=state,
        )


class ReversalProposed(Refused):
    """The same thing waits for its second person."""

    code = "reversal-proposal-open"
    title = "已提出撤销，待决定 Proposed already"

    def __init__(self) -> None:
        super().__init__(
            zh="该记录已有人提出撤销，等待另一人决定；请先由另一人确认或驳回。",
            en="Somebody proposed to take this back already; let another person confirm or refuse it first.",
        )
