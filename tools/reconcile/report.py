"""The result: what was checked, what differs, the figures it was derived from; as JSON and on the terminal."""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from tools.reconcile.findings import Findings

SHOWN = 8  # differences of one check on the terminal; the JSON report has more


@dataclass(frozen=True)
class Result:
    """One check and what it found."""

    id: str
    zh: str
    en: str
    findings: Findings
    seconds: float


@dataclass(frozen=True)
class Report:
    """All checks of one run; `figures` are the totals derived on the way, money as strings."""

    mode: str
    started_at: datetime
    seconds: float
    results: list[Result]
    figures: dict[str, Any]

    def looked_at_again(self, later: "Report") -> "Report":
        """Return this report with the results of a later look in place of its own, where there is one."""
        newer = {result.id: result for result in later.results}
        results = [newer.get(result.id, result) for result in self.results]
        return replace(self, results=results, seconds=self.seconds + later.seconds)

    @property
    def differences(self) -> int:
        """Return the number of differences in all checks."""
        return sum(result.findings.differing for result in self.results)

    @property
    def compared(self) -> int:
        """Return the number of comparisons in all checks."""
        return sum(result.findings.compared for result in self.results)

    @property
    def is_green(self) -> bool:
        """Return whether nothing differs."""
        return self.differences == 0

    @property
    def red(self) -> list[str]:
        """Return the ids of the checks that found something."""
        return [result.id for result in self.results if result.findings.differing]

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain values."""
        return {
            "mode": self.mode,
            "started_at": self.started_at.isoformat(),
            "seconds": round(self.seconds, 2),
            "checks": len(self.results),
            "compared": self.compared,
            "differences": self.differences,
            "red": self.red,
            "figures": self.figures,
            "results": [_result_as_json(result) for result in self.results],
        }

    def to_json(self) -> str:
        """Return the report as JSON text."""
        return json.dumps(self.as_json(), ensure_ascii=False, indent=2) + "\n"

    def print(self, console: Console) -> None:
        """Show the checks as a table and then what differs."""
        table = Table(title="对账 Reconciliation", caption=self._summary(), title_style="bold")
        table.add_column("", no_wrap=True)
        table.add_column("检查 check", no_wrap=True)
        table.add_column("内容 what must hold")
        for heading in ("比较 compared", "差异 differences", "秒 s"):
            table.add_column(heading, justify="right", no_wrap=True)
        for result in self.results:
            found = result.findings
            sign = "[green]✓[/]" if not found.differing else "[bold red]✗[/]"
            count = str(found.differing) if not found.differing else f"[bold red]{found.differing}[/]"
            name = f"{escape(result.zh)}\n[dim]{escape(result.en)}[/]"
            table.add_row(sign, result.id, name, f"{found.compared:,}", count, f"{result.seconds:.2f}")
        console.print(table)
        self._print_differences(console)

    def _summary(self) -> str:
        verdict = "账实相符 everything agrees" if self.is_green else f"共 {self.differences} 处差异 differences"
        return f"{verdict} · {self.compared:,} 项比较 comparisons · {self.seconds:.1f} s · {self.mode}"

    def _print_differences(self, console: Console) -> None:
        for result in self.results:
            for note in result.findings.notes:
                console.print(f"{result.id}: {note}", markup=False)
            if not result.findings.differing:
                continue
            table = Table(title=f"{result.id} {escape(result.zh)} {escape(result.en)}", title_justify="left")
            for heading in ("对象 key", "项目 what", "应为 expected", "实为 found"):
                table.add_column(heading, overflow="fold")
            for each in result.findings.listed[:SHOWN]:
                table.add_row(escape(each.key), escape(each.what), escape(each.expected), escape(each.found))
            console.print(table)
            if (more := result.findings.differing - SHOWN) > 0:
                console.print(f"  … {more} 处未列出 more")


def _result_as_json(result: Result) -> dict[str, Any]:
    return {
        "id": result.id,
        "zh": result.zh,
        "en": result.en,
        "compared": result.findings.compared,
        "differences": result.findings.differing,
        "seconds": round(result.seconds, 3),
        "notes": result.findings.notes,
        "listed": [asdict(each) for each in result.findings.listed],
    }
