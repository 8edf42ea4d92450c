"""Step 10: the figures, read from the services' reports, and the reconciliation's verdict."""

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from deploy.platform import Platform
from tools.demo.county import County
from tools.demo.plan import GRADE_LINES, DemoPlan
from tools.demo.summary import DemoSummary

ENDS_ON = "2018-12-31"
STARTS_ON = "2017-01-03"
REASON_NAMES = {
    "excluded-kind": ("四类人员", "Four-kinds person"),
    "age-above-maximum": ("超龄", "Above the age limit"),
    "age-plus-term-above-maximum": ("年龄加期限超限", "Age plus term too high"),
    "civil-capacity-not-full": ("无完全民事行为能力", "Without full civil capacity"),
    "not-able-to-work": ("无劳动或经营能力", "Unable to work"),
    "bad-credit-record": ("不良信用记录", "Bad credit record"),
    "amount-above-line": ("超过授信额度", "Above the credit line"),
    "not-rated": ("未评级授信", "Not rated"),
    "objection-upheld": ("公示异议成立", "Objection upheld"),
    "resident-id-check-digit": ("身份证校验码错误", "Wrong check digit"),
    "resident-id-repeated": ("身份证号重复", "Resident ID repeated"),
    "village-unknown": ("村编码不存在", "Unknown village"),
}


@dataclass(frozen=True)
class Reconciliation:
    """What the separate program found."""

    checks: int
    differences: int


async def reconcile(platform: Platform, folder: Path) -> Reconciliation:
    """Run the reconciliation as a program of its own."""
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
        raise RuntimeError(f"the reconciliation did not finish:\n{printed.decode()}")
    found = json.loads(report.read_text())
    if (process.returncode == 0) != (found["differences"] == 0):
        raise RuntimeError(f"the reconciliation ended with {process.returncode} but found {found['differences']}")
    return Reconciliation(found["checks"], found["differences"])


async def summarise(county: County, reconciliation: Reconciliation, seconds: float) -> DemoSummary:
    """Return everything the report shows, as the services' own reports say it."""
    reader = county.offices["auditor"]
    registry, lending, subsidy, riskfund = [
        await reader.get(f"/reports/{service}", region=county.code, **on)
        for service, on in (
            ("registry", {}),
            ("lending", {"as_of": ENDS_ON}),
            ("subsidy", {}),
            ("riskfund", {"on": ENDS_ON}),
        )
    ]
    names = {row["code"]: row["name"] for row in registry["by_township"]}
    industries = {industry.code: industry for industry in county.pack.purpose_rule().industries}
    return {
        "county_code": county.code,
        "county_zh": county.pack.header.name.zh,
        "county_en": county.pack.header.name.en,
        "scale": str(county.plan.scale),
        "starts_on": STARTS_ON,
        "ends_on": ENDS_ON,
        "rows_received": registry["import_rows"],
        "households_registered": registry["households_registered"],
        "households_refused": len(county.refused_numbers),
        "households_lent": lending["households_lent"],
        "amount_lent": lending["amount_lent"],
        "households_lent_again": lending["households_lent_again"],
        "amount_lent_again": lending["amount_lent_again"],
        "amount_outstanding": lending["outstanding"],
        "fund_paid_in": riskfund["fund_paid_in"],
        "principal_repaid": lending["principal_repaid"],
        "interest_paid": lending["interest_paid"],
        "subsidy_paid": subsidy["subsidy_paid"],
        "penalty_paid": lending["penalty_paid"],
        "compensated": riskfund["compensated"],
        "recovered": riskfund["recovered"],
        "reconciliation_checks": reconciliation.checks,
        "reconciliation_differences": reconciliation.differences,
        "seconds": round(seconds, 1),
        "rows_rejected_by_fault": [_named(row["code"], row["row_count"]) for row in registry["rejections"]],
        "refusals_by_reason": [
            _named(row["code"], row["applications"]) for row in lending["applications_refused_by_reason"]
        ],
        "by_grade": [
            {
                "grade": row["code"],
                "households": row["household_count"],
                "line": f"{GRADE_LINES.get(row['code'], Decimal(0)):.2f}",
            }
            for row in registry["by_grade"]
        ],
        "by_industry": [
            {
                "code": row["code"],
                "zh": industries[row["code"]].zh,
                "en": industries[row["code"]].en,
                "households": row["households"],
                "amount": row["amount"],
            }
            for row in lending["by_industry"]
        ],
        "by_township": [
            {
                "code": row["township_code"],
                "name": names.get(row["township_code"], row["township_code"]),
                "households": row["households"],
                "amount": row["amount"],
            }
            for row in lending["by_township"]
        ],
        "lent_by_month": [
            {
                "month": row["month"],
                "loans": row["loans"] + row["loans_again"],
                "amount": str(Decimal(row["amount"]) + Decimal(row["amount_again"])),
            }
            for row in lending["lent_by_month"]
        ],
        "cover": [
            {key: row[key] for key in ("on", "fund", "exposure", "reserved", "limit")}  # type: ignore[misc]
            for row in riskfund["cover_by_day"]
        ],
        "subsidy_by_quarter": [{"quarter": q["quarter"], "amount": q["amount"]} for q in subsidy["by_quarter"]],
        "overdue_by_month": [
            {"month": row["month"], "loans": row["loans"], "amount": row["amount"]}
            for row in lending["overdue_by_month"]
        ],
        "losses": [
            _loss(
                "defaulted", "认定违约本金", "Principal in default", lending["defaults"], lending["amount_defaulted"]
            ),
            _loss("insured", "保险先行赔付", "Paid by insurance", county.insured_loans, riskfund["insurance_paid"]),
            _loss("fund", "风险补偿金承担", "Borne by the fund", riskfund["claims_paid"], riskfund["compensated"]),
            _loss("bank", "银行承担", "Borne by the banks", riskfund["claims_paid"], riskfund["borne_by_bank"]),
            _loss("recovered", "补偿后追回", "Recovered", riskfund["recoveries"], riskfund["recovered"]),
        ],
        "steps": county.clock.steps,
    }


def figures_missed(plan: DemoPlan, summary: DemoSummary) -> list[str]:
    """Return what differs from the plan's exact figures of the first round, in words; empty when all are right."""
    planned = {
        "households_registered": plan.registered_households,
        "households_refused": plan.barred_households,
        "households_lent": plan.lendable_households,
        "amount_lent": f"{plan.amount_lent:.2f}",
        "fund_paid_in": f"{plan.fund_paid_in:.2f}",
    }
    return [
        f"{figure}: 计划 planned {expected}, 实际 found {summary[figure]}"  # type: ignore[literal-required]
        for figure, expected in planned.items()
        if summary[figure] != expected  # type: ignore[literal-required]
    ]


def _named(code: str, count: int) -> Any:
    zh, en = REASON_NAMES.get(code, (code, ""))
    return {"code": code, "zh": zh, "en": en, "count": count}


def _loss(code: str, zh: str, en: str, loans: int, amount: str) -> Any:
    return {"code": code, "zh": zh, "en": en, "loans": loans, "amount": amount}
