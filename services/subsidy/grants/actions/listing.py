"""Propose a project's households for direct grants, and decide on the list."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from services.subsidy.grants.queries import get_list
from services.subsidy.grants.refusals import (
    GrantBeforeAcceptance,
    GrantGivenBefore,
    GrantListInWrongState,
    GrantListUnknown,
    GrantNotReturned,
    GrantsForHouseholdsOnly,
    GrantStandardUnknown,
)
from services.subsidy.grants.rules.caps import ensure_average, ensure_granted, rules_of
from services.subsidy.grants.schemas import GrantDecisionIn, GrantListIn, GrantListOut
from services.subsidy.projects.actions.money import ensure_claimable
from services.subsidy.projects.actions.recording import lock_project
from shared.access import Principal, Right
from shared.dates import ensure_not_before
from shared.db import Connection
from shared.errors import MakerIsChecker
from shared.ids import new_id
from shared.money import ZERO
from shared.policy.copies import find_current_pack

_PROPOSE: Final = """
INSERT INTO grant_list (id, project_id, county_code, documents, state, proposed_by, proposed_on)
VALUES ($1, $2, $3, $4, 'proposed', $5, $6)
"""
_ADD: Final = """
INSERT INTO household_grant (id, list_id, project_id, county_code, household_id, standard_id, units, amount, state)
SELECT uuid7(), $1, $2, $3, t.*, 'proposed' FROM unnest($4::uuid[], $5::uuid[], $6::int[], $7::numeric[]) AS t
ON CONFLICT (project_id, household_id) WHERE state NOT IN ('refused', 'withdrawn', 'taken_back')
  DO NOTHING RETURNING standard_id
"""
_STANDARD_MISSING: Final = """
SELECT asked.id FROM unnest($1::uuid[]) AS asked (id)
LEFT JOIN grant_standard s ON s.id = asked.id AND s.county_code = $2 AND s.state = 'confirmed' AND s.year = $3
WHERE asked.id IS NOT NULL AND s.id IS NULL LIMIT 1
"""
# Of an earlier grant of the project that was taken back the household may get again what it paid back, and no more.
_NOT_RETURNED: Final = """
SELECT n.household_id, c.back FROM household_grant n
JOIN household_grant e ON e.project_id = n.project_id AND e.household_id = n.household_id AND e.state = 'taken_back'
CROSS JOIN LATERAL (SELECT coalesce(sum(received_amount), 0.00) AS back FROM clawback WHERE grant_id = e.id) c
WHERE n.list_id = $1 AND e.amount > c.back AND n.amount > c.back LIMIT 1
"""
_LIST: Final = "SELECT * FROM grant_list WHERE id = $1 FOR UPDATE"
_PROJECT_OF: Final = "SELECT project_id FROM grant_list WHERE id = $1"
# One decision of a county at a time: each sees the average with the lists approved before.
_LOCK_COUNTY: Final = "SELECT pg_advisory_xact_lock(hashtextextended('direct grants of ' || $1, 0))"
# Each line with what bears it: where the household lives, its standard, all its grants, its agreement in force.
_LINES: Final = """
SELECT g.household_id, g.amount,
  CASE WHEN s.state = 'confirmed' THEN g.units * s.amount WHEN s.id IS NOT NULL THEN 0.00 END AS standard_max,
  coalesce(h.village_code ^@ $2, false) AS known,
  EXISTS (SELECT FROM household_listing b WHERE b.household_id = g.household_id AND b.list_name = 'blacklist'
    AND NOT b.overturned AND b.listed_on <= $3 AND coalesce(b.cleared_on > $3, true)) AS listed,
  (SELECT sum(o.amount - (SELECT coalesce(sum(c.received_amount), 0) FROM clawback c WHERE c.grant_id = o.id))
   FROM household_grant o
   WHERE o.county_code = g.county_code AND o.household_id = g.household_id
     AND (o.state IN ('approved', 'paid', 'taken_back') OR o.id = g.id)) AS total, a.valid_from, a.valid_until
FROM household_grant g LEFT JOIN grant_standard s ON s.id = g.standard_id
LEFT JOIN LATERAL (SELECT village_code FROM household_state WHERE household_id = g.household_id
  ORDER BY version DESC LIMIT 1) h ON true
LEFT JOIN LATERAL (
  SELECT a.valid_from, coalesce(a.ended_on, a.valid_until) AS valid_until
  FROM agreement_share w JOIN agreement a ON a.id = w.agreement_id AND a.version = w.version
  WHERE w.household_id = g.household_id AND a.kind = 'rolling_development' AND a.state = 'in_force'
    AND a.confirmed_on <= $3 ORDER BY coalesce(a.ended_on, a.valid_until) DESC LIMIT 1) a ON true
WHERE g.list_id = $1 ORDER BY g.id
"""
# A standard that is being taken back waits for the decision, or the decision for it.
_HOLD_STANDARDS: Final = """
SELECT true FROM grant_standard WHERE id IN (SELECT standard_id FROM household_grant WHERE list_id = $1) ORDER BY id
FOR SHARE
"""
_ACCEPTED_ON: Final = """
SELECT max(happened_on) FROM project_step
WHERE project_id = $1 AND step = 'acceptance' AND outcome = 'pass' AND NOT struck
"""
_COUNTY: Final = """
SELECT coalesce(sum(amount - back), 0.00) AS total,
  count(DISTINCT household_id) FILTER (WHERE amount > back)::int AS households
FROM household_grant g CROSS JOIN LATERAL (SELECT coalesce(sum(c.received_amount), 0.00) AS back
  FROM clawback c WHERE c.grant_id = g.id) c
WHERE county_code = $1 AND (state IN ('approved', 'paid', 'taken_back') OR list_id = $2)
"""
_DECIDE: Final = """
UPDATE grant_list SET state = $2, decided_by = $3, decided_as = $4, decided_on = $5, decision_note = $6 WHERE id = $1
"""
_GRANTED_IN: Final = ("approved", "under_way", "completed", "accepted")
_FOLLOW: Final = "UPDATE household_grant SET state = $2 WHERE list_id = $1"


async def propose_grants(conn: Connection, officer: Principal, project_id: UUID, body: GrantListIn) -> GrantListOut:
    """Propose a scattered project's households for direct grants, straight to their accounts (ZJ-6, ZJ-2a).

    Raises:
        ProjectUnknown, GrantsForHouseholdsOnly, GrantStandardUnknown.
        GrantGivenBefore: a household is on a list of the project, or twice on this one.
        GrantNotReturned: an earlier grant of the project was taken back and the household kept of it.
    """
    project = await lock_project(conn, officer, Right.PROJECTS_RUN, project_id)
    if project["kind"] != "scattered":
        raise GrantsForHouseholdsOnly
    list_id, county_code = new_id(), project["county_code"]
    await conn.execute(
        _PROPOSE, list_id, project_id, county_code, list(body.documents), officer.subject, body.proposed_on
    )
    columns = (
        [each.household_id for each in body.grants],
        [each.standard_id for each in body.grants],
        [each.units for each in body.grants],
        [each.amount for each in body.grants],
    )
    missing = await conn.fetchval(_STANDARD_MISSING, columns[1], county_code, body.proposed_on.year)
    if missing is not None:
        raise GrantStandardUnknown(missing)
    if len(await conn.fetch(_ADD, list_id, project_id, county_code, *columns)) < len(body.grants):
        raise GrantGivenBefore
    await _ensure_returned(conn, list_id)
    return await get_list(conn, [project["region_code"]], list_id)


async def decide_grants(conn: Connection, officer: Principal, list_id: UUID, body: GrantDecisionIn) -> GrantListOut:
    """Approve a list after the project's acceptance, or refuse it with its reason (ZJ-2a(b), ZJ-6).

    Raises:
        GrantListUnknown, ProjectUnknown, GrantListInWrongState, MakerIsChecker, DateBeforeStep.
        GrantBeforeAcceptance: the project is not accepted.
        GrantNotReturned: what had come back of an earlier grant was reversed since.
        GrantHouseholdUnknown, GrantHouseholdListed, GrantAboveStandard, GrantTotalExceeded, AgreementMissing: a
            household's line.
        GrantAverageExceeded: the county's households would get too much on average.
        AboveProjectMoney: the project has less left.
    """
    project_id = await conn.fetchval(_PROJECT_OF, list_id)
    if project_id is None:
        raise GrantListUnknown(list_id)
    project = await lock_project(conn, officer, Right.PROJECTS_ACCEPT, project_id)
    found: Any = await conn.fetchrow(_LIST, list_id)
    if found["state"] != "proposed":
        raise GrantListInWrongState(found["state"])
    if found["proposed_by"] == officer.subject:
        raise MakerIsChecker(officer.subject)
    ensure_not_before("decided_on", body.decided_on, "proposed_on", found["proposed_on"])
    state = "refused"
    if body.decision == "approve":
        await _ensure_allowed(conn, project, list_id, body.decided_on)
        state = "approved"
    office = officer.roles_for(Right.PROJECTS_ACCEPT, project["region_code"])[0]
    await conn.execute(_DECIDE, list_id, state, officer.subject, office, body.decided_on, body.note)
    await conn.execute(_FOLLOW, list_id, state)
    return await get_list(conn, [project["region_code"]], list_id)


async def _ensure_returned(conn: Connection, list_id: UUID) -> None:
    unreturned = await conn.fetchrow(_NOT_RETURNED, list_id)
    if unreturned is not None:
        raise GrantNotReturned(unreturned["household_id"], unreturned["back"])


async def _ensure_allowed(conn: Connection, project: dict[str, Any], list_id: UUID, on: date) -> None:
    county_code = project["county_code"]
    found = await find_current_pack(conn, county_code, on)
    rules = rules_of(found.pack if found else None)
    if project["state"] not in (("accepted",) if rules.after_acceptance else _GRANTED_IN):
        raise GrantBeforeAcceptance(project["state"])
    if rules.after_acceptance:
        ensure_not_before("decided_on", on, "accepted_on", await conn.fetchval(_ACCEPTED_ON, project["id"]))
    await conn.execute(_LOCK_COUNTY, county_code)
    await _ensure_returned(conn, list_id)
    await conn.execute(_HOLD_STANDARDS, list_id)
    lines = await conn.fetch(_LINES, list_id, project["region_code"], on)
    for line in lines:
        ensure_granted(line, rules, on)
    county: Any = await conn.fetchrow(_COUNTY, county_code, list_id)
    ensure_average(county["total"], county["households"], rules)
    await ensure_claimable(conn, project["id"], sum((line["amount"] for line in lines), ZERO))
