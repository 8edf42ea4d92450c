"""A bank's file (银行文件) with announced totals: staged with one COPY, its lines checked and converted in SQL.

The file is refused whole when it is not what its sender announced; everything else is said line by line.
"""

import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Final

import asyncpg

from shared.csv_files.columns import BankFile
from shared.csv_files.refusals import FileHeaderUnknown, FileTotalsDiffer, FileUnreadable
from shared.csv_files.text import text_of
from shared.db import Connection
from shared.languages import Sentence
from shared.patterns import MONEY

LINES_MAX: Final = 200_000  # twice the largest file a bank of a county sends
HEADER_LINES: Final = 1
_LINE_OF_COPY: Final = re.compile(r"line (\d+)")


async def stage_file(conn: Connection, file: BankFile, body: bytes, lines: int, total: Decimal) -> None:
    """Stage the file's lines as text with their `line_number`, the header being line 1.

    Raises:
        EncodingUnknown, FileUnreadable, FileHeaderUnknown, FileTotalsDiffer: nothing of it may be taken.
    """
    names, content = _content(file, body)
    await _create(conn, file)
    try:
        await conn.copy_to_table(file.table, source=io.BytesIO(content), columns=names, format="csv", header=True)
    except (asyncpg.BadCopyFileFormatError, asyncpg.CharacterNotInRepertoireError) as error:
        at = _LINE_OF_COPY.search(getattr(error, "context", None) or "")
        raise FileUnreadable.at(int(at[1]) if at else HEADER_LINES, str(error)) from None
    await _ensure_announced(conn, file, lines, total)


async def stage_rows(
    conn: Connection, file: BankFile, rows: Iterable[tuple[int, Sequence[str]]], lines: int, total: Decimal
) -> None:
    """Stage (line, fields in the order of the file's columns) of a sheet that was read already, like `stage_file`.

    Raises:
        FileTotalsDiffer: nothing of it may be taken.
    """
    await _create(conn, file)
    records = [(line, *fields) for line, fields in rows]
    await conn.copy_records_to_table(file.table, records=records, columns=("line_number", *file.names))
    await _ensure_announced(conn, file, lines, total)


async def _ensure_announced(conn: Connection, file: BankFile, lines: int, total: Decimal) -> None:
    found = await conn.fetchrow(
        f"SELECT count(*) AS lines, coalesce(sum(amount::numeric) FILTER (WHERE amount ~ '{MONEY}'), 0) AS total "  # noqa: S608 - our own table and pattern
        f"FROM {file.table}"
    )
    if (found["lines"], found["total"]) != (lines, total):
        raise FileTotalsDiffer(lines, found["lines"], total, found["total"])
    await conn.execute(f"ANALYZE {file.table}")


async def stage_line(conn: Connection, file: BankFile, values: Iterable[str]) -> None:
    """Stage one line that came as a request of its own, so that it is checked like a file's line."""
    await _create(conn, file)
    marks = ", ".join(f"${number}" for number in range(1, len(file.columns) + 1))
    await conn.execute(f"INSERT INTO {file.table} ({', '.join(file.names)}) VALUES ({marks})", *values)  # noqa: S608 - our own names


def _content(file: BankFile, body: bytes) -> tuple[tuple[str, ...], bytes]:
    text = text_of(body).replace("\r\n", "\n").rstrip("\n")
    header, _, _ = text.partition("\n")
    names = tuple(header.split(","))
    if names != tuple(name for name in file.names if name in names) or not set(file.names_needed) <= set(names):
        raise FileHeaderUnknown(file.names_needed)
    if text.count("\n") > LINES_MAX:
        raise FileUnreadable(
            Sentence(f"超过 {LINES_MAX} 行，请拆分", f"it holds more than {LINES_MAX} lines; split it")
        )
    return names, (text + "\n").encode()


async def _create(conn: Connection, file: BankFile) -> None:
    fields = ", ".join(f"{name} text" for name in file.names)
    await conn.execute(
        f"CREATE TEMP TABLE {file.table} ("
        f"line_number int GENERATED ALWAYS AS IDENTITY (START {HEADER_LINES + 1}), {fields}) ON COMMIT DROP"
    )
