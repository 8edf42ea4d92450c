"""docs/benchmarks.md and docs/benchmarks.json from the comparisons of one run. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tools.bench.ratios import Bound, Comparison, Failure, Series

_SIGNS = {Bound.AT_LEAST: "≥", Bound.AT_MOST: "≤"}
_HOW = """\
## 怎么运行 How to run

```
make bench                            # about nine minutes; writes this page and benchmarks.json
.venv/bin/python -m tools.bench --quick   # a minute, small figures, writes nothing
.venv/bin/python -m tools.bench --only g1 # one part, full figures, writes nothing
```

The run starts its own PostgreSQL and NATS with the settings of production (`fsync`, `synchronous_commit`, NATS
`sync_interval: always`) in a folder of its own, and the services it needs as separate processes. Ours and the floor
alternate on the same tables; the table shows medians. Ratios travel between machines, absolute figures do not.
"""


@dataclass(frozen=True, slots=True)
class Report:
    """One run of the benchmark."""

    measured_at: str  # ISO 8601
    run_seconds: float
    machine: Mapping[str, str | int | float]
    comparisons: Sequence[Comparison]
    floors: Mapping[str, str]  # what each floor is, in a sentence, by the comparison's key
    failures: Sequence[Failure] = ()


def as_json(report: Report) -> str:
    """Return docs/benchmarks.json."""
    content = {
        "measured_at": report.measured_at,
        "run_seconds": round(report.run_seconds, 1),
        "machine": dict(report.machine),
        "targets_met": sum(each.is_met for each in report.comparisons),
        "targets": len(report.comparisons),
        "comparisons": [_comparison(each) for each in report.comparisons],
        "failures": [{"keys": list(each.keys), "title": each.title, "reason": each.reason} for each in report.failures],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def as_markdown(report: Report) -> str:
    """Return docs/benchmarks.md: the table, what the floors are, the machine, how to run."""
    met = sum(each.is_met for each in report.comparisons)
    lines = [
        "# 性能基准 Benchmarks",
        "",
        f"与数据库和消息系统本身的极限相比，{len(report.comparisons)} 项目标达到 {met} 项。"
        f" Beside what PostgreSQL and NATS can do at best, {met} of {len(report.comparisons)} targets are met.",
        "",
        "| 项目 What | 比值 Ratio | 目标 Target | 达到 Met | 平台 Ours | 底线 Floor |",
        "|---|---:|---:|:---:|---:|---:|",
        *(_row(each) for each in report.comparisons),
        "",
        *_failed(report.failures),
        "## 底线是什么 What the floors are",
        "",
        *(f"- **{each.key}** {report.floors[each.key]}" for each in report.comparisons if each.key in report.floors),
        "",
        "## 机器 Machine",
        "",
        *(f"- {name}: {value}" for name, value in report.machine.items()),
        f"- measured at {report.measured_at}, in {report.run_seconds:.0f} seconds",
        "",
        _HOW,
    ]
    return "\n".join(lines)


def _failed(failures: Sequence[Failure]) -> list[str]:
    if not failures:
        return []
    named = [f"- **{', '.join(each.keys)}** {each.title}: {' '.join(each.reason.split())}" for each in failures]
    return ["## 没有测出 Not measured", "", *named, ""]


def figure_text(comparison: Comparison) -> str:
    """Return the judged figure as the table shows it: 0.21, 2.8 ×, 43 ms."""
    if comparison.floor is None:
        return _amount(comparison.ours)
    return _ratio(comparison.figure, comparison.target.bound)


def target_text(comparison: Comparison) -> str:
    """Return the target as the table shows it."""
    target = comparison.target
    value = f"{target.value:g}"
    unit = f" {comparison.ours.unit}" if comparison.floor is None else " ×" if target.bound is Bound.AT_MOST else ""
    return f"{_SIGNS[target.bound]} {value}{unit}"


def amount_text(series: Series | None) -> str:
    """Return a series' median with its unit, or a dash."""
    return "–" if series is None else _amount(series)


def _row(comparison: Comparison) -> str:
    met = "✓" if comparison.is_met else "✗ not met"
    cells = (
        f"**{comparison.key}** {comparison.zh} {comparison.en}",
        figure_text(comparison),
        target_text(comparison),
        met,
        amount_text(comparison.ours),
        amount_text(comparison.floor),
    )
    return f"| {' | '.join(cells)} |"


def _ratio(figure: float, bound: Bound) -> str:
    return f"{figure:.2f} ×" if bound is Bound.AT_MOST else f"{figure:.3f}"


def _amount(series: Series) -> str:
    figure = series.median
    digits = 0 if figure >= 100 else 1 if figure >= 10 else 2
    return f"{figure:,.{digits}f} {series.unit}".replace(",", " ")


def _comparison(comparison: Comparison) -> dict[str, Any]:
    return {
        "key": comparison.key,
        "zh": comparison.zh,
        "en": comparison.en,
        "figure": round(comparison.figure, 4),
        "target": {"bound": str(comparison.target.bound), "value": comparison.target.value},
        "met": comparison.is_met,
        "ours": _series(comparison.ours),
        "floor": None if comparison.floor is None else _series(comparison.floor),
    }


def _series(series: Series) -> dict[str, Any]:
    runs = [round(run, 4) for run in series.runs]
    return {"what": series.what, "unit": series.unit, "median": round(series.median, 4), "runs": runs}
