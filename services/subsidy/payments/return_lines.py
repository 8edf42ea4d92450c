"""Read a bank's return file: pure, the whole file or nothing; what is wrong with one line is said beside it."""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal
from uuid import UUID

from services.subsidy.payments.refusals import ReturnFileHeaderUnknown, ReturnFileTotalsDiffer, ReturnFileUnreadable
from shared.languages import Sentence
from shared.money import MONEY_PATTERN

COLUMNS: Final = ("instruction_id", "state", "amount", "paid_on", "reason")
LINES_MAX: Final = 200_000
REASON_CHARACTERS: Final = 200
_AMOUNT: Final = re.compile(MONEY_PATTERN)
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """One line the bank sent: what became of an instruction."""

    line_number: int
    instruction_id: UUID
    state: Literal["paid", "rejected"]
    amount: Decimal
    paid_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class FaultyLine:
    """One line that makes no sense, and why."""

    line_number: int
    instruction_id: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class ReturnLines:
    """A whole file: the lines that can be looked at and those that cannot."""

    lines: tuple[ReturnLine, ...]
    faulty: tuple[FaultyLine, ...]


def read_return_file(body: bytes, announced_lines: int, announced_total: Decimal) -> ReturnLines:
    """Return the file's lines, the header being line 1.

    Raises:
        ReturnFileUnreadable, ReturnFileHeaderUnknown, ReturnFileTotalsDiffer: nothing of it may be taken.
    """
    rows = _rows(body)
    amounts = [Decimal(row[2]) for row in rows if _AMOUNT.match(row[2])]
    total = sum(amounts, Decimal("0.00"))
    if (len(rows), total) != (announced_lines, announced_total):
        raise ReturnFileTotalsDiffer(announced_lines, len(rows), announced_total, total)
    good: dict[UUID, ReturnLine] = {}
    faulty: list[FaultyLine] = []
    for number, row in enumerate(rows, start=2):
        line = _line(number, row)
        if isinstance(line, FaultyLine):
            faulty.append(line)
        elif line.instruction_id in good:
            faulty.append(FaultyLine(number, row[0][:64], "repeated-in-file", "an earlier line names it too"))
        else:
            good[line.instruction_id] = line
    return ReturnLines(tuple(good.values()), tuple(faulty))


def _rows(body: bytes) -> list[list[str]]:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ReturnFileUnreadable(
            Sentence(f"第 {error.start + 1} 字节不是 UTF-8 编码", f"byte {error.start + 1} is not UTF-8")
        ) from None
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise ReturnFileUnreadable(Sentence("引号或分隔符有误", str(error))) from None
    if not rows or tuple(rows[0]) != COLUMNS:
        raise ReturnFileHeaderUnknown(COLUMNS)
    if len(rows) - 1 > LINES_MAX:
        raise ReturnFileUnreadable(
            Sentence(f"超过 {LINES_MAX} 行，请拆分", f"it holds more than {LINES_MAX} lines; split it")
        )
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(COLUMNS):
            raise ReturnFileUnreadable(
                Sentence(
                    f"第 {number} 行有 {len(row)} 列，应为 {len(COLUMNS)} 列",
                    f"line {number} has {len(row)} fields instead of {len(COLUMNS)}",
                )
            )
    return rows[1:]


def _line(number: int, row: Sequence[str]) -> ReturnLine | FaultyLine:
    identifier, state, amount, paid_on, reason = row
    shown = _CONTROLS.sub("", identifier)[:64]
    try:
        instruction_id = UUID(identifier)
    except ValueError:
        return FaultyLine(number, shown, "instruction-unreadable", "instruction_id is not one of ours")
    if state not in ("paid", "rejected"):
        return FaultyLine(number, shown, "state-unknown", "state must be 'paid' or 'rejected'")
    if not _AMOUNT.match(amount):
        return FaultyLine(number, shown, "amount-unreadable", "write the amount as 1234.56")
    try:
        day = date.fromisoformat(paid_on)
    except ValueError:
        return FaultyLine(number, shown, "date-unreadable", "write paid_on as 2017-12-31")
    reason = _CONTROLS.sub(" ", reason).strip()[:REASON_CHARACTERS]
    if state == "rejected" and not reason:
        return FaultyLine(number, shown, "reason-missing", "a rejection needs the bank's reason")
    known: Literal["paid", "rejected"] = "paid" if state == "paid" else "rejected"
    return ReturnLine(number, instruction_id, known, Decimal(amount), day, reason)
