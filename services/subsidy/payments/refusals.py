"""Why a run is not started, and why a line of a return file is not taken."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.subsidy.payments.file import FILE
from shared.csv_files.refusals import FileRefused, LineMalformed
from shared.dates import DateBeforeStep, DateInFuture, date_in_future
from shared.errors import Invalid, NotFound, Refusal, Refused
from shared.vocabulary.load import in_chinese

Figures = Mapping[str, Any]
_STATES: Final = "list_payment_instructions.state"


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


class PaymentFileAltered(FileRefused):
    """A payment file that came back says other accounts or amounts than went out, or not all of them."""

    code = "payment-file-altered"
    title = "发放清册内容被改动 Payment file altered"
    clause = "DZ-7"

    def __init__(self, run_id: UUID) -> None:
        super().__init__(
            zh=f"发放批次 {run_id} 的清册与发出时的校验值不符：有行被删除，或开户行、账号、金额、指令编号被改动，"
            "均未受理。请在原清册上只填写发放结果、发放日期和退回原因后重新报送；只报送部分行的，请删除合计行。",
            en=f"The sheet of payment run {run_id} does not match the digest it was sent out with: rows are missing, "
            "or a bank, account, amount or instruction was changed, so nothing was taken. Fill in result, day and "
            "reason only, in the sheet as it was sent, and send it again; to send some of its rows, leave out the row "
            "of totals.",
            run_id=str(run_id),
        )


class PaidToOthers(FileRefused):
    """Rows of a payment file that came back name another holder, bank or account than their instructions."""

    code = "paid-to-others"
    title = "收款人或账户不符 Paid to others"
    clause = "DZ-7"
    ROWS_SHOWN: Final = 20

    def __init__(self, run_id: UUID, rows: Sequence[int]) -> None:
        shown = ", ".join(map(str, rows[: self.ROWS_SHOWN]))
        super().__init__(
            zh=f"发放批次 {run_id} 的清册有 {len(rows)} 行的姓名、开户行或账号与发放指令不同（第 {shown} 行），"
            "均未受理；付入其他账户的不算发放成功，请改回原账户并填写“失败”或“退汇”及原因，由下一次发放付入更正后的账户。",
            en=f"In {len(rows)} rows of the sheet of payment run {run_id} name, bank or account differ from the "
            f"instruction (rows {shown}), so nothing was taken; what was paid into another account does not count. Put "
            "the account back, report the transfer as rejected or returned with its reason, and let the next run pay "
            "into the corrected account.",
            run_id=str(run_id),
            rows=list(rows[: self.ROWS_SHOWN]),
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
            zh=f"该发放指令此前已登记为“{in_chinese(figures['settled_as'], _STATES)}”（{figures['settled_on']}）；"
            "请与银行核实：已登记成功而款项退回的，按“退汇”报送；误报的退汇由另一人撤销；已登记失败的，由下一次发放付款，"
            "实际已付出的由两人更正。",
            en=f"The instruction was recorded before as {figures['settled_as']} on {figures['settled_on']}; ask the "
            "bank which is right. Money that came back after it was paid is sent as 'returned', a wrong return is "
            "withdrawn by another person, and what was rejected is paid by the next run, or corrected by two persons "
            "if it had been paid.",
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
    """A rejection or a returned transfer comes with the bank's reason."""

    code = "reason-missing"
    title = "缺少退回原因 Reason missing"

    def __init__(self, figures: Figures) -> None:
        super().__init__(
            zh="退回（rejected）和退汇（returned）的行须填写银行给出的原因 reason，请补填后重新报送该行。",
            en="A rejected or returned line needs the bank's reason; fill in `reason` and send the line again.",
        )


class TransferNotPaid(Refused):
    """What was not confirmed as paid cannot come back."""

    code = "transfer-not-paid"
    title = "尚未登记发放成功 Transfer not paid"

    def __init__(self, figures: Figures) -> None:
        state = figures["settled_as"]
        super().__init__(
            zh=f"该发放指令当前为“{in_chinese(state, _STATES)}”，尚未登记发放成功，不能登记退汇；"
            "未曾付出的请按“rejected”报送，已付出的请先报送“paid”再报送退汇。",
            en=f"The instruction is '{state}', not confirmed as paid, so nothing can come back; send 'rejected' if it "
            "was never paid, or first 'paid' and then the return.",
            state=state,
        )


class TransferDoubled(Refused):
    """The household was paid twice: what comes back settles what it owes."""

    code = "transfer-doubled"
    title = "该户已重复发放 Paid twice"
    clause = "DZ-7"

    def __init__(self, figures: Figures) -> None:
        super().__init__(
            zh="该户已登记重复发放，退回的款项请在该笔追回中登记收回（追回列表可按农户查找），不再登记退汇。",
            en="This household was paid twice, so what comes back settles the claw-back of it: record it there as a "
            "receipt, not as a returned transfer.",
        )


class TransferNotRejected(Refused):
    """Only what stands as rejected can prove to have been paid."""

    code = "transfer-not-rejected"
    title = "未登记为发放失败 Transfer not rejected"

    def __init__(self, instruction_id: UUID, state: str) -> None:
        super().__init__(
            zh=f"发放指令 {instruction_id} 当前为“{in_chinese(state, _STATES)}”，只有登记为发放失败的才能更正为已发放；"
            "尚未回盘的请报送回盘文件，误报退汇的请撤销该退汇。",
            en=f"Instruction {instruction_id} is '{state}'; only one that was recorded as rejected can be corrected to "
            "paid. Send the bank's return file for one that is under way, withdraw a return that was wrong.",
            state=state,
        )


class TransferUnderWay(Refused):
    """The household was sent the money again, and the bank has not answered."""

    code = "transfer-under-way"
    title = "已重新发放，待回盘 Sent again, not answered yet"
    clause = "DZ-7"

    def __init__(self, instruction_id: UUID) -> None:
        super().__init__(
            zh=f"发放指令 {instruction_id} 登记失败后已向该户重新发放，尚未回盘；请先请银行止付，止付成功的按失败报送，"
            "已付出的按成功报送，再更正本笔（届时重复发放的金额列为应追回）。",
            en=f"After instruction {instruction_id} was recorded as rejected its household was sent the money again, "
            "and the bank has not answered. Ask the bank to stop it and send its result first; if both were paid, this "
            "correction makes the second one a claw-back.",
        )


class ReturnedTransferUnknown(NotFound):
    """No such returned transfer for the caller."""

    code = "returned-transfer-unknown"
    title = "退汇记录不存在 Returned transfer unknown"

    def __init__(self, transfer_id: UUID) -> None:
        super().__init__(
            zh=f"没有您可以查看的退汇记录 {transfer_id}，请从贴息批次的退汇列表中查找。",
            en=f"There is no returned transfer {transfer_id} for you; list those of the batch to find it.",
        )


class ReturnWithdrawn(Refused):
    """The notice was withdrawn before."""

    code = "return-withdrawn"
    title = "退汇记录已撤销 Return withdrawn"

    def __init__(self, transfer_id: UUID, withdrawn_on: date) -> None:
        super().__init__(
            zh=f"退汇记录 {transfer_id} 已于 {withdrawn_on} 撤销，无须再办；款项再次退回的，请另行登记。",
            en=f"The returned transfer {transfer_id} was withdrawn on {withdrawn_on}; record a new one if the money "
            "comes back again.",
            withdrawn_on=withdrawn_on.isoformat(),
        )


class ReturnOvertaken(Refused):
    """The household was sent money again, or is owed another amount than came back."""

    code = "return-overtaken"
    title = "退汇后已另行处理 Return overtaken"
    clause = "DZ-7"

    def __init__(self, transfer_id: UUID) -> None:
        super().__init__(
            zh=f"退汇记录 {transfer_id} 之后已向该户重新发放、应发金额已变或已由以后批次补贴，不能撤销；"
            "重新发放尚未成功的，请银行退回后再撤销；以后批次尚未发放的，请先退回该批次；已重复发放的，请就其中一条明细办理追回，"
            "或请银行追回一笔并登记退汇。",
            en=f"Since the returned transfer {transfer_id} the household was sent money again, is owed another "
            "amount or is given it by a later batch. Let the bank reject the second transfer first, or return the "
            "later batch before it is paid; what was paid twice is clawed back, or called back and recorded.",
        )


def _before_step(line: Figures) -> DateBeforeStep:
    return DateBeforeStep("paid_on", line["paid_on"], line["earlier_field"], line["earlier_on"])


BY_CODE: Final[Mapping[str, Callable[[Figures], Refusal]]] = {
    LineMalformed.code: FILE.malformed,
    DateBeforeStep.code: _before_step,
    DateInFuture.code: date_in_future("paid_on"),
    **{
        refusal.code: refusal
        for refusal in (
            InstructionUnknown,
            AmountDiffers,
            InstructionSettled,
            InstructionRepeated,
            ReasonMissing,
            TransferNotPaid,
            TransferDoubled,
        )
    },
}


def refusal_of(code: str, figures: Figures) -> Refusal:
    """Return the named refusal with the line's values in its sentence."""
    return BY_CODE[code](figures)
