"""What the demonstration found: the figures of `var/demo/summary.json`, of the web page and of the terminal.

Money is a decimal string in yuan ("525000000.00"), a month is "2017-05", a quarter "2017Q4", a day "2017-05-31".
"""

from decimal import Decimal
from typing import Final, Literal, NamedTuple, TypedDict


class NamedCount(TypedDict):
    """So many of a kind, for example applications refused for one reason."""

    code: str
    zh: str
    en: str
    count: int


class ReasonFigure(NamedCount):
    """A reason against borrowing, with its clause, and how many households it stands against."""

    clause: str


class AreaFigure(TypedDict):
    """Groups, villages or townships, and how many of them are credit areas (ZJ-1)."""

    level: str
    areas: int
    credit: int


class ChosenFigure(TypedDict):
    """Demonstration villages or households: how many the pack wants each year and how many were chosen (FJ-10)."""

    zh: str
    en: str
    wanted: int
    chosen: int


class StatedFigure(TypedDict):
    """A figure as the county's document states it, and which figure here shows the same, if any."""

    zh: str
    en: str
    figure: str
    clause: str
    shown_as: "FigureKey | None"


class AssumedFigure(TypedDict):
    """A figure at full size that no document states, and why it was assumed."""

    zh: str
    en: str
    figure: str
    reason: str


class Spoken(TypedDict):
    """A sentence in both languages."""

    zh: str
    en: str


class GradeFigure(TypedDict):
    """Households with a grade and the credit limit the grade gives (FJ-10); a limit of 0 is that of no grade."""

    grade: str
    households: int
    credit_limit: str


class IndustryFigure(TypedDict):
    """First-round loans of an industry (FJ-8)."""

    code: str
    zh: str
    en: str
    households: int
    amount: str


class TownshipFigure(TypedDict):
    """First-round loans of a township."""

    code: str
    name: str
    households: int
    amount: str


class LentInMonth(TypedDict):
    """Loans paid out in a month."""

    month: str
    loans: int
    amount: str


class CoverOn(TypedDict):
    """The fund's cover on a day: fund × multiplier = limit ≥ exposure + reserved (FJ-13)."""

    as_of: str
    fund_balance: str
    exposure: str
    reserved: str
    limit: str


class SubsidyInQuarter(TypedDict):
    """Interest subsidy paid in a quarter."""

    quarter: str
    amount: str


class OverdueAtMonthEnd(TypedDict):
    """Loans overdue at the end of a month and what is overdue on them."""

    month: str
    loans: int
    amount: str


class LossFigure(TypedDict):
    """One part of the losses, in the order money moved: defaulted, insured, fund, bank, guarantors, recovered."""

    code: str
    zh: str
    en: str
    loans: int
    amount: str


class ProgrammeFigure(TypedDict):
    """A year's subsidy programme and its money: promised and not paid, paid, come back, left to promise (DZ-2)."""

    year: str
    name: str
    budget: str
    committed: str
    paid: str
    returned: str
    available: str


class TargetFigure(TypedDict):
    """A programme's target and how far it is on the programme's last day, as its unit has it (DZ-2)."""

    year: str
    code: str
    zh: str
    en: str
    value: str
    reached: str | None
    unit_zh: str
    unit_en: str
    is_met: bool
    verdict_zh: str
    verdict_en: str


class BenefitFigure(TypedDict):
    """A total of projects, grants, agreements or dividends: how many of its unit and, of money, how much (ZJ-11)."""

    code: str
    zh: str
    en: str
    count: int
    unit_zh: str
    unit_en: str
    amount: str | None


class DemoStep(TypedDict):
    """One step of the run; `rate` says how fast in words ("2 314 rows/s"), or is empty."""

    name_zh: str
    name_en: str
    seconds: float
    rate: str
    detail: str


class DemoSummary(TypedDict):
    """Everything the report shows."""

    county_code: str
    county_zh: str
    county_en: str
    scale: str
    starts_on: str
    ends_on: str
    villages_made_up: int
    not_shown: list[Spoken]
    rows_received: int
    households_registered: int
    members_registered: int
    households_rated: int
    rated_percent: str
    credit_limit_total: str
    screened_amount: str
    screened_months: int
    households_eligible: int
    households_refused: int
    households_lent: int
    amount_lent: str
    repeat_households: int
    repeat_amount_lent: str
    amount_outstanding: str
    fund_paid_in: str
    principal_repaid: str
    interest_paid: str
    subsidy_paid: str
    penalty_paid: str
    compensated: str
    recovered: str
    reconciliation_checks: int
    reconciliation_differences: int
    seconds: float
    rows_rejected_by_fault: list[NamedCount]
    refusals_by_reason: list[NamedCount]
    by_grade: list[GradeFigure]
    areas: list[AreaFigure]
    demonstrations: list[ChosenFigure]
    bars: list[ReasonFigure]
    stated: list[StatedFigure]
    assumed: list[AssumedFigure]
    by_industry: list[IndustryFigure]
    by_township: list[TownshipFigure]
    lent_by_month: list[LentInMonth]
    cover: list[CoverOn]
    subsidy_by_quarter: list[SubsidyInQuarter]
    overdue_by_month: list[OverdueAtMonthEnd]
    losses: list[LossFigure]
    programmes: list[ProgrammeFigure]
    targets: list[TargetFigure]
    subsidy_movements: list[LossFigure]
    benefits: list[BenefitFigure]
    steps: list[DemoStep]


FigureKey = Literal[
    "rows_received",
    "households_registered",
    "members_registered",
    "households_rated",
    "credit_limit_total",
    "households_eligible",
    "households_refused",
    "households_lent",
    "amount_lent",
    "repeat_households",
    "repeat_amount_lent",
    "amount_outstanding",
    "fund_paid_in",
    "principal_repaid",
    "interest_paid",
    "subsidy_paid",
    "penalty_paid",
    "compensated",
    "recovered",
]


class Headline(NamedTuple):
    """One headline figure of the report: its key, names and unit."""

    key: FigureKey
    zh: str
    en: str
    unit: Literal["rows", "households", "persons", "yuan"]


HEADLINES: Final = (
    Headline("rows_received", "收到登记行", "Spreadsheet rows received", "rows"),
    Headline("households_registered", "登记入库农户", "Households registered", "households"),
    Headline("members_registered", "登记家庭成员（首个乡镇）", "Members, first township", "persons"),
    Headline("households_rated", "评级农户", "Households rated", "households"),
    Headline("credit_limit_total", "授信总额", "Lines granted", "yuan"),
    Headline("households_eligible", "符合贷款条件农户", "Households that may borrow", "households"),
    Headline("households_refused", "不予受理农户", "Households refused", "households"),
    Headline("households_lent", "首轮获贷农户", "Households lent to, first round", "households"),
    Headline("amount_lent", "首轮发放贷款", "Lent, first round", "yuan"),
    Headline("fund_paid_in", "风险补偿金到位", "Risk fund paid in", "yuan"),
    Headline("repeat_households", "续借农户", "Households lent to again", "households"),
    Headline("repeat_amount_lent", "续借发放贷款", "Lent again", "yuan"),
    Headline("principal_repaid", "收回本金", "Principal repaid", "yuan"),
    Headline("amount_outstanding", "期末贷款余额", "Outstanding at the end", "yuan"),
    Headline("interest_paid", "农户支付利息", "Interest paid by households", "yuan"),
    Headline("subsidy_paid", "财政贴息", "Interest subsidy paid", "yuan"),
    Headline("penalty_paid", "逾期罚息（不贴息）", "Penalty interest paid", "yuan"),
    Headline("compensated", "风险补偿支出", "Losses compensated", "yuan"),
    Headline("recovered", "补偿后追回", "Recovered afterwards", "yuan"),
)


def grouped(number: int | Decimal | str) -> str:
    """Return the number with thousands separated, decimals as they stand: 525,000,000.00."""
    return f"{Decimal(number):,f}"


def rows_rejected(summary: DemoSummary) -> int:
    """Return how many spreadsheet rows the import rejected."""
    return sum(fault["count"] for fault in summary["rows_rejected_by_fault"])


def remarks(summary: DemoSummary) -> list[Spoken]:
    """Return what a reader has to know of the demonstration: places that were made up, and what is not shown."""
    found = list(summary["not_shown"])
    if count := summary["villages_made_up"]:
        found.insert(
            0,
            {
                "zh": f"区划资料中没有该县的村，{count} 个“示范村”及其乡镇、代码为演示而设，并非真实区划",
                "en": f"The list of regions has no villages of the county: {count} demonstration villages, their "
                "townships and codes are made up",
            },
        )
    return found
