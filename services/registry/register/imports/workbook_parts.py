"""The parts of a workbook around its sheet: which part the first sheet is, its shared texts, which styles are dates."""

import array
import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from typing import Any, Final
from xml.parsers import expat

MAIN: Final = "xl/workbook.xml"
_WINDOW_BYTES: Final = 256 * 1024
_BUILT_IN_DATES: Final = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_QUOTED = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')
_DATE_LETTERS = re.compile(r"[ymdhs年月日]", re.IGNORECASE)
MOST_SHARED_BYTES: Final = 256 * 1024 * 1024


class SheetMalformed(ValueError):
    """The XML is not what a workbook holds."""


@dataclass(slots=True)
class SharedTexts:
    """The texts that cells point to, packed into one piece of memory instead of a million objects."""

    _bytes: bytearray = field(default_factory=bytearray)
    _ends: "array.array[int]" = field(default_factory=lambda: array.array("L", [0]))

    def add(self, text: str) -> None:
        """Keep the next text."""
        self._bytes += text.encode("utf-8", "surrogatepass")
        self._ends.append(len(self._bytes))

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._ends) - 1

    def __getitem__(self, place: int) -> str:
        """Return one text."""
        if not 0 <= place < len(self):
            raise SheetMalformed
        return self._bytes[self._ends[place] : self._ends[place + 1]].decode("utf-8", "surrogatepass")


def unescaped(text: str) -> str:
    """Return a text of a workbook, in which characters that XML cannot hold stand as `_x0007_`."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


@dataclass(frozen=True, slots=True)
class WorkbookParts:
    """Where things stand in the archive."""

    sheet: str
    shared: str | None
    date_styles: frozenset[int]
    is_1904: bool


def workbook_parts(archive: zipfile.ZipFile) -> WorkbookParts:
    """Return the parts of the first worksheet.

    Raises:
        SheetMalformed, KeyError: it has none.
    """
    relations = _relations(archive)
    book = _Elements("sheet", "workbookPr")
    book.read(archive, MAIN)
    for name, attributes in book.found:
        target = relations.get(_plain(attributes).get("id", "")) if name == "sheet" else None
        if target is not None and target[1].endswith("/worksheet"):
            shared = next((path for path, kind in relations.values() if kind.endswith("/sharedStrings")), None)
            styles = next((path for path, kind in relations.values() if kind.endswith("/styles")), None)
            is_1904 = any(
                name == "workbookPr" and attributes.get("date1904", "0") in {"1", "true"}
                for name, attributes in book.found
            )
            return WorkbookParts(target[0], shared, _date_styles(archive, styles), is_1904)
    raise SheetMalformed


def guarded_parser() -> Any:
    """Return an XML parser that refuses document types, and with them every entity that could grow."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise SheetMalformed

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    return parser


def local(name: str) -> str:
    """Return an element's name without its prefix."""
    return name.rpartition(":")[2]


class _Elements:
    """Collects the start tags of a small part."""

    def __init__(self, *names: str) -> None:
        self.names = frozenset(names)
        self.found: list[tuple[str, dict[str, str]]] = []
        self._within: list[str] = []

    def read(self, archive: zipfile.ZipFile, path: str, within: str | None = None) -> None:
        parser = guarded_parser()

        def started(name: str, attributes: dict[str, str]) -> None:
            self._within.append(local(name))
            if local(name) in self.names and (within is None or within in self._within):
                self.found.append((local(name), attributes))

        parser.StartElementHandler = started
        parser.EndElementHandler = lambda _: self._within.pop()
        try:
            with archive.open(path) as part:
                while piece := part.read(_WINDOW_BYTES):
                    parser.Parse(piece, False)
                parser.Parse(b"", True)
        except expat.ExpatError:
            raise SheetMalformed from None


def _plain(attributes: dict[str, str]) -> dict[str, str]:
    return {local(name): value for name, value in attributes.items()}


def _relations(archive: zipfile.ZipFile) -> dict[str, tuple[str, str]]:
    """Return (path in the archive, kind) by relation id."""
    elements = _Elements("Relationship")
    elements.read(archive, "xl/_rels/workbook.xml.rels")
    return {
        each["Id"]: (_path_of(each["Target"]), each.get("Type", ""))
        for _, each in elements.found
        if each.get("TargetMode") != "External" and "Id" in each and "Target" in each
    }


def _path_of(target: str) -> str:
    return target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))


def _date_styles(archive: zipfile.ZipFile, path: str | None) -> frozenset[int]:
    """Return the cell styles whose numbers are days."""
    if path is None:
        return frozenset()
    formats = _Elements("numFmt")
    formats.read(archive, path)
    dates = set(_BUILT_IN_DATES)
    for _, each in formats.found:
        if _DATE_LETTERS.search(_QUOTED.sub("", each.get("formatCode", ""))):
            dates.add(_number(each.get("numFmtId", "")))
    styles = _Elements("xf")
    styles.read(archive, path, within="cellXfs")
    return frozenset(
        place for place, (_, each) in enumerate(styles.found) if _number(each.get("numFmtId", "0")) in dates
    )


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise SheetMalformed
    return int(text)
