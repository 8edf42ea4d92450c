"""A project of the tests, taken as far as a test wants."""

from typing import Any, Final

from services.subsidy.tests.county import COUNTY, ask, open_programme
from shared.access import Role
from shared.testing.service import ServiceUnderTest

TOWNSHIP: Final = f"{COUNTY}001"
PAPERS: Final = ["会议记录001"]
# Who takes each step, by which operation, and what it says besides day, note and documents.
LIFE: Final[tuple[tuple[str, Role, str, dict[str, Any]], ...]] = (
    ("applied", Role.TOWNSHIP, "steps", {"step": "application"}),
    (
        "designed",
        Role.TOWNSHIP,
        "steps",
        {"step": "entity", "entity_code": "91500236MA5U", "entity_name": "脐橙合作社"},
    ),
    ("approved", Role.POVERTY_OFFICE, "approvals", {"decision": "approve"}),
    ("under_way", Role.TOWNSHIP, "steps", {"step": "works", "progress_percent": 60, "quality_in_order": True}),
    ("completed", Role.TOWNSHIP, "steps", {"step": "completion"}),
    ("accepted", Role.POVERTY_OFFICE, "acceptances", {"decision": "pass"}),
    ("claimed", Role.TOWNSHIP, "steps", {"step": "reimbursement", "amount": "80000.00"}),
    ("reimbursed", Role.FINANCE_BUREAU, "reimbursements", {"decision": "approve"}),
)


def project_body(programme_id: str, **changes: Any) -> dict[str, Any]:
    """Return what a planning meeting resolved."""
    return {
        "region_code": TOWNSHIP,
        "name": "脐橙园提升",
        "kind": "centralised",
        "industry": "planting",
        "households_planned": 20,
        "policy_document": "县扶贫资金管理办法",
        "starts_on": "2017-03-01",
        "ends_on": "2019-12-31",
        "money": [{"programme_id": programme_id, "fund_source": "县级财政", "amount": "100000.00"}],
        "leader": "王副县长",
        "team": ["李主任", "赵技术员"],
        "planned_on": "2017-01-10",
        "note": "谋划会",
        "documents": PAPERS,
        **changes,
    }


async def plan(
    service: ServiceUnderTest, *, expect: int = 201, budget: str = "1000000.00", **changes: Any
) -> dict[str, Any]:
    """Plan a project out of a programme of its own, or the one that `money` names."""
    programme = "" if "money" in changes else await open_programme(service, budget)
    return await ask(service, "/projects", Role.TOWNSHIP, project_body(programme, **changes), expect=expect)


async def step(
    service: ServiceUnderTest,
    project_id: str,
    number: int,
    *,
    expect: int = 201,
    who: str | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """Take the life's step with this number, on its own day of February 2017."""
    _, role, operation, body = LIFE[number]
    said = {"happened_on": f"2017-02-{number + 1:02}", "note": "办理", "documents": PAPERS, **body, **changes}
    path = f"/projects/{project_id}/{operation}"
    more = {} if who is None else {"subject": who}
    return await ask(service, path, role, said, expect=expect, **more)


async def project_until(service: ServiceUnderTest, state: str, **changes: Any) -> dict[str, Any]:
    """Plan a project and take it as far as a state."""
    project = await plan(service, **changes)
    for number, (reached, *_) in enumerate(LIFE):
        if project["state"] == state:
            break
        project = await step(service, project["id"], number)
        assert project["state"] == reached
    return project
