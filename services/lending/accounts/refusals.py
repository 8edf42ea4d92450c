"""Why a correction of a loan account is refused."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from shared.errors import Invalid, NotFound, Refused
from shared.vocabulary.load import in_chinese


class RepaymentUnknown(NotFound):
    """No such repayment of the officer's bank."""

    code = "repayment-unknown"
    title = "还款不存在 Repayment unknown"

    def __init__(self, repayment_id: UUID) -> None:
        super().__init__(
            zh=f"贵行在您的辖区内没有还款 {repayment_id}，请在该贷款的还款明细中查找。",
            en=f"Your bank has no repayment {repayment_id} in your regions; look it up among the loan's repayments.",
            repayment_id=str(repayment_id),
        )


class ReversalOnFile(Refused):
    """The repayment is taken back, or somebody has proposed that it be."""

    code = "reversal-on-file"
    title = "已有冲正 Reversal on file"

    def __init__(self, reversal_id: UUID, state: str) -> None:
        super().__init__(
            zh=f"该还款已有“{in_chinese(state, 'CorrectionState')}”的冲正 {reversal_id}，请对其办理，无需另行提出。",
            en=f"The repayment has a reversal that is {state} ({reversal_id}); act on that one.",
            reversal_id=str(reversal_id),
            state=state,
        )


class LoanAlreadyCompensated(Refused):
    """What was compensated rests on the loan's books; nothing of them is taken back any more."""

    code = "loan-compensated-already"
    title = "贷款已代偿 Loan compensated already"

    def __init__(self) -> None:
        super().__init__(
            zh="该贷款已获代偿，代偿以现有还款和违约认定为依据，不能再冲正、退款、减免或撤销违约认定；"
            "请与风险补偿金管理机构核对后登记追偿款。",
            en="The loan was compensated on the ground of its repayments and its default, so nothing of them is "
            "reversed, refunded, remitted or withdrawn any more; settle it with the fund's office and record it as a "
            "recovery.",
        )


class ReversalUnknown(NotFound):
    """No such reversal in the officer's scope."""

    code = "reversal-unknown"
    title = "冲正不存在 Reversal unknown"

    def __init__(self, reversal_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有冲正 {reversal_id}，请在冲正清单中查找。",
            en=f"No reversal {reversal_id} is known in your regions; look it up in the list of reversals.",
            reversal_id=str(reversal_id),
        )


class RefundUnknown(NotFound):
    """No such refund in the officer's scope."""

    code = "refund-unknown"
    title = "退款不存在 Refund unknown"

    def __init__(self, refund_id: UUID) -> None:
        super().__init__(
            zh=f"您的辖区内没有退款 {refund_id}，请在退款清单中查找。",
            en=f"No refund {refund_id} is known in your regions; look it up in the list of refunds.",
            refund_id=str(refund_id),
        )


class RefundOnFile(Refused):
    """A refund of the loan waits for its second person."""

    code = "refund-on-file"
    title = "已有待复核退款 Refund on file"

    def __init__(self, refund_id: UUID) -> None:
        super().__init__(
            zh=f"该贷款已有待复核的退款 {refund_id}，请先办结。",
            en=f"A refund of the loan waits for its second person ({refund_id}); decide that one first.",
            refund_id=str(refund_id),
        )


class MoreThanHeld(Refused):
    """Only money that pays nothing is refunded."""

    code = "more-than-held"
    title = "超过暂收余额 More than is held"

    def __init__(self, amount: Decimal, held: Decimal) -> None:
        super().__init__(
            zh=f"该贷款暂收余额为 {held} 元，申请退款 {amount} 元超出，请按余额以内的金额退款。",
            en=f"{held} is held on the loan, {amount} is more; refund at most what is held.",
            amount=str(amount),
            held=str(held),
        )


class KnownInFuture(Invalid):
    """Nobody knows yet what will be known then."""

    code = "known-at-in-future"
    title = "账务时点晚于现在 Moment still to come"

    def __init__(self, known_at: datetime) -> None:
        super().__init__(
            zh=f"known_at 填为 {known_at.isoformat()}，该时点尚未到来；请填写已过去的时点，或不填以按现有账务计算。",
            en=f"known_at is {known_at.isoformat()}, which is still to come; give a moment that is past, or leave it "
            "out for the books as they stand.",
            known_at=known_at.isoformat(),
        )


class KnownBeforeBooking(Invalid):
    """The loan was not on the books at that moment."""

    code = "known-before-booking"
    title = "该时点贷款尚未登记 Loan not booked by then"

    def __init__(self, known_at: datetime, booked_at: datetime) -> None:
        super().__init__(
            zh=f"该贷款于 {booked_at.isoformat()} 登记，known_at 所填 {known_at.isoformat()} 时尚无账务；"
            "请填写登记之后的时点。",
            en=f"The loan was booked at {booked_at.isoformat()}, so nothing of it was known at "
            f"{known_at.isoformat()}; give a later moment.",
            known_at=known_at.isoformat(),
            booked_at=booked_at.isoformat(),
        )


class LoanCancelled(Refused):
    """The disbursement was taken back: the loan never stood."""

    code = "loan-cancelled"
    title = "贷款已撤销 Loan cancelled"

    def __init__(self, figures: Mapping[str, Any]) -> None:
        super().__init__(
            zh="该贷款的放款已冲正，贷款不存在欠款；请将还款登记到该户重新发放的贷款，或把款项退还付款人。",
            en="The disbursement of this loan was taken back, so nothing is owed on it; record the money on the "
            "household's other loan, or return it to who paid it.",
        )


class PayerNoEntity(Refused):
    """No operating entity stands behind the loan, so none paid for it."""

    code = "payer-no-entity"
    title = "该贷款无经营主体 No entity behind the loan"
    clause = "LG-20b"

    def __init__(self, figures: Mapping[str, Any]) -> None:
        super().__init__(
            zh="该贷款由农户自用，没有经营主体；请核对合同号，或将付款人改为 other 并填写名称。",
            en="The household uses the loan itself and no entity stands behind it; check the contract number, or name "
            "the payer as other.",
        )


class CorrectionChangesNothing(Refused):
    """What is to be booked in its place is what was booked."""

    code = "correction-changes-nothing"
    title = "更正内容与原记账相同 Correction changes nothing"

    def __init__(self, bank_reference: str) -> None:
        super().__init__(
            zh=f"更正后的贷款、日期、金额、种类和付款人与原还款 {bank_reference} 完全相同；请填写正确的内容，"
            "或不填 replacement 只作冲正。",
            en=f"Loan, day, amount, kind and payer are those of repayment {bank_reference} as it was booked; give what "
            "is right, or leave out `replacement` and only take it back.",
            bank_reference=bank_reference,
        )
