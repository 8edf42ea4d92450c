"""A guarantor's part of the losses: paid on time, in two parts, late or never; and its part of what was recovered."""

from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from tools.demo.county import County, Loan, at_once

LATE_DAYS: Final = 5


class Payer(StrEnum):
    """How a guarantor pays its part of one loss."""

    ON_TIME = "on_time"
    IN_TWO_PARTS = "in_two_parts"
    LATE = "late"
    NEVER = "never"


def payer(number: int) -> Payer:
    """Return how the guarantor pays its part of the loss with this number, each way in turn."""
    return tuple(Payer)[number % len(Payer)]


async def pay(county: County, loan: Loan, claim_id: str, number: int) -> None:
    """Let the bank record what the guarantor paid of a decided loss (DZ-3)."""
    account = await county.offices.bank(loan.bank_code).get(f"/guarantor-accounts/{claim_id}")
    owed, due_on, way = Decimal(account["borne"]), date.fromisoformat(account["due_on"]), payer(number)
    if way is Payer.ON_TIME:
        await _transfer(county, loan, claim_id, "to_bank", owed, due_on)
    elif way is Payer.LATE:
        await _transfer(county, loan, claim_id, "to_bank", owed, due_on + timedelta(days=LATE_DAYS))
    elif way is Payer.IN_TWO_PARTS:
        first = (owed / 2).quantize(Decimal("0.01"))
        for part, day in ((first, due_on - timedelta(days=1)), (owed - first, due_on)):
            await _transfer(county, loan, claim_id, "to_bank", part, day)


async def give_back(county: County, returned_on: date) -> None:
    """Let the banks give guarantors their part of what was recovered (LG-40)."""
    on = returned_on.isoformat()
    rows = await county.offices["auditor"].every(
        "/guarantor-accounts", region_code=county.code, state="owed_back", as_of=on
    )
    loans = {loan.loan_id: loan for loan in county.loans}

    async def back(row: dict[str, Any]) -> None:
        loan, amount = loans[row["loan_id"]], Decimal(row["owed_back"])
        await _transfer(county, loan, row["claim_id"], "to_guarantor", amount, returned_on)

    await at_once([lambda row=row: back(row) for row in rows])  # type: ignore[misc]


async def _transfer(county: County, loan: Loan, claim_id: str, way: str, amount: Decimal, day: date) -> None:
    body = {
        "direction": way,
        "amount": f"{amount:.2f}",
        "transferred_on": day.isoformat(),
        "bank_reference": county.reference(loan.bank_code),
    }
    await county.offices.bank(loan.bank_code).post(f"/guarantor-accounts/{claim_id}/transfers", body)
