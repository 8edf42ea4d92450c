"""What offices and villagers find on projects, and the money of a violating project that is taken back (ZJ-3)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from shared.access import Right
from tools.demo.benefits.plan import BenefitDays, ProjectPlan
from tools.demo.county import County
from tools.demo.session import Caller

ANSWERED_AFTER: Final = timedelta(days=5)
CLOSED_AFTER: Final = timedelta(days=10)
DUE_AFTER: Final = timedelta(days=15)


@dataclass(frozen=True, slots=True)
class Found:
    """What is found, in whose name, on which day after the planning meeting."""

    office: str
    subject: str
    words: str
    day: int
    from_villager: bool = False


INSPECTION: Final = Found("poverty_office", "quality", "圈舍防疫设施不达标", 40)
REPORT: Final = Found("township", "favouritism", "群众反映名单优亲厚友", 45, from_villager=True)
AFTERCARE: Final = Found("agri_service", "aftercare", "管护台账不全", 80)
FRAUD: Final = Found("finance_bureau", "fraud", "虚报投入套取扶贫资金", 90)


async def find_and_settle(
    county: County, days: BenefitDays, project: ProjectPlan, project_id: str, found: Found
) -> None:
    """Record a finding, let the township answer it, and let another person close it."""
    finding = await find(county, days, project, project_id, found)
    on = days.after(found.day)
    path, township = f"/findings/{finding['id']}", county.offices.township(project.township.code)
    answer = {"answer": "已整改到位并公示", "answered_on": (on + ANSWERED_AFTER).isoformat()}
    await township.post(f"{path}/answers", answer)
    decision = {"decision": "close", "decided_on": (on + CLOSED_AFTER).isoformat(), "note": "复查属实"}
    closed = await county.offices["poverty.deputy"].post(f"{path}/decisions", decision)
    county.clock.check(closed["state"], "closed", f"监管发现（{found.words}）整改销号", "A finding is put right")


async def find(county: County, days: BenefitDays, project: ProjectPlan, project_id: str, found: Found) -> Any:
    """Record what an office found on a project, or a villager reported."""
    on = days.after(found.day)
    body = {
        "office": found.office,
        "subject": found.subject,
        "from_villager": found.from_villager,
        "finding": found.words,
        "found_on": on.isoformat(),
        "due_on": (on + DUE_AFTER).isoformat(),
    }
    return await _of(county, project, found.office).post(f"/projects/{project_id}/findings", body)


async def take_back(county: County, days: BenefitDays, project: ProjectPlan, project_id: str) -> None:
    """Take a violating project's money back: proposed by the township, decided by the county, received in two parts."""
    finding = await find(county, days, project, project_id, FRAUD)
    path, proposed_on = f"/projects/{project_id}", days.after(FRAUD.day) + ANSWERED_AFTER
    body = {
        "finding_id": finding["id"],
        "kind": "take_back",
        "reason": FRAUD.words,
        "amount": f"{project.amount:.2f}",
        "due_on": (proposed_on + 4 * DUE_AFTER).isoformat(),
        "proposed_on": proposed_on.isoformat(),
    }
    measure = await county.offices.township(project.township.code).post(f"{path}/measures", body)
    decision = {"decision": "approve", "decided_on": (proposed_on + ANSWERED_AFTER).isoformat()}
    measures = f"/project-measures/{measure['id']}"
    await county.offices.with_right(Right.PROJECTS_APPROVE).post(f"{measures}/decisions", decision)
    first = (project.amount / 2).quantize(project.amount)
    for number, part in enumerate((first, project.amount - first), start=1):
        await _receive(county, measures, project, number, part, proposed_on + number * CLOSED_AFTER)
    back = (await county.offices["auditor"].get(f"{path}/measures"))["items"][0]
    county.clock.check(back["received"], project.amount, "违规项目资金收回", "Money of a violating project, taken back")
    stopped = await county.offices["auditor"].get(path)
    county.clock.check(stopped["state"], "stopped", "违规项目终止", "The violating project is stopped")


async def _receive(county: County, measures: str, project: ProjectPlan, number: int, part: Any, on: date) -> None:
    receipt = {
        "amount": f"{part:.2f}",
        "bank_reference": f"SH-{project.number + 1:03d}-{number}",
        "received_on": on.isoformat(),
    }
    await county.offices.with_right(Right.PROJECTS_REIMBURSE).post(f"{measures}/receipts", receipt)


def _of(county: County, project: ProjectPlan, office: str) -> Caller:
    """Return one of the people in whose name an office finds something; its township's people for offices there."""
    at = {
        "poverty_office": county.offices["poverty.chief"],
        "finance_bureau": county.offices["finance.chief"],
        "village": county.offices.village_team(project.township.code),
    }
    return at.get(office) or county.offices.reviewer(project.township.code)
