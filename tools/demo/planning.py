"""Some of those who pay late are pressed, and agree a repayment plan that the bank signs (DZ-5c); they keep it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from tools.demo.county import County, Loan
from tools.demo.story import Story

PLANS_MAX: Final = 3
AGREED_BEFORE: Final = timedelta(days=7)


async def agree_plans(county: County, story: Story) -> list[str]:
    """Let the work team press for what is late and draw up plans, and the bank sign them; return the plans' ids."""
    agreed_on = county.life.late_paid_on - AGREED_BEFORE
    late = sorted((loan for loan in county.loans if loan.contract_number in story.late), key=_contract)
    plans = [await _agree(county, loan, agreed_on.isoformat()) for loan in late[:PLANS_MAX]]
    return [plan for plan in plans if plan]


async def check_kept(county: County, plans: list[str]) -> None:
    """Hold every plan against what was received by the day on which those who were late have paid."""
    reader, day = county.offices["auditor"], county.life.late_paid_on.isoformat()
    for plan_id in plans:
        plan = await reader.get(f"/repayment-plans/{plan_id}", as_of=day)
        county.clock.check(plan["progress"], "fulfilled", "还款计划履行情况", "How the repayment plan was kept")


async def _agree(county: County, loan: Loan, on: str) -> str | None:
    clerk, _ = county.offices.bank_officers(loan.bank_code)
    account = await clerk.get(f"/loans/{loan.loan_id}/account", as_of=on)
    if not Decimal(account["arrears"]):
        return None
    team = county.offices.village_team(loan.village_code[:9])
    pressed = {"office": "work_team", "person": "驻村工作队队长", "note": "入户督促"}
    promise: dict[str, Any] = {
        "pressed_on": on,
        "result": "promised",
        "promised_on": county.life.late_paid_on.isoformat(),
    }
    await team.post(f"/loans/{loan.loan_id}/collection-records", {**pressed, **promise})
    rows = [{"due_on": county.life.late_paid_on.isoformat(), "amount": account["arrears"]}]
    agreed = {"agreed_on": on, "paper_reference": f"HKJH-{loan.contract_number}", "installments": rows}
    plan = await team.post(f"/loans/{loan.loan_id}/repayment-plans", {**pressed, **agreed})
    await clerk.post(f"/repayment-plans/{plan['id']}/decisions", {"decision": "sign", "signed_on": on})
    return str(plan["id"])


def _contract(loan: Loan) -> str:
    return loan.contract_number
