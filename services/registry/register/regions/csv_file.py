"""Read a region file line by line: `code,name,level,parent_code`."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from services.registry.register.regions.refusals import RegionFileInvalid
from shared.regions import LEVEL_BY_LENGTH

HEADER: Final = ["code", "name", "level", "parent_code"]
LONGEST_NAME: Final = 100
_DIGITS = re.compile(r"[0-9]+", re.ASCII)
# Some villages' characters exist only in the private use area, so "printable" would refuse real places.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class RegionLine(NamedTuple):
    """One region as written in line `line` of the file."""

    line: int
    code: str
    name: str
    level: str
    parent_code: str | None


def region_lines(body: bytes) -> list[RegionLine]:
    """Return every line of the file, checked for itself.

    Raises:
        RegionFileInvalid: with the lines that are wrong and what is wrong with each.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RegionFileInvalid([(1, "the file is not UTF-8 text; save it as CSV UTF-8")]) from None
    faults: list[tuple[int, str]] = []
    found = list(_lines(text, faults))
    seen: dict[str, int] = {}
    for each in found:
        first = seen.setdefault(each.code, each.line)
        if first != each.line:
            faults.append((each.line, f"the code {each.code} stands in line {first} already"))
    if faults:
        raise RegionFileInvalid(sorted(faults))
    return found


def _lines(text: str, faults: list[tuple[int, str]]) -> Iterator[RegionLine]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, [])
        if [cell.strip() for cell in header] != HEADER:
            faults.append((1, f"the first line must be {','.join(HEADER)}"))
            return
        for cells in reader:
            if not cells:
                continue
            fault = _fault_in(cells)
            if fault:
                faults.append((reader.line_num, fault))
            else:
                code, name, level, parent = (cell.strip() for cell in cells)
                yield RegionLine(reader.line_num, code, name, level, parent or None)
    except csv.Error as problem:
        faults.append((reader.line_num, f"this is not CSV: {problem}"))


def _fault_in(cells: list[str]) -> str | None:
    if len(cells) != len(HEADER):
        return f"it has {len(cells)} cells instead of {len(HEADER)}"
    code, name, level, parent = (cell.strip() for cell in cells)
    if not _DIGITS.fullmatch(code) or LEVEL_BY_LENGTH.get(len(code)) != level:
        return f"the code {code[:12]} is not that of a {level[:12]}; codes have 2, 4, 6, 9 or 12 digits by level"
    if not name or len(name) > LONGEST_NAME or _CONTROL.search(name):
        return f"the name is missing, longer than {LONGEST_NAME} characters, or holds control characters"
    if level == "province":
        return "a province has no parent" if parent else None
    if not parent or not code.startswith(parent) or len(parent) >= len(code):
        return f"the parent of {code} must be a shorter code that {code} begins with"
    return None
