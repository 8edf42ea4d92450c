"""Why this room refuses."""

from decimal import Decimal
from uuid import UUID

from shared.errors import NotFound, Refused
from shared.vocabulary.load import in_chinese


class RecoveryUnknown(NotFound):
    """No such recovery in the caller's sight."""

    code = "recovery-unknown"

    def __init__(self, recovery_id: UUID) -> None:
        super().__init__(
            zh=f"没有您可以查看的追偿款 {recovery_id}，请在追偿款列表中查找。",
            en=f"No recovery {recovery_id} that you may see; GET /api/v1/recoveries lists those you see.",
        )


class AlreadyReturned(Refused):
    """The fund's part of a recovery is returned once."""

    code = "recovery-already-returned"
    title = "该笔追偿款已缴回 Already returned"
    clause = "LG-40"

    def __init__(self, recovery_id: UUID, state: str) -> None:
        super().__init__(
            zh=f"追偿款 {recovery_id} 当前为“{in_chinese(state, 'RecoveryState')}”，应缴回补偿金的部分已无余额，"
            "无需再缴。",
            en=f"Recovery {recovery_id} is {state}; nothing of it is owed to the fund any more.",
            recovery_id=str(recovery_id),
            state=state,
        )


class ReturnAmountWrong(Refused):
    """Exactly the fund's share is returned."""

    code = "return-amount-wrong"
    title = "缴回金额不符 Wrong amount returned"
    clause = "LG-40"

    def __init__(self, given: Decimal, due: Decimal) -> None:
        super().__init__(
            zh=f"该笔追偿款应缴回补偿金 {due} 元，所报 {given} 元不符，请按 {due} 元缴回。",
            en=f"The fund's share of this recovery is {due} yuan, not {given}; return exactly {due}.",
            given=str(given),
            due=str(due),
        )
