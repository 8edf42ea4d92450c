"""A recovery that a bank booked twice: its part went to the fund, two persons take it back, the fund pays it back."""

from decimal import Decimal
from typing import Any

from shared.money import yuan
from shared.offices import Step
from shared.workdays import add_workdays
from tools.demo.county import County, Loan, until


async def booked_twice(county: County, loan: Loan, amount: Decimal) -> None:
    """Book a recovery (yuan) a second time, return its part, take it back, and have the part paid back (LG-40)."""
    bank = county.offices.bank(loan.bank_code)
    days = [add_workdays(county.life.recovered_on, number).isoformat() for number in range(5)]
    body = {
        "bank_reference": county.reference(loan.bank_code),
        "recovered_on": days[0],
        "amount": f"{yuan(amount):.2f}",
    }
    doubled = await bank.post(f"/loans/{loan.loan_id}/recoveries", body)
    row = await _at_the_fund(county, doubled["id"], "open")
    returned = {"returned_on": days[1], "bank_reference": county.reference(loan.bank_code), "amount": row["fund_due"]}
    await bank.post(f"/recoveries/{doubled['id']}/returns", returned)

    clerk, chief = county.offices.bank_officers(loan.bank_code)
    wrong = {"cause": "doubled", "reason": "同一笔追偿款重复登记", "proposed_on": days[2]}
    proposed = await clerk.post(f"/loans/{loan.loan_id}/recoveries/{doubled['id']}/reversals", wrong)
    decision = {"decision": "confirm", "decided_on": days[3]}
    await chief.post(f"/recovery-reversals/{proposed['id']}/decisions", decision)
    owed = await _at_the_fund(county, doubled["id"], "owed_back")
    await _pay_back(county, loan, owed, days[4])


async def _pay_back(county: County, loan: Loan, owed: dict[str, Any], on: str) -> None:
    pack, township = county.pack, loan.village_code[:9]
    proposer = county.offices.taking(pack, Step.FUND_MOVEMENT, township)
    decider = county.offices.taking(pack, Step.FUND_MOVEMENT_DECISION, township, place=1)
    claim = await county.offices["auditor"].get(f"/claims/{owed['claim_id']}")
    body = {
        "kind": "recovery_back",
        "recovery_id": owed["id"],
        "amount": owed["fund_owes"],
        "moved_on": on,
        "bank_reference": county.reference(loan.bank_code),
        "reason": "追偿款重复登记，退还银行",
    }
    movements = f"/funds/{claim['fund_id']}/movements"
    moved = await proposer.post(movements, body)
    said = {"decision": "approve", "decided_on": on, "reason": "已核对"}
    await decider.post(f"{movements}/{moved['id']}/decisions", said)


async def _at_the_fund(county: County, recovery_id: str, state: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = []

    async def is_there() -> bool:
        rows = await county.offices["auditor"].every("/recoveries", region_code=county.code, state=state)
        found[:] = [row for row in rows if row["id"] == recovery_id]
        return bool(found)

    await until(is_there, f"a recovery that is {state} at the risk fund")
    return found[0]
