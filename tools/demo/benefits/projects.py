"""A project's life, from the planning meeting to the money, each step by its own office (ZJ-9, ZJ-10)."""

from datetime import date
from typing import Any, Final

from shared.access import Right
from tools.demo.benefits.plan import BenefitDays, ProjectPlan
from tools.demo.county import County

SOURCE: Final = "财政专项扶贫资金"
ROOM_DAYS: Final = 360  # from the planning meeting on which the programme of the projects runs
WORKS: Final = ((30, 60), (55, 100))  # day and percent
NAMES: Final = {"centralised": "集中养殖示范园", "scattered": "分散种植到户项目"}


def name_of(project: ProjectPlan) -> str:
    """Return the name of a project."""
    return f"{project.township.name}{NAMES[project.kind]}{project.number + 1}"


async def open_programme(county: County, days: BenefitDays, projects: list[ProjectPlan]) -> str:
    """Open the programme that pays for the county's projects; return its id."""
    budget = sum(project.amount for project in projects)
    body = {
        "county_code": county.code,
        "year": days.planned_on.year,
        "name": f"{days.planned_on.year} 年{SOURCE}产业项目",
        "sources": [{"fund_source": SOURCE, "amount": f"{budget:.2f}", "document": "县级扶贫资金分配文件"}],
        "budget": f"{budget:.2f}",
        "starts_on": days.planned_on.isoformat(),
        "ends_on": days.after(ROOM_DAYS).isoformat(),
    }
    programme = await county.offices.with_right(Right.PROGRAMMES_MANAGE).post("/programmes", body)
    chief = county.offices.with_right(Right.PROGRAMMES_MANAGE, place=1)
    decision = {"decision": "approve", "decided_on": days.planned_on.isoformat()}
    await chief.post(f"/programmes/{programme['id']}/decisions", decision)
    return str(programme["id"])


async def plan(county: County, days: BenefitDays, project: ProjectPlan, programme_id: str) -> str:
    """Open a project's file with what the planning meeting resolved; return its id."""
    industries = list(county.plan.outline.purposes)
    body = {
        "region_code": project.township.code,
        "name": name_of(project),
        "kind": project.kind,
        "industry": industries[project.number % len(industries)],
        "households_planned": max(1, len(project.households)),
        "policy_document": "财政专项扶贫资金管理办法",
        "starts_on": days.after(10).isoformat(),
        "ends_on": days.after(ROOM_DAYS).isoformat(),
        "money": [{"programme_id": programme_id, "fund_source": SOURCE, "amount": f"{project.amount:.2f}"}],
        "leader": f"{project.township.name}包村领导",
        "team": [f"{project.township.name}农业服务中心", f"{project.township.name}扶贫工作站"],
        "planned_on": days.planned_on.isoformat(),
        **_papers("项目谋划会议纪要"),
    }
    opened = await county.offices.township(project.township.code).post("/projects", body)
    return str(opened["id"])


async def carry_out(county: County, days: BenefitDays, project: ProjectPlan, project_id: str) -> None:
    """Take a planned project as far as its acceptance: the township acts, the county approves and accepts."""
    township, county_office = (
        county.offices.township(project.township.code),
        county.offices.with_right(Right.PROJECTS_APPROVE),
    )
    path = f"/projects/{project_id}"
    entity = (
        {}
        if project.kind == "scattered"
        else {"entity_code": entity_code(project), "entity_name": entity_name(project)}
    )
    await township.post(f"{path}/steps", _step("application", days.after(3), "按群众意愿申报"))
    await township.post(f"{path}/steps", _step("entity", days.after(6), "主体、勘查与规划") | entity)
    await county_office.post(f"{path}/approvals", {"decision": "approve", **_done(days.after(10), "批复")})
    for day, percent in WORKS:
        works = {"progress_percent": percent, "quality_in_order": True}
        await township.post(f"{path}/steps", _step("works", days.after(day), f"进度 {percent}%，质量合格") | works)
    await township.post(f"{path}/steps", _step("completion", days.after(60), "竣工申报"))
    accepting = county.offices.with_right(Right.PROJECTS_ACCEPT, place=1)
    await accepting.post(f"{path}/acceptances", {"decision": "pass", **_done(days.after(65), "验收合格")})


async def reimburse(county: County, days: BenefitDays, project: ProjectPlan, project_id: str, amount: Any) -> None:
    """Let the township claim what is still to be paid, and the finance bureau pay it (报账)."""
    path, township = f"/projects/{project_id}", county.offices.township(project.township.code)
    claim = _step("reimbursement", days.after(72), "报账") | {"amount": f"{amount:.2f}"}
    await township.post(f"{path}/steps", claim)
    finance = county.offices.with_right(Right.PROJECTS_REIMBURSE)
    await finance.post(f"{path}/reimbursements", {"decision": "approve", **_done(days.after(75), "同意拨付")})


def entity_code(project: ProjectPlan, successor: int = 0) -> str:
    """Return the code under which an entity is on the project's file."""
    return f"93{project.township.code[:6]}NA{project.number:03d}X{successor}"


def entity_name(project: ProjectPlan, successor: int = 0) -> str:
    """Return the name of the entity that carries a project out, or of a later one."""
    return f"{project.township.name}{'续营' if successor else ''}兴农专业合作社{project.number + 1}"


def _step(step: str, on: date, note: str) -> dict[str, Any]:
    return {"step": step, **_done(on, note)}


def _done(on: date, note: str) -> dict[str, Any]:
    return {"happened_on": on.isoformat(), **_papers(note)}


def _papers(note: str) -> dict[str, Any]:
    return {"note": note, "documents": [f"{note}（存档）"]}
