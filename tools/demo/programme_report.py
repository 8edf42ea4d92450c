"""The bulletin's section on the year's programmes: their money, their targets, and how the subsidy moved (DZ-2)."""

from decimal import Decimal
from html import escape
from typing import Final

from tools.demo.charts import WIDE, Mark, bar_chart
from tools.demo.figures import Table, both, figure, label, section, wan
from tools.demo.summary import DemoSummary, TargetFigure, grouped

NO_FIGURE: Final = "—"


def programmes(summary: DemoSummary) -> str:
    """Return the programmes' budgets, every target with how far it is, and the ways the subsidy's money took."""
    body = _targets(summary) + _money(summary) + _movements(summary)
    return section("贴息项目与绩效目标", "Subsidy programmes and their targets", f"<div class='figures'>{body}</div>")


def target_row(target: TargetFigure) -> tuple[str, str, str, str, str]:
    """Return a target as a row: its year, its name, what was wanted, what is reached, the verdict."""
    wanted, reached = (
        f"{grouped(each)} {target['unit_zh']}" if each else NO_FIGURE for each in (target["value"], target["reached"])
    )
    name = f"{target['zh']} {target['en']}"
    return target["year"], name, wanted, reached, f"{target['verdict_zh']} {target['verdict_en']}"


def _targets(summary: DemoSummary) -> str:
    rows = "".join(_target(target) for target in summary["targets"])
    head = (
        "<thead><tr><th scope='col'>绩效目标 Target</th><th scope='col' class='number'>目标值 Wanted</th>"
        "<th scope='col' class='number'>完成值 Reached</th><th scope='col'>完成情况 Verdict</th></tr></thead>"
    )
    if not rows:
        return ""
    caption = (
        f"<figcaption>{both('绩效目标完成情况', 'How far each target is on the last day of its year')}</figcaption>"
    )
    table = f"<table class='targets'>{head}<tbody>{rows}</tbody></table>"
    return f"<figure class='wide'>{caption}<div class='scroll'>{table}</div></figure>"


def _target(target: TargetFigure) -> str:
    _, _, wanted, reached, _ = target_row(target)
    css, mark = ("met", "✓") if target["is_met"] else ("missed", "✗")
    name = both(f"{target['year']} · {target['zh']}", target["en"])
    verdict = both(f"{mark} {target['verdict_zh']}", target["verdict_en"])
    return (
        f"<tr><th scope='row'>{name}</th>"
        + "".join(f"<td class='number'>{escape(figure)}</td>" for figure in (wanted, reached))
        + f"<td class='{css}'>{verdict}</td></tr>"
    )


def _money(summary: DemoSummary) -> str:
    rows = summary["programmes"]
    marks = [
        Mark(
            f"{row['year']} {name}",
            Decimal(row[key]),  # type: ignore[literal-required]
            f"{wan(row[key])} 万元",  # type: ignore[literal-required]
            english,
        )
        for row in rows
        for key, name, english in (("budget", "预算", "budget"), ("paid", "已支付", "paid"))
    ]
    table = Table(
        (
            "年度 Year",
            "项目 Programme",
            "预算 Budget",
            "已承诺未付 Committed",
            "已支付 Paid",
            "退回 Returned",
            "可用 Available",
        ),
        tuple(
            (
                row["year"],
                row["name"],
                *(grouped(row[key]) for key in ("budget", "committed", "paid", "returned", "available")),
            )
            for row in rows
        ),
        numbers_from=2,
    )
    title = ("各年度贴息预算与支付", "Each year's budget and what was paid of it")
    note = "预算＋退回＝已承诺＋已支付＋可用。 Budget and what came back are what is committed, paid and available."
    chart = bar_chart(marks, label(title, marks), css="s3", width=WIDE, name_width=180)
    return figure(*title, chart, table, note=note, css="wide")


def _movements(summary: DemoSummary) -> str:
    rows = summary["subsidy_movements"]
    marks = [
        Mark(
            row["zh"], Decimal(row["amount"]), f"{grouped(row['amount'])} 元", row["en"], f"{grouped(row['loans'])} 笔"
        )
        for row in rows
    ]
    table = Table(
        ("情形 What", "笔数 Count", "金额（元） Amount, yuan"),
        tuple((f"{row['zh']} {row['en']}", grouped(row["loans"]), grouped(row["amount"])) for row in rows),
    )
    title = ("不予贴息、补贴、追回与退汇", "Withheld, supplemented, clawed back, come back")
    chart = bar_chart(marks, label(title, marks), css="s2", width=WIDE, name_width=330)
    return figure(*title, chart, table, css="wide")
