"""The treasury reimburses the interest that households have paid (SX-5, FJ-6, FJ-11)."""

import csv
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from shared.access import Right
from shared.dates import add_months
from shared.offices import Step
from tools.demo import programmes
from tools.demo.county import County, csv_text, not_taken_whole, until
from tools.demo.identity import bank_card
from tools.demo.session import RequestFailed

REJECTED_LINES = 3
SUBSIDY_ENDS_SHARE = Decimal("0.05")
PREPARED_BEFORE_END = timedelta(days=5)
NOTHING_PAID = "nothing-to-subsidise"
DAY = timedelta(days=1)
HEADER = ("instruction_id", "state", "amount", "paid_on", "reason")
NEW_CARD_SERIAL = 900_000


@dataclass(frozen=True)
class Paid:
    """What one batch came to."""

    lines: int
    amount: Decimal
    rejected: int
    batch: dict[str, Any] = field(default_factory=dict)  # the last one


async def end_some_subsidies(county: County, spared: frozenset[str]) -> int:
    """Mark some households as in a state that ends their subsidy, if the pack has one (FJ-6); return how many.

    Their loans still run: spared are the contracts that were settled early, and those with marks of their own.
    """
    states = county.pack.subsidy_rule().stop_states
    running = [loan for loan in county.first_loans if loan.contract_number not in spared]
    if not states or not running:
        return 0
    longest = max(loan.term_months for loan in running)
    by_number = {loan.household_number: loan.household_id for loan in running if loan.term_months == longest}
    long = [by_number[number] for number in sorted(by_number, reverse=True)]  # ids differ in each run, numbers do not
    chosen = long[: max(1, round(len(long) * SUBSIDY_ENDS_SHARE))]
    await county.offices["poverty.office"].post(
        "/household-status-changes",
        {
            "household_ids": chosen,
            "state": states[0],
            "effective_from": county.life.lifted_from.isoformat(),
            "reason": "经动态管理认定",
        },
    )
    return len(chosen)


async def subsidise(county: County, year: int, advance: Callable[[int], None]) -> Paid:
    """Reimburse a year's interest in as many batches as the pack has periods; return what they came to."""
    if year not in county.programmes:
        await programmes.open_programme(county, year)
    step, paid, bounce = county.pack.subsidy_rule().period_months, Paid(0, Decimal(0), 0), REJECTED_LINES
    starts = [add_months(date(year, 1, 1), months) for months in range(0, 12, step)]
    for starts_on in starts:
        ends_before = min(add_months(starts_on, step), date(year + 1, 1, 1))
        if ends_before - PREPARED_BEFORE_END > county.life.ends_on:
            break
        found = await _batch(county, starts_on, ends_before, bounce, advance)
        bounce -= found.rejected
        paid = Paid(paid.lines + found.lines, paid.amount + found.amount, paid.rejected + found.rejected)
    return paid


async def subsidise_late(county: County, paid_on: date, prepared_on: date) -> dict[str, Any]:
    """Reimburse what came to light after the batch of the period in which it was paid; return its own batch."""
    step = county.pack.subsidy_rule().period_months
    starts_on = date(paid_on.year, (paid_on.month - 1) // step * step + 1, 1)
    ends_before = min(add_months(starts_on, step), date(paid_on.year + 1, 1, 1))
    paid = await _batch(county, starts_on, ends_before, 0, lambda _: None, prepared_on)
    return paid.batch


async def _batch(
    county: County,
    starts_on: date,
    ends_before: date,
    bounce: int,
    advance: Callable[[int], None],
    not_before: date = date.min,
) -> Paid:
    """Prepare, review, approve, pay and confirm a batch; what bounces or comes back is corrected and paid again."""
    last_paid_on = max((day for day in county.paid_days if starts_on <= day < ends_before), default=starts_on)
    prepared_on = max(ends_before - PREPARED_BEFORE_END, last_paid_on, not_before)
    body = {
        "county_code": county.code,
        "programme_id": county.programmes[starts_on.year],
        "period_from": starts_on.isoformat(),
        "period_until": ends_before.isoformat(),
        "prepared_on": prepared_on.isoformat(),
    }
    try:
        batch = await county.taking(Step.SUBSIDY_PREPARATION).post("/subsidy-batches", body)
    except RequestFailed as refused:
        if refused.code != NOTHING_PAID:
            raise
        return Paid(0, Decimal(0), 0)
    path, approved_on = f"/subsidy-batches/{batch['id']}", prepared_on + DAY
    await county.taking(Step.SUBSIDY_REVIEW, place=1).post(
        f"{path}/reviews", {"decision": "approve", "note": "已核对", "reviewed_on": prepared_on.isoformat()}
    )
    finance = county.taking(Step.SUBSIDY_APPROVAL, place=2)
    await finance.post(
        f"{path}/approvals", {"decision": "approve", "note": "同意", "approved_on": approved_on.isoformat()}
    )
    rejected, returned = [], []
    if Decimal(batch["amount"]) > 0:
        rejected = await _pay(county, path, approved_on, bounce, advance)
        returned = await _come_back(county, path, approved_on) if rejected else []
        await correct_accounts(county, rejected + returned)
    if rejected:
        await _pay(county, path, approved_on + DAY, 0, advance)
        await _see_paid_again(county, path, returned)

    async def settled() -> bool:
        return bool((await finance.get(path))["state"] == "settled")

    await until(settled, "the subsidy batch to be settled")
    return Paid(int(batch["line_count"]), Decimal(batch["amount"]), len(rejected), batch)


async def _come_back(county: County, path: str, on: date) -> list[str]:
    """Let one transfer come back that was confirmed as paid (退汇), if any was, noted by another person.

    Returns its household.
    """
    confirming = county.taking(Step.SUBSIDY_PAYMENT, place=1)
    some = (await confirming.every(f"{path}/instructions", state="paid"))[:1]
    for paid in some:
        notice = {"amount": paid["amount"], "returned_on": on.isoformat(), "reason": "账户已销户"}
        await confirming.post(f"/payment-instructions/{paid['id']}/returned-transfers", notice)
    return [str(paid["household_id"]) for paid in some]


async def _see_paid_again(county: County, path: str, households: list[str]) -> None:
    """See that a household whose transfer came back was paid the same amount again, to its corrected account."""
    payer = county.taking(Step.SUBSIDY_PAYMENT)
    rows = await payer.every(f"{path}/instructions") if households else []
    for household_id in households:
        mine = {row["state"]: Decimal(row["amount"]) for row in rows if row["household_id"] == household_id}
        county.clock.check(mine["paid"], mine["returned"], "退汇更正账户后重付", "Came back, paid again")


async def correct_accounts(county: County, households: list[str]) -> None:
    """Correct the accounts of households whose payment the bank rejected or sent back."""
    for household_id in households:
        county.references += 1
        await county.offices.with_right(Right.ACCOUNTS_CORRECT).post(
            "/account-corrections",
            {
                "household_id": household_id,
                "bank_code": county.main_bank,
                "account_number": bank_card(NEW_CARD_SERIAL + county.references),
                "reason": "银行退回：账号与户名不符",
            },
        )


async def _pay(county: County, path: str, paid_on: date, bounce: int, advance: Callable[[int], None]) -> list[str]:
    """Pay what is unpaid of a batch; return the households whose payment the bank rejected."""
    finance = county.taking(Step.SUBSIDY_PAYMENT)
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
        raise not_taken_whole("银行回盘文件", "bank's return file", taken)
    advance(len(lines))
    bounced = {row["instruction_id"] for row in instructions[:bounce]}
    if not bounced:
        return []
    listed = await finance.every(f"{path}/instructions", state="rejected")
    return [row["household_id"] for row in listed if row["id"] in bounced]
