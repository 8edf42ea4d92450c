"""`make demo`: a county from its set-up to its rating or its last loans, through the gateway, on real servers."""

import asyncio
import json
import os
import shutil
import sys
import threading
import time
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console

from deploy.errors import PlatformError
from deploy.occupancy import supervisor_pid
from deploy.platform import Platform
from deploy.tokens import ACCOUNTS_FILE
from shared.policy.load import load_pack
from tools.demo import result
from tools.demo.beginning import county_at
from tools.demo.county import County
from tools.demo.plan import ScaleOutOfRange, scale_of
from tools.demo.progress import Clock
from tools.demo.report import write_report
from tools.demo.run import live_through
from tools.demo.summary import DemoSummary
from tools.demo.terminal import print_summary

ROOT = Path(__file__).resolve().parents[2]
PACKS = ROOT / "policy" / "packs"
MEMORY_SAMPLE_SECONDS = 0.5
REQUEST_SECONDS = 180.0


class MemoryWatch(threading.Thread):
    """Remembers the most memory all our processes together have used."""

    def __init__(self, platform: Platform) -> None:
        super().__init__(daemon=True)
        self.platform, self.peak_bytes, self._done = platform, 0, threading.Event()

    def run(self) -> None:
        """Sample until stopped."""
        while not self._done.wait(MEMORY_SAMPLE_SECONDS):
            self.peak_bytes = max(self.peak_bytes, self.platform.memory_bytes())

    def stop(self) -> int:
        """Stop and return the peak."""
        self._done.set()
        self.join()
        return self.peak_bytes


async def demonstrate(scale: Decimal, county_name: str, folder: Path, console: Console, *, durable: bool = True) -> int:
    """Run the whole demonstration and return the exit status: 0 when figures and books are right, 2 when it cannot run.

    Raises:
        PlatformError: a server or service does not start.
    """
    pack_file = PACKS / f"{county_name}.yaml"
    hindrance = _hindrance(pack_file, folder)
    if hindrance:
        console.print(f"[red]{hindrance}[/]")
        return 2
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    clock = Clock(console)
    with clock.step("启动平台", "Start PostgreSQL, NATS and the five services"):
        platform = Platform(
            folder / "platform",
            durable=durable,
            gateway_port=int(os.environ["GATEWAY_PORT"]) if "GATEWAY_PORT" in os.environ else None,
            extra_env={"LOG_LEVEL": "WARNING"},
        )
        await platform.__aenter__()
    watch = MemoryWatch(platform)
    watch.start()
    try:
        county, summary = await _run(platform, pack_file, scale, folder, clock)
    finally:
        peak = watch.stop()
        await platform.__aexit__(None, None, None)
    _tell(summary, folder, peak, console)
    missed = result.figures_missed(county, summary)
    for line in missed:
        console.print(f"[red]{line}[/]")
    return 1 if summary["reconciliation_differences"] or missed else 0


def _hindrance(pack_file: Path, folder: Path) -> str | None:
    """Return why the demonstration cannot begin, or None."""
    if not pack_file.exists():
        known = ", ".join(sorted(pack.stem for pack in PACKS.glob("*.yaml")))
        return f"没有政策包 No policy pack {pack_file.name}; COUNTY is one of: {known}"
    running = supervisor_pid(folder / "platform")
    if running is not None:
        return (
            f"平台正在使用该数据目录 A platform (process {running}) is using {folder / 'platform'}: "
            "run make down first; the demo starts from empty data."
        )
    if folder.exists() and any(folder.iterdir()) and not (folder / "platform").is_dir():
        return f"{folder}: 不是演示目录 not a folder of the demo, and not empty; choose another --folder"
    return None


async def _run(
    platform: Platform, pack_file: Path, scale: Decimal, folder: Path, clock: Clock
) -> tuple[County, DemoSummary]:
    """Create the county's offices, live through its calendar, derive every figure again, and sum up."""
    started = time.perf_counter()
    timeout = httpx.Timeout(REQUEST_SECONDS, connect=5.0)
    async with httpx.AsyncClient(base_url=platform.urls["gateway"], timeout=timeout, trust_env=False) as http:
        with clock.step("建立机构账号", "Create the officers, banks and the insurer; draw the households") as step:
            accounts_file = folder / "platform" / ACCOUNTS_FILE
            county = await county_at(http, load_pack(pack_file), scale, accounts_file, clock, folder)
            step.note(f"{len(county.offices.people)} 个账号 accounts, {county.plan.rows:,} 户 households")
        await live_through(county, pack_file)
        with clock.step("对账", "Reconcile: derive every figure again from all databases and the stream") as step:
            reconciliation = await result.reconcile(platform, folder)
            step.note(f"{reconciliation.checks} 项检查 checks, {reconciliation.differences} 处差异 differences")
        seconds = clock.steps[0]["seconds"] + time.perf_counter() - started
        return county, await result.summarise(county, reconciliation, seconds)


def _tell(summary: DemoSummary, folder: Path, peak_bytes: int, console: Console) -> None:
    """Write summary and report, and print them."""
    (folder / "summary.json").write_text(json.dumps(summary, ensure_ascii=False, indent=1) + "\n")
    write_report(folder / "report.html", summary)
    print_summary(summary, console)
    console.print(f"峰值内存 Peak memory of all processes: {peak_bytes / 2**20:,.0f} MiB")
    console.print(f"网页报告 Web report: {folder / 'report.html'}")
    console.print("继续浏览 Explore the county: [bold]make up[/], then [bold]make token USER=service.centre[/]")


def main(
    scale: Annotated[str, typer.Option(help="size, 0.001 to 1 规模")] = "1",
    county: Annotated[str, typer.Option(help="name of a file in policy/packs 县")] = "fengjie",
    folder: Annotated[Path, typer.Option(help="where data and report go 输出目录")] = ROOT / "var" / "demo",
) -> None:
    """Run a county from its set-up to its rating, or to recovered losses. 全县演示"""
    console = Console()
    try:
        size = scale_of(scale)
    except (ScaleOutOfRange, InvalidOperation):
        console.print(f"[red]SCALE={scale}: 请给 0.001 到 1 之间的数 give a number from 0.001 to 1, e.g. 0.01[/]")
        sys.exit(2)
    try:
        sys.exit(asyncio.run(demonstrate(size, county, folder, console)))
    except PlatformError as refused:
        console.print(f"[red]{refused}[/]")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(main)
    app()
