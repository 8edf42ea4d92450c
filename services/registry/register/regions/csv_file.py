"""Read a region file line by line: `code,name,level,parent_code`."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from services.registry.register.regions.refusals import RegionFileInvalid
from shared.languages import Sentence
from shared.regions import LEVEL_BY_LENGTH

HEADER: Final = ["code", "name", "level", "parent_code"]
LONGEST_NAME: Final = 100
_DIGITS = re.compile(r"[0-9]+", re.ASCII)
# Some villages' characters exist only in the private use area, so "printable" would refuse real places.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


_NOT_UTF8: Final = Sentence(
    "文件不是 UTF-8 文本，请另存为 CSV UTF-8", "the file is not UTF-8 text; save it as CSV UTF-8"
)
_HEADER_WRONG: Final = Sentence(f"首行应为 {','.join(HEADER)}", f"the first line must be {','.join(HEADER)}")
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
        RegionFileInvalid: with the lines that are wrong and what is wrong with each.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise RegionFileInvalid([(1, _NOT_UTF8)]) from None
    faults: list[tuple[int, Sentence]] = []
    found = list(_lines(text, faults))
    seen: dict[str, int] = {}
    for each in found:
        first = seen.setdefault(each.code, each.line)
        if first != each.line:
            twice = Sentence(f"代码 {each.code} 已在第 {first} 行", f"the code {each.code} is in line {first} already")
            faults.append((each.line, twice))
    if faults:
        raise RegionFileInvalid(faults)
    return found


def _lines(text: str, faults: list[tuple[int, Sentence]]) -> Iterator[RegionLine]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader, [])
        if [cell.strip() for cell in header] != HEADER:
            faults.append((1, _HEADER_WRONG))
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
        faults.append((reader.line_num, Sentence("不是正确的 CSV，请核对引号", f"this is not CSV: {problem}")))


def _fault_in(cells: list[str]) -> Sentence | None:
    if len(cells) != len(HEADER):
        return Sentence(
            f"有 {len(cells)} 格，应为 {len(HEADER)} 格", f"it has {len(cells)} cells instead of {len(HEADER)}"
        )
    code, name, level, parent = (cell.strip() for cell in cells)
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
