"""Why a batch is not ended."""

from datetime import date
from typing import Final
from uuid import UUID

from shared.errors import NotFound, Refused
from shared.vocabulary.load import in_chinese

_KINDS: Final = {"return": "退回已批准批次", "close": "终止发放剩余款项"}


class TerminationUnknown(NotFound):
    """No such proposal in the caller's region."""

    code = "batch-termination-unknown"
    title = "批次终结申请不存在 Batch termination unknown"

    def __init__(self, termination_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有批次终结申请 {termination_id}，请在贴息批次中查找。",
            en=f"There is no proposed termination {termination_id} in your region; list those of the batch to find it.",
        )


class TerminationProposed(Refused):
    """Another termination of the batch waits for its decision."""

    code = "batch-termination-proposed"
    title = "已有待决定的终结申请 Termination proposed already"

    def __init__(self, batch_id: UUID) -> None:
        super().__init__(
            zh=f"批次 {batch_id} 已有待决定的终结申请，请先决定该申请。",
            en=f"A termination of batch {batch_id} waits for its decision already; decide it first.",
        )


class TerminationDecided(Refused):
    """Somebody decided it before."""

    code = "batch-termination-decided"
    title = "终结申请已决定 Termination decided"

    def __init__(self, termination_id: UUID, decided_on: date) -> None:
        super().__init__(
            zh=f"终结申请 {termination_id} 已于 {decided_on} 决定，请重新提出申请。",
            en=f"The termination {termination_id} was decided on {decided_on}; propose a new one.",
            decided_on=decided_on.isoformat(),
        )


class BatchNotEndable(Refused):
    """The batch's state does not allow this termination."""

    code = "batch-not-endable"
    title = "批次不能如此终结 Batch cannot end like this"

    def __init__(self, batch_id: UUID, kind: str, state: str) -> None:
        super().__init__(
            zh=f"批次 {batch_id} 当前为“{in_chinese(state, 'BatchState')}”，不能“{_KINDS[kind]}”；"
            "已批准尚未发放的可退回，正在发放的可终止发放剩余款项。",
            en=f"Batch {batch_id} is '{state}', which does not allow '{kind}'; an approved batch can be returned "
            "before any payment, the unpaid rest of one that is being paid can be closed.",
            batch_id=str(batch_id),
            state=state,
        )


class PaymentsUnderWay(Refused):
    """Instructions were sent and the bank has not said what became of them."""

    code = "payments-under-way"
    title = "尚有发放待银行回盘 Payments under way"
    clause = "DZ-7"

    def __init__(self, batch_id: UUID, instructions: int) -> None:
        super().__init__(
            zh=f"批次 {batch_id} 尚有 {instructions} 笔发放指令未回盘，款项可能已付出；"
            "请先报送银行回盘，再终止发放剩余款项。",
            en=f"The bank has not answered {instructions} instructions of batch {batch_id}, so the money may have gone "
            "out; take its return file first, then close the rest.",
            batch_id=str(batch_id),
            instructions=instructions,
        )
