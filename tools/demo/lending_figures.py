"""The figures of lending, subsidy and risk fund, as the services' own reports say them."""

from decimal import Decimal
from typing import Any, Final

from tools.demo.county import County

REASON_NAMES: Final = {
    "excluded-kind": ("四类人员", "Four-kinds person"),
    "age-above-maximum": ("超龄", "Above the age limit"),
    "age-plus-term-above-maximum": ("年龄加期限超限", "Age plus term too high"),
    "civil-capacity-not-full": ("无完全民事行为能力", "Without full civil capacity"),
    "not-able-to-work": ("无劳动或经营能力", "Unable to work"),
    "bad-credit-record": ("不良信用记录", "Bad credit record"),
    "amount-above-credit-limit": ("超过授信额度", "Above the credit limit"),
    "not-rated": ("未评级授信", "Not rated"),
    "objection-upheld": ("公示异议成立", "Objection upheld"),
}


async def lending_figures(county: County, township_names: dict[str, str]) -> dict[str, Any]:
    """Return what was lent, repaid, subsidised, lost and recovered to the end of the run."""
    reader, on = county.offices["auditor"], county.ends_on.isoformat()
    lending = await reader.get("/reports/lending", region_code=county.code, as_of=on)
    subsidy = await reader.get("/reports/subsidy", region_code=county.code)
    riskfund = await reader.get("/reports/riskfund", region_code=county.code, as_of=on)
    return {
        **_totals(county, lending, subsidy, riskfund),
        **_first_round(county, lending, township_names),
        **_over_time(lending, subsidy, riskfund),
        "losses": _losses(county, lending, riskfund),
    }


def _totals(county: County, lending: Any, subsidy: Any, riskfund: Any) -> dict[str, Any]:
    return {
        "households_refused": len(county.refused_numbers),
        "households_lent": lending["households_lent"],
        "amount_lent": lending["amount_lent"],
        "repeat_households": lending["repeat_households"],
        "repeat_amount_lent": lending["repeat_amount_lent"],
        "amount_outstanding": lending["outstanding"],
        "fund_paid_in": riskfund["fund_paid_in"],
        "principal_repaid": lending["principal_repaid"],
        "interest_paid": lending["interest_paid"],
        "subsidy_paid": subsidy["subsidy_paid"],
        "penalty_paid": lending["penalty_paid"],
        "compensated": riskfund["compensated"],
        "recovered": riskfund["recovered"],
    }


def _first_round(county: County, lending: Any, township_names: dict[str, str]) -> dict[str, Any]:
    industries = {industry.code: industry for industry in county.pack.purpose_rule().industries}
    return {
        "refusals_by_reason": [
            _named(row["code"], row["application_count"]) for row in lending["applications_refused_by_reason"]
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
                "name": township_names.get(row["township_code"], row["township_code"]),
                "households": row["households"],
                "amount": row["amount"],
            }
            for row in lending["by_township"]
        ],
    }


def _over_time(lending: Any, subsidy: Any, riskfund: Any) -> dict[str, Any]:
    return {
        "lent_by_month": [
            {
                "month": row["month"],
                "loans": row["loans"] + row["repeat_loans"],
                "amount": str(Decimal(row["amount"]) + Decimal(row["repeat_amount"])),
            }
            for row in lending["lent_by_month"]
        ],
        "cover": [
            {key: row[key] for key in ("as_of", "fund_balance", "exposure", "reserved", "limit")}
            for row in riskfund["cover_by_day"]
        ],
        "subsidy_by_quarter": [{"quarter": row["quarter"], "amount": row["amount"]} for row in subsidy["by_quarter"]],
        "overdue_by_month": [
            {"month": row["month"], "loans": row["loans"], "amount": row["amount"]}
            for row in lending["overdue_by_month"]
        ],
    }


def _losses(county: County, lending: Any, riskfund: Any) -> list[dict[str, Any]]:
    of_guarantors = [
        _loss("guarantor", "担保机构承担", "Borne by guarantors", row["claims"], row["borne"])
        for row in riskfund["guarantors"]
    ]
    return [
        _loss("defaulted", "认定违约本金", "Principal in default", lending["defaults"], lending["amount_defaulted"]),
        _loss("insured", "保险先行赔付", "Paid by insurance", county.insured_loans, riskfund["insurance_paid"]),
        _loss("fund", "风险补偿金承担", "Borne by the fund", riskfund["claims_paid"], riskfund["compensated"]),
        _loss("bank", "银行承担", "Borne by the banks", riskfund["claims_paid"], riskfund["borne_by_bank"]),
        *of_guarantors,
        _loss("recovered", "补偿后追回", "Recovered", riskfund["recoveries"], riskfund["recovered"]),
    ]


def _named(code: str, count: int) -> dict[str, Any]:
    zh, en = REASON_NAMES.get(code, (code, ""))
    return {"code": code, "zh": zh, "en": en, "count": count}


def _loss(code: str, zh: str, en: str, loans: int, amount: str) -> dict[str, Any]:
    return {"code": code, "zh": zh, "en": en, "loans": loans, "amount": amount}
