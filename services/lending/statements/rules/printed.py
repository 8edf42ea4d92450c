"""The statement of a loan's account (对账单) as a sheet to print and as the rows of a spreadsheet; pure."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

from services.lending.accounts.schemas import LoanStatementLineOut
from services.lending.statements.schemas import LoanStatementOut
from shared.households_sheet import CellKind, SheetColumn
from shared.policy.vocabulary import Payer
from shared.prints.sheet import Sheet, in_words
from shared.vocabulary.load import in_chinese

COLUMNS: Final = (
    SheetColumn("value_on", "起息日", "Value day", 12, CellKind.DATE),
    SheetColumn("kind", "摘要", "Kind", 12),
    SheetColumn("bank_reference", "流水号", "Bank reference", 24),
    SheetColumn("amount", "发生额", "Amount", 12, CellKind.NUMBER),
    SheetColumn("principal", "本金", "Principal", 12, CellKind.NUMBER),
    SheetColumn("interest", "利息", "Interest", 12, CellKind.NUMBER),
    SheetColumn("penalty", "罚息", "Penalty interest", 12, CellKind.NUMBER),
    SheetColumn("surcharge", "其中加收", "Of it surcharge", 12, CellKind.NUMBER),
    SheetColumn("held", "暂收款", "Held", 12, CellKind.NUMBER),
    SheetColumn("principal_outstanding", "本金余额", "Principal outstanding", 12, CellKind.NUMBER),
    SheetColumn("payer", "付款人", "Payer", 12),
    SheetColumn("payer_name", "付款人姓名或名称", "Payer's name", 20),
    SheetColumn("reversed_on", "冲正日", "Reversed on", 12, CellKind.DATE),
)


def rows_of(statement: LoanStatementOut, *, to_add_up: bool) -> Iterator[Sequence[Any]]:
    """Yield the postings as rows of `COLUMNS`; amounts that a workbook adds up lose their closing zeros."""
    for line in statement.lines:
        row = [_cell(line, column.key) for column in COLUMNS]
        yield [cell.normalize() if to_add_up and isinstance(cell, Decimal) else cell for cell in row]


def _cell(line: LoanStatementLineOut, key: str) -> Any:
    match key:
        case "kind":
            return _kind(line)
        case "payer":
            return in_chinese(line.payer, "Payer") if line.payer else None
    return getattr(line, key)


def sheet_of(statement: LoanStatementOut, bank: str) -> Sheet:
    """Return the statement as the bank prints and signs it; a posting that was taken back says so."""
    return Sheet(
        title="贷款对账单",
        sentences=(
            f"合同编号 {statement.contract_number}，{in_words(statement.from_on)}至{in_words(statement.through_on)}。",
            f"期初本金余额 {statement.opening_principal} 元，期末本金余额 {statement.closing_principal} 元。",
            *([f"借款人已死亡，由继承人{statement.heirs}在所得遗产实际价值内清偿。"] if statement.heirs else []),
            *(
                [f"本单按截至 {statement.known_at:%Y-%m-%d %H:%M:%S%z} 已登记的账务编制。"]
                if statement.known_at
                else []
            ),
        ),
        columns=("序号", "日期", "摘要", "发生额", "本金", "利息", "罚息", "其中加收", "本金余额"),
        rows=tuple((str(number), *_cells(line)) for number, line in enumerate(statement.lines, start=1)),
        signature=f"{bank}（盖章）",
    )


def _cells(line: LoanStatementLineOut) -> tuple[str, ...]:
    payer = in_chinese(line.payer, "Payer") if line.payer not in (None, Payer.BORROWER) else ""
    notes = [
        f"由{payer}{line.payer_name or ''}支付" if payer else "",
        f"暂收 {line.held} 元" if line.held > 0 else "",
        f"已于 {line.reversed_on} 冲正" if line.reversed_on else "",
    ]
    note = "，".join(filter(None, notes))
    about = " ".join(filter(None, [_kind(line), line.bank_reference, f"（{note}）" if note else ""]))
    amounts: tuple[Decimal, ...] = (line.amount, line.principal, line.interest, line.penalty, line.surcharge)
    return (line.value_on.isoformat(), about, *(str(amount) for amount in amounts), str(line.principal_outstanding))


def _kind(line: LoanStatementLineOut) -> str:
    return in_chinese(line.kind, "LoanStatementLineOut.kind")
