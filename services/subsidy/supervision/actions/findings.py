"""Record what supervision found, answer it, and close it by another person."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final
from uuid import UUID

from services.subsidy.agreements.actions.storing import lock_agreement
from services.subsidy.projects.refusals import ProjectUnknown
from services.subsidy.projects.rules.life import ProjectState
from services.subsidy.supervision.queries import get_finding
from services.subsidy.supervision.refusals import FindingInWrongState, FindingUnknown
from services.subsidy.supervision.rules.finding import (
    ensure_in_season,
    ensure_may_close,
    ensure_of_office,
    ensure_subject_fits,
)
from services.subsidy.supervision.schemas import FindingAnswerIn, FindingDecisionIn, FindingIn, FindingOut
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id
from shared.policy.copies import find_current_pack
from shared.policy.vocabulary import Office

_RECORD: Final = """
INSERT INTO project_finding (id, project_id, agreement_id, region_code, office, subject, from_villager, finding,
  found_on, due_on, recorded_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
"""
# Whose it is follows the project: a moved one is its new township's.
_LOCK: Final = """
SELECT f.*, coalesce(p.region_code, a.region_code) AS place FROM project_finding f
LEFT JOIN project p ON p.id = f.project_id LEFT JOIN agreement a ON a.id = f.agreement_id
WHERE f.id = $1 AND coalesce(p.region_code, a.region_code) ^@ ANY ($2::text[]) FOR UPDATE OF f
"""
# A township's project is also watched by the villages it lies in (ZJ-3).
_WATCHED: Final = """
SELECT * FROM project p WHERE id = $1
  AND EXISTS (SELECT FROM unnest($2::text[]) AS g (region) WHERE p.region_code ^@ g.region OR g.region ^@ p.region_code)
FOR UPDATE
"""
_PLANNED_ON: Final = "SELECT happened_on FROM project_step WHERE project_id = $1 AND number = 1"
_ANSWER: Final = """
INSERT INTO finding_answer (finding_id, number, answer, answered_by, answered_on)
VALUES ($1, (SELECT coalesce(max(number), 0) + 1 FROM finding_answer WHERE finding_id = $1), $2, $3, $4)
"""
_LAST: Final = "SELECT * FROM finding_answer WHERE finding_id = $1 ORDER BY number DESC LIMIT 1"
_DECIDE: Final = """
UPDATE finding_answer SET decision = $3, decided_by = $4, decided_on = $5, note = $6
WHERE finding_id = $1 AND number = $2
"""
_MOVE: Final = "UPDATE project_finding SET state = $2, due_on = coalesce($3, due_on) WHERE id = $1"


async def record_finding(
    conn: Connection, officer: Principal, project_id: UUID, body: FindingIn, today: date
) -> FindingOut:
    """Record a finding in the name of an office that supervises, or a villager's report without its author (ZJ-3).

    Raises:
        ProjectUnknown, NotOfThatOffice, SubjectElsewhere, DateBeforeStep.
        AftercareTooEarly: the works are not completed.
    """
    project = await conn.fetchrow(_WATCHED, project_id, officer.regions_for(Right.PROJECTS_SUPERVISE))
    if project is None:
        raise ProjectUnknown(project_id)
    await _ensure_supervises(conn, officer, project, body)
    ensure_subject_fits(body.subject, of_agreement=False)
    ensure_in_season(body.subject, ProjectState(project["state"]))
    planned_on = await conn.fetchval(_PLANNED_ON, project_id)
    ensure_not_before("found_on", body.found_on, "planned_on", planned_on)
    return await _record(conn, officer, (project_id, None, project["region_code"]), body, today)


async def record_agreement_finding(
    conn: Connection, officer: Principal, agreement_id: UUID, body: FindingIn, today: date
) -> FindingOut:
    """Record a finding on an agreement's dividends or income money, as on a project's money (DZ-7(c)).

    Raises:
        AgreementUnknown, NotOfThatOffice, SubjectElsewhere, DateBeforeStep.
    """
    agreement = await lock_agreement(conn, officer, Right.PROJECTS_SUPERVISE, agreement_id)
    await _ensure_supervises(conn, officer, agreement, body)
    ensure_subject_fits(body.subject, of_agreement=True)
    ensure_not_before("found_on", body.found_on, "drafted_on", agreement["drafted_on"])
    return await _record(conn, officer, (None, agreement_id, agreement["region_code"]), body, today)


async def _ensure_supervises(conn: Connection, officer: Principal, place: Mapping[str, Any], body: FindingIn) -> None:
    """Refuse who is of no office that supervises at a place, by the pack in force there on the day."""
    found = await find_current_pack(conn, place["county_code"], body.found_on)
    supervision = found.pack.supervision if found else None
    roles = officer.roles_touching(Right.PROJECTS_SUPERVISE, place["region_code"])
    ensure_of_office(body.office, roles, supervision.offices.value if supervision else ())


async def _record(
    conn: Connection, officer: Principal, whose: tuple[UUID | None, UUID | None, str], body: FindingIn, today: date
) -> FindingOut:
    ensure_not_before("due_on", body.due_on, "found_on", body.found_on)
    finding_id = new_id()
    about = (str(body.office), str(body.subject), body.from_villager, body.finding, body.found_on, body.due_on)
    await conn.execute(_RECORD, finding_id, *whose, *about, officer.subject)
    return await get_finding(conn, [whose[2]], finding_id, today)


async def answer_finding(
    conn: Connection, officer: Principal, finding_id: UUID, body: FindingAnswerIn, today: date
) -> FindingOut:
    """Answer what was found.

    Raises:
        FindingUnknown, FindingInWrongState, DateBeforeStep.
    """
    row = await _lock(conn, officer, Right.PROJECTS_RUN, finding_id, "open")
    ensure_not_before("answered_on", body.answered_on, "found_on", row["found_on"])
    last = await conn.fetchrow(_LAST, finding_id)
    if last is not None:
        ensure_not_before("answered_on", body.answered_on, "decided_on", last["decided_on"])
    await conn.execute(_ANSWER, finding_id, body.answer, officer.subject, body.answered_on)
    await conn.execute(_MOVE, finding_id, "answered", None)
    return await get_finding(conn, [row["place"]], finding_id, today)


async def decide_finding(
    conn: Connection, officer: Principal, finding_id: UUID, body: FindingDecisionIn, today: date
) -> FindingOut:
    """Close a finding that is put right, or send it back with a new day, by the office that found it or the county.

    Raises:
        NotOfThatOffice, FindingUnknown, FindingInWrongState, MakerIsChecker, DateBeforeStep.
    """
    row = await _lock(conn, officer, Right.PROJECTS_SUPERVISE, finding_id, "answered")
    roles = officer.roles_for(Right.PROJECTS_SUPERVISE, row["place"])
    ensure_may_close(Office(row["office"]), roles, from_villager=row["from_villager"])
    last: Any = await conn.fetchrow(_LAST, finding_id)
    if last["answered_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("decided_on", body.decided_on, "answered_on", last["answered_on"])
    if body.due_on is not None:
        ensure_not_before("due_on", body.due_on, "decided_on", body.decided_on)
    said = body.decision, officer.subject, body.decided_on, body.note
    await conn.execute(_DECIDE, finding_id, last["number"], *said)
    closed = body.decision == "close"
    await conn.execute(_MOVE, finding_id, "closed" if closed else "open", None if closed else body.due_on)
    return await get_finding(conn, [row["place"]], finding_id, today)


async def _lock(conn: Connection, officer: Principal, right: Right, finding_id: UUID, state: str) -> dict[str, Any]:
    row = await conn.fetchrow(_LOCK, finding_id, officer.regions_for(right))
    if row is None:
        raise FindingUnknown(finding_id)
    if row["state"] != state:
        raise FindingInWrongState(row["state"])
    return dict(row)
