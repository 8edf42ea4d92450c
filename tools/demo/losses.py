"""Step 9: defaults, insurance, the committee, compensation, recoveries."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from shared.money import yuan
from shared.workdays import add_workdays
from tools.demo.county import County, Loan, until
from tools.demo.life import Story
from tools.demo.officers import INSURER
from tools.demo.session import RequestFailed

REPORTED_ON = date(2018, 8, 20)
CONFIRMED_ON = date(2018, 8, 23)
FILED_ON = date(2018, 9, 3)
ANSWERED_ON = date(2018, 9, 10)
DECIDED_ON = date(2018, 9, 14)
PAID_ON = date(2018, 9, 18)
RECOVERED_ON = date(2018, 10, 22)
INSURED_SHARE = Decimal("0.60")
RECOVERED_SHARE = Decimal("0.25")
RECOVER_EVERY = 2  # every second borrower is found with something
RETURNED_LATE_EVERY = 5


@dataclass(frozen=True)
class Default:
    """One loan that is not repaid, and why."""

    loan: Loan
    cause: str
    insured: bool = False


def causes(story: Story) -> list[Default]:
    """Return the cause of each default: one insured death, a twelfth malicious, the rest failed businesses."""
    malicious = max(1, len(story.default) // 12)
    return [
        Default(loan, "death", insured=True)
        if number == 0
        else Default(loan, "malicious" if number <= malicious else "business_failure")
        for number, loan in enumerate(story.default)
    ]


async def insure(county: County, default: Default) -> None:
    """Record the policy that a loan's borrower took out when it was paid out (LG-41)."""
    loan = default.loan
    await county.offices.bank(loan.bank_code).post(
        "/insurance-policies",
        {
            "loan_id": loan.loan_id,
            "insurer_code": INSURER,
            "kind": county.insurance_kind,
            "policy_number": f"PICC-{loan.contract_number}",
            "sum_insured": f"{yuan(loan.principal * INSURED_SHARE):.2f}",
            "valid_from": loan.disbursed_on.isoformat(),
            "valid_until": (loan.matures_on + timedelta(days=365)).isoformat(),
        },
    )
    county.insured_loans += 1


async def confirm(county: County, default: Default) -> None:
    """Let the bank report a default and the service centre confirm it."""
    loan = default.loan
    body: dict[str, Any] = {
        "reported_on": REPORTED_ON.isoformat(),
        "cause": default.cause,
        "malicious": default.cause == "malicious",
        "evidence": "催收记录与入户走访记录",
    }
    if default.cause == "death":
        body["died_on"] = (loan.matures_on - timedelta(days=40)).isoformat()
    report = await county.offices.bank(loan.bank_code).post(f"/loans/{loan.loan_id}/default-reports", body)
    await county.offices["service.centre"].post(
        f"/default-reports/{report['id']}/confirmations", {"confirmed_on": CONFIRMED_ON.isoformat()}
    )


async def compensate(county: County, default: Default) -> str:
    """File the claim, let the insurer pay first, the committee decide and the finance bureau pay; return the claim."""
    offices, loan = county.offices, default.loan
    claim_id = await _filed_claim(county, default)
    path = f"/claims/{claim_id}"
    if default.insured:
        await offices[f"insurer.{INSURER.lower()}"].post(
            f"{path}/insurance-answers",
            {
                "accepted": True,
                "amount_paid": f"{yuan(loan.principal * INSURED_SHARE):.2f}",
                "answered_on": ANSWERED_ON.isoformat(),
                "reference": f"PICC-PAY-{loan.contract_number}",
            },
        )
    for member in ("committee.finance", "committee.poverty"):
        await offices[member].post(
            f"{path}/decisions", {"decision": "approve", "decided_on": DECIDED_ON.isoformat(), "reason": "符合补偿条件"}
        )
    await offices["finance.bureau"].post(
        f"{path}/payments", {"paid_on": PAID_ON.isoformat(), "bank_reference": f"BC-{loan.contract_number}"}
    )
    return claim_id


async def _filed_claim(county: County, default: Default) -> str:
    bank = county.offices.bank(default.loan.bank_code)
    body = {"loan_id": default.loan.loan_id, "filed_on": FILED_ON.isoformat()}
    filed: dict[str, Any] = {}

    async def accepted() -> bool:
        try:
            filed.update(await bank.post("/claims", body))
        except RequestFailed as refused:
            if refused.code not in county.NOT_YET:
                raise
            return False
        return True

    await until(accepted, "the confirmed default at the risk fund")
    return str(filed["id"])


async def recover(county: County, defaults: list[Default]) -> int:
    """Let the banks collect from some borrowers and return the fund's share, once later than allowed (LG-40)."""
    chosen = defaults[1::RECOVER_EVERY]
    for default in chosen:
        await until(lambda default=default: _is_compensated(county, default), "the compensation at lending")  # type: ignore[misc]
        await county.offices.bank(default.loan.bank_code).post(
            f"/loans/{default.loan.loan_id}/recoveries",
            {
                "bank_reference": county.reference(default.loan.bank_code),
                "recovered_on": RECOVERED_ON.isoformat(),
                "amount": f"{yuan(default.loan.principal * RECOVERED_SHARE):.2f}",
            },
        )
    await until(lambda: _split(county, len(chosen)), "the recoveries at the risk fund")
    rows = await county.offices["finance.bureau"].every("/recoveries", region_code=county.code, state="open")
    bank_of = {default.loan.loan_id: default.loan.bank_code for default in chosen}
    for number, row in enumerate(sorted(rows, key=lambda row: str(row["bank_reference"]))):
        late = number % RETURNED_LATE_EVERY == RETURNED_LATE_EVERY - 1
        bank_code = bank_of[row["loan_id"]]
        await county.offices.bank(bank_code).post(
            f"/recoveries/{row['id']}/returns",
            {
                "returned_on": add_workdays(RECOVERED_ON, 8 if late else 3).isoformat(),
                "bank_reference": county.reference(bank_code),
                "amount": row["fund_share"],
            },
        )
    return len(chosen)


async def _is_compensated(county: County, default: Default) -> bool:
    row = await county.offices.bank(default.loan.bank_code).get(f"/loans/{default.loan.loan_id}")
    return bool(row["state"] == "compensated")


async def _split(county: County, count: int) -> bool:
    rows = await county.offices["finance.bureau"].every("/recoveries", region_code=county.code, state="open")
    return len(rows) >= count
