"""Read a region file line by line: `code,name,level,parent_code`."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from services.registry.register.regions.refusals import RegionFileInvalid
from shared.csv_files.text import rows_of
from shared.languages import Sentence
from shared.regions import LEVEL_BY_LENGTH

HEADER: Final = ("code", "name", "level", "parent_code")
LONGEST_NAME: Final = 100
_DIGITS = re.compile(r"[0-9]+", re.ASCII)
# Some villages' characters exist only in the private use area, so "printable" would refuse real places.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


_NAME_WRONG: Final = Sentence(
    f"名称为空、超过 {LONGEST_NAME} 个字符或含有控制字符",
    f"the name is missing, longer than {LONGEST_NAME} characters, or holds control characters",
)
_PROVINCE_HAS_NO_PARENT: Final = Sentence("省级没有上级区划", "a province has no parent")


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
        FileRefused: it is no such file, by name (`rows_of`).
        RegionFileInvalid: with the lines that are wrong and what is wrong with each.
    """
    faults: list[tuple[int, Sentence]] = []
    found = list(_lines(body, faults))
    seen: dict[str, int] = {}
    for each in found:
        first = seen.setdefault(each.code, each.line)
        if first != each.line:
            twice = Sentence(f"代码 {each.code} 已在第 {first} 行", f"the code {each.code} is in line {first} already")
            faults.append((each.line, twice))
    if faults:
        raise RegionFileInvalid(faults)
    return found


def _lines(body: bytes, faults: list[tuple[int, Sentence]]) -> Iterator[RegionLine]:
    for number, cells in rows_of(body, HEADER):
        fault = _fault_in(cells)
        if fault:
            faults.append((number, fault))
        else:
            code, name, level, parent = cells
            yield RegionLine(number, code, name, level, parent or None)


def _fault_in(cells: list[str]) -> Sentence | None:
    if len(cells) != len(HEADER):
        return Sentence(
            f"有 {len(cells)} 格，应为 {len(HEADER)} 格", f"it has {len(cells)} cells instead of {len(HEADER)}"
        )
    code, name, level, parent = cells
    if not _DIGITS.fullmatch(code) or LEVEL_BY_LENGTH.get(len(code)) != level:
        return Sentence(
            f"代码 {code[:12]} 与级别 {level[:12]} 不符；代码按级别为 2、4、6、9 或 12 位数字",
            f"the code {code[:12]} is not that of a {level[:12]}; codes have 2, 4, 6, 9 or 12 digits by level",
        )
    if not name or len(name) > LONGEST_NAME or _CONTROL.search(name):
        return _NAME_WRONG
    if level == "province":
        return _PROVINCE_HAS_NO_PARENT if parent else None
    if not parent or not code.startswith(parent) or len(parent) >= len(code):
        return Sentence(
            f"{code} 的上级代码应短于 {code}，且是其开头部分",
            f"the parent of {code} must be a shorter code that {code} begins with",
        )
    return None
