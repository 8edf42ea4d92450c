"""Measure the platform beside its floors: `python -m tools.bench [--quick] [--output FOLDER]`.

Without `--quick` it takes about six minutes and writes docs/benchmarks.md and docs/benchmarks.json. A target that is
missed is said and is no failure of the command: a busy machine must not break a build.
"""

import argparse
import asyncio
import shutil
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from deploy.embedded.folders import ROOT, state_folder
from deploy.errors import AlreadyRunning
from deploy.occupancy import supervisor_pid
from tools.bench import (
    eligibility,
    event_flow,
    household_imports,
    household_sheets,
    regions,
    repayment_files,
    single_repayments,
    world,
)
from tools.bench.document import Report, amount_text, as_json, as_markdown, figure_text, target_text
from tools.bench.machine import machine
from tools.bench.ratios import Comparison
from tools.bench.sizes import FULL, QUICK, Sizes

FLOORS: Final = {
    "a1": single_repayments.FLOOR,
    "a2": "the same pgbench runs.",
    "b": repayment_files.FLOOR,
    "c1": event_flow.LATENCY,
    "c2": event_flow.FLOOR,
    "d": household_imports.FLOOR,
    "d1": household_sheets.SPEED,
    "d2": "the same, from a workbook.",
    "d3": household_sheets.MEMORY,
    "e": eligibility.SURVEYED,
    "r1": regions.LOADED,
    "r2": regions.FOUND,
}
NARROWEST_TABLE: Final = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, write the documents."""
    options = _parser().parse_args(arguments)
    console = Console(width=max(Console().width, NARROWEST_TABLE))
    on, began = machine(), time.monotonic()
    comparisons = _measured(QUICK if options.quick else FULL, console)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    report = Report(at, time.monotonic() - began, on, comparisons, FLOORS)
    _print(report, console)
    folder = options.output or (None if options.quick else ROOT / "docs")
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "benchmarks.md").write_text(as_markdown(report), encoding="utf-8")
        (folder / "benchmarks.json").write_text(as_json(report), encoding="utf-8")
        console.print(f"written: {folder}/benchmarks.md, {folder}/benchmarks.json")
    return 0


def _measured(sizes: Sizes, console: Console) -> list[Comparison]:
    """Run everything on servers of its own, which are gone afterwards.

    Raises:
        AlreadyRunning: another benchmark of this checkout runs.
    """
    # On a real disk, which the folder for temporary files may not be, and where PostgreSQL's user can go.
    folder = state_folder() / "benchmark"
    if (running_pid := supervisor_pid(folder)) is not None:
        raise AlreadyRunning(folder, str(running_pid))
    shutil.rmtree(folder, ignore_errors=True)  # of a run that was killed
    try:
        with world.servers(folder, sizes) as running:
            return asyncio.run(_measure(running, console))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _measure(running: world.World, console: Console) -> list[Comparison]:
    began = time.monotonic()

    def say(what: str) -> None:
        console.print(f"[dim]{time.monotonic() - began:4.0f} s[/] {what}")

    say(f"建立数据 putting {running.sizes.loans} loans on file")
    await world.fill(running)
    running.platform.start("lending")
    # Events first: what single repayments and files leave behind is published, and nobody has to apply it.
    say("(c) 事件 events")
    events = await event_flow.measure(running)
    say("(a) 单笔还款 single repayments")
    singles = await single_repayments.measure(running)
    say(f"(b) 还款文件 repayment files of {running.sizes.file_lines} lines")
    files = await repayment_files.measure(running)
    running.platform.stop("lending")
    say("(d) 农户导入 household import")
    households = await household_imports.measure(running)
    say(f"(d1-d3) {running.sizes.sheet_rows} 户导入 a large county's sheets")  # in the county that (d) set up
    sheets = await household_sheets.measure(running)
    say("(e) 全县资格普查 who of a county may borrow")
    survey = await eligibility.measure(running)
    say("(r) 全国区划 the country's regions")
    country = await regions.measure(running)
    say("完成 done")
    return [*singles, *files, *events, *households, *sheets, *survey, *country]


def _print(report: Report, console: Console) -> None:
    table = Table(box=SIMPLE, title="性能基准 Benchmarks")
    for heading in ("", "项目 What", "比值 Ratio", "目标 Target", "达到 Met", "平台 Ours", "底线 Floor"):
        table.add_column(heading)
    for each in report.comparisons:
        met = "[green]✓[/]" if each.is_met else "[red]✗ not met[/]"
        cells = (figure_text(each), target_text(each), met, amount_text(each.ours), amount_text(each.floor))
        table.add_row(each.key, f"{each.zh} {each.en}", *cells)
    console.print(table)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small figures, one round; writes nothing by itself")
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="write the documents there")
    return parser


if __name__ == "__main__":
    sys.exit(main())
