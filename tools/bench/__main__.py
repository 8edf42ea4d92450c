"""Measure the platform beside its floors: `python -m tools.bench [--quick] [--only KEY …] [--output FOLDER]`.

Whole, it takes about nine minutes and writes docs/benchmarks.md and docs/benchmarks.json. A target that is missed is
said and is no failure of the command: a busy machine must not break a build. A part that could not be measured is
named with its error; the others are measured all the same, and the command ends with 1.
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
from rich.markup import escape
from rich.table import Table

from deploy.embedded.folders import ROOT, state_folder
from deploy.errors import AlreadyRunning
from deploy.occupancy import supervisor_pid
from tools.bench import (
    days_runs,
    eligibility,
    event_flow,
    household_imports,
    household_sheets,
    regions,
    repayment_files,
    replays,
    single_repayments,
    subsidy_batches,
    world,
)
from tools.bench.document import Report, amount_text, as_json, as_markdown, figure_text, target_text
from tools.bench.machine import machine
from tools.bench.parts import Measured, Part, measure
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
    "e": eligibility.SCREENED,
    "f": replays.REPLAYED,
    "g1": days_runs.RUN,
    "g2": days_runs.SECONDS,
    "g3": days_runs.GROWTH,
    "g4": days_runs.MEMORY,
    "s1": subsidy_batches.PREPARED,
    "s2": subsidy_batches.SECONDS,
    "s3": subsidy_batches.APPROVED,
    "s4": subsidy_batches.MEMORY,
    "r1": regions.LOADED,
    "r2": regions.FOUND,
}
NARROWEST_TABLE: Final = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the table, write the documents; 1 when a part failed, with the figures of the others kept."""
    options = _parser().parse_args(arguments)
    console = Console(width=max(Console().width, NARROWEST_TABLE))
    on, began = machine(), time.monotonic()
    measured = _measured(QUICK if options.quick else FULL, options.only, console)
    at = datetime.now(UTC).isoformat(timespec="seconds")
    report = Report(at, time.monotonic() - began, on, measured.comparisons, FLOORS, measured.failures)
    _print(report, console)
    folder = options.output or (None if options.quick or options.only else ROOT / "docs")
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "benchmarks.md").write_text(as_markdown(report), encoding="utf-8")
        (folder / "benchmarks.json").write_text(as_json(report), encoding="utf-8")
        console.print(f"written: {folder}/benchmarks.md, {folder}/benchmarks.json")
    return 1 if report.failures else 0


def _measured(sizes: Sizes, only: Sequence[str], console: Console) -> Measured:
    """Run the parts on servers of their own, which are gone afterwards.

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
            return asyncio.run(measure(running, chosen(parts_of(sizes), only), console))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def parts_of(sizes: Sizes) -> tuple[Part, ...]:
    """Return all parts in their order.

    Events come first: what single repayments and files leave behind is published, and nobody has to apply it. The
    large sheets are imported into the county that the smaller one has set up.
    """
    return (
        Part(("c1", "c2"), "事件 events", event_flow.measure, ("lending",)),
        Part(("a1", "a2"), "单笔还款 single repayments", single_repayments.measure, ("lending",)),
        Part(("b",), f"还款文件 repayment files of {sizes.file_lines} lines", repayment_files.measure, ("lending",)),
        Part(("f",), "重放 replay of an account", replays.measure, ("lending",)),
        Part(
            ("g1", "g2", "g3", "g4"),
            f"{sizes.days_loans[1]} 笔贷款的日终 a county's day",
            days_runs.measure,
            ("lending",),
        ),
        Part(
            ("s1", "s2", "s3", "s4"),
            f"{sizes.subsidy_loans[1]} 笔贷款的贴息批次 a county's subsidy",
            subsidy_batches.measure,
            ("subsidy",),
        ),
        Part(("d",), "农户导入 household import", household_imports.measure),
        Part(("d1", "d2", "d3"), f"{sizes.sheet_rows} 户导入 a large county's sheets", household_sheets.measure),
        Part(("e",), "全县资格普查 who of a county may borrow", eligibility.measure),
        Part(("r1", "r2"), "全国区划 the country's regions", regions.measure),
    )


def chosen(parts: Sequence[Part], only: Sequence[str]) -> tuple[Part, ...]:
    """Return the parts of which one of these keys is, or all when none is named."""
    return tuple(part for part in parts if not only or set(only) & set(part.keys))


def _print(report: Report, console: Console) -> None:
    table = Table(box=SIMPLE, title="性能基准 Benchmarks")
    for heading in ("", "项目 What", "比值 Ratio", "目标 Target", "达到 Met", "平台 Ours", "底线 Floor"):
        table.add_column(heading)
    for each in report.comparisons:
        met = "[green]✓[/]" if each.is_met else "[red]✗ not met[/]"
        cells = (figure_text(each), target_text(each), met, amount_text(each.ours), amount_text(each.floor))
        table.add_row(each.key, f"{each.zh} {each.en}", *cells)
    console.print(table)
    for failure in report.failures:
        console.print(f"[red]✗ {', '.join(failure.keys)}[/] {failure.title}: {escape(failure.reason)}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small figures, one round; writes nothing by itself")
    parser.add_argument(
        "--only", nargs="+", choices=sorted(FLOORS), default=(), metavar="KEY", help="these parts alone"
    )
    parser.add_argument("--output", type=Path, metavar="FOLDER", help="write the documents there")
    return parser


if __name__ == "__main__":
    sys.exit(main())
