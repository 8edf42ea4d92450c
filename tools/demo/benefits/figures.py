"""The totals of projects, grants, preferential loans, agreements and households, read from the services (ZJ-11)."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from shared.money import ZERO
from shared.policy.overlays import NamedProduct
from tools.demo.county import County
from tools.demo.summary import BenefitFigure

DAY: Final = timedelta(days=1)
PROJECTS, HOUSEHOLDS, AGREEMENTS = ("个", "projects"), ("户", "households"), ("份", "agreements")
LOANS, FINDINGS = ("笔", "loans"), ("件", "findings")
PROJECT_KINDS: Final = {
    "centralised": ("集中实施项目资金", "Centralised projects"),
    "scattered": ("分散直补项目资金", "Scattered projects"),
}
KINDS: Final = {
    "rolling_development": ("乡镇与农户滚动发展协议", "Township and households: rolling development"),
    "entity_household": ("主体与农户分红协议", "Entity and households: dividends"),
    "township_entity": ("乡镇与主体委托协议", "Township entrusts an entity"),
}


async def benefit_figures(county: County) -> list[BenefitFigure]:
    """Return the county's totals from its first day to its last; none where it runs no project."""
    reader = county.offices["auditor"]
    period = {"period_from": county.days.starts_on.isoformat(), "period_until": (county.ends_on + DAY).isoformat()}
    totals = await reader.get("/reports/benefits", region_code=county.code, **period)
    if not totals["projects"]:
        return []
    projects = await reader.every("/projects", county_code=county.code)
    agreements = await reader.every("/agreements", region_code=county.code)
    details = [await reader.get(f"/agreements/{each['id']}") for each in agreements]
    return [
        *_totals(totals, county.pack.product),
        *await _dividends(county, details),
        *await _supervision(county, projects, details),
    ]


def _totals(totals: Any, product: NamedProduct) -> Iterator[BenefitFigure]:
    """Yield projects, grants, the first product's loans, agreements of each kind and in all, households."""
    by_kind = {row["kind"]: row for row in totals["projects"]}
    for kind, (zh, en) in PROJECT_KINDS.items():
        row = by_kind.get(kind, {"projects": 0, "paid": "0.00"})
        yield _figure(kind, zh, en, PROJECTS, row["projects"], Decimal(row["paid"]))
    grants = totals["grants"]
    yield _figure("grants", "直补到户", "Direct grants", HOUSEHOLDS, grants["households"], Decimal(grants["paid"]))
    mine = [row for row in totals["loans"] if row["product_code"] == product.code]
    loans = sum(row["loans"] for row in mine)
    zh, en = f"{product.name.zh}（银行与农户协议）", f"{product.name.en}, bank and household"
    yield _figure("loans", zh, en, LOANS, loans, _sum(mine, "amount"))
    counts = {row["kind"]: row["agreements"] for row in totals["agreements"]}
    in_all = sum(counts.values()) + loans
    yield _figure("agreements", "签订协议合计", "Agreements in all, those of loans included", AGREEMENTS, in_all)
    for kind, (zh, en) in KINDS.items():
        yield _figure(kind, zh, en, AGREEMENTS, counts.get(kind, 0))
    yield _figure("households", "受益农户合计", "Households in all", HOUSEHOLDS, totals["households"])


async def _dividends(county: County, details: Iterable[Any]) -> list[BenefitFigure]:
    names = {"guaranteed": ("保底分红", "Guaranteed dividends"), "equity": ("入股分红", "Equity dividends")}
    paid, households = dict.fromkeys(names, ZERO), dict.fromkeys(names, 0)
    on = county.ends_on.isoformat()
    for each in details:
        if each["dividend_form"] in names and each["kind"] == "entity_household":
            path = f"/agreements/{each['id']}/dividend-accounts"
            accounts = (await county.offices["auditor"].get(path, as_of=on))["accounts"]
            paid[each["dividend_form"]] += _sum(accounts, "paid")
            households[each["dividend_form"]] += sum(Decimal(account["paid"]) > 0 for account in accounts)
    return [_figure(form, *names[form], HOUSEHOLDS, households[form], paid[form]) for form in names]


async def _supervision(county: County, projects: Iterable[Any], details: Iterable[Any]) -> list[BenefitFigure]:
    reader = county.offices["auditor"]
    findings = [row for each in projects for row in await reader.every("/findings", project_id=each["id"])]
    stopped = [each for each in projects if each["state"] == "stopped"]
    measures = [row for each in stopped for row in await reader.every(f"/projects/{each['id']}/measures")]
    ended = [each["termination"] for each in details if each["state"] == "terminated"]
    back = _sum(ended, "principal_received")
    return [
        _figure("findings", "监管发现", "Findings of those who supervise", FINDINGS, len(findings)),
        _figure(
            "taken_back",
            "违规项目收回资金",
            "Taken back from violating projects",
            PROJECTS,
            len(stopped),
            _sum(measures, "received"),
        ),
        _figure("principal", "终止协议退还本金", "Principal back from ended agreements", AGREEMENTS, len(ended), back),
    ]


def _sum(rows: Iterable[Any], key: str) -> Decimal:
    return sum((Decimal(row[key]) for row in rows), ZERO)


def _figure(
    code: str, zh: str, en: str, unit: tuple[str, str], count: int, amount: Decimal | None = None
) -> BenefitFigure:
    return {
        "code": code,
        "zh": zh,
        "en": en,
        "count": count,
        "unit_zh": unit[0],
        "unit_en": unit[1],
        "amount": None if amount is None else f"{amount:.2f}",
    }
