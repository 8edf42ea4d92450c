"""A batch's lines as a sheet (贴息明细): what of each interest payment is reimbursed, why not more, and the totals."""

from collections.abc import AsyncIterator, Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

from services.subsidy.batches.schemas import BatchOut, LineOut
from shared.households_sheet import CellKind, SheetColumn
from shared.prints.capitals import in_capitals
from shared.vocabulary.load import in_chinese

LINE_COLUMNS: Final = (
    SheetColumn("number", "序号", "No.", 12),
    SheetColumn("household_id", "农户编号", "Household", 40),
    SheetColumn("village_code", "村区划代码", "Village", 16),
    SheetColumn("contract_number", "合同编号", "Contract number", 24),
    SheetColumn("bank_code", "贷款银行", "Bank", 12),
    SheetColumn("kind", "明细种类", "Kind", 12),
    SheetColumn("period_from", "计息起始日", "Interest from", 14, CellKind.DATE),
    SheetColumn("period_until", "计息截止日", "Interest until", 14, CellKind.DATE),
    SheetColumn("interest_paid_on", "付息日", "Interest paid on", 14, CellKind.DATE),
    SheetColumn("bank_reference", "还款流水号", "Bank reference", 24),
    SheetColumn("interest", "所付利息", "Interest", 14, CellKind.NUMBER),
    SheetColumn("withheld", "不予贴息", "Withheld", 14, CellKind.NUMBER),
    SheetColumn("amount", "贴息金额", "Amount", 14, CellKind.NUMBER),
    SheetColumn("reasons", "原因", "Reasons", 40),
    SheetColumn("instruction_id", "指令编号", "Instruction", 40),
    SheetColumn("instruction_state", "发放结果", "Result", 12),
    SheetColumn("paid_on", "发放日期", "Paid on", 14, CellKind.DATE),
)
_KINDS: Final = {"interest": "贴息", "supplement": "补贴差额", "clawback": "抵扣追回"}
_REASONS: Final = {
    "full": "全额",
    "days_repeated": "重复计息日",
    "without_subsidy": "不享受贴息",
    "year_served": "当年已贴息",
    "lifted_at_start": "放款时已脱贫",
    "prepaid": "提前支付的利息",
    "stopped": "停止贴息",
    "beyond_years": "超过贴息年限",
    "listed": "列入黑名单期间",
    "above_principal": "超过贴息本金上限",
    "above_cap": "超过利率上限",
    "beyond_share": "贴息比例以外",
    "granted_before": "以前已贴",
    "clawback": "抵扣追回款",
}


async def line_rows(batch: BatchOut, lines: AsyncIterator[LineOut], *, to_add_up: bool) -> AsyncIterator[Sequence[Any]]:
    """Yield a row of `LINE_COLUMNS` for each line the caller sees; the last row adds up what stands above it.

    It carries the digest of the batch's lines as well, taken at their preparation.
    """
    number, interest, amount = 0, Decimal(), Decimal()
    async for line in lines:
        number, interest, amount = number + 1, interest + line.interest, amount + Decimal(line.amount)
        yield list(_cells(line, number, to_add_up=to_add_up))
    sums = {
        "number": "合计 Total",
        "household_id": f"共{number}行",
        "interest": _money(interest, to_add_up=to_add_up),
        "withheld": None,
        "amount": _money(amount, to_add_up=to_add_up),
        "reasons": f"大写：人民币{in_capitals(max(amount, Decimal()))}",
        "instruction_id": f"SHA-256:{batch.lines_hash}",
    }
    yield [sums.get(column.key) for column in LINE_COLUMNS]


def _cells(line: LineOut, number: int, *, to_add_up: bool) -> Iterator[Any]:
    amount = Decimal(line.amount)
    own = {
        "number": str(number),
        "household_id": str(line.household_id),
        "kind": _KINDS[line.kind],
        "interest": _money(line.interest, to_add_up=to_add_up),
        "withheld": _money(line.interest - amount, to_add_up=to_add_up) if line.kind == "interest" else None,
        "amount": _money(amount, to_add_up=to_add_up),
        "reasons": "、".join(_REASONS[reason] for reason in line.reasons),
        "instruction_id": str(line.instruction_id) if line.instruction_id else None,
        "instruction_state": in_chinese(line.instruction_state, "list_payment_instructions.state")
        if line.instruction_state
        else None,
    }
    for column in LINE_COLUMNS:
        yield own[column.key] if column.key in own else getattr(line, column.key)


def _money(amount: Decimal, *, to_add_up: bool) -> Decimal:
    return amount.normalize() if to_add_up else amount
