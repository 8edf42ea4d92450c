"""Direct grants of a scattered project: listed, approved after acceptance, paid straight to households (ZJ-6)."""

import csv
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from shared.access import Right
from shared.offices import Step
from tools.demo import subsidies
from tools.demo.benefits.agreements import shares_of
from tools.demo.benefits.plan import BenefitDays, ProjectPlan
from tools.demo.county import County

REJECTED: Final = 1  # of a project's transfers, for a wrong account; it is paid again


async def grant(county: County, days: BenefitDays, project: ProjectPlan, project_id: str) -> Decimal:
    """Propose a project's households, approve them, pay them, and pay again what the bank rejects; return what."""
    township = county.offices.township(project.township.code)
    grants = [
        {"household_id": each["household_id"], "amount": each["grant_amount"]} for each in shares_of(county, project)
    ]
    proposed = await township.post(
        f"/projects/{project_id}/grant-lists",
        {"proposed_on": days.after(61).isoformat(), "documents": ["村民评议公示表"], "grants": grants},
    )
    path = f"/grant-lists/{proposed['id']}"
    decision = {"decision": "approve", "decided_on": days.after(67).isoformat(), "note": "验收合格，公示无异议"}
    await county.offices.with_right(Right.PROJECTS_ACCEPT, place=1).post(f"{path}/decisions", decision)
    rejected = await _pay(county, path, days.after(68), REJECTED)
    await subsidies.correct_accounts(county, rejected)
    await _pay(county, path, days.after(70), 0)
    (listed,) = (await township.get(f"/projects/{project_id}/grant-lists"))["items"]
    return Decimal(listed["paid"])


async def _pay(county: County, path: str, on: date, bounce: int) -> list[str]:
    """Send the list's open grants to the bank and enter its word; return the households whose transfer it rejects."""
    finance, confirming = county.taking(Step.SUBSIDY_PAYMENT), county.offices.with_right(Right.GRANTS_CONFIRM, place=1)
    await finance.post(f"{path}/payment-runs", {"sent_on": on.isoformat()})
    text = (await confirming.download(f"{path}/transfers.csv")).decode("utf-8-sig")
    rows = list(csv.DictReader(text.splitlines()))
    results = [_result(row, on, rejected=number < bounce) for number, row in enumerate(rows)]
    await confirming.post(f"{path}/results", {"results": results})
    refused = {result["transfer_id"] for result in results if result["outcome"] == "rejected"}
    grants = await confirming.every(f"{path}/grants")
    return [str(each["household_id"]) for each in grants if each["transfer_id"] in refused]


def _result(row: Mapping[str, str], on: date, *, rejected: bool) -> dict[str, Any]:
    said = {"outcome": "rejected", "reason": "账号与户名不符"} if rejected else {"outcome": "paid"}
    return {"transfer_id": row["instruction_id"], "amount": row["amount"], "settled_on": on.isoformat(), **said}
