"""A run's payment file as a sheet (发放清册), and the same sheet as the paying bank sends it back (回盘).

The last row holds the number of payments, their total and the digest of what is paid to whom: instruction, bank,
account and amount of every row. A sheet that comes back with the digest is held against what was sent out.
"""

import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from shared.cell_values import day_meant, digits_meant, number_meant
from shared.households_sheet import CellKind, SheetColumn, folded
from shared.money import FEN, ZERO
from shared.prints.capitals import in_capitals
from shared.sheet_files.checking import CheckedSheet, checked_sheet, first_row

RESULTS: Final = {
    "paid": ("成功", "已发放", "发放成功", "paid"),
    "rejected": ("失败", "拒付", "发放失败", "rejected"),
    "returned": ("退汇", "已退汇", "returned"),
}
PAYMENT_COLUMNS: Final = (
    SheetColumn("number", "序号", "No.", 12, required=False),
    SheetColumn("holder_name", "姓名", "Name", 12, required=False),
    SheetColumn("id_number", "身份证号", "ID number", 22, required=False),
    SheetColumn("bank_code", "开户行", "Bank", 14, required=False),
    SheetColumn("account_number", "账号", "Account number", 26, required=False),
    SheetColumn("amount", "金额", "Amount", 14, CellKind.NUMBER),
    SheetColumn("purpose", "用途", "Purpose", 40, required=False),
    SheetColumn("instruction_id", "指令编号", "Instruction", 40),
    SheetColumn(
        "state",
        "发放结果",
        "Result",
        12,
        CellKind.CHOICE,
        words=MappingProxyType({folded(word): state for state, words in RESULTS.items() for word in words}),
    ),
    SheetColumn("paid_on", "发放日期", "Paid on", 14, CellKind.DATE),
    SheetColumn("reason", "退回原因", "Reason", 30, required=False),
)
TOTAL: Final = "合计"
_DIGEST: Final = "SHA-256:"
_SHEETS: Final = (b"PK", b"\xd0\xcf\x11\xe0")
_NAMED: Final = tuple("指令编号".encode(encoding) for encoding in ("utf-8", "gb18030"))
_HEAD_BYTES: Final = 2000


@dataclass(frozen=True, slots=True)
class Transfer:
    """One payment as the bank is to make it: to whom, into which account, how many yuan; `id_number` may be masked."""

    instruction_id: UUID
    holder_name: str
    id_number: str | None
    bank_code: str
    account_number: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class ReturnedSheet:
    """A payment file that came back: the lines with a result, the digest it carries and that of what it says."""

    lines: list[tuple[int, Sequence[str]]]  # row, and the fields of `file.FILE`
    whom: list[tuple[int, Mapping[str, str]]]  # row, and what of `WHOM` stands in it
    digest: str | None
    said: str


def digest_of(paid: Iterable[Sequence[str]]) -> str:
    """Return the SHA-256 of (instruction, bank, account, amount) of all payments, in whatever order they stand."""
    return hashlib.sha256("\n".join(sorted("|".join(each) for each in paid)).encode()).hexdigest()


def digest_of_transfers(transfers: Iterable[Transfer]) -> str:
    """Return the digest that a file of these payments carries."""
    return digest_of((str(t.instruction_id), t.bank_code, t.account_number, f"{t.amount:.2f}") for t in transfers)


def payment_rows(transfers: Sequence[Transfer], purpose: str, *, to_add_up: bool) -> Iterator[Sequence[Any]]:
    """Yield a row of `PAYMENT_COLUMNS` for each payment, its last three for the bank to fill in, and the last row.

    Amounts that a workbook adds up lose their closing zeros.
    """
    for number, each in enumerate(transfers, start=1):
        amount = each.amount.normalize() if to_add_up else each.amount
        whom = (each.holder_name, each.id_number, each.bank_code, each.account_number)
        yield (str(number), *whom, amount, purpose, str(each.instruction_id), None, None, None)
    total = sum((each.amount for each in transfers), ZERO)
    shown = total.normalize() if to_add_up else total
    sums = (f"{TOTAL} Total", f"共{len(transfers)}笔", None, None, None, shown, f"大写：人民币{in_capitals(total)}")
    yield (*sums, f"{_DIGEST}{digest_of_transfers(transfers)}", None, None, None)


def is_sheet(body: bytes) -> bool:
    """Return whether a file is a workbook, or a CSV file with the sheet's columns."""
    return body.startswith(_SHEETS) or any(name in body[:_HEAD_BYTES] for name in _NAMED)


def returned_sheet(body: bytes) -> ReturnedSheet:
    """Read a payment file that the bank sent back; rows without a result are not answered yet.

    Raises:
        FileRefused: it cannot be read, by name.
    """
    sheet = checked_sheet(io.BytesIO(body), PAYMENT_COLUMNS)
    rows = sheet.file.rows()
    first_row(rows)
    lines: list[tuple[int, Sequence[str]]] = []
    paid: list[Sequence[str]] = []
    whom: list[tuple[int, Mapping[str, str]]] = []
    digest = None
    for number, cells in rows:
        cell = {key: cells[at] if at < len(cells) else "" for key, at in sheet.header.positions.items()}
        if _text(cell.get("number", "")).startswith(TOTAL):
            digest = _text(cell["instruction_id"]).removeprefix(_DIGEST).strip() or None
            continue
        amount = _amount(cell["amount"])
        paid.append((_text(cell["instruction_id"]), *(_text(cell.get(key, "")) for key in _WHERE), amount))
        whom.append((number, {key: _text(cell[key]) for key in WHOM if key in cell}))
        if result := _text(cell["state"]):
            lines.append((number, _line(sheet, cell, result, amount)))
    return ReturnedSheet(lines, whom, digest, digest_of(paid))


def rows_of_others(sheet: ReturnedSheet, transfers: Iterable[Transfer]) -> list[int]:
    """Return the rows that name another holder, bank or account than their instruction went out with."""
    sent = {
        str(each.instruction_id): {key: str(getattr(each, key)) for key in ("holder_name", *_WHERE)}
        for each in transfers
    }
    return [
        number
        for number, said in sheet.whom
        if (known := sent.get(said["instruction_id"]))
        and any(said[key] not in ("", known[key]) for key in known.keys() & said.keys())
    ]


_WHERE: Final = ("bank_code", "account_number")
WHOM: Final = ("instruction_id", "holder_name", *_WHERE)
_RESULT: Final = next(column for column in PAYMENT_COLUMNS if column.key == "state")


def _line(sheet: CheckedSheet, cell: dict[str, Any], result: str, amount: str) -> Sequence[str]:
    day = day_meant(cell["paid_on"], is_1904=sheet.header.is_1904)
    return (
        _text(cell["instruction_id"]),
        _RESULT.words.get(folded(result), result),
        amount,
        day.isoformat() if day else _text(cell["paid_on"]),
        _text(cell.get("reason", "")),
    )


def _amount(cell: Any) -> str:
    number = number_meant(cell)
    return f"{number:.2f}" if number is not None and number == number.quantize(FEN) else _text(cell)


def _text(cell: Any) -> str:
    if isinstance(cell, float):
        return digits_meant(cell) or repr(cell)
    return str(cell).strip()
