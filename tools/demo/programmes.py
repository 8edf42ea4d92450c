"""A year's subsidy programme: opened with its budget, sources and targets, and measured against them (DZ-2)."""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Final

from services.lending.loans.rules.contract_terms import rate_column
from services.subsidy.programmes.rules.plan import Plan, planned_for
from services.subsidy.targets.schemas import SHARES
from shared.access import Right
from shared.languages import Sentence
from shared.money import yuan
from shared.offices import Step
from shared.vocabulary.load import value_words
from tools.demo.county import County
from tools.demo.summary import ProgrammeFigure, TargetFigure, grouped
from tools.packs.rates import rate_on

BUDGET_ROOM_PERCENT: Final = Decimal("1.5")  # a year's interest on what was lent, at the highest rate, and some more
USUAL_SOURCES: Final = ("中央财政专项扶贫资金", "县级财政")
UNITS: Final = {"households": Sentence("户", "households"), "townships": Sentence("个", "townships")}  # of counts
PERCENT, YUAN = Sentence("%", "%"), Sentence("元", "yuan")


async def open_programme(county: County, year: int) -> None:
    """Open a year's programme; of what the county's document gives and wants, the part of the scale (DZ-2, JN-6)."""
    planned = planned_for(county.pack, year)
    budget, sources = _budget(county, planned), planned.fund_sources if planned else None
    programme = await county.offices.with_right(Right.PROGRAMMES_MANAGE).post(
        "/programmes",
        {
            "county_code": county.code,
            "year": year,
            "name": f"{year} 年扶贫小额信贷贴息",
            "budget": f"{budget:.2f}",
            "sources": _sources(budget, sources or USUAL_SOURCES, year),
            "starts_on": f"{year}-01-01",
            "ends_on": f"{year}-12-31",
            "targets": _targets(county, planned),
        },
    )
    chief = county.offices.with_right(Right.PROGRAMMES_MANAGE, 1)
    await chief.post(f"/programmes/{programme['id']}/decisions", {"decision": "approve", "decided_on": f"{year}-01-01"})
    county.programmes[year] = programme["id"]


def _budget(county: County, planned: Plan | None) -> Decimal:
    """Return the document's budget in proportion, else a year's interest at the highest rate and some more."""
    if planned and planned.budget:
        return yuan(planned.budget * county.plan.scale)
    days, terms = county.days, county.pack.loan_terms()
    columns = {rate_column(terms, term) for term in county.plan.outline.term_weights}
    rates = [rate_on(terms.rate_basis, column, days.starts_on) for column in columns]
    share = (max(rates) + terms.rate_margin + BUDGET_ROOM_PERCENT) / 100
    return yuan((county.plan.amount_lent + county.plan.amount_lent_again) * share)


def _sources(budget: Decimal, names: tuple[str, ...], year: int) -> list[dict[str, str]]:
    """Split a budget in equal parts over its sources, each with the document that gives it; the first has the rest."""
    part = yuan(budget / len(names))
    amounts = [budget - part * (len(names) - 1), *[part] * (len(names) - 1)]
    return [
        {"fund_source": name, "amount": f"{amount:.2f}", "document": f"财农〔{year}〕{number}号"}
        for number, (name, amount) in enumerate(zip(names, amounts, strict=True), start=1)
    ]


def _targets(county: County, planned: Plan | None) -> list[dict[str, str]]:
    """Return the document's targets as this size of the county has them; shares are the same at every size."""
    plan = county.plan
    of_size = {
        "households": Decimal(plan.borrowing_households),
        "townships": Decimal(len(county.offices.townships)),
        "loan_amount": plan.amount_lent + plan.amount_lent_again,
    }
    return [
        {"code": code, "value": f"{value if code in SHARES else of_size.get(code, value * plan.scale):.2f}"}
        for code, value in (planned.targets or () if planned and plan.scale < 1 else ())
    ]


async def enter_figures(county: County, year: int) -> None:
    """Let one officer enter what no loan shows, and another confirm it: satisfied households, income (DZ-2(g), (h))."""
    surveyed, planned = county.plan.outline.surveyed, planned_for(county.pack, year)
    wanted = {code for code, _ in planned.targets or ()} if planned else set()
    if surveyed is None:
        return
    asked = max(1, _nearest(surveyed.asked * county.plan.scale))
    satisfied = _nearest(Decimal(asked * surveyed.satisfied) / surveyed.asked)
    said: dict[str, dict[str, str]] = {
        "satisfaction": {"amount": f"{satisfied}.00", "out_of": f"{asked}.00"},
        "expected_income": {"amount": f"{yuan(surveyed.income * county.plan.scale):.2f}"},
    }
    for kind in [kind for kind in said if kind in wanted]:
        body = {"kind": kind, "counted_on": f"{year}-12-31", **said[kind]}
        body |= {"counted_by": "乡镇入户调查组", "document": f"{year} 年度入户调查汇总表"}
        path = f"/programmes/{county.programmes[year]}/figures"
        figure = await county.taking(Step.SUBSIDY_REVIEW).post(path, body)
        decision = {"decision": "approve", "decided_on": f"{year}-12-31"}
        await county.taking(Step.SUBSIDY_REVIEW, place=1).post(f"/programme-figures/{figure['id']}/decisions", decision)


def _nearest(count: Decimal) -> int:
    return int(count.to_integral_value(ROUND_HALF_EVEN))


async def programme_figures(county: County, year: int) -> tuple[ProgrammeFigure, list[TargetFigure]]:
    """Return a year's programme, its money, and how far it is with each of its targets on its last day (DZ-2)."""
    path = f"/programmes/{county.programmes[year]}"
    shown = await county.offices["auditor"].get(path, as_of=f"{year}-12-31")
    money = {key: shown[key] for key in ("budget", "committed", "paid", "returned", "available")}
    programme: Any = {"year": str(year), "name": shown["name"], **money}
    planned = planned_for(county.pack, year)
    order = [code for code, _ in planned.targets or ()] if planned else []
    targets = sorted(shown["targets"], key=lambda each: order.index(each["code"]) if each["code"] in order else 99)
    return programme, [_target(str(year), target) for target in targets]


def _target(year: str, target: Any) -> TargetFigure:
    """Return a target in words: counts whole, shares in percent, money in yuan."""
    words, code = value_words(), target["code"]
    name, verdict = words.get(f"code={code}") or words[code], words[f"Verdict={target['state']}"]
    unit = UNITS.get(code) or (PERCENT if code in SHARES else YUAN)
    return {
        "year": year,
        "code": code,
        "zh": name.zh,
        "en": name.en,
        "value": _shown(code, target["value"]),
        "reached": _shown(code, target["reached"]) if target["reached"] is not None else None,
        "unit_zh": unit.zh,
        "unit_en": unit.en,
        "is_met": target["state"] == "met",
        "verdict_zh": verdict.zh,
        "verdict_en": verdict.en,
    }


def _shown(code: str, figure: str) -> str:
    if code in SHARES:
        return f"{Decimal(figure) * 100:.2f}"
    return f"{Decimal(figure):.0f}" if code in UNITS else f"{Decimal(figure):.2f}"


def said(target: TargetFigure) -> Sentence:
    """Return what is said of a target: what was wanted, what is reached, the verdict."""
    zh, en = target["unit_zh"], target["unit_en"]
    wanted, reached = grouped(target["value"]), grouped(target["reached"]) if target["reached"] else "—"
    return Sentence(
        f"{target['zh']}：目标 {wanted} {zh}，完成 {reached} {zh}，{target['verdict_zh']}",
        f"{target['en']}: {reached} of {wanted} {en}, {target['verdict_en']}",
    )
