"""The bulletin's sections: each chart with its title in both languages and the exact figures in a table behind it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from html import escape
from typing import Final

from tools.demo.charts import HALF, WIDE, Line, Mark, bar_chart, column_chart, line_chart, stacked_bar, text_width
from tools.demo.summary import DemoSummary, NamedCount, grouped, rows_rejected

WAN: Final = Decimal(10_000)  # 万元, the unit of Chinese bulletins
WAN_UNIT: Final = "万元 10 000 yuan"


@dataclass(frozen=True, slots=True)
class Table:
    """The figures behind a chart: bilingual column names, rows of text; columns from `numbers_from` on are numbers."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers_from: int = 1

    def html(self) -> str:
        """Return the table; the first cell of each row is its heading."""
        head = "".join(f"<th scope='col'{self._number(i)}>{escape(name)}</th>" for i, name in enumerate(self.columns))
        body = "".join(
            "<tr>"
            + f"<th scope='row'>{escape(row[0])}</th>"
            + "".join(f"<td{self._number(i)}>{escape(cell)}</td>" for i, cell in enumerate(row) if i)
            + "</tr>"
            for row in self.rows
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

    def _number(self, column: int) -> str:
        return " class='number'" if column >= self.numbers_from else ""


def wan(amount: str) -> str:
    """Return yuan as 万元 with two decimals, thousands separated: 52,500.00."""
    return f"{Decimal(amount) / WAN:,.2f}"


def both(zh: str, en: str) -> str:
    """Return a name in Chinese and in English."""
    return f"{escape(zh)} <span lang='en'>{escape(en)}</span>"


def section(zh: str, en: str, body: str) -> str:
    """Return a numbered part of the bulletin."""
    return f"<section><h2>{both(zh, en)}</h2>{body}</section>"


def figure(zh: str, en: str, chart: str, table: Table, *, note: str = "", css: str = "") -> str:
    """Return a chart with its title, a remark, and the table of exact figures behind it."""
    remark = f"<p class='note'>{escape(note)}</p>" if note else ""
    return (
        f"<figure class='{css}'><figcaption>{both(zh, en)}</figcaption><div class='scroll'>{chart}</div>{remark}"
        f"<details><summary>数据表 Data table</summary><div class='scroll'>{table.html()}</div></details></figure>"
    )


def label(title: tuple[str, str], marks: Sequence[Mark]) -> str:
    """Return what a screen reader says for a chart: its title and its first figures."""
    figures = "; ".join(f"{mark.name} {mark.figure}" for mark in marks[:8])
    return f"{title[0]} {title[1]}" + (f": {figures}" if figures else "")


def lending(summary: DemoSummary) -> str:
    """Return the loans of the first round by industry, month and township (FJ-8)."""
    left = "".join((_by_industry(summary), _by_month(summary)))
    body = f"<div class='column'>{left}</div><div class='column'>{_by_township(summary)}</div>"
    return section("贷款投放", "Lending", f"<div class='figures'>{body}</div>")


def _by_industry(summary: DemoSummary) -> str:
    rows = summary["by_industry"]
    marks = [
        Mark(
            row["zh"],
            Decimal(row["households"]),
            f"{grouped(row['households'])} 户 · {wan(row['amount'])} 万元",
            row["en"],
        )
        for row in rows
    ]
    table = Table(
        ("产业 Industry", "户数 Households", "金额（元） Amount, yuan"),
        tuple((f"{row['zh']} {row['en']}", grouped(row["households"]), grouped(row["amount"])) for row in rows),
    )
    title = ("按产业分的首轮获贷农户", "First-round borrowers by industry")
    return figure(*title, stacked_bar(marks, label(title, marks)), table)


def _by_month(summary: DemoSummary) -> str:
    rows = summary["lent_by_month"]
    marks = [
        Mark(row["month"], Decimal(row["amount"]) / WAN, wan(row["amount"]), detail=f"{grouped(row['loans'])} 笔 loans")
        for row in rows
    ]
    table = Table(
        ("月份 Month", "笔数 Loans", "金额（元） Amount, yuan"),
        tuple((row["month"], grouped(row["loans"]), grouped(row["amount"])) for row in rows),
    )
    title = ("按月发放贷款", "Lent by month")
    return figure(*title, column_chart(marks, label(title, marks), WAN_UNIT), table)


def _by_township(summary: DemoSummary) -> str:
    rows = sorted(summary["by_township"], key=lambda row: (-Decimal(row["amount"]), row["code"]))
    marks = [
        Mark(row["name"], Decimal(row["amount"]), wan(row["amount"]), detail=f"{grouped(row['households'])} 户")
        for row in rows
    ]
    table = Table(
        ("乡镇 Township", "代码 Code", "户数 Households", "金额（元） Amount, yuan"),
        tuple((row["name"], row["code"], grouped(row["households"]), grouped(row["amount"])) for row in rows),
        numbers_from=2,
    )
    title = ("按乡镇分的首轮贷款（万元）", "First-round lending by township, 10 000 yuan")
    return figure(*title, bar_chart(marks, label(title, marks[:5]), name_width=152), table)


def cover(summary: DemoSummary) -> str:
    """Return how far the fund's cover was used over time (FJ-13)."""
    points = summary["cover"]
    exposure, reserved, limit = (
        tuple(Decimal(point[key]) / WAN for point in points) for key in ("exposure", "reserved", "limit")
    )
    table = Table(
        ("日期 On", "补偿金 Fund", "在保余额 Exposure", "已预留 Reserved", "上限 Limit"),
        tuple(
            (point["as_of"], *(grouped(point[key]) for key in ("fund_balance", "exposure", "reserved", "limit")))
            for point in points
        ),
    )
    title = ("风险补偿金的担保余额与上限", "What the fund covers and how far it may go")
    chart = line_chart(
        [date.fromisoformat(point["as_of"]) for point in points],
        (
            Line("在保余额 Exposure", "s1", exposure, is_area=True),
            Line("已预留 Reserved", "s2", reserved, is_area=True),
        ),
        label(title, ()),
        WAN_UNIT,
        limit=Line("上限 Limit", "limit", limit),
    )
    note = (
        "贷款余额与预留之和不得超过补偿金的规定倍数；预留达到上限后，下一笔被拒，县级补足差额后继续发放。 "
        "Exposure and reservations together stay within the fund's multiple: at the limit the next loan is refused, "
        "the county pays in what is missing, and lending goes on."
    )
    return section("风险补偿金", "Risk-compensation fund", figure(*title, chart, table, note=note, css="wide"))


def repayment(summary: DemoSummary) -> str:
    """Return the interest subsidy by quarter and what was overdue by month (SX-5)."""
    subsidies, overdue = summary["subsidy_by_quarter"], summary["overdue_by_month"]
    paid = [Mark(row["quarter"], Decimal(row["amount"]) / WAN, wan(row["amount"])) for row in subsidies]
    late = [
        Mark(row["month"], Decimal(row["amount"]) / WAN, wan(row["amount"]), detail=f"{grouped(row['loans'])} 笔 loans")
        for row in overdue
    ]
    paid_title = ("按季支付的财政贴息", "Interest subsidy paid by quarter")
    late_title = ("月末逾期金额", "Overdue at the end of the month")
    paid_table = Table(
        ("季度 Quarter", "金额（元） Amount, yuan"),
        tuple((row["quarter"], grouped(row["amount"])) for row in subsidies),
    )
    late_table = Table(
        ("月份 Month", "笔数 Loans", "金额（元） Amount, yuan"),
        tuple((row["month"], grouped(row["loans"]), grouped(row["amount"])) for row in overdue),
    )
    figures = (
        figure(*paid_title, column_chart(paid, label(paid_title, paid), WAN_UNIT, css="s3"), paid_table)
        + figure(*late_title, column_chart(late, label(late_title, late), WAN_UNIT, css="s2"), late_table)
    )  # fmt: skip
    return section("贴息与逾期", "Subsidy and overdue loans", f"<div class='figures'>{figures}</div>")


def losses(summary: DemoSummary) -> str:
    """Return what was lost, who carried it and what came back (LG-20, LG-40)."""
    rows = summary["losses"]
    marks = [
        Mark(
            row["zh"],
            Decimal(row["amount"]),
            f"{wan(row['amount'])} 万元",
            row["en"],
            f"{grouped(row['loans'])} 笔 loans",
        )
        for row in rows
    ]
    table = Table(
        ("环节 Part", "笔数 Loans", "金额（元） Amount, yuan"),
        tuple((f"{row['zh']} {row['en']}", grouped(row["loans"]), grouped(row["amount"])) for row in rows),
    )
    title = ("损失的确认、分担与追回", "Losses confirmed, shared and recovered")
    chart = bar_chart(marks, label(title, marks), css="s4", width=WIDE, name_width=_name_width(marks, WIDE))
    return section("风险分担", "Losses", figure(*title, chart, table, css="wide"))


def _name_width(marks: Sequence[Mark], width: int) -> int:
    widest = max((max(text_width(mark.name), text_width(mark.english)) for mark in marks), default=0)
    return min(int(widest) + 18, width // 2)


def refusals(summary: DemoSummary) -> str:
    """Return why applications were refused (DZ-4) and spreadsheet rows sent back."""
    rejected = summary["rows_rejected_by_fault"]
    note = f"共收到 {grouped(summary['rows_received'])} 行，退回 {grouped(rows_rejected(summary))} 行并逐行注明原因。 "
    note += "Every rejected row came back with its reason beside it."
    sent_back = counts("登记表退回的行", "Spreadsheet rows sent back", rejected, "s2", note)
    reasons = summary["refusals_by_reason"]
    refused = counts("不予受理的理由（户次）", "Reasons for refusing an application", reasons, "s1")
    return section("不予受理与退回", "Refused and sent back", f"<div class='figures'>{refused}{sent_back}</div>")


def counts(zh: str, en: str, rows: Sequence[NamedCount], css: str, note: str = "") -> str:
    """Return a chart of counts by reason."""
    marks = [Mark(row["zh"], Decimal(row["count"]), grouped(row["count"]), row["en"]) for row in rows]
    table = Table(
        ("原因 Reason", "代码 Code", "数量 Count"),
        tuple((f"{row['zh']} {row['en']}", row["code"], grouped(row["count"])) for row in rows),
        numbers_from=2,
    )
    chart = bar_chart(marks, label((zh, en), marks), css=css, name_width=_name_width(marks, HALF))
    return figure(zh, en, chart, table, note=note)
