"""(d1-d3) A large county's household sheet, .csv and .xlsx, from the upload to the last row in the tables; its memory.

The floor is COPY of the very rows that the sheet became. Memory is that of the registry and of the process that reads
the file, together, above what the registry took before.
"""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, Final

import psutil

from shared.access import Role
from shared.households_sheet import SheetColumn, household_columns
from shared.policy.load import load_pack
from shared.resident_id import check_digit
from shared.web.sheets import xlsx_pieces
from tools.bench import household_imports as imports
from tools.bench.loans_sql import COUNTY
from tools.bench.memory import memory, while_it_runs
from tools.bench.ratios import Bound, Comparison, Series, Target
from tools.bench.world import PACK_FILE, World
from tools.demo.places import REGIONS_FILE

SPEED: Final = (
    "no floor: rows a second from the first byte of the upload over HTTP to the last row in the tables, read, checked, "
    "sealed, judged and published; beside it what COPY of the very same rows into the same tables reaches, which does "
    "none of that."
)
MEMORY: Final = (
    "no floor: the largest memory of the registry and its reading process together while the sheets are imported, less "
    "what the registry took before, sampled four times a second."
)
ROWS_PER_SECOND_CSV: Final = 20_000
ROWS_PER_SECOND_XLSX: Final = 5_000
MEMORY_MIB: Final = 150
_BORN: Final = date(1950, 1, 1)
_ORDERS: Final = 1000
_MIB: Final = 1024 * 1024


async def measure(world: World) -> list[Comparison]:
    """Let the registry import the same county from both kinds of file, each time into empty tables."""
    world.platform.start("registry")
    columns = household_columns(load_pack(PACK_FILE).rating_scheme())
    rows = world.sizes.sheet_rows
    sheets = {"csv": _csv_sheet(columns, rows), "xlsx": await _xlsx_sheet(columns, rows)}
    rest = memory(_registry(world))
    speed: dict[str, list[float]] = {form: [] for form in sheets}
    floor: list[float] = []
    peaks: list[float] = []
    for _ in range(world.sizes.rounds):
        for form, sheet in sheets.items():
            await imports.empty(world)
            seconds, peak = await _imported(world, sheet, rows)
            speed[form].append(rows / seconds)
            peaks.append((peak - rest) / _MIB)
        with world.paused("registry"):
            kept = await imports.rows_on_file(world)
            await imports.empty(world)
            floor.append(rows / await imports.by_copy(world, kept))
    world.platform.stop("registry")
    return [
        _rate("d1", rows, "CSV", speed["csv"], floor, ROWS_PER_SECOND_CSV),
        _rate("d2", rows, "XLSX", speed["xlsx"], floor, ROWS_PER_SECOND_XLSX),
        Comparison(
            "d3",
            f"导入 {rows} 户时内存增加 (MiB)",
            f"Memory that importing {rows} rows takes (MiB)",
            Series("registry and its reader", "MiB", tuple(peaks)),
            None,
            Target(Bound.AT_MOST, MEMORY_MIB),
        ),
    ]


def _rate(key: str, rows: int, form: str, ours: list[float], floor: list[float], target: int) -> Comparison:
    what = f"from the upload to the last row; COPY of the same rows: {median(floor):.0f} rows/s"
    return Comparison(
        key,
        f"{form}导入 {rows} 户（户/秒）",
        f"Household import of {rows} rows, {form} (rows/s)",
        Series(what, "rows/s", tuple(ours)),
        None,
        Target(Bound.AT_LEAST, target),
    )


async def _imported(world: World, sheet: bytes, rows: int) -> tuple[float, float]:
    """Return the seconds from the upload to the commit of the end, and the largest memory meanwhile."""
    registry = _registry(world)
    (answer, seconds), peak = await while_it_runs(registry, _import(world, sheet))
    if answer["registered_count"] != rows:
        raise imports.SheetNotTaken(f"{rows} households were expected: {answer}")
    return seconds, peak


async def _import(world: World, sheet: bytes) -> tuple[dict[str, Any], float]:
    began_at = datetime.now(UTC)
    path = f"/household-imports?county_code={COUNTY}&collected_on={imports.COLLECTED_ON}"
    queued = await imports.post(world, Role.POVERTY_OFFICE, path, sheet, "application/octet-stream")
    answer = await imports.finished(world, queued)
    return answer, imports.seconds_taken(answer, began_at)


def _registry(world: World) -> psutil.Process:
    pid = world.platform.children()["registry"].pid
    if pid is None:
        raise imports.SheetNotTaken("the registry does not run")
    return psutil.Process(pid)


def _csv_sheet(columns: tuple[SheetColumn, ...], rows: int) -> bytes:
    text = io.StringIO(newline="")
    write = csv.writer(text)
    write.writerow([column.header for column in columns])
    write.writerows(_cells(columns, rows))
    return text.getvalue().encode("utf-8-sig")


async def _xlsx_sheet(columns: tuple[SheetColumn, ...], rows: int) -> bytes:
    return b"".join([piece async for piece in xlsx_pieces(columns, _cells(columns, rows))])


def _cells(columns: tuple[SheetColumn, ...], rows: int) -> Iterator[list[str]]:
    """Yield made-up households spread over the county's villages, no two with the same person."""
    villages = _villages(REGIONS_FILE)
    for place in range(rows):
        cells: dict[str, Any] = {
            "household_number": f"BENCH{place:08d}",
            "head_name": f"赵{'一二三四五六七八九十'[place % 10]}{'甲乙丙丁戊己庚辛'[place % 8]}",
            "resident_id": _resident_id(place),
            "phone": f"139{place:08d}",
            "village_code": villages[place % len(villages)],
            "member_count": str(2 + place % 5),
            "labourer_count": str(1 + place % 2),
            "poverty_state": "建档立卡" if place % 3 else "已脱贫",
            "registered_on": f"2014-{1 + place % 12:02d}-{1 + place % 28:02d}",
            "four_kinds": "否" if place % 50 else "是",
            "civil_capacity": "完全",
            "able_to_work": "是",
            "credit_record": "无记录" if place % 2 else "良好",
            "bank_code": "RCB",
            "bank_account": f"6217000{place:012d}",
            "residence_code": "",
            "family_debts": "" if place % 40 else "ABC",
            "group_name": f"{1 + place % 9}组",
        }
        yield [cells.get(column.key, str(place * 37 % 90_000 // (1 + place % 7))) for column in columns]


def _resident_id(place: int) -> str:
    born = _BORN + timedelta(days=place // _ORDERS)
    first = f"500236{born:%Y%m%d}{place % _ORDERS:03d}"
    return first + check_digit(first)


def _villages(regions: Path) -> list[str]:
    codes = (line.split(",", 1)[0] for line in regions.read_text(encoding="utf-8").splitlines()[1:])
    return [code for code in codes if len(code) == 12 and code.startswith(COUNTY)]
