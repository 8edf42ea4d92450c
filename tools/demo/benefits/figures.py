"""The totals of projects, grants, preferential loans, agreements and households, read from the services (ZJ-11)."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

from shared.money import ZERO
from tools.demo.county import County
from tools.demo.summary import BenefitFigure

UNDONE: Final = frozenset({"refused", "withdrawn", "stopped"})
PROJECTS, HOUSEHOLDS, AGREEMENTS = ("个", "projects"), ("户", "households"), ("份", "agreements")
LOANS, FINDINGS = ("笔", "loans"), ("件", "findings")
KINDS: Final = {
    "rolling_development": ("乡镇与农户滚动发展协议", "Township and households: rolling development"),
    "entity_household": ("主体与农户分红协议", "Entity and households: dividends"),
    "township_entity": ("乡镇与主体委托协议", "Township entrusts an entity"),
}


async def benefit_figures(county: County) -> list[BenefitFigure]:
    """Return the county's totals; none where it runs no project."""
    reader = county.offices["auditor"]
    projects = await reader.every("/projects", county_code=county.code)
    if not projects:
        return []
    agreements = await reader.every("/agreements", region_code=county.code)
    details = [await reader.get(f"/agreements/{each['id']}") for each in agreements]
    partners = {share["household_id"] for each in details for share in each["terms"]["shares"]}
    lending = await reader.get("/reports/lending", region_code=county.code)
    (loans,) = [row for row in lending["by_product"] if row["product_code"] == county.pack.product.code] or [None]
    return [
        *await _projects(county, projects),
        *_loans(loans, len(agreements)),
        *_agreements(agreements),
        _figure("households", "受益农户合计", "Households in all", HOUSEHOLDS, len(partners | _borrowers(county))),
        *await _dividends(county, details),
        *await _supervision(county, projects, details),
    ]


async def _projects(county: County, projects: Iterable[Any]) -> list[BenefitFigure]:
    reader, running = county.offices["auditor"], [each for each in projects if each["state"] not in UNDONE]
    centralised = [each for each in running if each["kind"] == "centralised"]
    scattered = [each for each in running if each["kind"] == "scattered"]
    lists = [row for each in scattered for row in await reader.every(f"/projects/{each['id']}/grant-lists")]
    households, granted = sum(row["household_count"] for row in lists), _sum(lists, "paid")
    paid = _sum(centralised, "paid")
    return [
        _figure("centralised", "集中实施项目资金", "Centralised projects", PROJECTS, len(centralised), paid),
        _figure("scattered", "分散直补资金", "Scattered grants", HOUSEHOLDS, households, granted),
    ]


def _loans(loans: Any, agreements: int) -> list[BenefitFigure]:
    count, amount = (loans["loans"], Decimal(loans["amount"])) if loans else (0, ZERO)
    return [
        _figure("loans", "特惠贷（信用社与农户协议）", "Preferential loans, by agreement", LOANS, count, amount),
        _figure("agreements", "签订协议合计", "Agreements in all, loans' included", AGREEMENTS, agreements + count),
    ]


def _agreements(agreements: list[Any]) -> list[BenefitFigure]:
    found = []
    for kind, (zh, en) in KINDS.items():
        mine = [each for each in agreements if each["kind"] == kind]
        found.append(_figure(kind, zh, en, AGREEMENTS, len(mine)))
    return found


def _borrowers(county: County) -> set[str]:
    return {loan.household_id for loan in county.loans}


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
