"""Sheets as a PDF file to print. Pure.

The text is written in STSong-Light of the Adobe-GB1 collection, which readers of PDF files show in a Chinese face of
their own: no font has to be shipped. Characters beyond GB 18030-2000 are not in that collection; such a name is printed
from the page (`page.page_of`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final
from unicodedata import east_asian_width

from shared.prints.sheet import Sheet

WIDTH, HEIGHT, MARGIN = 595, 842, 50  # points: A4
TITLE_SIZE, TEXT_SIZE, LEADING = 20, 11, 17
NUMBER_WIDTH: Final = 36
_FONT: Final = (
    b"<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UTF16-H/DescendantFonts[4 0 R]>>",
    b"<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)"
    b"/Supplement 4>>/DW 1000/W[1 95 500]/FontDescriptor 5 0 R>>",
    b"<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 880"
    b"/Descent -120/CapHeight 880/StemV 93>>",
)


@dataclass(slots=True)
class _Pages:
    """The content of pages as it grows; `left` is what is left of the last page, in points from its foot."""

    drawn: list[list[str]] = field(default_factory=list)
    left: int = 0

    def room(self, height: int) -> bool:
        """Return whether a new page was begun because the last had no room for this."""
        fits = bool(self.drawn) and self.left - height >= MARGIN
        if not fits:
            self.drawn.append([])
            self.left = HEIGHT - MARGIN
        return not fits

    def text(self, at: float, text: str, size: int = TEXT_SIZE) -> None:
        """Write a text whose baseline is a size below what is left."""
        spelt = text.encode("utf-16-be").hex()
        self.drawn[-1].append(f"BT /F1 {size} Tf {at:.1f} {self.left - size} Td <{spelt}> Tj ET")

    def rule(self) -> None:
        """Draw a line across the page."""
        self.drawn[-1].append(f"{MARGIN} {self.left} m {WIDTH - MARGIN} {self.left} l S")


def pdf_of(*sheets: Sheet) -> bytes:
    """Return the sheets as a PDF file of A4 pages, each sheet on pages of its own that begin with its columns."""
    pages = _Pages()
    for sheet in sheets:
        _sheet(pages, sheet)
    return _file(pages.drawn)


def _sheet(pages: _Pages, sheet: Sheet) -> None:
    pages.left = 0
    for line in _wrapped(sheet.title, WIDTH - 2 * MARGIN, TITLE_SIZE):
        pages.room(2 * TITLE_SIZE)
        pages.text((WIDTH - _width(line, TITLE_SIZE)) / 2, line, TITLE_SIZE)
        pages.left -= 2 * TITLE_SIZE
    for sentence in sheet.sentences:
        _paragraph(pages, f"　　{sentence}")
    _row(pages, sheet.columns, sheet)
    for row in sheet.rows:
        _row(pages, row, sheet)
    pages.left -= LEADING
    for sentence in sheet.closing:
        _paragraph(pages, sentence)
    pages.room(LEADING)
    pages.text(WIDTH - MARGIN - _width(sheet.signature, TEXT_SIZE), sheet.signature)


def _paragraph(pages: _Pages, text: str) -> None:
    for line in _wrapped(text, WIDTH - 2 * MARGIN):
        pages.room(LEADING)
        pages.text(MARGIN, line)
        pages.left -= LEADING
    pages.left -= LEADING // 2


def _row(pages: _Pages, texts: Sequence[str], sheet: Sheet) -> None:
    widths = _widths(sheet)
    cells = [list(_wrapped(text, wide - 6)) for text, wide in zip(texts, widths, strict=True)]
    height = LEADING * max(map(len, cells)) + 4
    if pages.room(height) and texts is not sheet.columns:
        _row(pages, sheet.columns, sheet)
    top = pages.left
    for number, lines in enumerate(cells):
        pages.left = top
        for line in lines:
            pages.text(MARGIN + sum(widths[:number]), line)
            pages.left -= LEADING
    pages.left = top - height
    pages.rule()


def _widths(sheet: Sheet) -> list[float]:
    shares = sheet.shares or (1,) * (len(sheet.columns) - 1)
    wide = (WIDTH - 2 * MARGIN - NUMBER_WIDTH) / sum(shares)
    return [NUMBER_WIDTH, *(wide * share for share in shares)]


def _wrapped(text: str, wide: float, size: int = TEXT_SIZE) -> Iterator[str]:
    line = ""
    for character in text:
        if line and _width(line + character, size) > wide:
            yield line
            line = ""
        line += character
    yield line


def _width(text: str, size: int) -> float:
    return sum(size if east_asian_width(character) in "WFA" else size / 2 for character in text)


def _file(drawn: Sequence[Sequence[str]]) -> bytes:
    """Return the objects of the pages as a file: catalogue, pages, font, then each page and what is drawn on it."""
    numbers = [6 + 2 * number for number in range(len(drawn))]
    kids = " ".join(f"{number} 0 R" for number in numbers)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(drawn)}/MediaBox[0 0 {WIDTH} {HEIGHT}]"
        "/Resources<</Font<</F1 3 0 R>>>>>>".encode(),
        *_FONT,
    ]
    for number, content in zip(numbers, drawn, strict=True):
        stream = "\n".join(("0.5 w", *content)).encode()
        objects.append(f"<</Type/Page/Parent 2 0 R/Contents {number + 1} 0 R>>".encode())
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream))
    return _numbered(objects)


def _numbered(objects: Sequence[bytes]) -> bytes:
    written, places = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    start = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    return written + b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, start)
