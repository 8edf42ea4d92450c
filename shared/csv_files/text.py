"""The text of a CSV file: UTF-8 with or without byte-order mark, or GB 18030 as Chinese spreadsheets save it."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from shared.csv_files.refusals import EncodingUnknown, FileHeaderUnknown, FileUnreadable
from shared.languages import Sentence
from shared.sheet_cells import shown_in_csv

ENCODINGS: Final = ("utf-8-sig", "gb18030")
MARKS_OF_OTHERS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def text_of(body: bytes) -> str:
    """Return the whole text, in the first of `ENCODINGS` that it is written in.

    Raises:
        EncodingUnknown: it is in neither, or begins with the mark of another.
        FileUnreadable: it holds a NUL, which no text does.
    """
    if body.startswith(MARKS_OF_OTHERS):
        raise EncodingUnknown
    if b"\x00" in body:
        raise FileUnreadable(Sentence("含有 NUL 字符", "it holds a NUL character"))
    for encoding in ENCODINGS:
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise EncodingUnknown


def rows_of(body: bytes, columns: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Yield (line, fields without blanks around them) of every row below the header; empty lines are left out.

    Raises:
        EncodingUnknown, FileUnreadable, FileHeaderUnknown: the file as a whole is no such file.
    """
    reader = csv.reader(io.StringIO(text_of(body), newline=""), strict=True)
    try:
        if [cell.strip() for cell in next(reader, [])] != list(columns):
            raise FileHeaderUnknown(columns)
        for cells in reader:
            if cells:
                yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as problem:
        raise FileUnreadable.at(reader.line_num, str(problem)) from None


def written(columns: Sequence[str], rows: Iterable[Iterable[Any]]) -> bytes:
    """Return a file with this header: UTF-8 with byte-order mark, no cell that a spreadsheet would compute."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([shown_in_csv("" if cell is None else str(cell)) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")
