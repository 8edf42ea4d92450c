"""An entity gives up: its agreement ends by two, the principal goes to the village, another takes over (ZJ-5)."""

from datetime import date, timedelta
from typing import Any, Final

from shared.money import ZERO, yuan
from shared.offices import Step
from tools.demo.benefits import dividends
from tools.demo.benefits.agreements import Term, successor
from tools.demo.benefits.plan import BenefitDays, ProjectPlan
from tools.demo.county import County

ENDS_AFTER: Final = timedelta(days=60)  # the first year
PRINCIPAL_WITHIN: Final = timedelta(days=60)
NEXT_AFTER: Final = timedelta(days=30)


def last_day(days: BenefitDays) -> date:
    """Return the day by which everything about the end is done."""
    return days.anniversary(1) + ENDS_AFTER + PRINCIPAL_WITHIN


async def end(county: County, days: BenefitDays, project: ProjectPlan, project_id: str, agreement_id: str) -> list[str]:
    """End an agreement early, receive its principal in two parts, and conclude its successor's; return those ids."""
    township, path = county.offices.township(project.township.code), f"/agreements/{agreement_id}"
    ends_on = days.anniversary(1) + ENDS_AFTER
    body = {
        "reason": "经营主体停业",
        "ends_on": ends_on.isoformat(),
        "principal_due_on": (ends_on + PRINCIPAL_WITHIN).isoformat(),
        "principal_to": project.village,
        "proposed_on": (ends_on - timedelta(days=10)).isoformat(),
    }
    await township.post(f"{path}/terminations", body)
    decision = {"decision": "accept", "decided_on": (ends_on - timedelta(days=5)).isoformat()}
    confirming = county.taking(Step.AGREEMENT_CONFIRMATION, project.township.code)
    ended = await confirming.post(f"{path}/termination-decisions", decision)
    county.clock.check(ended["termination"]["principal"], project.amount, "终止协议应退本金", "Principal to come back")
    await dividends.pay_year(county, project, agreement_id, dividends.Year.broken(ends_on, project))
    await _receive(county, project, path, ends_on)
    drafted = ends_on + timedelta(days=5)
    first = ends_on + NEXT_AFTER
    term = Term(drafted, drafted, drafted, first, first.replace(year=first.year + 3))
    concluded = await successor(county, project, project_id, agreement_id, term)
    duties = await _duties(county, project, agreement_id, last_day(days))
    county.clock.check(len(duties), 0, "原协议未了事项", "What is still to be done about the old agreement")
    return concluded


async def _receive(county: County, project: ProjectPlan, path: str, ends_on: date) -> None:
    recorder, half = county.offices.township(project.township.code), yuan(project.amount / 2)
    for number, part in enumerate((half, project.amount - half), start=1):
        receipt = {
            "amount": f"{part:.2f}",
            "received_on": (ends_on + number * timedelta(days=20)).isoformat(),
            "bank_reference": f"BJ-{project.number + 1:03d}-{number}",
        }
        shown = await recorder.post(f"{path}/principal-receipts", receipt)
    left = project.amount - yuan(shown["termination"]["principal_received"])
    county.clock.check(left, ZERO, "本金退还村集体后未退", "Principal that the village collective still lacks")


async def _duties(county: County, project: ProjectPlan, agreement_id: str, on: date) -> list[Any]:
    asked = {"region_code": project.township.code, "as_of": on.isoformat()}
    found = await county.offices["auditor"].get("/agreement-duties", **asked)
    return [each for each in found["items"] if each["agreement_id"] == agreement_id]
