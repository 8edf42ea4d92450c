"""The bulletin's figures as one spreadsheet: each with its unit, what was wanted of it, and both its names."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Final

from shared.households_sheet import CellKind, SheetColumn
from shared.web.sheets import xlsx_pieces
from tools.demo.summary import HEADLINES, DemoSummary, LossFigure

COLUMNS: Final = (
    SheetColumn("part", "部分", "part", 34),
    SheetColumn("name", "指标", "figure", 52),
    SheetColumn("value", "数值", "value", 20, CellKind.NUMBER),
    SheetColumn("unit", "单位", "unit", 18),
    SheetColumn("wanted", "目标值", "wanted", 20, CellKind.NUMBER),
    SheetColumn("remark", "说明", "remark", 40),
)
UNITS: Final = {"rows": "行 rows", "households": "户 households", "persons": "人 persons", "yuan": "元 yuan"}
YUAN: Final = UNITS["yuan"]
Row = tuple[str, str, Decimal | None, str, Decimal | None, str]


async def write_figures(path: Path, summary: DemoSummary) -> None:
    """Write the figures to an .xlsx file, exact to the fen."""
    path.write_bytes(b"".join([piece async for piece in xlsx_pieces(COLUMNS, rows(summary))]))


def rows(summary: DemoSummary) -> Iterator[Row]:
    """Yield every figure of the summary that is no date and no step, in the order of the bulletin."""
    for headline in HEADLINES:
        value = Decimal(summary[headline.key])
        yield "主要指标 Headlines", f"{headline.zh} {headline.en}", value, UNITS[headline.unit], None, ""
    yield from _programmes(summary)
    yield from _moved("贴息变动 How the subsidy moved", summary["subsidy_movements"])
    for total in summary["benefits"]:
        name, unit = f"{total['zh']} {total['en']}", f"{total['unit_zh']} {total['unit_en']}"
        yield "产业项目与利益联结 Projects", name, Decimal(total["count"]), unit, None, ""
        if total["amount"] is not None:
            yield "产业项目与利益联结 Projects", name, Decimal(total["amount"]), YUAN, None, ""
    yield from _moved("风险分担 Losses", summary["losses"])
    checks = Decimal(summary["reconciliation_checks"])
    differences = Decimal(summary["reconciliation_differences"])
    yield "对账 Reconciliation", "重新推算 Figures derived again", checks, "项 checks", None, ""
    yield "对账 Reconciliation", "差异 Differences", differences, "处 differences", Decimal(0), ""


def _programmes(summary: DemoSummary) -> Iterator[Row]:
    for target in summary["targets"]:
        reached = None if target["reached"] is None else Decimal(target["reached"])
        yield (
            f"绩效目标 Targets {target['year']}",
            f"{target['zh']} {target['en']}",
            reached,
            f"{target['unit_zh']} {target['unit_en']}",
            Decimal(target["value"]),
            f"{target['verdict_zh']} {target['verdict_en']}",
        )
    for row in summary["programmes"]:
        part, budget = f"贴息项目 Programme {row['year']}", Decimal(row["budget"])
        yield part, "预算 Budget", budget, YUAN, None, row["name"]
        yield part, "已支付 Paid", Decimal(row["paid"]), YUAN, budget, row["name"]
        yield part, "已承诺未付 Committed", Decimal(row["committed"]), YUAN, None, row["name"]
        yield part, "退回 Returned", Decimal(row["returned"]), YUAN, None, row["name"]
        yield part, "可用 Available", Decimal(row["available"]), YUAN, None, row["name"]


def _moved(part: str, found: list[LossFigure]) -> Iterator[Row]:
    for row in found:
        yield part, f"{row['zh']} {row['en']}", Decimal(row["amount"]), YUAN, None, f"{row['loans']} 笔 cases"
