"""Why a run or a return file is not taken."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from shared.errors import Invalid, NotFound, Refused
from shared.languages import Sentence


class PaymentRunUnknown(NotFound):
    """No such run in the caller's regions."""

    code = "payment-run-unknown"
    title = "发放批次不存在 Payment run unknown"

    def __init__(self, run_id: UUID) -> None:
        super().__init__(
            zh=f"没有您可以查看的发放批次 {run_id}，请从贴息批次中查找。",
            en=f"There is no payment run {run_id} for you; look at the batch to find its runs.",
        )


class NothingToPay(Refused):
    """Every household of the batch is paid or has an instruction under way."""

    code = "nothing-to-pay"
    title = "没有待发放款项 Nothing to pay"

    def __init__(self, batch_id: UUID, without_account: int) -> None:
        missing_zh = f"；另有 {without_account} 户没有账户，请先登记账户" if without_account else ""
        missing = f"; {without_account} households have no account, have them recorded first" if without_account else ""
        super().__init__(
            zh=f"批次 {batch_id} 目前没有可发放的农户，均已发放或正在发放{missing_zh}。",
            en=f"No household of batch {batch_id} can be paid now: each is paid or has an instruction under "
            f"way{missing}.",
            batch_id=str(batch_id),
            without_account=without_account,
        )


class ReturnFileUnreadable(Invalid):
    """The bytes are no CSV in UTF-8, or a line has the wrong number of fields."""

    code = "file-unreadable"
    title = "文件无法读取 File unreadable"

    def __init__(self, fault: Sentence) -> None:
        super().__init__(
            zh=f"文件未受理：{fault.zh}。请存为 UTF-8 编码的 CSV，重新提交完整文件。",
            en=f"The file was not taken: {fault.en}. Save it as UTF-8 CSV and send the whole file again.",
        )


class ReturnFileHeaderUnknown(Invalid):
    """The first line does not name the columns of a return file."""

    code = "file-header-unknown"
    title = "文件表头不符 File header unknown"

    def __init__(self, expected: Sequence[str]) -> None:
        super().__init__(
            zh=f"首行必须是“{','.join(expected)}”，请更正后重新提交完整文件。",
            en=f"The first line must be exactly '{','.join(expected)}'; correct it and send the whole file again.",
        )


class ReturnFileTotalsDiffer(Invalid):
    """Lines or amounts do not add up to what was announced, so the file may be cut off."""

    code = "file-totals-differ"
    title = "文件笔数或金额合计不符 File totals differ"

    def __init__(self, announced_lines: int, lines: int, announced_total: Decimal, total: Decimal) -> None:
        super().__init__(
            zh=f"申报 {announced_lines} 笔共 {announced_total:.2f} 元，文件实有 {lines} 笔共 {total:.2f} 元，均未受理；"
            "请核对后重新提交完整文件及正确的笔数和合计。",
            en=f"Announced were {announced_lines} lines of {announced_total:.2f} in total, the file holds {lines} "
            "lines "
            f"of {total:.2f}; nothing was taken. Send the complete file with its right totals.",
            announced_lines=announced_lines,
            lines=lines,
            announced_total=f"{announced_total:.2f}",
            total=f"{total:.2f}",
        )
