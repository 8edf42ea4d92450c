"""Why a run is not started, and why a line of a return file is not taken."""

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from services.subsidy.payments.file import FILE
from shared.csv_files.refusals import LineMalformed
from shared.dates import DateBeforeStep, DateInFuture, date_before_step, date_in_future
from shared.errors import Invalid, NotFound, Refusal, Refused
from shared.vocabulary.load import in_chinese

Figures = Mapping[str, Any]


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

    def __init__(self, batch_id: UUID, without_account: int, held: int) -> None:
        held_zh = f"；另有 {held} 户在黑名单上，移出名单后方可发放" if held else ""
        listed = (
            f"; {held} households are on the blacklist and can be paid once their entries are cleared" if held else ""
        )
        missing_zh = f"；另有 {without_account} 户没有账户，请先登记账户" if without_account else ""
        missing = f"; {without_account} households have no account, have them recorded first" if without_account else ""
        super().__init__(
            zh=f"批次 {batch_id} 目前没有可发放的农户，其余均已发放或正在发放{missing_zh}{held_zh}。",
            en=f"No household of batch {batch_id} can be paid now: each is paid or has an instruction under "
            f"way{missing}{listed}.",
            batch_id=str(batch_id),
            without_account=without_account,
            held=held,
        )


class InstructionUnknown(NotFound):
    """The line names no instruction of the run."""

    code = "instruction-unknown"
    title = "发放指令不存在 Instruction unknown"

    def __init__(self, figures: Figures) -> None:
        super().__init__(
            zh=f"本批次没有发放指令 {figures['instruction_id']}，请核对指令编号和批次。",
            en=f"This run has no instruction {figures['instruction_id']}; check the id and the run.",
        )


class AmountDiffers(Refused):
    """An instruction is settled in full or not at all."""

    code = "amount-differs"
    title = "金额不符 Amount differs"

    def __init__(self, figures: Figures) -> None:
        super().__init__(
            zh=f"指令金额 {figures['instructed']} 元，回盘 {figures['amount']:.2f} 元；请按指令金额全额办理。",
            en=f"The instruction is over {figures['instructed']} yuan, the line over {figures['amount']:.2f}; settle "
            "it in full.",
        )


class InstructionSettled(Refused):
    """The bank said something else of the instruction before."""

    code = "contradicts"
    title = "与此前回盘矛盾 Contradicts an earlier file"

    def __init__(self, figures: Figures) -> None:
        super().__init__(
            zh=f"该发放指令此前已登记为“{in_chinese(figures['settled_as'])}”（{figures['settled_on']}）；请与银行核实。",
            en=f"The instruction was recorded before as {figures['settled_as']} on {figures['settled_on']}; ask the "
            "bank which is right.",
        )


class InstructionRepeated(Refused):
    """An earlier line of the file names the same instruction; that one counts."""

    code = "repeated-in-file"
    title = "文件内重复 Repeated in the file"

    def __init__(self, figures: Figures) -> None:
        super().__init__(
            zh="文件中前面已有同一发放指令的行，以前一行为准，请删除本行。",
            en="An earlier line of the file names the same instruction and counts; leave this one out.",
        )


class ReasonMissing(Invalid):
    """A rejection comes with the bank's reason."""

    code = "reason-missing"
    title = "缺少退回原因 Reason missing"

    def __init__(self, figures: Figures) -> None:
        super().__init__(
            zh="退回（rejected）的行须填写银行退回原因 reason，请补填后重新报送该行。",
            en="A rejected line needs the bank's reason; fill in `reason` and send the line again.",
        )


BY_CODE: Final[Mapping[str, Callable[[Figures], Refusal]]] = {
    LineMalformed.code: FILE.malformed,
    DateBeforeStep.code: date_before_step("paid_on", "approved_on"),
    DateInFuture.code: date_in_future("paid_on"),
    **{
        refusal.code: refusal
        for refusal in (InstructionUnknown, AmountDiffers, InstructionSettled, InstructionRepeated, ReasonMissing)
    },
}


def refusal_of(code: str, figures: Figures) -> Refusal:
    """Return the named refusal with the line's values in its sentence."""
    return BY_CODE[code](figures)
