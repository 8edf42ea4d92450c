"""Step 8: the treasury reimburses the interest that households have paid (SX-5, FJ-6, FJ-11)."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from tools.demo.county import County, csv_text, until
from tools.demo.identity import bank_card

BUDGET_PER_LENT_YUAN = Decimal("0.06")  # a year's interest at under 5 percent, with room
REJECTED_LINES = 3
STABLY_LIFTED_FROM = date(2018, 7, 1)
STABLY_LIFTED_SHARE = Decimal("0.05")
HEADER = ("instruction_id", "state", "amount", "paid_on", "reason")
NEW_CARD_SERIAL = 900_000


@dataclass(frozen=True)
class Paid:
    """What one batch came to."""

    lines: int
    amount: Decimal
    rejected: int


async def open_programme(county: County, year: int) -> None:
    """Open a year's subsidy programme with its budget (DZ-2)."""
    body = {
        "county_code": county.code,
        "year": year,
        "name": f"{year} 年扶贫小额信贷贴息",
        "budget": f"{county.plan.amount_lent * BUDGET_PER_LENT_YUAN:.2f}",
        "fund_sources": ["中央财政专项扶贫资金", "县级财政"],
        "starts_on": f"{year}-01-01",
        "ends_on": f"{year}-12-31",
    }
    programme = await county.offices["finance.bureau"].post("/programmes", body)
    county.programmes[year] = programme["id"]


async def mark_stably_lifted(county: County) -> int:
    """Mark some households stably lifted; their subsidy stops on that day (FJ-6)."""
    by_number = {loan.household_number: loan.household_id for loan in county.loans if loan.term_months == 36}
    long = [by_number[number] for number in sorted(by_number, reverse=True)]  # ids differ in each run, numbers do not
    chosen = long[: max(1, round(len(long) * STABLY_LIFTED_SHARE))]
    await county.offices["poverty.office"].post(
        "/household-status-changes",
        {
            "household_ids": chosen,
            "state": "stably_lifted",
            "effective_from": STABLY_LIFTED_FROM.isoformat(),
            "reason": "经动态管理认定为稳定脱贫户",
        },
    )
    return len(chosen)


async def subsidise(county: County, year: int, prepared_on: date, advance: Callable[[int], None]) -> Paid:
    """Prepare, review, approve, pay and confirm a year's batch; what bounces is corrected and paid again."""
    centre, finance = county.offices["service.centre"], county.offices["finance.chief"]
    batch = await centre.post(
        "/subsidy-batches",
        {
            "county_code": county.code,
            "programme_id": county.programmes[year],
            "period_from": f"{year}-01-01",
            "period_until": f"{year + 1}-01-01",
            "prepared_on": prepared_on.isoformat(),
        },
    )
    path = f"/subsidy-batches/{batch['id']}"
    await county.offices["poverty.office"].post(
        f"{path}/reviews", {"decision": "approve", "note": "已核对", "reviewed_on": prepared_on.isoformat()}
    )
    approved_on = prepared_on + timedelta(days=1)
    await finance.post(
        f"{path}/approvals", {"decision": "approve", "note": "同意", "approved_on": approved_on.isoformat()}
    )
    rejected = await _pay(county, path, approved_on, REJECTED_LINES, advance)
    for number, household_id in enumerate(rejected):
        await county.offices["service.centre"].post(
            "/account-corrections",
            {
                "household_id": household_id,
                "bank_code": "RCB",
                "account_number": bank_card(NEW_CARD_SERIAL + number + year),
                "reason": "银行退回：账号与户名不符",
            },
        )
    if rejected:
        await _pay(county, path, approved_on + timedelta(days=1), 0, advance)

    async def settled() -> bool:
        return bool((await finance.get(path))["state"] == "settled")

    await until(settled, "the subsidy batch to be settled")
    return Paid(int(batch["line_count"]), Decimal(batch["amount"]), len(rejected))


async def _pay(county: County, path: str, paid_on: date, bounce: int, advance: Callable[[int], None]) -> list[str]:
    """Pay what is unpaid of a batch; return the households whose payment the bank rejected."""
    finance = county.offices["finance.bureau"]
    run = await finance.post(f"{path}/payment-runs", {"paid_on": paid_on.isoformat()})
    run_path = f"/payment-runs/{run['id']}"
    text = (await finance.download(f"{run_path}/instructions.csv")).decode("utf-8-sig")
    instructions = list(csv.DictReader(text.splitlines()))
    lines = [
        (row["instruction_id"], "rejected", row["amount"], paid_on.isoformat(), "账号与户名不符")
        if number < bounce
        else (row["instruction_id"], "paid", row["amount"], paid_on.isoformat(), "")
        for number, row in enumerate(instructions)
    ]
    total = sum(Decimal(line[2]) for line in lines)
    taken = await finance.upload(
        f"{run_path}/return-files",
        csv_text(HEADER, lines),
        "text/csv",
        line_count=len(lines),
        total_amount=f"{total:.2f}",
    )
    if taken["refused_count"]:
        raise RuntimeError(f"the bank's return file was not taken whole: {taken}")
    advance(len(lines))
    bounced = {row["instruction_id"] for row in instructions[:bounce]}
    if not bounced:
        return []
    listed = await finance.every(f"{path}/instructions", state="rejected")
    return [row["household_id"] for row in listed if row["id"] in bounced]
