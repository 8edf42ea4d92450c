"""Defaults, insurance, the committee, compensation, recoveries."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from services.lending.defaults.rules.papers import missing_papers
from shared.money import yuan
from shared.offices import Step, may_take
from shared.policy.terms import CompensationRule
from shared.policy.vocabulary import LossCause, Office, WaitStart
from shared.regions import township_of
from shared.workdays import add_workdays
from tools.demo import guarantor
from tools.demo.county import County, Loan, until
from tools.demo.officers import GUARANTOR, INSURER
from tools.demo.refused import DemoRefused
from tools.demo.session import Caller, RequestFailed
from tools.demo.story import Story
from tools.demo.wrong_recovery import booked_twice

INSURED_SHARE = Decimal("0.60")
RECOVERED_SHARE = Decimal("0.25")
RECOVER_EVERY = 2  # every second borrower is found with something
RETURNED_LATE_EVERY = 5
MALICIOUS_ONE_IN = 12
INTEREST_OWED = Decimal("1.02")  # principal and what interest may have come to since the last settlement day
USUAL = (LossCause.BUSINESS_FAILURE, LossCause.DISASTER, LossCause.ILLNESS)


@dataclass(frozen=True)
class Default:
    """One loan that is not repaid, and why."""

    loan: Loan
    cause: LossCause
    insured: bool = False


def causes(story: Story, rule: CompensationRule, insurance_kind: str | None, money: Decimal) -> list[Default]:
    """Return the cause of each default: a death, insured where loans are, a twelfth malicious, the rest another cause.

    Only causes that the pack compensates (`rule.waits` names them), and no more than the fund's `money` can bear.
    """
    compensated = [wait.cause for wait in rule.waits if wait.counts_from is not WaitStart.PURSUIT]
    if not compensated:
        return []
    others = [cause for cause in USUAL if cause in compensated] or compensated
    malicious = max(1, len(story.default) // MALICIOUS_ONE_IN) if LossCause.MALICIOUS in compensated else 0
    found = []
    for number, loan in enumerate(story.default):
        cause = LossCause.MALICIOUS if 0 < number <= malicious else others[0]
        if number == 0 and LossCause.DEATH in compensated:
            cause = LossCause.DEATH
        insured = number == 0 and insurance_kind is not None and rule.insurance_pays_first
        found.append(Default(loan, cause, insured))
    return _within(found, rule, money)


def cured(story: Story, rule: CompensationRule) -> Default | None:
    """Return the default that is paid before the fund has to, of a usual cause, if the story has one."""
    usual = [cause for cause in USUAL if any(wait.cause is cause for wait in rule.waits)]
    return Default(story.cured, usual[0]) if story.cured and usual else None


def _within(defaults: list[Default], rule: CompensationRule, money: Decimal) -> list[Default]:
    """Return as many of the defaults as the fund's money can compensate: a small county has few loans."""
    kept, left = [], money
    for default in defaults:
        principal = default.loan.principal
        insured = principal * INSURED_SHARE if default.insured else Decimal(0)
        cost = (principal * INTEREST_OWED - insured) * rule.fund_share
        if cost <= left:
            kept.append(default)
            left -= cost
    return kept


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
    """Let the bank report a default and an office of the county confirm it."""
    loan = default.loan
    body: dict[str, Any] = {
        "reported_on": county.life.reported_on.isoformat(),
        "cause": default.cause,
        "malicious": default.cause is LossCause.MALICIOUS,
        "evidence": "催收记录与入户走访记录",
        "papers": [
            {"kind": group[0], "reference": f"{loan.contract_number}-{number}"}
            for number, group in enumerate(missing_papers(default.cause, ()), start=1)
        ],
    }
    if default.cause is LossCause.DEATH:
        body["died_on"] = (loan.matures_on - timedelta(days=40)).isoformat()
    report = await county.offices.bank(loan.bank_code).post(f"/loans/{loan.loan_id}/default-reports", body)
    await county.taking(Step.DEFAULT_CONFIRMATION, loan.village_code).post(
        f"/default-reports/{report['id']}/confirmations", {"confirmed_on": county.life.confirmed_on.isoformat()}
    )


async def compensate(county: County, default: Default, number: int) -> str:
    """File the claim, let the insurer pay first, the committee decide and the finance bureau pay; return the claim.

    Where a guarantor shares losses it pays its part of this one in the way of the `number`.
    """
    offices, loan = county.offices, default.loan
    claim_id = await file_claim(county, default)
    path = f"/claims/{claim_id}"
    if default.insured:
        await offices[f"insurer.{INSURER.lower()}"].post(
            f"{path}/insurance-answers",
            {
                "accepted": True,
                "amount_paid": f"{yuan(loan.principal * INSURED_SHARE):.2f}",
                "answered_on": county.life.answered_on.isoformat(),
                "reference": f"PICC-PAY-{loan.contract_number}",
            },
        )
    decision = {"decision": "approve", "decided_on": county.life.decided_on.isoformat(), "reason": "符合补偿条件"}
    for member in committee(county, loan.village_code):
        await member.post(f"{path}/decisions", decision)
    await county.taking(Step.CLAIM_PAYMENT).post(
        f"{path}/payments",
        {"paid_on": county.life.compensated_on.isoformat(), "bank_reference": f"BC-{loan.contract_number}"},
    )
    if county.pack.compensation_rule().guarantor_share:
        await guarantor.pay(county, loan, claim_id, number)
    return claim_id


def committee(county: County, village_code: str) -> list[Caller]:
    """Return the members who approve a claim: one of each office that the pack names, as many as it requires.

    Raises:
        DemoRefused: the committee has fewer members here.
    """
    rule = county.pack.compensation_rule()
    seats = [office for office in rule.committee if may_take(Step.CLAIM_DECISION, office)]
    if Office.FUND_COMMITTEE in seats:
        seats = [Office.FUND_COMMITTEE] * rule.committee_approvals_required
    first = 0 if Office.FUND_COMMITTEE in seats else 1  # the first of an office may be the one who pays
    people = [county.offices.person_of(office, township_of(village_code), first + n) for n, office in enumerate(seats)]
    members = list({person.username: person for person in people if person is not None}.values())
    if len(members) < rule.committee_approvals_required:
        raise DemoRefused(
            zh=f"代偿须 {rule.committee_approvals_required} 名成员同意，政策包所列成员只有 {len(members)} 名可以审定；"
            "请核对 compensation.committee。",
            en=f"A claim needs {rule.committee_approvals_required} approvals and the pack names {len(members)} members "
            "who may decide; check `compensation.committee`.",
        )
    return members[: rule.committee_approvals_required]


async def file_claim(county: County, default: Default) -> str:
    """Let the bank file a claim once the fund knows of the default; return its id."""
    bank = county.offices.bank(default.loan.bank_code)
    body = {"loan_id": default.loan.loan_id, "filed_on": county.life.claimed_on.isoformat()}
    if county.pack.compensation_rule().guarantor_share:
        body["guarantor_code"] = GUARANTOR
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
    """Let the banks collect from some borrowers and return the fund's share, once later than allowed (LG-40).

    One is booked twice and taken back.
    """
    chosen = defaults[1::RECOVER_EVERY]
    for default in chosen:
        await until(lambda default=default: _is_compensated(county, default), "the compensation at lending")  # type: ignore[misc]
        await county.offices.bank(default.loan.bank_code).post(
            f"/loans/{default.loan.loan_id}/recoveries",
            {
                "bank_reference": county.reference(default.loan.bank_code),
                "recovered_on": county.life.recovered_on.isoformat(),
                "amount": f"{yuan(default.loan.principal * RECOVERED_SHARE):.2f}",
            },
        )
    await until(lambda: _split(county, len(chosen)), "the recoveries at the risk fund")
    rows = await county.offices["auditor"].every("/recoveries", region_code=county.code, state="open")
    bank_of = {default.loan.loan_id: default.loan.bank_code for default in chosen}
    for number, row in enumerate(sorted(rows, key=lambda row: str(row["bank_reference"]))):
        late = number % RETURNED_LATE_EVERY == RETURNED_LATE_EVERY - 1
        allowed = county.pack.compensation_rule().recovery_return_working_days
        bank_code = bank_of[row["loan_id"]]
        await county.offices.bank(bank_code).post(
            f"/recoveries/{row['id']}/returns",
            {
                "returned_on": add_workdays(
                    county.life.recovered_on, allowed + 3 if late else min(3, allowed)
                ).isoformat(),
                "bank_reference": county.reference(bank_code),
                "amount": row["fund_share"],
            },
        )
    if chosen:
        await booked_twice(county, chosen[0].loan, chosen[0].loan.principal * RECOVERED_SHARE)
    await guarantor.give_back(county, add_workdays(county.life.recovered_on, 1))
    return len(chosen)


async def _is_compensated(county: County, default: Default) -> bool:
    row = await county.offices.bank(default.loan.bank_code).get(f"/loans/{default.loan.loan_id}")
    return bool(row["state"] == "compensated")


async def _split(county: County, count: int) -> bool:
    rows = await county.offices["auditor"].every("/recoveries", region_code=county.code, state="open")
    return len(rows) >= count
