"""A batch's lines as a sheet (贴息明细): what of each interest payment is reimbursed, why not more, and the totals."""

from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from services.subsidy.batches.schemas import BatchOut, LineOut
from services.subsidy.clients import HouseholdName
from shared.households_sheet import CellKind, SheetColumn
from shared.prints.capitals import in_capitals
from shared.prints.sheet import Sheet, in_words
from shared.vocabulary.load import in_chinese

LINE_COLUMNS: Final = (
    SheetColumn("number", "序号", "No.", 12),
    SheetColumn("household_number", "户编号", "Household number", 16),
    SheetColumn("name", "户主姓名", "Head of household", 14),
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
    SheetColumn("household_id", "农户标识", "Household id", 40),
)
_KINDS: Final = {"interest": "贴息", "supplement": "补贴差额", "clawback": "抵扣追回"}


async def line_rows(
    batch: BatchOut, lines: AsyncIterator[LineOut], names: Mapping[UUID, HouseholdName], *, to_add_up: bool
) -> AsyncIterator[Sequence[Any]]:
    """Yield a row of `LINE_COLUMNS` for each line the caller sees; the last row adds up what stands above it.

    It carries the digest of the batch's lines as well, taken at their preparation.
    """
    number, interest, amount = 0, Decimal(), Decimal()
    async for line in lines:
        number, interest, amount = number + 1, interest + line.interest, amount + Decimal(line.amount)
        yield list(_cells(line, number, names.get(line.household_id), to_add_up=to_add_up))
    sums = {
        "number": "合计 Total",
        "household_number": f"共{number}行",
        "interest": _money(interest, to_add_up=to_add_up),
        "withheld": None,
        "amount": _money(amount, to_add_up=to_add_up),
        "reasons": f"大写：人民币{in_capitals(max(amount, Decimal()))}",
        "instruction_id": f"SHA-256:{batch.lines_hash}",
    }
    yield [sums.get(column.key) for column in LINE_COLUMNS]


def _cells(line: LineOut, number: int, name: HouseholdName | None, *, to_add_up: bool) -> Iterator[Any]:
    amount = Decimal(line.amount)
    own = {
        "number": str(number),
        "household_id": str(line.household_id),
        "household_number": name.number if name else None,
        "name": name.masked if name else None,
        "kind": _KINDS[line.kind],
        "interest": _money(line.interest, to_add_up=to_add_up),
        "withheld": _money(line.interest - amount, to_add_up=to_add_up) if line.kind == "interest" else None,
        "amount": _money(amount, to_add_up=to_add_up),
        "reasons": "、".join(in_chinese(reason, "LineReason") for reason in line.reasons),
        "instruction_id": str(line.instruction_id) if line.instruction_id else None,
        "instruction_state": in_chinese(line.instruction_state, "list_payment_instructions.state")
        if line.instruction_state
        else None,
    }
    for column in LINE_COLUMNS:
        yield own[column.key] if column.key in own else getattr(line, column.key)


def _money(amount: Decimal, *, to_add_up: bool) -> Decimal:
    return amount.normalize() if to_add_up else amount


def public_sheet(
    batch: BatchOut, programme: str, rows: Sequence[Mapping[str, Any]], names: Mapping[UUID, HouseholdName]
) -> Sheet:
    """Return a batch's list to hang up (公示): each household that receives something, its name masked."""
    total = sum((row["amount"] for row in rows), Decimal("0.00"))
    last = in_words(batch.period_until - timedelta(days=1))
    return Sheet(
        title=f"{programme}公示",
        sentences=(f"{in_words(batch.period_from)}至{last}所付利息拟予贴息的农户公示如下，如有异议请向编制单位提出。",),
        columns=("序号", "户编号", "户主姓名", "住址", "所付利息（元）", "贴息金额（元）"),
        rows=tuple(_public_row(number, row, names) for number, row in enumerate(rows, start=1)),
        closing=(f"合计 {len(rows)} 户，贴息金额 {total} 元。大写：人民币{in_capitals(total)}。",),
        signature=in_words(batch.prepared_on),
        shares=(4, 3, 6, 4, 4),
    )


def _public_row(number: int, row: Mapping[str, Any], names: Mapping[UUID, HouseholdName]) -> tuple[str, ...]:
    name = names.get(row["household_id"]) or HouseholdName("—", "—", row["village_code"])
    return (str(number), name.number, name.masked, name.place, str(row["interest"]), str(row["amount"]))
