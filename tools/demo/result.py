"""The figures, read from the services' reports, and the reconciliation's verdict."""

import asyncio
import json
import os
import sys
from collections import Counter
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from deploy.platform import Platform
from tools.demo.benefits.figures import benefit_figures
from tools.demo.benefits.plan import planned_totals
from tools.demo.county import County
from tools.demo.credit_places import credit_areas
from tools.demo.lending_figures import lending_figures
from tools.demo.programmes import programme_figures
from tools.demo.refused import DemoRefused
from tools.demo.subsidy_figures import movements
from tools.demo.summary import DemoSummary

AREA_DIGITS = {"village": 12, "township": 9}
EXACT_TARGETS = frozenset({"households", "townships", "loan_amount"})  # the plan lends what the document wants
NO_GRADE = "未达标 none"
ON_THEIR_WAY_SECONDS = 3.0


@dataclass(frozen=True)
class Reconciliation:
    """What the separate program found."""

    checks: int
    differences: int


async def reconcile(platform: Platform, folder: Path) -> Reconciliation:
    """Run the reconciliation, again as long as it finds less: facts of a large register are still on their way."""
    found, before = await _reconciled(platform, folder), None
    while found.differences and (before is None or found.differences < before):
        before = found.differences
        await asyncio.sleep(ON_THEIR_WAY_SECONDS)
        found = await _reconciled(platform, folder)
    return found


async def _reconciled(platform: Platform, folder: Path) -> Reconciliation:
    """Run the reconciliation once, as a program of its own."""
    report = folder / "reconciliation.json"
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tools.reconcile",
        "--strict",
        "--json",
        str(report),
        env={**os.environ, **platform.env},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    printed, _ = await process.communicate()
    (folder / "reconciliation.txt").write_bytes(printed)
    if not report.exists():
        raise DemoRefused(
            zh=f"对账程序未完成，详见 {folder / 'reconciliation.txt'}。",
            en=f"The reconciliation did not finish; see {folder / 'reconciliation.txt'}.",
        )
    found = json.loads(report.read_text())
    if (process.returncode == 0) != (found["differences"] == 0):
        raise DemoRefused(
            zh=f"对账程序退出码 {process.returncode} 与差异数 {found['differences']} 不符。",
            en=f"The reconciliation ended with {process.returncode} but found {found['differences']} differences.",
        )
    return Reconciliation(found["checks"], found["differences"])


async def summarise(county: County, reconciliation: Reconciliation, seconds: float) -> DemoSummary:
    """Return everything the report shows, as the services' own reports say it."""
    reader = county.offices["auditor"]
    registry = await reader.get("/reports/registry", region_code=county.code)
    names = {row["code"]: row["name"] for row in registry["by_township"]}
    found: dict[str, Any] = {
        **_county(county),
        **_register(county, registry),
        **_rating(county),
        **await lending_figures(county, names),
        **await _programmes(county),
        "reconciliation_checks": reconciliation.checks,
        "reconciliation_differences": reconciliation.differences,
        "seconds": round(seconds, 1),
        "steps": county.clock.steps,
    }
    return cast(DemoSummary, found)


async def _programmes(county: County) -> dict[str, Any]:
    found = [await programme_figures(county, year) for year in sorted(county.programmes)]
    return {
        "programmes": [programme for programme, _ in found],
        "targets": [target for _, targets in found for target in targets],
        "subsidy_movements": await movements(county),
        "benefits": await benefit_figures(county),
    }


def _county(county: County) -> dict[str, Any]:
    outline, name = county.plan.outline, county.pack.header.name
    return {
        "county_code": county.code,
        "county_zh": name.zh,
        "county_en": name.en,
        "scale": str(county.plan.scale),
        "starts_on": county.days.opened_on.isoformat(),
        "ends_on": county.ends_on.isoformat(),
        "villages_made_up": county.places.villages_made_up,
        "not_shown": [{"zh": each.zh, "en": each.en} for each in county.not_shown],
        "stated": [stated.model_dump() for stated in outline.stated],
        "assumed": [asdict(assumed) for assumed in outline.assumed],
    }


def _register(county: County, registry: dict[str, Any]) -> dict[str, Any]:
    return {
        "rows_received": registry["import_rows"],
        "households_registered": registry["households_registered"],
        "members_registered": county.members_registered,
        "rows_rejected_by_fault": [
            {"code": row["code"], "zh": row["zh"], "en": row["en"], "count": row["row_count"]}
            for row in registry["rejections"]
        ],
    }


def _rating(county: County) -> dict[str, Any]:
    """Return what rating, demonstration choice and eligibility screening found."""
    rated, screening, chosen, credit_limits = (
        county.rated,
        county.screening,
        county.demonstration,
        county.plan.grade_limits,
    )
    if rated is None or screening is None:
        raise DemoRefused(
            zh="该县尚未评级和普查。", en="The county was not rated and screened; run live_through first."
        )
    grades = [*credit_limits, *(grade for grade in rated.households_by_grade if grade is None)]
    return {
        "households_rated": rated.rated_households,
        "rated_percent": rated.rated_percent,
        "credit_limit_total": rated.credit_limit_total,
        "by_grade": [
            {
                "grade": grade or NO_GRADE,
                "households": rated.households_by_grade.get(grade, 0),
                "credit_limit": f"{credit_limits[grade] if grade else Decimal(0):.2f}",
            }
            for grade in grades
        ],
        "areas": [{"level": area.level, "areas": area.areas, "credit": area.credit} for area in rated.areas],
        "demonstrations": []
        if chosen is None
        else [
            {"zh": "信用示范村", "en": "villages", "wanted": chosen.villages_requested, "chosen": chosen.villages},
            {
                "zh": "信用示范户",
                "en": "households",
                "wanted": chosen.households_requested,
                "chosen": chosen.households,
            },
        ],
        "screened_amount": f"{screening.amount:.2f}",
        "screened_months": screening.term_months,
        "households_eligible": screening.eligible,
        "bars": [
            {
                "code": reason.code,
                "zh": reason.zh,
                "en": reason.en,
                "clause": reason.clause,
                "count": reason.households,
            }
            for reason in screening.reasons
        ],
    }


def figures_missed(county: County, summary: DemoSummary) -> list[str]:
    """Return what differs from the plan's exact figures, in words; empty when all are right."""
    areas = {area["level"]: (area["areas"], area["credit"]) for area in summary["areas"]}
    held: list[tuple[str, Any, Any]] = [
        *((f"credit areas, {level}", wanted, areas.get(level)) for level, wanted in planned_areas(county).items()),
        *((name, wanted, summary[name]) for name, wanted in planned_figures(county).items()),  # type: ignore[literal-required]
        *((each["zh"], each["value"], each["reached"]) for each in summary["targets"] if each["code"] in EXACT_TARGETS),
    ]
    if not county.not_shown:
        totals = {row["code"]: row["amount"] for row in summary["benefits"]}
        held += [(name, wanted, totals.get(name)) for name, wanted in planned_totals(county).items()]
    return [f"{name}: 计划 planned {wanted}, 实际 found {found}" for name, wanted, found in held if wanted != found]


def planned_areas(county: County) -> dict[str, tuple[int, int]]:
    """Return villages and townships and how many of them are credit areas, counted from the drawn households."""
    shares = county.plan.outline.area_shares
    registered = county.population.registered
    households = Counter(household.village_code for household in registered)
    graded = Counter(household.village_code for household in registered if household.target_grade is not None)
    return {
        level: credit_areas(graded, households, digits, shares[level])
        for level, digits in AREA_DIGITS.items()
        if level in shares
    }


def planned_figures(county: County) -> dict[str, Any]:
    """Return what the summary must say: counts and amounts of the plan, and the grades that were drawn."""
    plan, credit_limits = county.plan, county.plan.grade_limits
    drawn = Counter(household.target_grade for household in county.population.registered)
    rated = sum(count for grade, count in drawn.items() if grade is not None)
    granted = sum(credit_limits[grade] * count for grade, count in drawn.items() if grade is not None)
    asked = [household for household in county.population.barred if household.loan_request is not None]
    planned: dict[str, Any] = {
        "rows_received": plan.rows,
        "households_registered": plan.registered_households,
        "households_rated": rated,
        "credit_limit_total": f"{granted:.2f}",
        "households_eligible": plan.lendable_households,
    }
    if not county.not_shown:
        planned |= {
            "households_refused": len(asked),
            "households_lent": plan.borrowing_households,
            "amount_lent": f"{plan.amount_lent:.2f}",
            "fund_paid_in": f"{plan.fund_paid_in:.2f}",
        }
    return planned
