"""A filed batch on its way: every review and public notice that the county's pack has, by the offices it names.

The platform says where a batch stands; the demonstration does what is next there until nothing waits any more.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from services.lending.applications.rules.approval import ORDER, STATE_OF_PUBLIC_NOTICE, STATE_OF_STAGE, State
from shared.offices import STEP_OF_NOTICE, STEP_OF_STAGE, office_zh, offices_of
from shared.policy.vocabulary import ApprovalLevel, RegionLevel
from shared.workdays import add_workdays
from tools.demo.batch import Batch
from tools.demo.county import County
from tools.demo.refused import DemoRefused

CHECKS: Final = {"identity_confirmed": True, "purpose_confirmed": True, "amount_confirmed": True}
OBJECTION_SETTLED_AFTER_DAYS: Final = 2
STAGES: Final[Mapping[State, ApprovalLevel]] = {state: level for level, state in STATE_OF_STAGE.items()}
NOTICES: Final[Mapping[State, RegionLevel]] = {state: level for level, state in STATE_OF_PUBLIC_NOTICE.items()}


async def review(county: County, batch: Batch, object_to: int = 0) -> int:
    """Take a filed batch to approval; raise objections at its first public notice and return how many."""
    reader, path = county.offices["auditor"], f"/application-batches/{batch.batch_id}"
    day, objections = add_workdays(batch.filed_on, 2), 0
    found = {row["state"] for row in (await reader.get(path))["states"]}
    while state := next((state for state in ORDER if state in found), None):
        if state in STAGES:
            found = await _decide(county, batch, STAGES[state], day)
            continue
        day, found = await _publicise(county, batch, NOTICES[state], day, object_to)
        objections, object_to = objections + object_to, 0
    batch.handed_over_on = add_workdays(day, 1)
    return objections


async def _decide(county: County, batch: Batch, level: ApprovalLevel, day: date) -> set[str]:
    """Let every office sign that the pack names at a level; return the states in which applications are then."""
    found: set[str] = set()
    pack = county.versions.on(batch.filed_on).for_product(batch.product_code)
    signers = offices_of(pack, STEP_OF_STAGE[level]) or ()
    for office in signers:
        person = county.offices.person_of(office, batch.township.code, 1 if level is ApprovalLevel.JOINT_REVIEW else 0)
        if person is None:
            raise DemoRefused(
                zh=f"政策包让{office_zh(office)}在 {level} 环节签字，演示中没有该机构的人员；请核对 approval.steps。",
                en=f"The pack has {office} sign at {level}, of which nobody has an account here; check "
                "`approval.steps`.",
            )
        body: dict[str, Any] = {"stage": level, "decision": "approve", "decided_on": day.isoformat(), "office": office}
        if level is ApprovalLevel.VILLAGE:
            body["checks"] = CHECKS
        found = set((await person.post(f"/application-batches/{batch.batch_id}/decisions", body))["states"])
    return found


async def _publicise(
    county: County, batch: Batch, level: RegionLevel, day: date, object_to: int
) -> tuple[date, set[str]]:
    """Put the batch on public notice, settle objections, take the notice down; return its last day and the states."""
    path, runner = f"/application-batches/{batch.batch_id}", county.taking(STEP_OF_NOTICE[level], batch.township.code)
    notice = await runner.post(f"{path}/public-notices", {"level": level, "started_on": day.isoformat()})
    ends_on = date.fromisoformat(notice["ends_on"])
    if object_to:
        await _object(county, batch, level, day, object_to)
    closing = await runner.post(f"/public-notices/{notice['id']}/closures", {"closed_on": ends_on.isoformat()})
    if closing["remaining"]:
        ends_on = max(date.fromisoformat(each["public_notice_ends_on"]) for each in closing["remaining"])
        closing = await runner.post(f"/public-notices/{notice['id']}/closures", {"closed_on": ends_on.isoformat()})
    return ends_on, set(closing["states"])


async def _object(county: County, batch: Batch, level: RegionLevel, started_on: date, count: int) -> None:
    """Raise objections against some applications and settle them: the first is upheld and filed again later."""
    offices, code, state = county.offices, batch.township.code, STATE_OF_PUBLIC_NOTICE[level]
    rows = await offices.township(code).every("/applications", region_code=code, state=state)
    filed = [row for row in rows if row["batch_id"] == batch.batch_id]
    raised_on = add_workdays(started_on, 1)
    settled_on = raised_on + timedelta(days=OBJECTION_SETTLED_AFTER_DAYS)
    for number, row in enumerate(sorted(filed, key=lambda row: str(row["household_number"]))[:count]):
        objection = await offices.village_team(code).post(
            f"/applications/{row['id']}/objections",
            {"raised_on": raised_on.isoformat(), "grounds": "群众反映申请用途与实际不符", "raised_by": "村民"},
        )
        upheld = number == 0
        await offices.reviewer(code).post(
            f"/objections/{objection['id']}/settlements",
            {
                "settled_on": settled_on.isoformat(),
                "outcome": "upheld" if upheld else "dismissed",
                "reason": "申请用途填写有误，更正后可重新申请" if upheld else "经入户核实，情况属实",
            },
        )
        if upheld:
            county.to_file_again.append(county.households()[row["household_number"]])
