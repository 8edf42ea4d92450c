"""The bulletin's section on projects, grants, agreements and dividends (ZJ-11)."""

from decimal import Decimal
from typing import Final

from tools.demo.charts import WIDE, Mark, bar_chart
from tools.demo.figures import Table, figure, label, section, wan
from tools.demo.summary import BenefitFigure, DemoSummary, grouped

NONE: Final = "—"


def benefits(summary: DemoSummary) -> str:
    """Return the section, or nothing where the county runs no project."""
    rows = summary["benefits"]
    if not rows:
        return ""
    marks = [
        Mark(row["zh"], Decimal(row["amount"]), f"{wan(row['amount'])} 万元", row["en"], _count(row))
        for row in rows
        if row["amount"] is not None
    ]
    table = Table(("项目 What", "数量 Count", "金额（元） Amount, yuan"), tuple(map(benefit_row, rows)))
    title = ("产业项目、直补、协议与分红", "Projects, direct grants, agreements and dividends")
    chart = bar_chart(marks, label(title, marks), css="s3", width=WIDE, name_width=320)
    return section(
        "产业项目与利益联结", "Projects and what households share in", figure(*title, chart, table, css="wide")
    )


def benefit_row(row: BenefitFigure) -> tuple[str, str, str]:
    """Return a total as a row: its name, how many, how much."""
    return f"{row['zh']} {row['en']}", _count(row), NONE if row["amount"] is None else grouped(row["amount"])


def _count(row: BenefitFigure) -> str:
    return f"{grouped(row['count'])} {row['unit_zh']} {row['unit_en']}"
