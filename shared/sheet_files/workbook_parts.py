"""The parts of a workbook around its sheet: which part that is, its shared texts, which styles are dates.

The sheet is the first one that a person sees: what is hidden was hidden on purpose, last year's rows for example.
"""

import array
import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from typing import IO, Any, Final
from xml.parsers import expat

from shared.languages import Sentence

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


class NoVisibleSheet(ValueError):
    """Every sheet of the workbook is hidden."""


class NotThisWorkbook(ValueError):
    """The package is no workbook in XML: a workbook of another kind, or another document; `kind` says which."""

    def __init__(self, kind: Sentence) -> None:
        super().__init__(kind.en)
        self.kind = kind


class Package:
    """An archive whose parts are found without regard to case, as the standard (ECMA-376, part 2) compares them."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self._names = {name.lower(): name for name in archive.namelist()}

    def name_of(self, path: str) -> str:
        """Return how the archive writes a part's name.

        Raises:
            KeyError: there is no such part.
        """
        return self._names[path.lower()]

    def has(self, path: str) -> bool:
        """Return whether there is such a part."""
        return path.lower() in self._names

    def opened(self, path: str) -> IO[bytes]:
        """Open a part to read it.

        Raises:
            KeyError: there is no such part.
        """
        return self.archive.open(self.name_of(path))

    def relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Return (path in the archive, kind) by relation id of a part; of the package itself for ""."""
        folder, name = posixpath.split(part)
        elements = _Elements("Relationship")
        elements.read(self, posixpath.join(folder, "_rels", f"{name}.rels"))
        return {
            each["Id"]: (_path_of(folder, each["Target"]), each.get("Type", ""))
            for _, each in elements.found
            if each.get("TargetMode") != "External" and "Id" in each and "Target" in each
        }


@dataclass(frozen=True, slots=True)
class WorkbookParts:
    """Where things stand in the archive."""

    sheet: str
    tab: str  # the sheet's name as the spreadsheet shows it
    shared: str | None
    date_styles: frozenset[int]
    is_1904: bool


def workbook_parts(package: Package) -> WorkbookParts:
    """Return the parts of the first worksheet that a person sees.

    Raises:
        NotThisWorkbook, NoVisibleSheet: by what it is instead.
        SheetMalformed, KeyError: the package is broken.
    """
    main = _main_part(package)
    relations = package.relations(main)
    book = _Elements("sheet", "workbookPr")
    book.read(package, main)
    sheets = [
        (relations[_plain(each)["id"]][0], each)
        for name, each in book.found
        if name == "sheet" and relations.get(_plain(each).get("id", ""), ("", ""))[1].endswith("/worksheet")
    ]
    if not sheets:
        raise SheetMalformed
    seen = next(((path, each) for path, each in sheets if each.get("state", "visible") == "visible"), None)
    if seen is None:
        raise NoVisibleSheet
    shared = next((path for path, kind in relations.values() if kind.endswith("/sharedStrings")), None)
    styles = next((path for path, kind in relations.values() if kind.endswith("/styles")), None)
    is_1904 = any(name == "workbookPr" and each.get("date1904", "0") in {"1", "true"} for name, each in book.found)
    return WorkbookParts(
        package.name_of(seen[0]), seen[1].get("name", ""), shared, _date_styles(package, styles), is_1904
    )


def _main_part(package: Package) -> str:
    """Return the part that the package's relations name as its document."""
    if package.has("mimetype"):
        raise NotThisWorkbook(Sentence("为 .ods 等其他格式", "it is an .ods or another kind of document"))
    main = next((path for path, kind in package.relations("").values() if kind.endswith("/officeDocument")), None)
    if main is None:
        raise SheetMalformed
    if main.lower().endswith(".bin"):
        raise NotThisWorkbook(Sentence("为 .xlsb 格式", "it is an .xlsb"))
    if not any(kind.endswith("/worksheet") for _, kind in package.relations(main).values()):
        raise NotThisWorkbook(Sentence("其中没有工作表", "it holds no worksheet"))
    return main


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

    def read(self, package: Package, path: str, within: str | None = None) -> None:
        parser = guarded_parser()

        def started(name: str, attributes: dict[str, str]) -> None:
            self._within.append(local(name))
            if local(name) in self.names and (within is None or within in self._within):
                self.found.append((local(name), attributes))

        parser.StartElementHandler = started
        parser.EndElementHandler = lambda _: self._within.pop()
        try:
            with package.opened(path) as part:
                while piece := part.read(_WINDOW_BYTES):
                    parser.Parse(piece, False)
                parser.Parse(b"", True)
        except expat.ExpatError:
            raise SheetMalformed from None


def _plain(attributes: dict[str, str]) -> dict[str, str]:
    return {local(name): value for name, value in attributes.items()}


def _path_of(folder: str, target: str) -> str:
    return target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))


def _date_styles(package: Package, path: str | None) -> frozenset[int]:
    """Return the cell styles whose numbers are days."""
    if path is None:
        return frozenset()
    formats = _Elements("numFmt")
    formats.read(package, path)
    dates = set(_BUILT_IN_DATES)
    for _, each in formats.found:
        if _DATE_LETTERS.search(_QUOTED.sub("", each.get("formatCode", ""))):
            dates.add(_number(each.get("numFmtId", "")))
    styles = _Elements("xf")
    styles.read(package, path, within="cellXfs")
    return frozenset(
        place for place, (_, each) in enumerate(styles.found) if _number(each.get("numFmtId", "0")) in dates
    )


def _number(text: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise SheetMalformed
    return int(text)
