"""Files from banks (银行文件): UTF-8 CSV with a known header and announced totals, staged with one COPY.

A file is refused whole when it is not what its sender announced; everything else is said line by line.
"""

import codecs
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

import asyncpg

from shared.db import Connection
from shared.errors import Invalid
from shared.languages import Sentence

LINES_MAX = 200_000  # twice the largest file a bank of a county sends
HEADER_LINES = 1

# What a field must look like before it is converted; PostgreSQL's regular expressions.
REFERENCE = "^[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}$"
AMOUNT = "^(0|[1-9][0-9]{0,11})([.][0-9]{1,2})?$"
DAY = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


class FileUnreadable(Invalid):
    """The bytes are no CSV in UTF-8, or a line has the wrong number of fields."""

    code = "file-unreadable"
    title = "文件无法读取 File unreadable"

    def __init__(self, fault: Sentence) -> None:
        super().__init__(
            zh=f"文件未受理：{fault.zh}。请存为 UTF-8 编码的 CSV，重新提交完整文件。",
            en=f"The file was not taken: {fault.en}. Save it as UTF-8 CSV and send the whole file again.",
        )


class FileHeaderUnknown(Invalid):
    """The first line does not name the columns of this kind of file."""

    code = "file-header-unknown"
    title = "文件表头不符 File header unknown"

    def __init__(self, expected: Sequence[str]) -> None:
        wanted = ",".join(expected)
        super().__init__(
            zh=f"首行必须是“{wanted}”，请更正后重新提交完整文件。",
            en=f"The first line must be exactly '{wanted}'; correct it and send the whole file again.",
        )


class FileTotalsDiffer(Invalid):
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


async def stage_file(
    conn: Connection, table: str, columns: Sequence[str], body: bytes, lines: int, total: Decimal
) -> None:
    """Copy the file's lines as text into the temporary `table` with their `line_number`, the header being line 1.

    Raises: FileUnreadable, FileHeaderUnknown, FileTotalsDiffer.
    """
    content = _content(body, columns)
    await _create(conn, table, columns)
    try:
        await conn.copy_to_table(table, source=io.BytesIO(content), columns=columns, format="csv", header=True)
    except (asyncpg.BadCopyFileFormatError, asyncpg.CharacterNotInRepertoireError) as error:
        raise FileUnreadable(
            Sentence(
                f"有一行的列数与表头的 {len(columns)} 列不符（{error}）",
                f"a line does not have the {len(columns)} fields of the header ({error})",
            )
        ) from None
    found = await conn.fetchrow(
        f"SELECT count(*) AS lines, coalesce(sum(amount::numeric) FILTER (WHERE amount ~ '{AMOUNT}'), 0) AS total "  # noqa: S608 - our own table and pattern
        f"FROM {table}"
    )
    if (found["lines"], found["total"]) != (lines, total):
        raise FileTotalsDiffer(lines, found["lines"], total, found["total"])
    await conn.execute(f"ANALYZE {table}")


async def stage_line(conn: Connection, table: str, columns: Sequence[str], values: Iterable[str]) -> None:
    """Stage one line that came as a request of its own, so that it is checked like a file's line."""
    await _create(conn, table, columns)
    marks = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    await conn.execute(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", *values)  # noqa: S608 - our own names


def has_header(body: bytes, columns: Sequence[str]) -> bool:
    """Tell whether a file's first line names exactly these columns."""
    first, _, _ = body.removeprefix(codecs.BOM_UTF8).partition(b"\n")
    return first.rstrip(b"\r") == ",".join(columns).encode()


def _content(body: bytes, columns: Sequence[str]) -> bytes:
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FileUnreadable(
            Sentence(f"第 {error.start + 1} 字节不是 UTF-8 编码", f"byte {error.start + 1} is not UTF-8")
        ) from None
    if "\x00" in text:
        raise FileUnreadable(Sentence("含有 NUL 字符", "it holds a NUL character"))
    text = text.replace("\r\n", "\n").rstrip("\n")
    header, _, _ = text.partition("\n")
    if header != ",".join(columns):
        raise FileHeaderUnknown(columns)
    if text.count("\n") > LINES_MAX:
        raise FileUnreadable(
            Sentence(f"超过 {LINES_MAX} 行，请拆分", f"it holds more than {LINES_MAX} lines; split it")
        )
    return (text + "\n").encode()


async def _create(conn: Connection, table: str, columns: Sequence[str]) -> None:
    fields = ", ".join(f"{column} text" for column in columns)
    await conn.execute(
        f"CREATE TEMP TABLE {table} ("
        f"line_number int GENERATED ALWAYS AS IDENTITY (START {HEADER_LINES + 1}), {fields}) ON COMMIT DROP"
    )
