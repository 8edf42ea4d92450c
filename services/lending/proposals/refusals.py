"""Why a step of a proposal is refused."""

from shared.errors import Refused
from shared.vocabulary.load import in_chinese


class CorrectionDecided(Refused):
    """A proposal is decided once."""

    code = "correction-decided"
    title = "已办结 Decided already"

    def __init__(self, state: str) -> None:
        super().__init__(
            zh=f"该事项{in_chinese(state, 'CorrectionState')}，不能再办理；如仍有误，请重新提出。",
            en=f"It is {state} and cannot be acted on again; if something is still wrong, propose anew.",
            state=state,
        )


class OnlyTheProposer(Refused):
    """A proposal is withdrawn by who made it; another person decides it."""

    code = "only-the-proposer"
    title = "仅提出人可撤回 Only the proposer withdraws"

    def __init__(self, proposed_by: str) -> None:
        super().__init__(
            zh=f"该事项由 {proposed_by} 提出，只能由其本人撤回；其他人员请确认或驳回。",
            en=f"{proposed_by} proposed it and alone may withdraw it; confirm or refuse it instead.",
            proposed_by=proposed_by,
        )
