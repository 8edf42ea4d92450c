"""The bulletin: well formed, self-contained, complete to the fen, and safe with any text in it."""

import copy
import itertools
import re
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any, cast
from xml.etree import ElementTree

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from tools.demo.charts import Mark, bar_chart, column_chart, nice_ticks, stacked_bar
from tools.demo.figures_sheet import write_figures
from tools.demo.report import report_html, write_report
from tools.demo.summary import HEADLINES, DemoSummary, grouped
from tools.demo.terminal import print_summary

SUMMARY: DemoSummary = {
    "county_code": "500236",
    "county_zh": "奉节县",
    "county_en": "Fengjie County",
    "scale": "0.01",
    "starts_on": "2017-03-01",
    "ends_on": "2018-12-31",
    "villages_made_up": 0,
    "not_shown": [],
    "rows_received": 1203,
    "households_registered": 1171,
    "members_registered": 211,
    "households_rated": 1107,
    "rated_percent": "94.53",
    "credit_limit_total": "52170000.00",
    "screened_amount": "30000.00",
    "screened_months": 12,
    "households_eligible": 1102,
    "households_refused": 71,
    "households_lent": 1103,
    "amount_lent": "5250000.00",
    "repeat_households": 37,
    "repeat_amount_lent": "1480000.00",
    "amount_outstanding": "4310000.25",
    "fund_paid_in": "525000.00",
    "principal_repaid": "2419999.75",
    "interest_paid": "365043.17",
    "subsidy_paid": "359102.41",
    "penalty_paid": "83.16",
    "compensated": "91244.18",
    "recovered": "20410.07",
    "reconciliation_checks": 4821,
    "reconciliation_differences": 0,
    "seconds": 16.34,
    "rows_rejected_by_fault": [
        {"code": "wrong-check-digit", "zh": "校验位错误", "en": "Wrong check digit", "count": 19},
        {"code": "region-unknown", "zh": "村编码不存在", "en": "Unknown village", "count": 13},
    ],
    "refusals_by_reason": [{"code": "over-age", "zh": "超过年龄上限", "en": "Over age", "count": 29}],
    "by_grade": [
        {"grade": "A", "households": 971, "credit_limit": "50000.00"},
        {"grade": "B", "households": 91, "credit_limit": "40000.00"},
    ],
    "areas": [{"level": "village", "areas": 392, "credit": 377}, {"level": "township", "areas": 33, "credit": 31}],
    "demonstrations": [{"zh": "信用示范村", "en": "villages", "wanted": 30, "chosen": 29}],
    "bars": [{"code": "not-rated", "zh": "尚未评级授信", "en": "not rated yet", "clause": "FJ-10", "count": 64}],
    "stated": [{"zh": "评级率", "en": "households rated", "figure": "82 %", "clause": "DY-1", "shown_as": None}],
    "assumed": [
        {"zh": "借款农户", "en": "households that borrow", "figure": "1193", "reason": "The document counts none."}
    ],
    "by_industry": [
        {"code": "planting", "zh": "种植业", "en": "planting", "households": 411, "amount": "1947000.00"},
        {"code": "breeding", "zh": "养殖业", "en": "breeding", "households": 692, "amount": "3303000.00"},
    ],
    "by_township": [
        {"code": "500236117", "name": "白帝镇", "households": 517, "amount": "2147000.00"},
        {"code": "500236118", "name": "草堂镇", "households": 586, "amount": "3103000.00"},
    ],
    "lent_by_month": [
        {"month": "2017-05", "loans": 607, "amount": "2900000.00"},
        {"month": "2017-06", "loans": 496, "amount": "2350000.00"},
    ],
    "cover": [
        {
            "as_of": "2017-03-01",
            "fund_balance": "500000.00",
            "exposure": "0.00",
            "reserved": "0.00",
            "limit": "5000000.00",
        },
        {
            "as_of": "2017-05-02",
            "fund_balance": "500000.00",
            "exposure": "9.00",
            "reserved": "4990000.00",
            "limit": "5000000.00",
        },
        {
            "as_of": "2017-12-03",
            "fund_balance": "525000.00",
            "exposure": "5250000.00",
            "reserved": "0.00",
            "limit": "5250000.00",
        },
    ],
    "subsidy_by_quarter": [{"quarter": "2017Q4", "amount": "142104.10"}, {"quarter": "2018Q4", "amount": "216998.31"}],
    "overdue_by_month": [{"month": "2017-12", "loans": 3, "amount": "6520.90"}],
    "losses": [
        {"code": "defaulted", "zh": "确认违约", "en": "Defaults confirmed", "loans": 2, "amount": "101331.20"},
        {"code": "fund", "zh": "补偿金承担", "en": "Borne by the fund", "loans": 2, "amount": "81064.96"},
    ],
    "programmes": [
        {
            "year": "2017",
            "name": "2017 年扶贫小额信贷贴息",
            "budget": "148122.00",
            "committed": "13.50",
            "paid": "142104.10",
            "returned": "97.25",
            "available": "6101.65",
        }
    ],
    "targets": [
        {
            "year": "2017",
            "code": "satisfaction",
            "zh": "群众满意度",
            "en": "Satisfaction",
            "value": "98.00",
            "reached": "97.52",
            "unit_zh": "%",
            "unit_en": "%",
            "is_met": False,
            "verdict_zh": "未完成（项目已到期）",
            "verdict_en": "Missed",
        },
        {
            "year": "2017",
            "code": "expected_income",
            "zh": "预期收益",
            "en": "Expected income",
            "value": "18230000.00",
            "reached": None,
            "unit_zh": "元",
            "unit_en": "yuan",
            "is_met": False,
            "verdict_zh": "尚无法衡量",
            "verdict_en": "Not measurable yet",
        },
    ],
    "benefits": [
        {
            "code": "centralised",
            "zh": "集中实施项目资金",
            "en": "Centralised projects",
            "count": 47,
            "unit_zh": "个",
            "unit_en": "projects",
            "amount": "1800000.00",
        },
        {
            "code": "agreements",
            "zh": "签订协议合计",
            "en": "Agreements in all",
            "count": 2213,
            "unit_zh": "份",
            "unit_en": "agreements",
            "amount": None,
        },
    ],
    "subsidy_movements": [
        {"code": "supplement", "zh": "补贴差额", "en": "Supplements", "loans": 5, "amount": "317.62"}
    ],
    "steps": [
        {"name_zh": "登记", "name_en": "Registry", "seconds": 1.7, "rate": "706 rows/s", "detail": "1 203 rows"},
        {"name_zh": "放款", "name_en": "Disbursement", "seconds": 14.6, "rate": "", "detail": ""},
    ],
}


def page(summary: DemoSummary) -> ElementTree.Element:
    return ElementTree.fromstring(report_html(summary).removeprefix("<!DOCTYPE html>\n"))  # noqa: S314 - our own page


def figures(value: Any) -> list[str]:
    """Return every money string and count of the summary as the page writes it."""
    if isinstance(value, dict):
        return [text for part in value.values() for text in figures(part)]
    if isinstance(value, list):
        return [text for part in value for text in figures(part)]
    if isinstance(value, int):
        return [grouped(value)]
    return [grouped(value)] if isinstance(value, str) and re.fullmatch(r"\d+\.\d\d", value) else []


def with_empty_series() -> DemoSummary:
    return cast(DemoSummary, {key: [] if isinstance(value, list) else value for key, value in SUMMARY.items()})


def test_is_one_well_formed_chinese_page_with_one_main_heading() -> None:
    root = page(SUMMARY)
    assert root.get("lang") == "zh-CN"
    assert len(root.findall(".//h1")) == 1
    assert "奉节县" in "".join(root.find(".//h1").itertext())  # type: ignore[union-attr]
    assert len(root.findall(".//h2")) == 10


def test_shows_every_figure_to_the_fen() -> None:
    text = "\n".join(page(SUMMARY).itertext())
    missing = [figure for figure in figures(SUMMARY) if figure not in text]
    assert not missing
    for headline in HEADLINES:
        assert headline.zh in text
        assert headline.en in text


def test_names_every_chart_and_puts_a_table_behind_it() -> None:
    root = page(SUMMARY)
    charts = [svg for svg in root.findall(".//figure//svg") if svg.get("aria-hidden") != "true"]
    assert len(charts) == 15
    assert all(svg.get("role") == "img" and len(svg.get("aria-label", "")) > 10 for svg in charts)
    with_chart = [figure for figure in root.findall(".//figure") if figure.find("./div/svg") is not None]
    assert len(with_chart) == 15
    assert all(figure.find("./details//table") is not None for figure in with_chart)
    assert not [cell for cell in root.findall(".//th") if cell.get("scope") is None]


def test_fetches_nothing_from_anywhere() -> None:
    html = report_html(SUMMARY)
    root = page(SUMMARY)
    assert "//" not in html
    assert not re.search(r"@import|url\(|javascript:|srcset", html)
    assert not [element.tag for element in root.iter() if element.tag in {"script", "link", "img", "iframe", "object"}]
    assert not [element.tag for element in root.iter() if {"src", "href", "onclick", "onload"} & set(element.keys())]


def test_escapes_markup_in_every_text() -> None:
    hostile = "<script>alert('&\"')</script>"

    def poisoned(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: poisoned(part) for key, part in value.items()}
        if isinstance(value, list):
            return [poisoned(part) for part in value]
        is_figure = isinstance(value, str) and re.fullmatch(r"\d+\.\d\d|\d{4}-\d\d-\d\d", value)
        return hostile if isinstance(value, str) and not is_figure else value

    summary = cast(DemoSummary, poisoned(copy.deepcopy(dict(SUMMARY))))
    assert "<script" not in report_html(summary)
    assert hostile in "".join(page(summary).itertext())


def test_a_county_where_nothing_happened_still_gets_its_page() -> None:
    root = page(with_empty_series())
    assert len(root.findall(".//figure")) == 15
    assert "Nothing in this period" in "".join(root.itertext())


def test_says_which_villages_were_made_up_and_what_waits_for_its_day() -> None:
    ahead = {"zh": "以后的环节日期晚于今天", "en": "What follows is dated after today"}
    summary = cast(DemoSummary, {**SUMMARY, "villages_made_up": 36, "not_shown": [ahead]})
    out = StringIO()
    print_summary(summary, Console(file=out, width=400))
    for text in ("".join(page(summary).itertext()), out.getvalue()):
        assert "36 个“示范村”" in text
        assert "36 demonstration villages" in text
        assert ahead["zh"] in text
        assert ahead["en"] in text
    assert "made up" not in report_html(SUMMARY)


def test_shows_a_stated_figure_beside_the_one_found_and_an_assumed_one_with_its_reason() -> None:
    stated = {
        "zh": "放贷户数",
        "en": "households lent to",
        "figure": "10 986",
        "clause": "FJ-8",
        "shown_as": "households_lent",
    }
    rows = [
        [cell.text for cell in row]
        for row in page(cast(DemoSummary, {**SUMMARY, "stated": [stated]})).findall(".//tbody/tr")
    ]
    assert ["放贷户数 households lent to", "FJ-8", "10 986", "1,103"] in rows
    assert ["借款农户 households that borrow", "1193", "The document counts none."] in rows


def test_says_of_every_target_what_was_wanted_what_is_reached_and_the_verdict() -> None:
    out = StringIO()
    print_summary(SUMMARY, Console(file=out, width=200))
    rows = [" ".join("".join(cell.itertext()) for cell in row) for row in page(SUMMARY).findall(".//tbody/tr")]
    for text in (out.getvalue(), "\n".join(rows)):
        assert re.search(r"群众满意度 Satisfaction\s+98.00 %\s+97.52 %.*未完成（项目已到期） Missed", text)
        assert re.search(r"预期收益 Expected income\s+18,230,000.00 元\s+—.*尚无法衡量 Not measurable yet", text)


async def test_the_sheet_of_figures_has_every_headline_target_and_total_to_the_fen(tmp_path: Path) -> None:
    await write_figures(tmp_path / "figures.xlsx", SUMMARY)
    sheet = openpyxl.load_workbook(tmp_path / "figures.xlsx").active
    assert sheet is not None
    cells = list(sheet.iter_rows(min_row=2, values_only=True))
    values = {(str(row[1]), Decimal(str(row[2])) if row[2] is not None else None) for row in cells}
    for headline in HEADLINES:
        assert (f"{headline.zh} {headline.en}", Decimal(SUMMARY[headline.key])) in values
    assert ("群众满意度 Satisfaction", Decimal("97.52")) in values
    assert ("预期收益 Expected income", None) in values
    assert ("集中实施项目资金 Centralised projects", Decimal("1800000.00")) in values
    assert ("补贴差额 Supplements", Decimal("317.62")) in values
    assert ("差异 Differences", Decimal(0)) in values


@pytest.mark.parametrize(("differences", "verdict"), [(0, "对账一致"), (3, "对账不符")])
def test_says_whether_the_books_reconcile(differences: int, verdict: str) -> None:
    summary = cast(DemoSummary, {**SUMMARY, "reconciliation_differences": differences})
    out = StringIO()
    print_summary(summary, Console(file=out, width=120))
    assert verdict in report_html(summary)
    assert verdict in out.getvalue()


def test_prints_every_headline_figure_and_step_on_the_terminal() -> None:
    out = StringIO()
    print_summary(SUMMARY, Console(file=out, width=120))
    printed = out.getvalue()
    for headline in HEADLINES:
        assert grouped(SUMMARY[headline.key]) in printed
    assert all(step["name_zh"] in printed for step in SUMMARY["steps"])


def test_terminal_shows_text_that_looks_like_markup_as_it_is() -> None:
    out = StringIO()
    summary = copy.deepcopy(SUMMARY)
    summary["steps"][0]["name_en"] = "[red]not a colour[/red]"
    print_summary(summary, Console(file=out, width=120))
    assert "[red]not a colour[/red]" in out.getvalue()


def test_writes_the_page_as_utf_8(tmp_path: Path) -> None:
    write_report(tmp_path / "report.html", SUMMARY)
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == report_html(SUMMARY)


@given(st.decimals(min_value=Decimal("0.01"), max_value=Decimal("1e12"), places=2))
def test_scales_end_at_or_just_above_the_largest_figure(largest: Decimal) -> None:
    ticks = nice_ticks(largest)
    step = ticks[1]
    assert ticks[0] == 0
    assert ticks[-2] < largest <= ticks[-1]
    assert len(ticks) <= 6
    assert all(later - earlier == step for earlier, later in itertools.pairwise(ticks))


def test_marks_stand_in_proportion_and_small_ones_stay_visible() -> None:
    marks = [Mark("大", Decimal(1000), "1,000"), Mark("半", Decimal(500), "500"), Mark("小", Decimal("0.01"), "0.01")]
    ends = [float(x) for x in re.findall(r'class="figure" x="([\d.]+)"', bar_chart(marks, "图 chart", name_width=100))]
    longest, half, least = (end - 107 for end in ends)
    assert half == pytest.approx(longest / 2, abs=0.2)
    assert 1 <= least < 3


@pytest.mark.parametrize(
    "draw", [lambda marks: column_chart(marks, "图", "元"), lambda marks: stacked_bar(marks, "图")]
)
def test_draws_marks_of_no_size(draw: Any) -> None:
    chart = ElementTree.fromstring(draw([Mark("空", Decimal(0), "0.00")]))  # noqa: S314 - our own chart
    sizes = [float(each.attrib[name]) for each in chart.iter() for name in ("width", "height") if name in each.attrib]
    assert all(size >= 0 for size in sizes)
    assert sizes or len(chart)
