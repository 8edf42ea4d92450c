"""Why a step of a remission is refused."""

from datetime import date
from uuid import UUID

from shared.errors import NotFound, Refused
from shared.vocabulary.load import in_chinese


class RemissionUnknown(NotFound):
    """No such remission in the officer's scope."""

    code = "remission-unknown"
    title = "减免不存在 Remission unknown"

    def __init__(self, remission_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有减免 {remission_id}，请在减免清单中查找。",
            en=f"No remission {remission_id} is known in your regions; look it up in the list of remissions.",
            remission_id=str(remission_id),
        )


class RemissionReversalUnknown(NotFound):
    """No such reversal of a remission in the officer's scope."""

    code = "remission-reversal-unknown"
    title = "减免冲正不存在 Remission reversal unknown"

    def __init__(self, reversal_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有减免冲正 {reversal_id}，请在减免冲正清单中查找。",
            en=f"No reversal {reversal_id} of a remission is known in your regions; look it up in their list.",
            remission_reversal_id=str(reversal_id),
        )


class RemissionOnFile(Refused):
    """A remission of the loan waits for its second person."""

    code = "remission-on-file"
    title = "已有待复核减免 Remission on file"

    def __init__(self, remission_id: UUID) -> None:
        super().__init__(
            zh=f"该贷款已有待复核的减免 {remission_id}，请先办结。",
            en=f"A remission of the loan waits for its second person ({remission_id}); decide that one first.",
            remission_id=str(remission_id),
        )


class NothingToRemit(Refused):
    """Nothing of the kind is unpaid on the day."""

    code = "nothing-to-remit"
    title = "无可减免金额 Nothing to remit"

    def __init__(self, remits: str, value_on: date) -> None:
        kind = in_chinese(remits, "RemissionOut.remits")
        super().__init__(
            zh=f"截至 {value_on}，该贷款没有已到期未付的{kind}；请查询该日账户，核对减免项目和起息日。",
            en=f"No {remits} that fell due by {value_on} is unpaid on the loan; look at its account on that day and "
            "check what is remitted and as of when.",
            remits=remits,
            value_on=value_on.isoformat(),
        )


class RemissionNotInForce(Refused):
    """Only what was confirmed is taken back, and once."""

    code = "remission-not-in-force"
    title = "减免未生效 Remission not in force"

    def __init__(self, state: str) -> None:
        super().__init__(
            zh=f"该减免{in_chinese(state, 'CorrectionState')}，没有可冲正的内容；待复核的请撤回或驳回。",
            en=f"The remission is {state}, so there is nothing to take back; withdraw or refuse one that is proposed.",
            state=state,
        )


class RemissionReversalOnFile(Refused):
    """The remission is taken back, or somebody has proposed that it be."""

    code = "remission-reversal-on-file"
    title = "已有减免冲正 Remission reversal on file"

    def __init__(self, reversal_id: UUID, state: str) -> None:
        super().__init__(
            zh=f"该减免已有“{in_chinese(state, 'CorrectionState')}”的冲正 {reversal_id}，请对其办理，无需另行提出。",
            en=f"The remission has a reversal that is {state} ({reversal_id}); act on that one.",
            remission_reversal_id=str(reversal_id),
            state=state,
        )
