"""The demonstration's result on the terminal."""

from typing import Final

from rich import box
from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from tools.demo.benefits.report import benefit_row
from tools.demo.programme_report import target_row
from tools.demo.summary import HEADLINES, DemoSummary, grouped, remarks, rows_rejected

UNITS: Final = {"rows": "行 rows", "households": "户 households", "persons": "人 persons", "yuan": "元 yuan"}


def print_summary(summary: DemoSummary, console: Console | None = None) -> None:
    """Print the headline figures, the steps with their times, and whether the books reconcile."""
    console = console or Console()
    console.print()
    console.print(_figures(summary))
    console.print(_steps(summary))
    if summary["benefits"]:
        console.print(_benefits(summary))
    if summary["targets"]:
        console.print(_targets(summary))
    for remark in remarks(summary):
        console.print(Text(f"{remark['zh']}。 {remark['en']}."), style="yellow")
    console.print(_verdict(summary))


def _figures(summary: DemoSummary) -> Table:
    title = Text(f"{summary['county_zh']} {summary['county_en']} · {summary['starts_on']} – {summary['ends_on']}")
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold")
    table.add_column("指标 Figure")
    table.add_column("数值 Value", justify="right", no_wrap=True)
    table.add_column("单位 Unit", no_wrap=True)
    for headline in HEADLINES:
        table.add_row(Text(f"{headline.zh} {headline.en}"), grouped(summary[headline.key]), UNITS[headline.unit])
    table.add_row("退回的登记行 Spreadsheet rows sent back", grouped(rows_rejected(summary)), "行 rows")
    return table


def _benefits(summary: DemoSummary) -> Table:
    title = Text("产业项目、直补、协议与分红 Projects, direct grants, agreements, dividends")
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold")
    table.add_column("项目 What")
    table.add_column("数量 Count", justify="right", no_wrap=True)
    table.add_column("金额（元） Yuan", justify="right", no_wrap=True)
    for row in summary["benefits"]:
        table.add_row(*(Text(cell) for cell in benefit_row(row)))
    return table


def _targets(summary: DemoSummary) -> Table:
    title = Text("绩效目标完成情况 How far each target is on the last day of its year")
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", title_style="bold")
    table.add_column("年度 Year", no_wrap=True)
    table.add_column("绩效目标 Target", overflow="fold")
    table.add_column("目标值 Wanted", justify="right", no_wrap=True)
    table.add_column("完成值 Reached", justify="right", no_wrap=True)
    table.add_column("完成情况 Verdict")
    for target in summary["targets"]:
        style = "green" if target["is_met"] else "red"
        *cells, verdict = target_row(target)
        table.add_row(*(Text(cell) for cell in cells), Text(verdict, style=style))
    return table


def _steps(summary: DemoSummary) -> Table:
    table = Table(box=box.SIMPLE_HEAD, show_footer=True)
    table.add_column("步骤 Step", "合计 Total")
    table.add_column("速率 Rate", justify="right")
    table.add_column("秒 Seconds", f"{summary['seconds']:.1f}", justify="right")
    for step in summary["steps"]:
        table.add_row(Text(f"{step['name_zh']} {step['name_en']}"), Text(step["rate"]), f"{step['seconds']:.1f}")
    return table


def _verdict(summary: DemoSummary) -> Panel:
    checks, differences = summary["reconciliation_checks"], summary["reconciliation_differences"]
    sentence = f"{grouped(checks)} figures derived again, {grouped(differences)} differences"
    if differences:
        return Panel(Text(f"对账不符 Not reconciled: {sentence}"), style="bold red", expand=False)
    return Panel(Text(f"对账一致 Reconciled: {sentence}"), style="green", expand=False)
