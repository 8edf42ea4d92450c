"""The bulletin's sections on rating and on who may borrow, and what the county's document says of both."""

from decimal import Decimal
from typing import Final

from tools.demo.charts import Mark, bar_chart
from tools.demo.figures import Table, counts, figure, label, section
from tools.demo.summary import DemoSummary, grouped

LEVELS: Final = {"group": "组 group", "village": "村 village", "township": "乡镇 township"}


def rating(summary: DemoSummary) -> str:
    """Return the households by grade, the credit areas, the demonstrations and the document's own figures (ZJ-1)."""
    body = _by_grade(summary) + _areas(summary)
    return section("信用评级", "Credit rating", f"<div class='figures'>{body}</div>{_stated(summary)}")


def eligibility(summary: DemoSummary) -> str:
    """Return who may borrow and what bars the others, each reason with its clause (DZ-4)."""
    amount, eligible = grouped(summary["screened_amount"]), grouped(summary["households_eligible"])
    note = (
        f"普查口径：{amount} 元、{grouped(summary['screened_months'])} 个月；可贷 {eligible} 户；一户可有多项理由。 "
        f"Asked for {amount} yuan; {eligible} may borrow; a household may have several reasons. "
    )
    note += "；".join(f"{row['zh']} {row['clause']}" for row in summary["bars"])
    chart = counts("不符合条件的理由（户次）", "Reasons against borrowing", summary["bars"], "s1", note)
    return section("贷款资格普查", "Who may borrow", f"<div class='figures'>{chart}</div>")


def _by_grade(summary: DemoSummary) -> str:
    rows = summary["by_grade"]
    marks = [
        Mark(
            f"{row['grade']} ≤ {grouped(Decimal(row['credit_limit']).quantize(Decimal(1)))}",
            Decimal(row["households"]),
            f"{grouped(row['households'])} 户",
        )
        for row in rows
    ]
    table = Table(
        ("等级 Grade", "授信额度（元） Line, yuan", "户数 Households"),
        tuple((row["grade"], grouped(row["credit_limit"]), grouped(row["households"])) for row in rows),
    )
    title = ("信用等级与授信额度", "Credit grades and their credit limits, yuan")
    note = f"评级率 {summary['rated_percent']} % of all households have a grade."
    return figure(*title, bar_chart(marks, label(title, marks), css="s3", name_width=150), table, note=note)


def _areas(summary: DemoSummary) -> str:
    rows = [
        (f"信用{LEVELS.get(area['level'], area['level'])}", area["credit"], area["areas"]) for area in summary["areas"]
    ]
    rows += [(f"{each['zh']} {each['en']}", each["chosen"], each["wanted"]) for each in summary["demonstrations"]]
    marks = [Mark(name, Decimal(found), f"{grouped(found)} / {grouped(of)}") for name, found, of in rows]
    table = Table(
        ("类别 Kind", "数量 Found", "总数或计划数 Of all, or wanted"),
        tuple((name, grouped(found), grouped(of)) for name, found, of in rows),
    )
    title = ("信用区域与信用示范", "Credit areas and demonstrations")
    return figure(*title, bar_chart(marks, label(title, marks), css="s4", name_width=176), table)


def _stated(summary: DemoSummary) -> str:
    """Return the document's figures beside those found here, and what no document states."""
    stated = Table(
        ("文件所载数字 Figures of the document", "条款 Clause", "数值 Figure", "演示结果 Found here"),
        tuple(
            (
                f"{row['zh']} {row['en']}",
                row["clause"],
                row["figure"],
                grouped(summary[row["shown_as"]]) if row["shown_as"] else "–",
            )
            for row in summary["stated"]
        ),
        numbers_from=2,
    )
    assumed = Table(
        ("推定数字（全规模） Assumed, at full size", "数值 Figure", "理由 Reason"),
        tuple((f"{row['zh']} {row['en']}", row["figure"], row["reason"]) for row in summary["assumed"]),
    )
    tables = (table.html() for table in (stated, assumed) if table.rows)
    return "".join(f"<figure><div class='scroll'>{table}</div></figure>" for table in tables)
