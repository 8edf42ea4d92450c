"""The county's regions: those of a file, of the national list, or townships and villages made up for the purpose."""

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Final

from services.registry.policy.packs.refusals import PackNotOfOneCounty
from services.registry.register.regions.csv_file import HEADER, RegionLine, region_lines
from shared.regions import LEVEL_BY_LENGTH, county_of, is_within, township_of
from tools.demo.refused import DemoRefused

REGIONS_FILE: Final = Path(__file__).parents[2] / "data" / "regions.csv"
MADE_UP_TOWNSHIPS: Final = 6
MADE_UP_VILLAGES: Final = 6  # in each of those townships
FIRST_TOWNSHIP, FIRST_VILLAGE = 901, 201  # official townships stop well below 900
NUMBERS: Final = "一二三四五六七八九十"
VILLAGE_LENGTH, TOWNSHIP_LENGTH, COUNTY_LENGTH = 12, 9, 6


@dataclass(frozen=True, slots=True)
class Township:
    """A township with its villages."""

    code: str
    name: str
    villages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Places:
    """The regions to load, the county's townships that have villages, and how many villages were made up."""

    lines: tuple[RegionLine, ...]
    townships: tuple[Township, ...]
    villages_made_up: int

    def csv(self) -> bytes:
        """Return the regions as the file that the registry loads."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows((each.code, each.name, each.level, each.parent_code) for each in self.lines)
        return text.getvalue().encode()

    def taking_part(self, scale: Decimal, most: int | None = None) -> tuple[Township, ...]:
        """Return the townships of a demonstration: `most` of them, if given, at full size, else fewer."""
        chosen = self.townships[:most]
        return chosen[: math.ceil(len(chosen) * math.sqrt(scale))]


def places_of(regions: Sequence[str], own_file: Path | None = None, listed: Path = REGIONS_FILE) -> Places:
    """Return the regions of a pack's county; `own_file` has those of the county in the columns of data/regions.csv.

    Raises:
        PackNotOfOneCounty: the pack's regions are not all in one county.
        DemoRefused: the county is not listed, or the own file lacks what the pack names.
        FileRefused, RegionFileInvalid: a file is no list of regions; every line that is wrong is named.
    """
    county = county_of(regions[0])
    if len(county) < COUNTY_LENGTH or any(county_of(region) != county for region in regions):
        raise PackNotOfOneCounty(list(regions))
    rows = {each.code: each for each in region_lines(listed.read_bytes())}
    if own_file is not None:
        own = [each for each in _own_lines(own_file) if is_within(each.code, county)]
        rows = {code: each for code, each in rows.items() if not is_within(code, county) or code == county}
        rows |= {each.code: each for each in own}
    _ensure_listed(county, rows, own_file)
    made_up = [] if _villages(regions, rows) else _made_up(regions, rows, own_file)
    rows |= {each.code: each for each in made_up}
    _ensure_parents(rows, county)
    lines = tuple(sorted(rows.values(), key=lambda each: (len(each.code), each.code)))
    invented = sum(each.level == "village" for each in made_up)
    return Places(lines, _townships(regions, rows), invented)


def _own_lines(path: Path) -> list[RegionLine]:
    try:
        return region_lines(path.read_bytes())
    except OSError:
        raise DemoRefused(
            zh=f"无法读取 {path}，请核对 REGIONS 的路径。",
            en=f"{path} cannot be read; check the path given as REGIONS.",
        ) from None


def _villages(regions: Sequence[str], rows: dict[str, RegionLine]) -> list[str]:
    return [
        code for code, each in rows.items() if each.level == "village" and any(is_within(code, one) for one in regions)
    ]


def _townships(regions: Sequence[str], rows: dict[str, RegionLine]) -> tuple[Township, ...]:
    villages: dict[str, list[str]] = {}
    for code in sorted(_villages(regions, rows)):
        villages.setdefault(township_of(code), []).append(code)
    return tuple(Township(code, rows[code].name, tuple(inside)) for code, inside in sorted(villages.items()))


def _ensure_listed(county: str, rows: dict[str, RegionLine], own_file: Path | None) -> None:
    if county not in rows:
        where = own_file or "data/regions.csv"
        raise DemoRefused(
            zh=f"{where} 中没有县 {county}；请核对政策包的 header.regions，或用 REGIONS=文件 给出该县及其上级的区划。",
            en=f"{where} has no county {county}; check `header.regions` of the pack, or give a file of regions with "
            "the county and what it belongs to: REGIONS=file.",
        )


def _ensure_parents(rows: dict[str, RegionLine], county: str) -> None:
    orphans = [each for each in rows.values() if is_within(each.code, county) and each.parent_code not in rows]
    if orphans:
        first = orphans[0]
        raise DemoRefused(
            zh=f"区划 {first.code} {first.name} 的上级 {first.parent_code} 不在文件中（共 {len(orphans)} 处）；"
            "请补上。",
            en=f"The parent {first.parent_code} of region {first.code} is not in the file ({len(orphans)} such); "
            "add it.",
        )


def _made_up(regions: Sequence[str], rows: dict[str, RegionLine], own_file: Path | None) -> list[RegionLine]:
    """Return demonstration townships and villages below the pack's regions, marked as such by their names."""
    if own_file is not None:
        raise DemoRefused(
            zh=f"{own_file} 中没有政策包所列区划 {'、'.join(regions)} 的村（级别 village，12 位代码）；"
            "请补上，或不给 REGIONS。",
            en=f"{own_file} has no village (level `village`, 12 digits) of the pack's regions {', '.join(regions)}; "
            "add them, or leave REGIONS out.",
        )
    found: list[RegionLine] = []
    for region in regions:
        if LEVEL_BY_LENGTH[len(region)] == "village":
            found += [_line(township_of(region), "示范乡镇"), _line(region, "示范村")]
            continue
        townships = [code for code, each in rows.items() if each.level == "township" and is_within(code, region)]
        if not townships:
            codes = [region] if len(region) == TOWNSHIP_LENGTH else _numbered(region, FIRST_TOWNSHIP, MADE_UP_TOWNSHIPS)
            found += [_line(code, f"示范乡镇{NUMBERS[place]}") for place, code in enumerate(codes)]
            townships = codes
        for township in townships:
            codes = _numbered(township, FIRST_VILLAGE, MADE_UP_VILLAGES)
            found += [_line(code, f"示范村{NUMBERS[place]}") for place, code in enumerate(codes)]
    return [each for each in {each.code: each for each in found}.values() if each.code not in rows]


def _numbered(parent: str, first: int, count: int) -> list[str]:
    return [f"{parent}{number}" for number in range(first, first + count)]


def _line(code: str, name: str) -> RegionLine:
    parent = code[:TOWNSHIP_LENGTH] if len(code) == VILLAGE_LENGTH else county_of(code)
    return RegionLine(0, code, name, LEVEL_BY_LENGTH[len(code)], parent)
