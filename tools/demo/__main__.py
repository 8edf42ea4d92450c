"""`make demo`: a county from its set-up to its last recovered losses, through the gateway, on real servers."""

import asyncio
import json
import os
import shutil
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Annotated

import httpx
import typer
from rich.console import Console
from rich.markup import escape

from deploy.errors import PlatformError
from deploy.occupancy import supervisor_pid
from deploy.platform import Platform
from deploy.tokens import ACCOUNTS_FILE
from shared.errors import Refusal
from shared.languages import Sentence
from tools.demo import result
from tools.demo.beginning import Asked, county_at
from tools.demo.county import County
from tools.demo.figures_sheet import write_figures
from tools.demo.progress import Clock
from tools.demo.refused import DemoRefused
from tools.demo.report import write_report
from tools.demo.run import live_through
from tools.demo.session import RequestFailed
from tools.demo.summary import DemoSummary
from tools.demo.terminal import print_summary

ROOT = Path(__file__).resolve().parents[2]
MEMORY_SAMPLE_SECONDS = 0.5
REQUEST_SECONDS = 180.0
AMISS, CANNOT_RUN, INTERRUPTED = 1, 2, 130


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


async def demonstrate(asked: Asked, folder: Path, console: Console, *, durable: bool = True) -> int:
    """Run the whole demonstration and return the exit status: 0 when figures and books are right and all was shown.

    Raises:
        PlatformError: a server or service does not start.
        DemoRefused: the folder cannot be used, or a step could not be done.
    """
    _ensure_free(folder)
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
        county, summary = await _run(platform, asked, folder, clock)
    except (RequestFailed, DemoRefused, Refusal, httpx.TransportError) as failed:
        raise _at_step(clock, failed) from failed
    finally:
        peak = watch.stop()
        await platform.__aexit__(None, None, None)
    await write_figures(folder / "figures.xlsx", summary)
    _tell(summary, folder, peak, console)
    missed = result.figures_missed(county, summary)
    for line in missed:
        console.print(f"[red]{escape(line)}[/]")
    return AMISS if summary["reconciliation_differences"] or missed else 0


def _ensure_free(folder: Path) -> None:
    running = supervisor_pid(folder / "platform")
    if running is not None:
        raise DemoRefused(
            zh=f"平台（进程 {running}）正在使用 {folder / 'platform'}：演示从空数据开始，请先运行 make down。",
            en=f"A platform (process {running}) is using {folder / 'platform'}: run make down first; the demo starts "
            "from empty data.",
        )
    if folder.exists() and any(folder.iterdir()) and not (folder / "platform").is_dir():
        raise DemoRefused(
            zh=f"{folder} 不是演示目录且不为空，请用 --folder 另选。",
            en=f"{folder} is not a folder of the demo, and not empty; choose another --folder.",
        )


def _at_step(clock: Clock, failed: RequestFailed | DemoRefused | Refusal | httpx.TransportError) -> DemoRefused:
    """Return the refusal that says at which step the demonstration ended and why."""
    if isinstance(failed, httpx.TransportError):
        why = Sentence(
            f"服务没有应答（{type(failed).__name__}）", f"a service did not answer ({type(failed).__name__})"
        )
    else:
        why = failed.sentence
    return DemoRefused(
        zh=f"第 {len(clock.steps) + 1} 步“{clock.last.zh}”未能完成：{why.zh}",
        en=f"Step {len(clock.steps) + 1}, '{clock.last.en}', could not be done: {why.en}",
    )


async def _run(platform: Platform, asked: Asked, folder: Path, clock: Clock) -> tuple[County, DemoSummary]:
    """Create the county's offices, live through its calendar, derive every figure again, and sum up."""
    started = time.perf_counter()
    timeout = httpx.Timeout(REQUEST_SECONDS, connect=5.0)
    async with httpx.AsyncClient(base_url=platform.urls["gateway"], timeout=timeout, trust_env=False) as http:
        with clock.step("建立机构账号", "Create the officers, banks and the insurer; draw the households") as step:
            county = await county_at(http, asked, folder / "platform" / ACCOUNTS_FILE, clock, folder)
            step.note(f"{len(county.offices.people)} 个账号 accounts, {county.plan.rows:,} 户 households")
        await live_through(county)
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
    console.print(f"网页报告 Web report: {folder / 'report.html'}; 数据表 figures: {folder / 'figures.xlsx'}")
    console.print("继续浏览 Explore the county: [bold]make up[/], then [bold]make token USER=service.centre[/]")


def _print(console: Console, sentence: Sentence) -> None:
    console.print(f"[red]{escape(sentence.zh)}\n{escape(sentence.en)}[/]")


def main(
    scale: Annotated[str, typer.Option(help="size, 0.001 to 1 规模")] = "1",
    county: Annotated[str, typer.Option(help="code of a pack in policy/packs, or of a county 县")] = "",
    pack: Annotated[Path | None, typer.Option(help="a pack of one's own 政策包文件")] = None,
    regions: Annotated[
        Path | None, typer.Option(help="the county's regions, as data/regions.csv has them 区划")
    ] = None,
    folder: Annotated[Path, typer.Option(help="where data and report go 输出目录")] = ROOT / "var" / "demo",
) -> None:
    """Run a county from its set-up to recovered losses. 全县演示"""
    console = Console()
    try:
        sys.exit(asyncio.run(demonstrate(Asked.of(scale, county, pack, regions), folder, console)))
    except (DemoRefused, Refusal) as refused:
        _print(console, refused.sentence)
        sys.exit(CANNOT_RUN)
    except PlatformError as refused:
        console.print(f"[red]{escape(str(refused))}[/]")
        sys.exit(CANNOT_RUN)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except Exception as fault:  # whoever tries a county out learns what to do; the fault is in the file
        _print(console, _stored(fault, folder))
        sys.exit(AMISS)


def _stored(fault: Exception, folder: Path) -> Sentence:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "fault.txt"
    file.write_text("".join(traceback.format_exception(fault)))
    return Sentence(
        f"演示程序自身出错（{type(fault).__name__}），不是政策包的问题；请把 {file} 交给维护人员。",
        f"The demonstration itself failed ({type(fault).__name__}); send {file} to who maintains it.",
    )


if __name__ == "__main__":
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command()(main)
    app()
